"""Figures of answers that become available after their end, without blocking anything."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.core.phases import Learned
    from tui.session.live_turn import LiveTurn


class LateFigures:
    """Completes turns, and reports new information."""

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._tasks: set[asyncio.Task[None]] = set()

    def follow(self, live: LiveTurn) -> None:
        """Complete a finished turn when more is known about it."""
        if live.read_late is not None:
            task = asyncio.ensure_future(self._complete(live, live.read_late))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _complete(self, live: LiveTurn, read: Callable[[], Awaitable[Learned]]) -> None:
        if live.complete(await read()):
            self._on_change()

    async def wait(self, seconds: float) -> None:
        """Wait until everything is known, at most ``seconds``."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)

    async def aclose(self, seconds: float) -> None:
        """Wait at most ``seconds``, then cancel the rest."""
        await self.wait(seconds)
        for task in self._tasks:
            task.cancel()
