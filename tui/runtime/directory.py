"""The providers as the screens and commands see them: yours, the site's and the built-in ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.core.causes import explain
from tui.core.closest import closest_name
from tui.core.failure import UsageError
from tui.core.former_names import FormerNames
from tui.core.provider import Provider
from tui.core.provider_names import is_same_name
from tui.runtime.builtin import (
    AVAILABLE,
    Availability,
    BuiltIns,
    built_in_name,
    is_built_in,
)
from tui.runtime.stored_keys import StoredKeys
from tui.store.optional import OptionalFiles
from tui.store.paths import Paths
from tui.store.providers import ProviderStore
from tui.texts import runtime as texts

if TYPE_CHECKING:
    from tui.store.credentials import CredentialStore
    from tui.store.trust import Distrust


class ProviderDirectory:
    """Reads the provider list. All calls block briefly."""

    def __init__(
        self,
        store: ProviderStore,
        credentials: CredentialStore,
        built_ins: BuiltIns,
        optional: OptionalFiles | None = None,
    ) -> None:
        """``optional`` knows which files cannot be used that nothing depends on."""
        self._optional = optional or OptionalFiles()
        self.store = store
        self.stored_keys = StoredKeys(credentials, self.providers, lambda: self._is_whole)
        self._built_ins = built_ins
        self._loaded: tuple[Provider, ...] | None = None
        self._unusable: Mapping[str, str] = {}
        self._unreadable: tuple[str, str] | None = None
        self._former = FormerNames()
        self._notices: tuple[str, ...] = ()
        self._is_whole = True

    @classmethod
    def open(
        cls, paths: Paths, credentials: CredentialStore, built_ins: BuiltIns, optional: OptionalFiles
    ) -> ProviderDirectory:
        """Return the list of the files at these paths; reads none yet."""
        return cls(ProviderStore(paths), credentials, built_ins, optional)

    @property
    def is_whole(self) -> bool:
        """Whether every file could be read: else there may be providers that are not listed."""
        self.providers()
        return self._is_whole

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
        snapshot = self.store.load()
        self._unusable, self._unreadable = snapshot.unusable, snapshot.unreadable
        names = {*snapshot.unusable, *(provider.name for provider in snapshot.providers)}
        built_in = tuple(provider for provider in self._built_ins.providers if provider.name not in names)
        self._former = snapshot.former
        self._loaded = snapshot.providers + self._with_default(built_in)
        self._notices = snapshot.notices
        self._is_whole = snapshot.is_whole
        return self._loaded

    def has_changed(self) -> bool:
        """Return whether another process changed a file since it was read."""
        return self.store.has_changed()

    def command_refusal(self, name: str) -> str | None:
        """Return why the key of a provider must not be fetched, or ``None`` where it may."""
        return self.store.trust.command_refusal(name)

    def distrusted_files(self) -> tuple[Distrust, ...]:
        """Return why files of providers are not relied on: others can write them."""
        self.providers()  # reads them, where nobody has yet
        return self.store.trust.distrusted()

    def confirmed_files(self) -> tuple[Distrust, ...]:
        """Return why files of providers are relied on only since the user has confirmed them."""
        self.providers()
        return self.store.trust.confirmed()

    def trust_files(self) -> None:
        """Rely on those files as they are now: the user has read them through.

        Raises:
            LmdeckError: that cannot be kept.
        """
        self.store.trust.confirm()
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
        today = self._former.now(name, None)
        known = (provider.name for provider in self.providers())
        closest = today if today != name else closest_name(name, known)
        unknown = explain("provider-unknown", name=name, closest=closest)
        if not self._is_whole and self._notices:  # it may stand in a file that cannot be read
            unknown = replace(unknown, advice=self._notices[0])
        raise UsageError(unknown)

    @property
    def former_names(self) -> FormerNames:
        """The names that your providers had before they were renamed."""
        self.providers()
        return self._former

    @property
    def unusable(self) -> Mapping[str, str]:
        """The names in your file whose records cannot be used at all, and why."""
        self.providers()
        return self._unusable

    def require_readable(self) -> None:
        """Refuse to continue as if there were no providers, where your file cannot be read.

        Raises:
            UsageError: what is listed of it, if anything, is older (``config-malformed``).
        """
        self._refuse_unreadable(None)

    def require_current(self, provider: Provider | None = None) -> None:
        """Refuse to send anything to a provider as an older version of your file has it.

        ``None``: to whichever is the default. What is in no file is not older than one.

        Raises:
            UsageError: your file cannot be read (``config-malformed``).
        """
        if provider is None or (
            not is_built_in(provider) and any(known.name == provider.name for known in self.providers())
        ):
            self._refuse_unreadable(texts.NOTHING_SENT)

    def _refuse_unreadable(self, consequence: str | None) -> None:
        self.providers()
        if self._unreadable is not None:
            path, reason = self._unreadable
            raise UsageError(explain("config-malformed", path=path, reason=reason, consequence=consequence))

    def default_name(self) -> str | None:
        """Return the name that was made the default for chats, whatever has it now."""
        return self.store.default_name()

    def availability(self, provider: Provider) -> Availability:
        """Return whether the provider can be used at all."""
        return self._built_ins.availability(built_in_name(provider)) if is_built_in(provider) else AVAILABLE

    def checkable(self) -> tuple[Provider, ...]:
        """Return the providers that a check of all of them checks: active, and there at all."""
        return tuple(
            provider
            for provider in self.providers()
            if provider.is_active and self.availability(provider).is_available
        )

    def unreadable_fields(self, name: str) -> frozenset[str]:
        """Return the fields of a provider, named as in its file, whose values there cannot be read."""
        return self.store.unreadable_fields(name)

    def clone_name(self, name: str) -> str:
        """Return a free name for a copy: ``qwen-copy``, ``qwen-copy-2``…"""
        taken = {provider.name for provider in self.providers()}
        stem = f"{name}-copy"[:96]
        candidate, number = stem, 2
        while candidate in taken:
            candidate, number = f"{stem}-{number}", number + 1
        return candidate

    def _with_default(self, built_in: tuple[Provider, ...]) -> tuple[Provider, ...]:
        """Mark the built-in provider that was made the default, if one was."""
        chosen = self.default_name()
        return tuple(replace(provider, is_default=provider.name == chosen) for provider in built_in)
