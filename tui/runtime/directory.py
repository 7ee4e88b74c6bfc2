"""The providers as the screens and commands see them: yours, the site's and the built-in ones."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tui.core.api_key_reference import STORED, ApiKeyReference, parse_api_key_reference
from tui.core.causes import explain
from tui.core.closest import closest_name
from tui.core.failure import Failure, LmdeckError, UsageError
from tui.core.provider import Provider, State
from tui.core.provider_names import is_same_name
from tui.core.provider_texts import check_provider
from tui.core.secret import Secret
from tui.runtime.builtin import (
    AVAILABLE,
    Availability,
    BuiltIns,
    built_in_name,
    is_built_in,
)
from tui.runtime.stored_keys import StoredKeys
from tui.store.api_key_text import checked_key
from tui.store.optional import OptionalFiles
from tui.store.paths import Paths
from tui.store.providers import ProviderStore
from tui.texts.runtime import KEYS_CHANGED

if TYPE_CHECKING:
    from tui.core.provider_rules import FieldProblem
    from tui.store.credentials import CredentialStore
    from tui.store.trust import Distrust


class ProviderDirectory:
    """Reads and changes the provider list. Every change goes to disk at once; all calls block shortly."""

    def __init__(
        self,
        store: ProviderStore,
        credentials: CredentialStore,
        built_ins: BuiltIns,
        optional: OptionalFiles | None = None,
    ) -> None:
        """``optional`` knows which files cannot be used that nothing depends on."""
        self._optional = optional or OptionalFiles()
        self._store = store
        self._credentials = credentials
        self.stored_keys = StoredKeys(credentials, self.providers, lambda: self._is_whole)
        self._built_ins = built_ins
        self._loaded: tuple[Provider, ...] | None = None
        self._unusable: Mapping[str, str] = {}
        self._unreadable: tuple[str, str] | None = None
        self._notices: tuple[str, ...] = ()
        self._is_whole = True

    @classmethod
    def open(
        cls, paths: Paths, credentials: CredentialStore, built_ins: BuiltIns, optional: OptionalFiles
    ) -> ProviderDirectory:
        """Return the list of the files at these paths; reads none yet."""
        return cls(ProviderStore(paths), credentials, built_ins, optional)

    @property
    def notices(self) -> tuple[str, ...]:
        """What is wrong with the files, in words for a banner."""
        self.providers()
        return (*self._notices, *self.stored_keys.notices, *self._optional.notices)

    def providers(self) -> tuple[Provider, ...]:
        """Return every provider: yours and the site's first, then the built-in ones."""
        return self.reload() if self._loaded is None else self._loaded

    def reload(self) -> tuple[Provider, ...]:
        """Read the files again."""
        snapshot = self._store.load()
        self._unusable, self._unreadable = snapshot.unusable, snapshot.unreadable
        names = {*snapshot.unusable, *(provider.name for provider in snapshot.providers)}
        built_in = tuple(provider for provider in self._built_ins.providers if provider.name not in names)
        self._loaded = snapshot.providers + self._with_default(built_in)
        self._notices = snapshot.notices
        self._is_whole = snapshot.is_whole
        return self._loaded

    def has_changed(self) -> bool:
        """Return whether another process changed a file since it was read."""
        return self._store.has_changed()

    def command_refusal(self, name: str) -> str | None:
        """Return why the key of a provider must not be fetched, or ``None`` where it may."""
        return self._store.trust.command_refusal(name)

    def distrusted_files(self) -> tuple[Distrust, ...]:
        """Return why files of providers are not relied on: others can write them."""
        self.providers()  # reads them, where nobody has yet
        return self._store.trust.distrusted()

    def trust_files(self) -> None:
        """Rely on those files as they are now: the user has read them through.

        Raises:
            LmdeckError: that cannot be kept.
        """
        self._store.trust.confirm()
        self.reload()

    def get(self, name: str) -> Provider:
        """Return one provider.

        Raises:
            UsageError: there is none of that name (``provider-unknown``), its record cannot be used, or
                your file cannot be read.
        """
        for provider in self.providers():
            if is_same_name(provider.name, name):
                return provider
        if name in self._unusable:
            raise UsageError(explain("provider-invalid", name=name, reason=self._unusable[name]))
        self.require_readable()
        closest = closest_name(name, (provider.name for provider in self.providers()))
        unknown = explain("provider-unknown", name=name, closest=closest)
        if not self._is_whole and self._notices:  # it may stand in a file that cannot be read
            unknown = replace(unknown, advice=self._notices[0])
        raise UsageError(unknown)

    @property
    def unusable(self) -> Mapping[str, str]:
        """The names in your file whose records cannot be used at all, and why."""
        self.providers()
        return self._unusable

    def require_readable(self) -> None:
        """Refuse to continue as if there were no providers, where your file cannot be read.

        Raises:
            UsageError: nothing of it is known (``config-malformed``).
        """
        self.providers()
        if self._unreadable is not None:
            path, reason = self._unreadable
            raise UsageError(explain("config-malformed", path=path, reason=reason))

    def default_name(self) -> str | None:
        """Return the name that was made the default for chats, whatever has it now."""
        return self._store.default_name()

    def availability(self, provider: Provider) -> Availability:
        """Return whether the provider can be used at all."""
        return self._built_ins.availability(built_in_name(provider)) if is_built_in(provider) else AVAILABLE

    def problems(
        self, provider: Provider, previous_name: str | None, key_text: str | None
    ) -> list[FieldProblem]:
        """Return what keeps a provider from being saved, and the warnings."""
        others = {known.name for known in self.providers() if known.name != previous_name}
        return list(check_provider(provider, others, key_text=key_text))

    def unreadable_fields(self, name: str) -> frozenset[str]:
        """Return the fields of a provider, named as in its file, whose values there cannot be read."""
        return self._store.unreadable_fields(name)

    def save(
        self,
        provider: Provider,
        key_text: str | None = None,
        previous_name: str | None = None,
        cleared: Collection[str] = (),
        base: Provider | None = None,
    ) -> Provider:
        """Write a provider; ``key_text`` is what stands in the key field, ``None`` leaves the key as it is.

        ``base`` is the record that was edited: what does not differ from it stays as another session has
        written it meanwhile. Of the fields ``cleared``, named as in the file, not even a value that cannot
        be read stays. Returns the record as written: a literal key has gone to the credentials, the record
        says ``stored``.

        Raises:
            UsageError: a field is not valid, or the record is read-only.
        """
        self._refuse_view_only(previous_name or provider.name)
        errors = [problem for problem in self.problems(provider, previous_name, key_text) if problem.is_error]
        if errors:
            raise UsageError(invalid(provider.name, errors[0]))
        self._store.trust.require()  # before a key is stored
        reference, literal = self._read_key(provider, key_text)
        created = provider.created_time or datetime.now(UTC).isoformat(timespec="seconds")
        saved = replace(provider, api_key=reference, is_remote=False, created_time=created)
        with self._store.held():
            if literal is None:
                written = self._store.save(saved, previous_name, cleared, base)
            else:
                written = self._save_with_key(saved, literal, previous_name, cleared, base)
            if written.api_key != STORED:
                self._credentials.delete(provider.name)
        self.reload()
        return written

    def save_all(self, providers: Sequence[Provider], keys: Mapping[str, Secret]) -> None:
        """Write checked providers, and the keys of those that have one: all of them, or none.

        ``keys`` go first: a provider without its key would be worse than a key without its provider.

        Raises:
            LmdeckError: the files cannot be written; then nothing has changed.
        """
        self._store.trust.require()
        now = datetime.now(UTC).isoformat(timespec="seconds")
        keyless = [item.name for item in providers if item.api_key != STORED]
        saved = [replace(item, is_remote=False, created_time=item.created_time or now) for item in providers]
        with self._store.held():
            before = self._credentials.update({**dict.fromkeys(keyless), **keys})
            try:
                self._store.save_all(saved)
            except BaseException as error:
                try:
                    self._credentials.update(before)
                except LmdeckError:
                    error.add_note(KEYS_CHANGED)
                raise
        self.reload()

    def _save_with_key(
        self,
        provider: Provider,
        key: Secret,
        previous_name: str | None,
        cleared: Collection[str],
        base: Provider | None,
    ) -> Provider:
        """Write both. Of a new provider the record comes first: whatever ends the program between the
        two, no key is left behind that belongs to nothing."""
        checked_key(key.reveal(), "the form")
        name = previous_name or provider.name
        is_new = all(known.name != name for known in self.providers())
        if not is_new:
            self._credentials.put(name, key)
        written = self._store.save(provider, previous_name, cleared, base)
        if is_new:
            try:
                self._credentials.put(name, key)
            except LmdeckError:
                self._store.delete(name)
                self.reload()
                raise
        return written

    def delete(self, name: str) -> Callable[[], None]:
        """Remove a provider and its stored key; return what brings both back.

        Raises:
            UsageError: there is none of that name, or it is read-only.
        """
        name = self.editable(name).name
        with self._store.held():
            key = self._credentials.delete(name)  # first: what ends the program now leaves no key behind
            try:
                removed = self._store.delete(name)
            except LmdeckError:
                if key is not None:
                    self._credentials.put(name, key)
                raise
        self.reload()

        def undo() -> None:
            with self._store.held():
                self._store.save(removed)
                if key is not None:
                    self._credentials.put(name, key)
            self.reload()

        return undo

    def clone_name(self, name: str) -> str:
        """Return a free name for a copy: ``qwen-copy``, ``qwen-copy-2``…"""
        taken = {provider.name for provider in self.providers()}
        stem = f"{name}-copy"[:96]
        candidate, number = stem, 2
        while candidate in taken:
            candidate, number = f"{stem}-{number}", number + 1
        return candidate

    def set_default(self, name: str) -> None:
        """Make a provider the default of its category.

        Raises:
            UsageError: there is none of that name.
        """
        name = self.get(name).name
        self._store.set_default(name)
        self.reload()

    def set_state(self, name: str, state: State) -> None:
        """Activate or deactivate a provider.

        Raises:
            UsageError: it is read-only.
        """
        provider = self.editable(name)
        self._store.save(replace(provider, state=state), base=provider)
        self.reload()

    def _with_default(self, built_in: tuple[Provider, ...]) -> tuple[Provider, ...]:
        """Mark the built-in provider that was made the default, if one was."""
        chosen = self.default_name()
        return tuple(replace(provider, is_default=provider.name == chosen) for provider in built_in)

    def editable(self, name: str) -> Provider:
        """Return one provider that can be changed.

        Raises:
            UsageError: as ``get`` does, or it is read-only (``provider-read-only``).
        """
        provider = self.get(name)
        self._refuse_view_only(provider.name)
        return provider

    def _refuse_view_only(self, name: str) -> None:
        for provider in self.providers():
            if provider.name == name and provider.is_remote:
                raise UsageError(explain("provider-read-only", name=name))

    @staticmethod
    def _read_key(provider: Provider, key_text: str | None) -> tuple[ApiKeyReference | None, Secret | None]:
        if key_text is None:
            return provider.api_key, None
        if not key_text.strip():
            return None, None
        reference = parse_api_key_reference(key_text)
        if reference is not None:
            return reference, None
        return STORED, Secret(key_text.strip())


def invalid(name: str, problem: FieldProblem) -> Failure:
    """Return what a problem of a field is to a command."""
    return explain("provider-invalid", name=name, field=problem.field, reason=problem.message)
