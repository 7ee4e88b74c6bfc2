"""Prevents a busy task from blocking all others, including keyboard input.

A socket that always has data never makes its reader wait, so that the event loop would run nothing else: a
server that floods the connection would block it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

SLICE_SECONDS = 0.004
"""How long a task may run before all others get as much time."""
_BREAK_SECONDS = 0.002
"""A task that was away for longer has waited, so that all others had their turn."""
_LONGEST_REST_SECONDS = 0.1


class CooperativeYield:
    """Measures how long one task has been working without a break."""

    __slots__ = ("_clock", "_free", "_last", "_left", "_since", "_worked")

    def __init__(self, clock: Callable[[], float] = time.perf_counter, *, free: int = 0) -> None:
        """Create a counter.

        Args:
            free: how many times work may take long without a break. Imports for the first words of an answer
                do: a break would make later pieces seem to arrive later.
        """
        self._clock = clock
        self._free = self._left = free
        self._since: float | None = None
        self._last = 0.0
        self._worked = 0.0

    def begin(self) -> None:
        """Mark the beginning of a piece of work."""
        now = self._clock()
        if self._since is None or now - self._last > _BREAK_SECONDS:
            self._since = now
        else:
            self._worked += now - self._last
        self._last = now

    def end(self) -> None:
        """Mark that there is nothing to do until the next call."""
        self._since, self._worked, self._left = None, 0.0, self._free

    async def rest(self) -> None:
        """Yield to other tasks if the work since the last break has taken too long.

        On a busy machine, an apparent break may not have been one: other tasks get a turn after some more
        work anyway.
        """
        now = self._clock()
        if self._since is None:
            return
        self._worked += now - self._last
        self._last = now
        spent = now - self._since
        if spent > SLICE_SECONDS:
            self._since, self._worked = None, 0.0
            is_free = self._left > 0
            self._left -= is_free
            await asyncio.sleep(0 if is_free else min(spent, _LONGEST_REST_SECONDS))
        elif self._worked > 2 * SLICE_SECONDS:
            self._worked = 0.0
            await asyncio.sleep(0)
