"""The providers on disk: the user's own, and read-only ones for the whole site.

Every change is applied to the current file: sessions that change different providers, or different fields of
one, never undo each other's edits.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path

from tui.core.former_names import FormerNames, former_names
from tui.core.lazy_dataclass import dataclass
from tui.core.provider import Category, Provider
from tui.core.provider_names import normal_name
from tui.store.credentials import CredentialStore
from tui.store.errors import disk_error, usage_error
from tui.store.files import FileStamp, backup_of, stamp_of
from tui.store.lock import locked
from tui.store.optional import look_at
from tui.store.paths import Paths
from tui.store.provider_records import (
    clear_default,
    decode_all,
    defaults_of,
    merge,
    put,
    records_of,
    remember_name,
    rename_default,
    set_default,
    unusable_records,
    with_default,
    without,
)
from tui.store.provider_toml import Table, decode_provider, encode_provider
from tui.store.provider_trust import ProviderTrust, Reading
from tui.store.toml_file import TomlDocument, TomlFile
from tui.texts import store as texts


@dataclass(frozen=True, slots=True)
class ProviderSnapshot:
    """The providers in the files at one moment."""

    providers: tuple[Provider, ...] = ()
    notices: tuple[str, ...] = ()
    """Problems with the files, one or two sentences each, for a banner."""
    defaults: Mapping[Category, str] = field(default_factory=dict)
    """The name of each category's default, which may be a built-in provider."""
    unreadable: tuple[str, str] | None = None
    """The user's file and why it cannot be read: the list is older than the file, which may contain any
    name."""
    unusable: Mapping[str, str] = field(default_factory=dict)
    """Names of unusable records with the reason: no other provider may replace them."""
    former: FormerNames = field(default_factory=FormerNames)
    """The former names of the user's providers."""
    is_read_only: bool = False
    """A newer version wrote the file: nothing can be saved."""
    is_whole: bool = True
    """Whether all files could be read; otherwise there may be unlisted providers."""


