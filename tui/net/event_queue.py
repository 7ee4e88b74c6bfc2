"""Passes the batches of one reply from the task that reads the socket to the one that folds them."""

from __future__ import annotations

import asyncio
from collections import deque

from tui.core.events import EventBatch
from tui.net.cooperative_yield import CooperativeYield

_ROOM = 32
"""The number of batches in the queue before the socket is no longer read: memory stays bounded."""


class BoundedEventQueue:
    """A queue for one writer and one reader; a timer can also write to it."""

    def __init__(self) -> None:
        self._batches: deque[EventBatch] = deque()
        self._is_closed = False
        self._filled = asyncio.Event()
        self._emptied = asyncio.Event()
        self._pace = CooperativeYield()

    def put(self, batch: EventBatch) -> None:
        """Add a batch; see ``wait_for_room``."""
        self._batches.append(batch)
        self._filled.set()

    def close(self) -> None:
        """Mark the end of the queue."""
        self._is_closed = True
        self._filled.set()

    async def wait_for_room(self) -> None:
        """Wait until a slow reader has caught up."""
        while len(self._batches) >= _ROOM:
            self._emptied.clear()
            await self._emptied.wait()

    async def get(self) -> EventBatch | None:
        """Return the next batch, ``None`` at the end.

        The time between two calls counts as the reader's work.
        """
        await self._pace.rest()
        while not self._batches:
            if self._is_closed:
                return None
            self._filled.clear()
            await self._filled.wait()
        batch = self._batches.popleft()
        if len(self._batches) < _ROOM:
            self._emptied.set()
        self._pace.begin()
        return batch
