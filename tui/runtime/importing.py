"""Decides the outcome of each record of an import before anything is written."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field, replace
from enum import StrEnum

from tui.core.api_key_reference import STORED
from tui.core.endpoint_url import inspect_url
from tui.core.lazy_dataclass import dataclass
from tui.core.provider import Category, Provider
from tui.core.provider_field import with_values
from tui.core.provider_names import normal_name
from tui.core.provider_rules import LONGEST_TEXT, check_name, numbered_name
from tui.core.provider_schema import SETTABLE
from tui.core.provider_texts import check_provider
from tui.core.safe_text import safe_line
from tui.core.secret import Secret
from tui.store.casibase import ImportedRecord
from tui.texts import fields
from tui.texts import runtime as texts

_PROGRESS_STEP = 500


class Fate(StrEnum):
    """The outcome of a record."""

    IMPORTED = "imported"
    REPLACED = "replaced"
    KEPT = "kept"
    LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One line of the report."""

    number: int
    """The record's position in the file, from 1."""
    name: str
    fate: Fate
    remark: str = ""


@dataclass(slots=True)
class ImportPlan:
    """What is written in one step, and what is reported about each record."""

    providers: list[Provider] = field(default_factory=list)
    keys: dict[str, Secret] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)


def plan_import(
    records: Sequence[ImportedRecord],
    existing: Iterable[Provider],
    *,
    replaces: bool,
    on_progress: Callable[[int], None] = lambda count: None,
) -> ImportPlan:
    """Decide the outcome of each record; ``on_progress`` receives the number decided so far."""
    planner = _Planner({normal_name(provider.name): provider for provider in existing}, replaces)
    for count, record in enumerate(records, 1):
        planner.add(record)
        if count % _PROGRESS_STEP == 0:
            on_progress(count)
    return planner.plan


class _Planner:
    def __init__(self, existing: Mapping[str, Provider], replaces: bool) -> None:
        self._existing = existing
        self._replaces = replaces
        self._names: set[str] = set()
        self._folded = {provider.name.casefold(): provider.name for provider in existing.values()}
        self._numbers: dict[str, int] = {}
        marked = (provider for provider in existing.values() if provider.is_default)
        self._defaults: dict[Category, str] = {provider.category: provider.name for provider in marked}
        self.plan = ImportPlan()

    def add(self, record: ImportedRecord) -> None:
        """Decide the outcome of one record."""
        remarks: list[str] = []
        provider = self._named(record.provider, remarks)
        known = self._existing.get(normal_name(provider.name))
        if known is not None and known.is_remote:
            return self._tell(record, provider, Fate.KEPT, [texts.NAME_TAKEN])
        if known is not None and not self._replaces:
            return self._tell(record, provider, Fate.KEPT, [texts.KEPT])
        if known is not None:
            provider = _over(known, provider, record, remarks)
        key_text = record.key.reveal() if record.key is not None else None
        problems = [
            item
            for item in check_provider(provider, (), key_text=key_text)
            if item.is_error and (known is None or item.field != "name")
        ]
        if problems:
            said = [f"{problem.field}: {problem.message}" for problem in problems]
            return self._tell(record, provider, Fate.LEFT_OUT, said)
        self.plan.providers.append(self._with_default(provider, remarks))
        if record.key is not None:
            self.plan.keys[provider.name] = record.key
        return self._tell(record, provider, Fate.IMPORTED if known is None else Fate.REPLACED, remarks)

    def _tell(self, record: ImportedRecord, provider: Provider, fate: Fate, remarks: list[str]) -> None:
        text = " ".join(remarks)
        self.plan.outcomes.append(Outcome(record.number, provider.name, fate, text))

    def _named(self, provider: Provider, remarks: list[str]) -> Provider:
        """Return the provider with a name that commands can use and no other record has."""
        known = self._existing.get(normal_name(provider.name))
        problem = None if known is not None else check_name(provider.name)
        name = provider.name if known is None else known.name
        if problem is not None:
            name = problem.repair or _made_name(provider.name)
        label = safe_line(provider.display_name or provider.name, LONGEST_TEXT)
        if name in self._names or (problem is not None and self._is_other(name, label)):
            name = self._free_name(name, label)
        if name != provider.name:
            remarks.append(texts.RENAMED.format(name=safe_line(provider.name, 60) or "nothing"))
            provider = replace(provider, name=name, display_name=label)
        self._names.add(name)
        like = self._folded.setdefault(name.casefold(), name)
        if known is None and like != name:
            remarks.append(fields.NAME_CASE.format(name=safe_line(like)))
        return provider

    def _is_other(self, name: str, label: str) -> bool:
        """Return whether a generated name belongs to a provider that this record did not create."""
        known = self._existing.get(name)
        return known is not None and known.display_name != label

    def _free_name(self, name: str, label: str) -> str:
        number = self._numbers.get(name, 2)
        while (free := numbered_name(name, number)) in self._names or self._is_other(free, label):
            number += 1
        self._numbers[name] = number
        return free

    def _with_default(self, provider: Provider, remarks: list[str]) -> Provider:
        """Keep the default, if there is one: an import must not redirect prompts to another endpoint."""
        if not provider.is_default:
            return provider
        default = self._defaults.setdefault(provider.category, provider.name)
        if default == provider.name:
            return provider
        remarks.append(texts.DEFAULT_STAYS.format(name=safe_line(default, 40)))
        return replace(provider, is_default=False)


def _made_name(text: str) -> str:
    """Return a deterministic name for a text of which no letter is allowed in names."""
    return f"provider-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:8]}"


def _over(known: Provider, fresh: Provider, record: ImportedRecord, remarks: list[str]) -> Provider:
    """Return a provider with the record's values, keeping those that no record contains.

    What was meant for one URL (key, headers, the permission to send the key unencrypted) is never sent to
    another one.
    """
    is_same = inspect_url(known.provider_url).normalised == inspect_url(fresh.provider_url).normalised
    if not is_same and (known.extra_headers or (known.api_key is not None and fresh.api_key is None)):
        remarks.append(texts.URL_CHANGED)
    key = fresh.api_key if fresh.api_key is not None else known.api_key if is_same else None
    prices = (
        (fresh.input_price, fresh.output_price)
        if record.is_priced
        else (known.input_price, known.output_price)
    )
    unheld = {field: field.of(known) for field in SETTABLE if not field.casibase}
    return replace(
        with_values(fresh, unheld),
        input_price=prices[0],
        output_price=prices[1],
        api_key=STORED if record.key is not None else key,
        is_default=fresh.is_default or known.is_default,
        created_time=known.created_time,
        extra_headers=known.extra_headers if is_same else {},
        allow_unencrypted_key=known.allow_unencrypted_key and is_same,
        refusals=known.refusals,
    )
