"""The stored API keys: used, missing, or without a provider."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from shlex import quote
from typing import TYPE_CHECKING

from tui.core.api_key_reference import STORED
from tui.core.failure import Failure
from tui.core.provider import Provider
from tui.core.safe_text import safe_line
from tui.texts import runtime as texts
from tui.texts.checks import MORE

if TYPE_CHECKING:
    from tui.store.credentials import CredentialStore


class StoredKeys:
    """Compares the stored keys with the providers that refer to them."""

    def __init__(
        self,
        credentials: CredentialStore,
        providers: Callable[[], tuple[Provider, ...]],
        is_whole: Callable[[], bool],
    ) -> None:
        """Create an instance; ``is_whole``: whether all provider files could be read."""
        self._credentials = credentials
        self._providers = providers
        self._is_whole = is_whole

    @property
    def refusal(self) -> Failure | None:
        """Why no stored key can be used, changed or removed; ``None`` if they can."""
        self._credentials.names()
        return self._credentials.refusal

    @property
    def notices(self) -> tuple[str, ...]:
        """The problems of the keys, for a banner."""
        return (*self._credentials.notices, *self._missing(), *self._unused_words())

    @property
    def unused(self) -> tuple[str, ...]:
        """The names of stored keys that no provider uses; none while some file is unreadable."""
        names = sorted(self._credentials.names())
        return tuple(name for name in names if not self.is_used(name)) if self._is_whole() else ()

    def is_used(self, name: str) -> bool:
        """Return whether a provider with that name uses its stored key."""
        return any(known.name == name and known.api_key == STORED for known in self._providers())

    def has(self, name: str) -> bool:
        """Return whether a key is stored for a provider."""
        return name in self._credentials.names()

    def delete(self, name: str) -> bool:
        """Remove the stored key with a name; return whether there was one.

        Raises:
            LmdeckError: the file cannot be written.
        """
        return self._credentials.delete(name) is not None

    def kept_file(self, name: str) -> str | None:
        """Return the unreadable file, set aside, that may contain the missing key of a provider."""
        return None if self.has(name) else self._credentials.kept_for(name)

    def _missing(self) -> tuple[str, ...]:
        """Return where missing keys may be that providers refer to."""
        if self.refusal is not None:
            return ()
        users = [provider.name for provider in self._providers() if provider.api_key == STORED]
        missing = [name for name in users if not self.has(name)]
        kept = self._credentials.kept_for(missing[0]) if missing else None
        if kept is None or any(kept.rpartition("/")[2] in text for text in self._credentials.notices):
            return ()
        return (texts.KEY_MISSING.format(names=_shown_names(missing), path=kept),)

    def _unused_words(self) -> tuple[str, ...]:
        names = self.unused
        if not names:
            return ()
        shown = _shown_names(names)
        typed = next((name for name in names if name and safe_line(name) == name), None)
        if typed is None:
            return (texts.KEY_UNUSED_BY_HAND.format(names=shown),)
        end_of_options = "-- " if typed.startswith("-") else ""
        command = texts.REMOVE_KEY.format(name=end_of_options + quote(typed))
        return (texts.KEY_UNUSED.format(names=shown, command=command),)


def _shown_names(names: Sequence[str]) -> str:
    shown = ", ".join(safe_line(name, 40) for name in names[:3])
    return shown + MORE.format(count=len(names) - 3) if len(names) > 3 else shown
