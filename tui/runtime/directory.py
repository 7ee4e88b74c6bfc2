"""The providers for screens and commands: the user's, the site's and the built-in ones."""

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
        """Create a list; ``optional`` collects the failures of optional files."""
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
        """Return the list for these paths, without reading the files yet."""
        return cls(ProviderStore(paths), credentials, built_ins, optional)

    @property
    def is_whole(self) -> bool:
        """Whether all files could be read; otherwise there may be unlisted providers."""
        self.providers()
        return self._is_whole

    @property
    def notices(self) -> tuple[str, ...]:
        """Problems with the files, for a banner."""
        self.providers()
        return (*self._notices, *self.stored_keys.notices, *self._optional.notices)

    def providers(self) -> tuple[Provider, ...]:
        """Return all providers: the user's and the site's first, then the built-in ones."""
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
        """Return whether another process has changed a file since it was read."""
        return self.store.has_changed()

    def command_refusal(self, name: str) -> str | None:
        """Return why the key of a provider must not be fetched, or ``None`` if it may."""
        return self.store.trust.command_refusal(name)

    def distrusted_files(self) -> tuple[Distrust, ...]:
        """Return why provider files are not trusted: others can write them."""
        self.providers()  # reads them, if not done yet
        return self.store.trust.distrusted()

    def confirmed_files(self) -> tuple[Distrust, ...]:
        """Return why provider files would not be trusted without the user's confirmation."""
        self.providers()
        return self.store.trust.confirmed()

    def trust_files(self) -> None:
        """Trust those files as they are now: the user has reviewed them.

        Raises:
            LmdeckError: the confirmation cannot be stored.
        """
        self.store.trust.confirm()
        self.reload()

    def get(self, name: str) -> Provider:
        """Return one provider.

        Raises:
            UsageError: it does not exist (``provider-unknown``), its record is unusable, or the user's file
                cannot be read.
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
        if not self._is_whole and self._notices:  # it may be in an unreadable file
            unknown = replace(unknown, advice=self._notices[0])
        raise UsageError(unknown)

    @property
    def former_names(self) -> FormerNames:
        """The former names of the user's providers."""
        self.providers()
        return self._former

    @property
    def unusable(self) -> Mapping[str, str]:
        """The names of unusable records in the user's file, and why."""
        self.providers()
        return self._unusable

    def require_readable(self) -> None:
        """Refuse to continue as if there were no providers, if the user's file cannot be read.

        Raises:
            UsageError: the listed providers, if any, are outdated (``config-malformed``).
        """
        self._refuse_unreadable(None)

    def require_current(self, provider: Provider | None = None) -> None:
        """Refuse to send anything to a provider from an outdated version of the user's file.

        ``None`` is the default provider. Providers that are in no file cannot be outdated.

        Raises:
            UsageError: the user's file cannot be read (``config-malformed``).
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
        """Return the name set as default for chats, whatever it refers to now."""
        return self.store.default_name()

    def availability(self, provider: Provider) -> Availability:
        """Return whether the provider is available."""
        return self._built_ins.availability(built_in_name(provider)) if is_built_in(provider) else AVAILABLE

    def checkable(self) -> tuple[Provider, ...]:
        """Return the providers that a check of all providers includes: active and available."""
        return tuple(
            provider
            for provider in self.providers()
            if provider.is_active and self.availability(provider).is_available
        )

    def unreadable_fields(self, name: str) -> frozenset[str]:
        """Return the fields of a provider, named as in its file, with unreadable values."""
        return self.store.unreadable_fields(name)

    def clone_name(self, name: str) -> str:
        """Return an unused name for a copy: ``qwen-copy``, ``qwen-copy-2``…"""
        taken = {provider.name for provider in self.providers()}
        stem = f"{name}-copy"[:96]
        candidate, number = stem, 2
        while candidate in taken:
            candidate, number = f"{stem}-{number}", number + 1
        return candidate

    def _with_default(self, built_in: tuple[Provider, ...]) -> tuple[Provider, ...]:
        """Mark the built-in provider that was set as default, if there is one."""
        chosen = self.default_name()
        return tuple(replace(provider, is_default=provider.name == chosen) for provider in built_in)
