"""Bounds how many checks work at once, without letting those that only wait keep others from working."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

AT_ONCE = 32
"""Checks that may be at work: more would be felt by each other's timings."""
MOST = 256
"""Checks that may be open, the slow ones among them: each holds a few sockets, and a process has 1,024."""
PATIENCE_SECONDS = 1.0
"""How long a check keeps its slot; a slower one only waits."""


class ConcurrencyLimiter:
    """The slots of one round of checks."""

    def __init__(self) -> None:
        self._working = asyncio.Semaphore(AT_ONCE)
        self._open = asyncio.Semaphore(MOST)

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Wait for a place, and keep it until the end; among those at work for ``PATIENCE_SECONDS``."""
        async with self._open:
            await self._working.acquire()
            leaving = asyncio.get_running_loop().call_later(PATIENCE_SECONDS, self._working.release)
            try:
                yield
            finally:
                if not leaving.cancelled() and leaving.when() > asyncio.get_running_loop().time():
                    leaving.cancel()
                    self._working.release()
