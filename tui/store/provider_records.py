"""The document of providers: pure functions to parse and to edit its tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from tui.core.closest import CLOSE, closest_name
from tui.core.provider import Category, Provider
from tui.core.provider_names import is_same_name, normal_name
from tui.core.provider_texts import check_provider
from tui.core.safe_text import safe_line
from tui.store.provider_toml import KNOWN_KEYS, Table, decode_provider
from tui.store.toml_values import ValueProblem
from tui.texts import store as texts

FORMER_NAMES = "former_names"
"""A key of a record that is not a field: its former names, each with the time until when."""
_DOCUMENT_KEYS = ("schema", "providers", "defaults")


def decode_all(table: Table, shown: str, *, quiet: bool) -> tuple[list[Provider], tuple[str, ...]]:
    """Return the providers of a document, and a notice for everything unusable in it."""
    records = table.get("providers", {})
    if not isinstance(records, dict):
        return [], (texts.PROVIDERS_TABLE.format(path=shown),)
    providers: list[Provider] = []
    notices = _unknown_names(table, shown)
    spellings: dict[str, str] = {}
    for name, record in records.items():
        label = texts.PROVIDER_IN.format(path=shown, name=safe_line(name, 40))
        if spellings.setdefault(normal_name(name), name) != name:
            notices.append(texts.SAME_NAME.format(label=label, marks=_code_points(name)))
            continue
        if not isinstance(record, dict):
            notices.append(texts.NO_TABLE.format(label=label, name=safe_line(name, 40)))
            continue
        provider, problems = decode_provider(name, record)
        providers.append(provider)
        notices += [_told(label, problem) for problem in problems]
        notices += _rule_notices(label, provider, {problem.field for problem in problems})
        notices += _unknown_keys(label, record, {problem.field for problem in problems})
    return providers, () if quiet else tuple(notices)


def _code_points(name: str) -> str:
    """Return what distinguishes a name from another one that looks the same."""
    return " ".join(f"U+{ord(mark):04X}" for mark in name if not mark.isascii())[:60]


def unusable_records(table: Table) -> dict[str, str]:
    """Return the names whose records are not tables, each with the reason."""
    records = table.get("providers", {})
    named = records.items() if isinstance(records, dict) else ()
    return {name: texts.MUST_BE_TABLE for name, record in named if not isinstance(record, dict)}


def _unknown_names(table: Table, shown: str) -> list[str]:
    """Return a notice for each top-level name without effect."""
    advice = {"default": texts.USE_DEFAULTS}
    return [
        texts.UNKNOWN_NAME.format(
            path=shown, name=safe_line(name, 40), advice=advice.get(name, texts.IGNORED)
        )
        for name in table
        if name not in _DOCUMENT_KEYS
    ]


def _rule_notices(label: str, provider: Provider, told: set[str]) -> list[str]:
    """Return the validation errors of a hand-written record, which is listed nevertheless."""
    readable = replace(provider, refusals=())
    broken = [problem for problem in check_provider(readable, ()) if problem.is_error]
    return [f"{label}: {problem.field}: {problem.message}" for problem in broken if problem.field not in told]


def _told(label: str, problem: ValueProblem) -> str:
    text = texts.NOTHING_SENT if problem.is_of_security else texts.FIELD_PROBLEM
    return text.format(label=label, field=safe_line(problem.field, 60), problem=problem.message)


def _unknown_keys(label: str, record: Table, told: set[str]) -> list[str]:
    known = (*KNOWN_KEYS, "is_default", FORMER_NAMES, *told)
    unknown = [key for key in record if key not in known]
    notices = []
    for key in unknown:
        closest = closest_name(key, KNOWN_KEYS, CLOSE)
        advice = texts.USE_FIELD.format(closest=closest) if closest else texts.IGNORED
        notices.append(texts.UNKNOWN_FIELD.format(label=label, name=safe_line(key, 40), advice=advice))
    return notices


def records_of(table: Table) -> Table:
    """Return the table of providers, creating it if missing."""
    records = table.setdefault("providers", {})
    if not isinstance(records, dict):
        records = table["providers"] = {}
    return records


def merge(fresh: Table, base: Table, wanted: Table) -> Table:
    """Return the current record, changed in the fields where ``wanted`` differs from ``base``."""
    record = _merged(fresh, base, wanted)
    known = {key: record[key] for key in KNOWN_KEYS if key in record}
    return {**known, **{key: value for key, value in record.items() if key not in known}}


def _merged(fresh: Table, base: Table, wanted: Table) -> Table:
    """Merge recursively by key: whatever is next to a changed key stays as it is now."""
    record = dict(fresh)
    for key in {**base, **wanted}:
        if wanted.get(key) == base.get(key):
            continue
        now, before, after = (table.get(key, {}) for table in (fresh, base, wanted))
        if isinstance(now, dict) and isinstance(before, dict) and isinstance(after, dict):
            after = _merged(now, before, after)
        if key in wanted or after:
            record[key] = after
        else:
            record.pop(key, None)
    return record


def without(record: Table, keys: Collection[str]) -> Table:
    """Return a record without some fields, named as in the file (``tls.ca_file``), whatever their values."""
    kept = dict(record)
    for key in keys:
        outer, _, inner = key.partition(".")
        held = kept.pop(outer, None)
        left = (
            {name: value for name, value in held.items() if name != inner} if isinstance(held, dict) else {}
        )
        if inner and left:
            kept[outer] = left
    return kept


def put(table: Table, old_name: str, name: str, record: Table) -> None:
    """Replace a record in its position, with its new name."""
    records = records_of(table)
    if old_name not in records:
        records[name] = record
        return
    table["providers"] = {
        name if key == old_name else key: record if key == old_name else value
        for key, value in records.items()
    }


def defaults_of(table: Table, providers: tuple[Provider, ...] | list[Provider]) -> dict[Category, str]:
    """Return the default of each category; the table ``defaults`` overrides hand-written flags."""
    chosen: dict[Category, str] = {}
    for provider in providers:
        if provider.is_default:
            chosen.setdefault(provider.category, provider.name)
    named = table.get("defaults", {})
    if isinstance(named, dict):
        chosen |= {item: str(named[item]) for item in Category if isinstance(named.get(item), str)}
    return chosen


def set_default(table: Table, name: str, category: Category) -> None:
    """Make a provider the only default of its category."""
    clear_default(table, name)
    named = table.get("defaults")
    table["defaults"] = {**(named if isinstance(named, dict) else {}), category.value: name}
    for record in records_of(table).values():
        if isinstance(record, dict) and record.get("category", Category.MODEL) == category.value:
            record.pop("is_default", None)


def clear_default(table: Table, name: str) -> None:
    """Unmark a provider as default."""
    named = table.get("defaults")
    if isinstance(named, dict):
        table["defaults"] = {key: value for key, value in named.items() if not _is_of(value, name)}
        if not table["defaults"]:
            del table["defaults"]
    record = records_of(table).get(name)
    if isinstance(record, dict):
        record.pop("is_default", None)


def remember_name(record: Table, old_name: str, name: str) -> None:
    """Record until when a renamed provider had its old name, which its chats refer to."""
    former = record.get(FORMER_NAMES)
    known = former if isinstance(former, dict) else {}
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    record[FORMER_NAMES] = {**{key: value for key, value in known.items() if key != name}, old_name: now}


def rename_default(table: Table, old_name: str, name: str) -> None:
    """Keep a renamed provider as the default."""
    named = table.get("defaults")
    if isinstance(named, dict):
        table["defaults"] = {key: name if _is_of(value, old_name) else value for key, value in named.items()}


def with_default(provider: Provider, defaults: Mapping[Category, str]) -> Provider:
    """Return the provider, marked as default or not."""
    is_default = _is_of(defaults.get(provider.category), provider.name)
    return provider if provider.is_default == is_default else replace(provider, is_default=is_default)


def _is_of(value: object, name: str) -> bool:
    return isinstance(value, str) and is_same_name(value, name)
