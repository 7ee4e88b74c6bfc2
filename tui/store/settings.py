"""The settings in ``config.toml``: written by the user, read at startup; lmdeck only writes the theme.

Read without a schema library, because the first screen needs them before anything else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import date, datetime
from enum import StrEnum

from tui.core.causes import explain
from tui.core.closest import CLOSE, closest_name
from tui.core.failure import LmdeckError
from tui.core.lazy_dataclass import dataclass
from tui.core.limits import NO_RATES, Limit, Rates, Scope, read_limit, read_rate
from tui.core.provider import ReasoningReplay
from tui.core.reasoning_view import ReasoningView
from tui.core.safe_text import safe_line
from tui.core.titles import TitleSource
from tui.store.paths import Paths
from tui.store.toml_file import TomlDocument, TomlFile
from tui.store.toml_values import as_count, as_flag, as_text
from tui.texts import store as texts


@dataclass(frozen=True, slots=True)
class Settings:
    """The global settings; each has a default."""

    theme: str | None = None
    """A theme's name; ``None`` detects it from the terminal."""
    calm: bool | None = None
    """Fewer frames and no animation; ``None``: over SSH."""
    plain: bool = False
    """Line by line, without screens, for screen readers."""
    mouse: bool = True
    reasoning: ReasoningView = ReasoningView.LIVE
    code_wrap: bool = False
    """Whether to wrap long lines of code."""
    raw: bool = False
    """Whether to show answers without rendering Markdown."""
    save_conversations: bool = True
    titles: TitleSource = TitleSource.PROMPT
    """The source of titles for new conversations."""
    check_reachability: bool = True
    """Whether the list checks in the background which endpoints respond."""
    max_tokens: int | None = None
    """For providers without their own limit."""
    send_back: ReasoningReplay | None = None
    """For providers without their own setting."""
    budget: tuple[Limit, ...] = ()
    """The readable budgets."""
    unread_budget: str = ""
    """Why a budget cannot be read: then the limit is unknown."""
    rates: Rates = NO_RATES
    """The exchange rates."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Keys by binding id (``chat.stop``), several separated by commas."""


def load_settings(paths: Paths) -> tuple[Settings, tuple[str, ...]]:
    """Read the settings. Never raises: an unusable value keeps its default and gets a notice."""
    file = TomlFile(paths, paths.settings_file, keep_backup=False)
    document = file.read()
    if document.problem is not None:
        notice = texts.DEFAULTS_USED.format(path=file.shown, reason=document.problem)
        return Settings(unread_budget=notice), (notice,)
    values: dict[str, object] = {}
    notices: list[str] = []
    for name, value in document.table.items():
        if name == "schema":
            continue
        if name in _TABLES:
            values[name], problems = _entries(value, *_TABLES[name])
            entry_texts = texts.BUDGET_UNREAD if name == "budget" else texts.ENTRY_IGNORED
            told = [entry_texts.format(path=file.shown, name=name, problem=problem) for problem in problems]
            notices += told
            if name == "budget" and told:
                values["unread_budget"] = told[0]
            continue
        reader = _READERS.get(name)
        if reader is None:
            notices.append(f"{file.shown}: {_unknown(name)}")
            continue
        try:
            values[name] = reader(value)
        except ValueError as error:
            notices.append(texts.DEFAULT_USED.format(path=file.shown, name=name, problem=error))
    return Settings(**values), tuple(notices)  # type: ignore[arg-type]  # each reader gives its field's type


def keep_theme(paths: Paths, name: str) -> None:
    """Write the selected theme to the file, preserving all other lines and comments.

    Raises:
        LmdeckError: the file cannot be read or written, or a newer version wrote it.
    """
    file = TomlFile(paths, paths.settings_file, keep_backup=False)

    def refuse_unreadable(document: TomlDocument) -> None:
        if document.problem is not None:
            raise LmdeckError(explain("store-failed", path=file.shown, reason=document.problem))

    file.change(lambda table: table.update(theme=name), guard=refuse_unreadable)


