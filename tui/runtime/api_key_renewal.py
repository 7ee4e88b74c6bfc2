"""Fetches a key from a command again: tokens expire, and the command prints the next one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tui.core.secret import Secret


class CommandRenewal:
    """Fetches one key again, once; for one resolved endpoint on one event loop."""

    def __init__(self, refused: Secret, fetch: Callable[[], Secret | None]) -> None:
        """Create a renewal; ``fetch`` runs the command, blocking, and returns its output."""
        self._refused = refused
        self._fetch = fetch
        self._fetching: asyncio.Future[Secret | None] | None = None
        self._key: Secret | None = None

    @property
    def key(self) -> Secret | None:
        """The new key; ``None`` if the command was not run again, or printed the same key."""
        return self._key

    async def renew(self) -> Secret | None:
        """Run the command again, at most once; requests rejected at the same time share one run."""
        if self._fetching is None:
            self._fetching = asyncio.ensure_future(asyncio.to_thread(self._fetch))
        fetched = await asyncio.shield(self._fetching)
        self._key = fetched if fetched != self._refused else None
        return self._key
