"""The providers on disk: yours, which can be changed, and those of the site, which cannot.

Every change is one step on the file as it is at that moment: sessions that change different
providers, or different fields of one, never take back each other's edits.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tui.core.provider import Category, Provider
from tui.core.provider_rules import check_provider
from tui.core.safe_text import safe_line
from tui.store.credentials import CredentialStore
from tui.store.errors import usage_error
from tui.store.files import FileStamp, stamp_of
from tui.store.migrations import PROVIDERS_SCHEMA
from tui.store.paths import Paths
from tui.store.provider_toml import KNOWN_KEYS, Table, decode_provider, encode_provider
from tui.store.toml_file import TomlDocument, TomlFile


@dataclass(frozen=True, slots=True)
class ProviderSnapshot:
    """The providers as the files had them at one moment."""

    providers: tuple[Provider, ...] = ()
    notices: tuple[str, ...] = ()
    """What is wrong with the files, each a sentence or two for a banner."""
    defaults: Mapping[Category, str] = field(default_factory=dict)
    """The default's name by category. It may name a provider that no file holds (a built-in one)."""
    is_read_only: bool = False
    """A newer lmdeck wrote the file: nothing can be saved."""


class ProviderStore:
    """Reads and changes ``providers.toml``. All calls block shortly."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._file = TomlFile(paths, paths.providers_file, "providers", PROVIDERS_SCHEMA, keep_backup=True)
        self._credentials = CredentialStore(paths)
        self._good: Table | None = None
        self._base: dict[str, Table] = {}
        self._removed: dict[str, Table] = {}
        self._snapshot = ProviderSnapshot()
        self._kept_aside: tuple[str, ...] = ()
        self._stamps: dict[Path, FileStamp | None] = {}
        self._untrusted: dict[str, str] = {}

    def load(self) -> ProviderSnapshot:
        """Read the files. Never raises: what cannot be read is told in the notices."""
        self._untrusted = {}
        document = self._file.read()
        self._stamps = {self._file.path: document.stamp or stamp_of(self._file.path)}
        table, notices = self._usable(document)
        own, own_notices = _decode_all(table, self._file.shown, quiet=document.is_newer)
        self._base = {provider.name: encode_provider(provider) for provider in own}
        self._note_untrusted(document, self._file.shown, own)
        site, site_defaults, site_notices = self._load_site({provider.name for provider in own})
        defaults = {**site_defaults, **_defaults(table, own)}
        self._snapshot = ProviderSnapshot(
            providers=tuple(_with_default(provider, defaults) for provider in (*own, *site)),
            notices=(*self._kept_aside, *notices, *own_notices, *site_notices),
            defaults=defaults,
            is_read_only=document.is_newer,
        )
        return self._snapshot

    def has_changed(self) -> bool:
        """Return whether any file is another than the one that was read."""
        return any(stamp_of(path) != stamp for path, stamp in self._stamps.items())

    def save(self, provider: Provider, previous_name: str | None = None) -> None:
        """Write one provider: the fields that were changed since it was loaded, and only those.

        With ``previous_name`` it is renamed in its place, and its stored key goes with it.

        Raises:
            LmdeckError: the name is taken, or the file cannot be written.
        """
        old_name = previous_name or provider.name
        known = next((item for item in self._snapshot.providers if item.name == old_name), None)
        was_default = known is not None and known.is_default and not known.is_remote
        is_new_default = not was_default or (known is not None and known.category is not provider.category)

        def edit(table: Table) -> None:
            records = _records(table)
            if old_name != provider.name and provider.name in records:
                raise usage_error("provider-exists", name=provider.name)
            record = self._merged(records.get(old_name), old_name, provider)
            _put(table, old_name, provider.name, record)
            if old_name != provider.name:
                _rename_default(table, old_name, provider.name)
                self._credentials.copy(old_name, provider.name)
            if provider.is_default and is_new_default:
                _set_default(table, provider.name, provider.category)
            elif was_default and not provider.is_default:
                _clear_default(table, provider.name)

        self._change(edit)
        if old_name != provider.name:
            self._credentials.delete(old_name)

    def delete(self, name: str) -> Provider:
        """Remove one provider and return it as it was; its stored key stays, for an undo.

        Raises:
            LmdeckError: there is none of that name, or the file cannot be written.
        """
        removed: list[Provider] = []

        def edit(table: Table) -> None:
            record = _records(table).pop(name, None)
            if not isinstance(record, dict):
                raise usage_error("provider-unknown", name=name)
            provider, _ = decode_provider(name, record)
            self._removed[name] = record
            removed.append(_with_default(provider, _defaults(table, (provider,))))
            _clear_default(table, name)

        self._change(edit)
        return removed[-1]

    def set_default(self, name: str, category: Category | None = None) -> None:
        """Make a provider the default of its category, in place of the one before.

        ``category`` is needed only for a provider that no file holds and that is not of category Model.

        Raises:
            LmdeckError: the file cannot be written.
        """
        known = next((item for item in self._snapshot.providers if item.name == name), None)
        kind = known.category if known is not None else category or Category.MODEL
        self._change(lambda table: _set_default(table, name, kind))

    def default_name(self, category: Category = Category.MODEL) -> str | None:
        """Return the name of a category's default as last loaded, which may be a built-in provider's."""
        return self._snapshot.defaults.get(category)

    def command_refusal(self, name: str) -> str | None:
        """Return why a ``cmd:`` key of this provider must not be run, or ``None`` where it may.

        A file that others can write could name any command.
        """
        return self._untrusted.get(name)

    def _merged(self, fresh: object, old_name: str, provider: Provider) -> Table:
        """Return the record as it is now, changed in the fields that differ from what was loaded."""
        wanted = encode_provider(provider)
        if isinstance(fresh, dict):
            return _merge(fresh, self._base.get(old_name, {}), wanted)
        removed = self._removed.pop(provider.name, None)
        if removed is None:
            return wanted
        # An undone deletion brings back what only the file knew.
        return _merge(removed, encode_provider(decode_provider(provider.name, removed)[0]), wanted)

    def _change(self, edit: Callable[[Table], None]) -> None:
        notice = self._file.change(edit, base=self._good)
        if notice is not None:
            self._kept_aside = (*self._kept_aside, notice)
        self.load()

    def _usable(self, document: TomlDocument) -> tuple[Table, tuple[str, ...]]:
        """Return what to show of the own file; for an unreadable one, the last version that was readable."""
        if document.problem is None:
            self._good = None if document.is_newer else document.table
            if document.is_newer:
                newer = f"{self._file.shown} was written by a newer lmdeck: it is shown, but not changed."
                return document.table, (f"{newer} Update lmdeck to edit it.",)
            return document.table, ()
        text = f"{self._file.shown} cannot be read: {document.problem}."
        if not document.is_corrupt:
            return self._good or {}, (f"{text} Set that right and it is read again.",)
        if self._good is None:
            backup = self._file.read_backup()
            self._good = backup.table if backup.problem is None and not backup.is_newer else {}
        shown = "The version before is shown" if self._good else "No provider of yours is shown"
        return self._good, (f"{text} {shown}. Correct it by hand; a save keeps it aside.",)

    def _load_site(self, taken: set[str]) -> tuple[list[Provider], dict[Category, str], tuple[str, ...]]:
        providers: list[Provider] = []
        defaults: dict[Category, str] = {}
        notices: list[str] = []
        for path in self._paths.site_provider_files:
            file = TomlFile(self._paths, path, "providers", PROVIDERS_SCHEMA, keep_backup=False)
            document = file.read()
            self._stamps[path] = document.stamp or stamp_of(path)
            if document.problem is not None:
                notices.append(
                    f"{file.shown} cannot be read: {document.problem}. Tell who runs this machine."
                )
            found, problems = _decode_all(document.table, file.shown, quiet=document.is_newer)
            fresh = [replace(item, is_remote=True) for item in found if item.name not in taken]
            self._note_untrusted(document, file.shown, fresh)
            taken |= {provider.name for provider in fresh}
            defaults = {**_defaults(document.table, fresh), **defaults}
            providers += fresh
            notices += problems
        return providers, defaults, tuple(notices)

    def _note_untrusted(self, document: TomlDocument, shown: str, providers: list[Provider]) -> None:
        if document.stamp is None:
            return
        reason = None
        if document.mode & (stat.S_IWGRP | stat.S_IWOTH):
            reason = f"others can write {shown}; run: chmod go-w {shown}"
        elif document.owner not in (os.geteuid(), 0):
            reason = f"{shown} belongs to somebody else"
        if reason is not None:
            self._untrusted.update((provider.name, reason) for provider in providers)


def _decode_all(table: Table, shown: str, *, quiet: bool) -> tuple[list[Provider], tuple[str, ...]]:
    """Return the providers of a document and a notice for everything in it that cannot be used."""
    records = table.get("providers", {})
    if not isinstance(records, dict):
        return [], (f'{shown}: "providers" must be a table. Write one [providers.NAME] for each provider.',)
    providers: list[Provider] = []
    notices: list[str] = []
    for name, record in records.items():
        label = f"{shown}, provider {safe_line(name, 40)}"
        if not isinstance(record, dict):
            notices.append(f"{label}: must be a table, under a line [providers.{safe_line(name, 40)}].")
            continue
        provider, problems = decode_provider(name, record)
        providers.append(provider)
        notices += [f"{label}: {problem.field} {problem.message}." for problem in problems]
        notices += _rule_notices(label, provider, {problem.field for problem in problems})
        notices += _unknown_keys(label, record)
    return providers, () if quiet else tuple(notices)


def _rule_notices(label: str, provider: Provider, told: set[str]) -> list[str]:
    """Return the rules of the form that a hand-written record breaks; it stays listed all the same."""
    broken = [problem for problem in check_provider(provider, ()) if problem.is_error]
    return [f"{label}: {problem.field}: {problem.message}" for problem in broken if problem.field not in told]


def _unknown_keys(label: str, record: Table) -> list[str]:
    unknown = [key for key in record if key not in KNOWN_KEYS and key != "is_default"]
    if not unknown:
        return []
    from difflib import get_close_matches

    notices = []
    for key in unknown:
        closest = get_close_matches(key, KNOWN_KEYS, n=1)
        advice = f"write {closest[0]}" if closest else "it is kept, and has no effect"
        notices.append(f"{label}: {safe_line(key, 40)} is not a known field; {advice}.")
    return notices


def _records(table: Table) -> Table:
    records = table.setdefault("providers", {})
    if not isinstance(records, dict):
        records = table["providers"] = {}
    return records


def _merge(fresh: Table, base: Table, wanted: Table) -> Table:
    record = dict(fresh)
    for key in KNOWN_KEYS:
        if wanted.get(key) == base.get(key):
            continue
        if key in wanted:
            record[key] = wanted[key]
        else:
            record.pop(key, None)
    known = {key: record[key] for key in KNOWN_KEYS if key in record}
    return {**known, **{key: value for key, value in record.items() if key not in known}}


def _put(table: Table, old_name: str, name: str, record: Table) -> None:
    """Put a record in its place, under its new name."""
    records = _records(table)
    if old_name not in records:
        records[name] = record
        return
    table["providers"] = {
        name if key == old_name else key: record if key == old_name else value
        for key, value in records.items()
    }


def _defaults(table: Table, providers: tuple[Provider, ...] | list[Provider]) -> dict[Category, str]:
    """Return the default of each category; the table ``defaults`` wins over flags written by hand."""
    chosen: dict[Category, str] = {}
    for provider in providers:
        if provider.is_default:
            chosen.setdefault(provider.category, provider.name)
    named = table.get("defaults", {})
    if isinstance(named, dict):
        chosen |= {item: str(named[item]) for item in Category if isinstance(named.get(item), str)}
    return chosen


def _set_default(table: Table, name: str, category: Category) -> None:
    _clear_default(table, name)
    named = table.get("defaults")
    table["defaults"] = {**(named if isinstance(named, dict) else {}), category.value: name}
    for record in _records(table).values():
        if isinstance(record, dict) and record.get("category", Category.MODEL) == category.value:
            record.pop("is_default", None)


def _clear_default(table: Table, name: str) -> None:
    named = table.get("defaults")
    if isinstance(named, dict):
        table["defaults"] = {key: value for key, value in named.items() if value != name}
        if not table["defaults"]:
            del table["defaults"]
    record = _records(table).get(name)
    if isinstance(record, dict):
        record.pop("is_default", None)


def _rename_default(table: Table, old_name: str, name: str) -> None:
    named = table.get("defaults")
    if isinstance(named, dict):
        table["defaults"] = {key: name if value == old_name else value for key, value in named.items()}


def _with_default(provider: Provider, defaults: Mapping[Category, str]) -> Provider:
    is_default = defaults.get(provider.category) == provider.name
    return provider if provider.is_default == is_default else replace(provider, is_default=is_default)
