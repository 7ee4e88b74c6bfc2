"""The details of one provider, and its actions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from textual.content import Content

from tui.core.failure import Failure
from tui.core.known_failure import repairs_of
from tui.core.lazy_dataclass import dataclass
from tui.core.provider import Provider
from tui.core.provider_marks import connection_marks
from tui.core.safe_text import safe_line
from tui.core.server_words import server_words
from tui.runtime.builtin import is_built_in, shown_url
from tui.texts import provider_list as texts
from tui.ui.providers.columns import price_text
from tui.ui.providers.reach import Reach
from tui.ui.providers.row import Group, Row
from tui.ui.shell.offers import Offer

_MODELS_NAMED = 3

_CHAT = Offer("providers.chat", texts.OFFER_CHAT)
_TEST = Offer("providers.test", texts.OFFER_TEST)
_DIAGNOSE = Offer("providers.diagnose", texts.OFFER_DIAGNOSE)
_EDIT = Offer("providers.edit", texts.OFFER_EDIT)
_EDIT_KEY = Offer("providers.edit", texts.OFFER_EDIT_KEY)
_CLONE = Offer("providers.clone", texts.OFFER_CLONE)
_RECHECK = Offer("providers.refresh", texts.OFFER_RECHECK)

_ON_THE_WAY = (Reach.LOADING, Reach.STARTING, Reach.BUSY)


@dataclass(frozen=True, slots=True)
class Fix:
    """A fix for a provider: new texts for fields, or a choice of models."""

    changes: Mapping[str, str]
    models: tuple[str, ...] = ()
    """The models to choose from, if there is no definite change."""

    @property
    def label(self) -> str:
        """Return the label of the offer."""
        return texts.OFFER_USE if self.changes else texts.OFFER_CHOOSE


def fix_of(row: Row) -> Fix | None:
    """Return the fix suggested by the last check of a provider."""
    return fix_after(row.provider, row.failure, row.models)


def fix_after(provider: Provider, failure: Failure | None, models: tuple[str, ...]) -> Fix | None:
    """Return the fix for a failure, given the server's models.

    ``None`` if there is none, and for a read-only provider.
    """
    if provider.is_remote or failure is None:
        return None
    for repair in repairs_of(failure):
        return Fix(repair.changes)
    if failure.cause != "model-not-found" or not models:
        return None
    return Fix({"compatible_provider": models[0]}) if len(models) == 1 else Fix({}, models)


def offers_of(row: Row) -> tuple[Offer, ...]:
    """Return the two most useful actions for a provider in its current state."""
    if row.unavailable:
        return (_DIAGNOSE,)
    change = {Group.SITE_WIDE: _CLONE, Group.BUILT_IN: _RECHECK}.get(row.group, _EDIT)
    if not row.provider.is_active:
        return (change, _DIAGNOSE)
    fix = fix_of(row)
    if fix is not None:
        return (Offer("providers.apply", fix.label), _DIAGNOSE)
    if row.reach.is_good:
        return (_TEST, _DIAGNOSE) if row.provider.is_embedding else (_CHAT, _TEST)
    if row.reach in _ON_THE_WAY:
        return (_RECHECK, _DIAGNOSE)
    if row.reach in (Reach.NO_KEY, Reach.KEY_REFUSED) and change is _EDIT:
        return (_EDIT_KEY, _DIAGNOSE)
    return (_DIAGNOSE, change)


def verdict_of(row: Row) -> Content:
    """Return the result of the last check, unshortened."""
    return Content("\n").join(_verdict(row))


def facts_of(row: Row) -> Content:
    """Return what the list omits."""
    return Content.styled("\n".join(_facts(row)), "dim")


def _verdict(row: Row) -> Iterator[Content]:
    colour = "" if row.reach.colour == "dim" else row.reach.colour
    if row.unavailable:
        yield Content.styled(row.unavailable, "$text-warning")
        return
    failure = row.failure
    if failure is None:
        yield Content.styled(f"{row.reach.glyph} {_sentence(row)}", colour)
        return
    yield Content.styled(f"{row.reach.glyph} {safe_line(failure.title)}", colour)
    if said := server_words(failure):
        yield Content(said)
    yield Content(_advice(row))


def _advice(row: Row) -> str:
    """Return what to do; for a missing model, the server's alternatives."""
    if row.failure is None:
        return ""
    if row.reach is not Reach.MODEL_GONE or not row.models:
        return safe_line(row.failure.advice)
    closest = row.failure.facts.get("closest")
    names = sorted(row.models, key=lambda name: name != closest)
    shown = ", ".join(safe_line(name, 80) for name in names[:_MODELS_NAMED])
    more = len(names) - _MODELS_NAMED
    return (
        texts.OFFERS_MORE.format(models=shown, more=more) if more > 0 else texts.OFFERS.format(models=shown)
    )


def _sentence(row: Row) -> str:
    provider = row.provider
    if row.reach is Reach.UP and row.milliseconds is not None:
        if provider.model in row.models:
            return texts.IS_UP.format(milliseconds=row.milliseconds, model=safe_line(provider.model, 80))
        return texts.ANSWERS.format(milliseconds=row.milliseconds)
    sentences = {
        Reach.READY: texts.IS_READY,
        Reach.CHECKING: texts.IS_CHECKING,
        Reach.INACTIVE: texts.IS_OFF,
        Reach.NO_LIST: texts.LACKS_LIST,
        Reach.UNKNOWN: texts.IS_UNKNOWN,
    }
    return sentences.get(row.reach, row.reach.word)


def _facts(row: Row) -> Iterator[str]:
    provider = row.provider
    kind = row.server
    window = texts.CONTEXT_WINDOW.format(tokens=row.context_window) if row.context_window else ""
    embeddings = texts.EMBEDDINGS if provider.is_embedding else ""
    label = "" if provider.label == provider.name else safe_line(provider.label)
    yield " · ".join(filter(None, (safe_line(provider.model), label, embeddings)))
    where = texts.BUILT_IN if is_built_in(provider) else shown_url(provider)
    yield where
    if kind or window:
        yield " · ".join(filter(None, (safe_line(kind), window)))
    key = texts.API_KEY.format(source=safe_line(row.key_label)) if row.key_label else texts.NO_KEY
    yield " · ".join((_price(provider), key, *(f"! {mark}" for mark in connection_marks(provider))))


def _price(provider: Provider) -> str:
    price = price_text(provider)
    if price == texts.UNKNOWN:
        return texts.PRICE_UNKNOWN
    return price if price == texts.FREE else texts.PRICE_PER_1K.format(price=price)