class ProviderStore:
    """Reads and changes ``providers.toml``. All calls block briefly."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._file = TomlFile(paths, paths.providers_file, keep_backup=True)
        self._credentials = CredentialStore(paths)
        self.trust = ProviderTrust(paths, self._file)
        self._good: Table | None = None
        self._base: dict[str, Table] = {}
        self._removed: dict[str, Table] = {}
        self._snapshot = ProviderSnapshot()
        self._not_kept: tuple[str, ...] = ()
        self._stamps: dict[Path, FileStamp | None] = {}
        self._document = TomlDocument()
        self._is_site_whole = True
        self._turn = threading.RLock()
        """Changes come from threads of the screens: one at a time, and no reads in between."""
        self._is_changing = False

    def load(self) -> ProviderSnapshot:
        """Read the files. Never raises: problems are in the notices."""
        with self._turn:
            return self._load()

    def _load(self) -> ProviderSnapshot:
        reading = Reading()
        document = self._document = self._file.read()
        self._stamps = {self._file.path: document.stamp or stamp_of(self._file.path)}
        table, notices = self._usable(document)
        own, own_notices = decode_all(table, self._file.shown, quiet=document.is_newer)
        self._base = {provider.name: encode_provider(provider) for provider in own}
        notices += self.trust.judge_own(document, own, reading)
        unusable = unusable_records(table)
        taken = {normal_name(name) for name in (*unusable, *(provider.name for provider in own))}
        site, site_defaults, site_notices = self._load_site(taken, reading)
        self.trust.keep(reading)
        defaults = {**site_defaults, **defaults_of(table, own)}
        self._snapshot = ProviderSnapshot(
            providers=tuple(with_default(provider, defaults) for provider in (*own, *site)),
            notices=(*self._not_kept, *notices, *own_notices, *site_notices),
            defaults=defaults,
            unreadable=None if document.problem is None else (self._file.shown, document.problem),
            unusable=unusable,
            former=former_names(table.get("providers")),
            is_read_only=document.is_newer,
            is_whole=document.problem is None and self._is_site_whole,
        )
        return self._snapshot

    def has_changed(self) -> bool:
        """Return whether any file differs from the one that was read, or is being written here."""
        stamps = self._stamps
        is_other = any(stamp_of(path) != stamp for path, stamp in tuple(stamps.items()))
        return is_other and not self._is_changing and stamps is self._stamps

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Lock every file that a change may write, so that changes to several are one step.

        Raises:
            LmdeckError: another process holds a lock, or the disk refuses.
        """
        with contextlib.ExitStack() as stack:
            for path in (self._paths.providers_file, self._paths.credentials_file):
                try:
                    stack.enter_context(locked(path))
                except OSError as error:
                    raise disk_error(error, self._paths.shown(path)) from error
            if look_at(self._paths.trusted_file).exists:
                with contextlib.suppress(OSError):  # reported when it is written
                    stack.enter_context(locked(self._paths.trusted_file))
            yield

    def unreadable_fields(self, name: str) -> frozenset[str]:
        """Return the fields of the user's own provider whose values cannot be read: ``tls.ca_file``."""
        record = records_of(self._document.table).get(name)
        problems = decode_provider(name, record)[1] if isinstance(record, dict) else ()
        return frozenset(problem.field for problem in problems)

    def save(
        self,
        provider: Provider,
        previous_name: str | None = None,
        cleared: Collection[str] = (),
        base: Provider | None = None,
    ) -> Provider:
        """Write the fields of a provider that differ from ``base``; return it as written.

        ``base`` is the record that was edited, by default as last loaded. With ``previous_name`` it is
        renamed in its position, together with its stored key. The fields ``cleared``, named as in the file,
        are overwritten even if unreadable.

        Raises:
            LmdeckError: the name is taken, or the file cannot be written.
        """
        old_name = previous_name or provider.name
        known = base or next((item for item in self._snapshot.providers if item.name == old_name), None)
        was_default = known is not None and known.is_default and not known.is_remote
        is_new_default = not was_default or (known is not None and known.category is not provider.category)

        def edit(table: Table) -> None:
            records = records_of(table)
            if old_name != provider.name and provider.name in records:
                raise usage_error("provider-exists", name=provider.name)
            before = self._base.get(old_name, {}) if base is None else encode_provider(base)
            record = self._merged(records.get(old_name), before, provider, cleared)
            put(table, old_name, provider.name, record)
            if old_name != provider.name:
                remember_name(record, old_name, provider.name)
                rename_default(table, old_name, provider.name)
                self._credentials.copy(old_name, provider.name)
            if provider.is_default and is_new_default:
                set_default(table, provider.name, provider.category)
            elif was_default and not provider.is_default:
                clear_default(table, provider.name)

        self._change(edit)
        if old_name != provider.name:
            self._credentials.delete(old_name)
        written = (item for item in self._snapshot.providers if item.name == provider.name)
        return next(written, provider)

    def save_all(self, providers: Sequence[Provider]) -> None:
        """Write several providers in one step: new ones, or over the loaded one with that name.

        Raises:
            LmdeckError: a name was taken meanwhile, or the file cannot be written; then nothing is.
        """

        def edit(table: Table) -> None:
            records = records_of(table)
            for provider in providers:
                if provider.name in records and provider.name not in self._base:
                    raise usage_error("provider-exists", name=provider.name)
                before = self._base.get(provider.name, {})
                records[provider.name] = self._merged(records.get(provider.name), before, provider)
            for provider in providers:
                if provider.is_default:
                    set_default(table, provider.name, provider.category)

        self._change(edit)

    def delete(self, name: str) -> Provider:
        """Remove one provider and return it; its stored key is kept, for undo.

        Raises:
            LmdeckError: it does not exist, or the file cannot be written.
        """
        removed: list[Provider] = []

        def edit(table: Table) -> None:
            record = records_of(table).pop(name, None)
            if not isinstance(record, dict):
                raise usage_error("provider-unknown", name=name)
            provider, _ = decode_provider(name, record)
            self._removed[name] = record
            removed.append(with_default(provider, defaults_of(table, (provider,))))
            clear_default(table, name)

        self._change(edit)
        return removed[-1]

    def set_default(self, name: str, category: Category | None = None) -> None:
        """Make a provider the default of its category, replacing the previous one.

        ``category`` is only needed for a built-in provider whose category is not Model.

        Raises:
            LmdeckError: the file cannot be written.
        """
        known = next((item for item in self._snapshot.providers if item.name == name), None)
        kind = known.category if known is not None else category or Category.MODEL
        self._change(lambda table: set_default(table, name, kind))

    def default_name(self, category: Category = Category.MODEL) -> str | None:
        """Return the name of a category's default as last loaded, which may be a built-in provider."""
        return self._snapshot.defaults.get(category)

    def _merged(self, fresh: object, base: Table, provider: Provider, cleared: Collection[str] = ()) -> Table:
        """Return the current record, changed in the fields that differ from ``base``."""
        wanted = encode_provider(provider)
        if isinstance(fresh, dict):
            return merge(without(fresh, cleared), without(base, cleared), wanted)
        removed = self._removed.pop(provider.name, None)
        if removed is None:
            return wanted
        # An undone deletion also restores what only the file contained.
        return merge(removed, encode_provider(decode_provider(provider.name, removed)[0]), wanted)

    def _change(self, edit: Callable[[Table], None]) -> None:
        with self._turn:
            self._is_changing = True
            try:
                notice = self._file.change(edit, guard=self.trust.refuse, on_written=self.trust.keep_own)
                self._not_kept = () if notice is None else (notice,)
                self._load()
            finally:
                self._is_changing = False

    def _usable(self, document: TomlDocument) -> tuple[Table, tuple[str, ...]]:
        """Return what to show of the user's own file; if it is unreadable, the last readable version."""
        if document.problem is None:
            self._good = None if document.is_newer else document.table
            self.trust.show(self._file.path, document if self._good else None)
            if document.is_newer:
                return document.table, (texts.NEWER_PROVIDERS.format(path=self._file.shown),)
            return document.table, ()
        text = texts.UNREADABLE.format(path=self._file.shown, reason=document.problem)
        if not document.is_corrupt:
            return self._good or {}, (texts.READ_AGAIN.format(problem=text),)
        if self._good is None:
            backup = self._file.read_backup()
            self._good = backup.table if backup.problem is None and not backup.is_newer else {}
            self.trust.show(backup_of(self._file.path), backup if self._good else None)
        shown = texts.PREVIOUS_SHOWN if self._good else texts.NONE_SHOWN
        return self._good, (shown.format(problem=text),)

    def _load_site(
        self, taken: set[str], reading: Reading
    ) -> tuple[list[Provider], dict[Category, str], tuple[str, ...]]:
        providers: list[Provider] = []
        defaults: dict[Category, str] = {}
        notices: list[str] = []
        self._is_site_whole = True
        for path in self._paths.site_provider_files:
            file = TomlFile(self._paths, path, keep_backup=False)
            document = file.read()
            self._stamps[path] = document.stamp or stamp_of(path)
            if document.problem is not None:
                self._is_site_whole = False
                problem = texts.UNREADABLE.format(path=file.shown, reason=document.problem)
                notices.append(texts.SITE_UNREADABLE.format(problem=problem))
            found, problems = decode_all(document.table, file.shown, quiet=document.is_newer)
            fresh = [replace(item, is_remote=True) for item in found if normal_name(item.name) not in taken]
            notices += self.trust.judge(path, document, fresh, reading)
            taken |= {normal_name(provider.name) for provider in fresh}
            defaults = {**defaults_of(document.table, fresh), **defaults}
            providers += fresh
            notices += problems
        return providers, defaults, tuple(notices)
