"""The provider form without a screen: its texts and errors, what is sent and saved."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.core.api_key_reference import ApiKeyKind
from tui.core.endpoint_url import inspect_url
from tui.core.provider import Category, Provider
from tui.core.provider_rules import FieldProblem
from tui.core.provider_schema import ROWS
from tui.core.provider_texts import Reading, changed_fields, read_form, row_of, tested_values, values_of
from tui.core.safe_text import safe_line
from tui.runtime.form_server import FormServer
from tui.texts import form as texts

if TYPE_CHECKING:
    from tui.core.embedding import EmbeddingOutcome
    from tui.core.turn import Turn
    from tui.runtime.contract import ScreenRuntime

_UNENCRYPTED = "allow_unencrypted_key"
_SENT_FIELDS = frozenset(("provider_url", "compatible_provider", "api_key", "extra_body", "extra_headers"))
"""Fields that are required for any request."""


async def send_test(
    runtime: ScreenRuntime, provider: Provider, key_text: str | None, on_progress: Callable[[str], None]
) -> Turn | EmbeddingOutcome:
    """Send the test prompt of a provider, or the two texts of an embedding provider.

    Raises:
        LmdeckError: nothing could be sent.
    """
    if provider.is_embedding:
        return await runtime.test_vectors(provider, key_text, on_progress=on_progress)
    return await runtime.test(provider, key_text)


class FormControl:
    """Edits one provider (``None``: a new one), or a copy of it. Only ``save`` writes anything."""

    def __init__(
        self,
        runtime: ScreenRuntime,
        provider: Provider | None,
        *,
        is_clone: bool = False,
        is_prefilled: bool = False,
    ) -> None:
        """Create a form; ``is_prefilled``: the provider is not saved yet, its values are suggestions."""
        self.runtime = runtime
        self.source = provider
        self.is_clone = is_clone
        self.saved_name: str | None = None
        """The name with which it was last saved here."""
        self.touched: set[str] = set()
        """The fields whose problems are shown."""
        self.server = FormServer(self)
        self._sent: dict[str, str] = {}
        """The texts that were saved last."""
        self._judged: tuple[object, Reading] | None = None
        """The values that were last validated, and the result."""
        self._is_new = provider is None or is_prefilled
        self._previous_name = None if provider is None or is_prefilled or is_clone else provider.name
        self._lost_key = ""
        """Why a copy does not have the original's key."""
        self.original = self._opened()
        report = inspect_url(self.original.provider_url)
        self._unencrypted_host = report.host if self.original.allow_unencrypted_key else None
        """The host to which the key may be sent unencrypted; another one requires a new confirmation."""
        self.baseline = values_of(self.original)
        self.values = dict(self.baseline)
        """The current text of every field."""

    def _opened(self) -> Provider:
        """Return the provider that the form begins with."""
        source, directory = self.source, self.runtime.directory
        if source is None or not self.is_clone:
            return source or Provider("")
        key = source.api_key
        if key is not None and key.kind is ApiKeyKind.STORED:
            key, self._lost_key = None, texts.KEY_NOT_COPIED
        elif key is not None and directory.command_refusal(source.name) is not None:
            key, self._lost_key = None, texts.KEY_UNSAFE
        return replace(
            source,
            name=directory.clone_name(source.name),
            api_key=key,
            is_default=False,
            is_remote=False,
            created_time="",
        )

    @property
    def is_view_only(self) -> bool:
        """Whether the provider is read-only."""
        return self.source is not None and self.source.is_remote and not self.is_clone

    @property
    def title(self) -> str:
        """The title: ``new provider``, a name, or ``copy of`` a name."""
        if self.source is None or (self._is_new and self.saved_name is None):
            return texts.NEW
        name = self.source.name
        return texts.COPY_OF.format(name=name) if self.is_clone else name

    @property
    def has_changes(self) -> bool:
        """Return whether closing would lose changes."""
        return self.differs(self.values)

    def differs(self, values: Mapping[str, str]) -> bool:
        """Return whether these texts differ from the saved ones."""
        return not self.is_view_only and any(changed_fields(self.baseline, values))

    @property
    def key_note(self) -> str:
        """The notice about the key: whether it is stored, or why it is missing."""
        key = self.original.api_key
        if self._lost_key or key is None or key.kind is not ApiKeyKind.STORED or self._previous_name is None:
            return self._lost_key
        name, directory = self.original.name, self.runtime.directory
        if (refusal := directory.stored_keys.refusal) is not None:
            return f"{refusal.title} {refusal.advice}"
        if directory.stored_keys.has(name):
            label = self.runtime.key_label(self.original)
            return texts.OVER_WHOLE_KEY.format(label=label)
        kept = directory.stored_keys.kept_file(name)
        return texts.KEY_MISSING.format(place=texts.KEY_IN_FILE.format(file=kept) if kept else "")

    # ── Validation ──────────────────────────────────────────────────────────────────────────

    def reading(self) -> Reading:
        """Return the validated form, including the server's information about the model.

        Cached for the same values, since a key press requests it several times.
        """
        providers = self.runtime.directory.providers()
        others = frozenset(provider.name for provider in providers if provider.name != self._previous_name)
        host = self._host
        is_allowed = host is not None and host == self._unencrypted_host
        judged = (dict(self.values), self.original, others, is_allowed, self.server.models)
        if self._judged is None or self._judged[0] != judged:
            self._judged = judged, self._read(others, is_allowed=is_allowed)
        return self._judged[1]

    def _read(self, others: Collection[str], *, is_allowed: bool) -> Reading:
        values = dict(self.values)
        if values["category"] == Category.EMBEDDING:  # the form hides the row
            values["output_price"] = values_of(self.original)["output_price"]
        reading = read_form(values, self.original, others, allow_unencrypted_key=is_allowed)
        model = reading.provider.model
        problems = map(self._with_offer, reading.problems) if not model else reading.problems
        return Reading(reading.provider, (*problems, *self._unlisted(model)))

    def shown_at(self, reading: Reading, name: str) -> Sequence[FieldProblem]:
        """Return the problems shown at a field; for an untouched one, only the server's offer."""
        if name in self.touched:
            return reading.at(name)
        offers = (found for found in reading.at(name) if name == "compatible_provider" and found.repair)
        return [replace(offer, is_error=False) for offer in offers if not self.values[name]]

    @property
    def _host(self) -> str | None:
        return inspect_url(self.values["provider_url"]).host

    def _with_offer(self, problem: FieldProblem) -> FieldProblem:
        """Offer the only model of the server if none is given."""
        only = self.server.only_model
        if only is None or problem.cause != "model-missing":
            return problem
        return replace(problem, message=texts.OFFERS_ONE.format(model=safe_line(only, 80)), repair=only)

    def _unlisted(self, model: str) -> Iterable[FieldProblem]:
        models = self.server.models
        if models and model and model not in models:
            listed = ", ".join(models[:3]) + (", …" if len(models) > 3 else "")
            message = texts.OTHERS_OFFERED.format(models=safe_line(listed, 80))
            yield FieldProblem("compatible_provider", message, self.server.only_model, False)

    def touch_stored(self) -> None:
        """Show the problems of a stored record; those of a new one are shown as it is filled in."""
        if self._previous_name is not None and not self.is_view_only:
            self.touched.update(row_of(problem) for problem in self.reading().problems)

    def touch_changed(self, name: str) -> None:
        """Show the problems of a field whose value has changed."""
        if self.values[name] and self.values[name] != self.baseline[name]:
            self.touched.add(name)

    def repair(self, reading: Reading, focused: str | None) -> FieldProblem | None:
        """Return the correction to offer: of the focused field, else of an error, else of a warning."""
        offered = [
            problem
            for name in self.values
            for problem in self.shown_at(reading, name)
            if problem.repair is not None
        ]
        offered.sort(key=lambda problem: (row_of(problem) != focused, not problem.is_error))
        return offered[0] if offered else None

    def key_question(self) -> str | None:
        """Return the question if the key would be sent unencrypted; ``allow_key`` confirms it."""
        if self.is_view_only:
            return None
        found = (known.message for known in self.reading().problems if known.field == _UNENCRYPTED)
        return next(found, None)

    def allow_key(self) -> None:
        """Allow sending the key unencrypted to the current host."""
        self._unencrypted_host = self._host

    # ── Requests ────────────────────────────────────────────────────────────────────────────

    def unsendable(self) -> FieldProblem | None:
        """Return the problem that prevents a request, and show it at its field."""
        if self.is_view_only:
            return None
        self.touched |= {"provider_url", "compatible_provider"}
        return next((problem for problem in self.reading().errors if row_of(problem) in _SENT_FIELDS), None)

    def for_request(self) -> tuple[Provider, str | None]:
        """Return the provider with the current values, and the key field unless it is the saved key."""
        if self.is_view_only:
            return self.original, None
        provider, key_text = self.reading().provider, self.values["api_key"]
        if key_text != self.baseline["api_key"] or self._previous_name is None:
            return provider, key_text
        return replace(provider, name=self._previous_name), None

    def tested(self) -> dict[str, str]:
        """Return the texts that affect the result of a test."""
        return tested_values(self.values)

    async def test(self, on_progress: Callable[[str], None]) -> Turn | EmbeddingOutcome:
        """Send the test prompt with the current values.

        Raises:
            LmdeckError: nothing could be sent.
        """
        return await send_test(self.runtime, *self.for_request(), on_progress)

    def follow_category(self) -> str:
        """Return the test prompt, by default that of the category."""
        category, text = Category(self.values["category"]), self.values["test_prompt"]
        is_other = text in {other.test_prompt for other in Category if other is not category}
        return category.test_prompt if is_other else text

    # ── Saving ──────────────────────────────────────────────────────────────────────────────

    def unsavable(self) -> FieldProblem | None:
        """Return the problem that prevents saving, and show all problems at their fields."""
        self.touched.update(field.name for field in ROWS)
        return next(iter(self.reading().errors), None)

    def to_save(self) -> Callable[[], Provider]:
        """Return a function that saves the current form, and returns the record."""
        key_text = self.values["api_key"] if self.values["api_key"] != self.baseline["api_key"] else None
        provider, previous, self._sent = self.reading().provider, self._previous_name, dict(self.values)
        base = None if previous is None else self.original
        return lambda: self.runtime.provider_changes.save(provider, key_text, previous, base=base)

    def saved(self, provider: Provider) -> None:
        """Continue with the written record, including changes by other sessions.

        What was typed meanwhile stays an unsaved change.
        """
        self.original = self.source = provider
        self.saved_name = self._previous_name = provider.name
        self.is_clone, self._lost_key = False, ""
        self.baseline = values_of(provider)
        is_sent = {name: self.values[name] == text for name, text in self._sent.items()}
        self.values = {
            name: self.baseline[name] if is_sent.get(name) else text for name, text in self.values.items()
        }