def _unknown(name: str) -> str:
    shown = safe_line(name, 40)
    closest = closest_name(name, (*_READERS, *_TABLES), CLOSE)
    return (texts.USE_SETTING if closest else texts.REMOVE_SETTING).format(name=shown, closest=closest)


def _text(value: object) -> str:
    if not (text := as_text(value).strip()):
        raise ValueError(texts.TEXT_WANTED)
    return text


def _choice(kind: type[StrEnum]) -> Callable[[object], StrEnum]:
    def read(value: object) -> StrEnum:
        for member in kind:
            if value == member.value:
                return member
        raise ValueError(texts.QUOTED_ONE_WANTED.format(values=", ".join(kind)))

    return read


def _entries(
    value: object, read: Callable[[Mapping[str, object], list[str]], object], empty: object, wanted: str
) -> tuple[object, list[str]]:
    """Return the valid entries of a table, and the problems of the others."""
    problems: list[str] = []
    if not isinstance(value, dict):
        return empty, [wanted]
    return read(value, problems), problems


def _budget(table: Mapping[str, object], problems: list[str]) -> tuple[Limit, ...]:
    """Parse ``month = "20 EUR"``, ``day`` and a table ``providers`` of monthly limits."""
    providers = table.get("providers", {})
    if not isinstance(providers, dict):
        problems.append(texts.BUDGET_PROVIDERS)
        providers = {}
    given = [(Scope.PROVIDER, name, text) for name, text in providers.items()]
    for name, text in table.items():
        if name in (Scope.MONTH.value, Scope.DAY.value):
            given.append((Scope(name), "", text))
        elif name != "providers":
            problems.append(texts.BUDGET_UNKNOWN.format(name=safe_line(name, 40)))
    limits = []
    for scope, provider, text in given:
        limit = read_limit(text) if isinstance(text, str) else None
        if limit is None:
            problems.append(texts.BUDGET_AMOUNT.format(name=safe_line(provider or scope.value, 40)))
        else:
            limits.append(Limit(scope, *limit, provider))
    return tuple(limits)


def _rates(table: Mapping[str, object], problems: list[str]) -> Rates:
    """Parse ``EUR = "1.08"`` (US dollars per unit) and the ``date`` of the rates."""
    day = table.get("date")
    if day is not None and (not isinstance(day, date) or isinstance(day, datetime)):
        problems.append(texts.RATES_DATE)
        day = None
    rates = {}
    for name, text in table.items():
        if name == "date":
            continue
        rate = read_rate(name, text) if isinstance(text, str) else None
        if rate is None:
            problems.append(texts.RATES_AMOUNT.format(name=safe_line(name, 40)))
        else:
            rates[name] = rate
    return Rates(rates, day)


def _keys(table: Mapping[str, object], problems: list[str]) -> dict[str, str]:
    """Flatten ``[keys]``: in TOML, ``chat.stop = "f5"`` is a nested table."""
    flat: dict[str, str] = {}
    for name, item in table.items():
        if isinstance(item, dict):
            flat |= {f"{name}.{key}": keys for key, keys in _keys(item, problems).items()}
        elif isinstance(item, str) and item.strip():
            flat[name] = item.strip()
        elif isinstance(item, list) and item and all(isinstance(key, str) for key in item):
            flat[name] = ",".join(item)
        else:
            problems.append(texts.BINDING_WANTED.format(name=safe_line(name, 40)))
    return flat


_READERS: Mapping[str, Callable[[object], object]] = {
    "theme": _text,
    "calm": as_flag,
    "plain": as_flag,
    "mouse": as_flag,
    "reasoning": _choice(ReasoningView),
    "code_wrap": as_flag,
    "raw": as_flag,
    "save_conversations": as_flag,
    "titles": _choice(TitleSource),
    "check_reachability": as_flag,
    "max_tokens": as_count,
    "send_back": _choice(ReasoningReplay),
}
_TABLES: Mapping[str, tuple[Callable[[Mapping[str, object], list[str]], object], object, str]] = {
    "budget": (_budget, (), texts.BUDGET_TABLE),
    "rates": (_rates, NO_RATES, texts.RATES_TABLE),
    "keys": (_keys, {}, texts.BINDINGS_TABLE),
}
