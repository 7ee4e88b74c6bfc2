"""Limits how many checks work in parallel, without letting waiting ones block others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

AT_ONCE = 32
"""The number of active checks: more would affect each other's timings."""
MOST = 256
"""The number of open checks, including slow ones: each holds a few sockets, of 1,024 per process."""
PATIENCE_SECONDS = 1.0
"""How long a check counts as active; after that, it is probably waiting."""


class ConcurrencyLimiter:
    """The slots of one round of checks."""

    def __init__(self) -> None:
        self._working = asyncio.Semaphore(AT_ONCE)
        self._open = asyncio.Semaphore(MOST)

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Wait for a slot and hold it, counting as active for ``PATIENCE_SECONDS``."""
        async with self._open:
            await self._working.acquire()
            leaving = asyncio.get_running_loop().call_later(PATIENCE_SECONDS, self._working.release)
            try:
                yield
            finally:
                if not leaving.cancelled() and leaving.when() > asyncio.get_running_loop().time():
                    leaving.cancel()
                    self._working.release()
