"""Keeps a task that always has more to do from blocking all others, including the keyboard.

A socket that always has bytes never makes its reader wait, so the event loop would never run anything else: a
server that floods the connection would block it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

SLICE_SECONDS = 0.004
"""How long a task may continue before everybody else gets as much time as it took."""
_BREAK_SECONDS = 0.002
"""Who comes back later than this has waited for something: meanwhile all others had their turn."""
_LONGEST_REST_SECONDS = 0.1


class CooperativeYield:
    """Counts the time since one task began to work without a break."""

    __slots__ = ("_clock", "_free", "_last", "_left", "_since", "_worked")

    def __init__(self, clock: Callable[[], float] = time.perf_counter, *, free: int = 0) -> None:
        """So many ``free`` times work may take long without a rest, as what is imported for the first
        words of an answer does: what comes meanwhile would seem to come later."""
        self._clock = clock
        self._free = self._left = free
        self._since: float | None = None
        self._last = 0.0
        self._worked = 0.0

    def begin(self) -> None:
        """Say that a piece of work begins."""
        now = self._clock()
        if self._since is None or now - self._last > _BREAK_SECONDS:
            self._since = now
        else:
            self._worked += now - self._last
        self._last = now

    def end(self) -> None:
        """Say that there is nothing to do until something else is asked for."""
        self._since, self._worked, self._left = None, 0.0, self._free

    async def rest(self) -> None:
        """Give way where the work since the last break has taken too long; else continue at once.

        On a busy machine what looks like a break may have been none: everybody else has a turn all the
        same after some more work.
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
