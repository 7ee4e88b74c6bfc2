"""Measures how long nothing useful has arrived: reports it first, then enforces a limit.

One timer that is set again when it fires, not with every event: a token costs one assignment.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

_EARLY = 0.001
"""Timers may fire a little before their time."""


class SilenceWatch:
    """Counts seconds since the last ``touch``."""

    def __init__(
        self,
        limit_seconds: float | None,
        notice_seconds: float,
        *,
        on_notice: Callable[[float], None],
        on_limit: Callable[[], None],
    ) -> None:
        """``on_notice`` is called with the seconds of silence, again and again; ``on_limit`` once."""
        self._loop = asyncio.get_running_loop()
        self._limit = limit_seconds
        self._notice = notice_seconds
        self._on_notice = on_notice
        self._on_limit = on_limit
        self._touched = self._loop.time()
        self._noticed = self._touched
        self._timer: asyncio.TimerHandle | None = None
        self._schedule()

    def touch(self) -> None:
        """Begin to count anew."""
        self._touched = self._noticed = self._loop.time()

    def restart(self, limit_seconds: float | None) -> None:
        """Begin to count anew, with another limit."""
        self._limit = limit_seconds
        self.touch()
        self._schedule()

    def close(self) -> None:
        """Stop counting."""
        if self._timer is not None:
            self._timer.cancel()

    def _schedule(self) -> None:
        self.close()
        moments = [self._noticed + self._notice]
        if self._limit is not None:
            moments.append(self._touched + self._limit)
        self._timer = self._loop.call_at(min(moments), self._fire)

    def _fire(self) -> None:
        now = self._loop.time() + _EARLY
        if self._limit is not None and now >= self._touched + self._limit:
            self._on_limit()
            return
        if now >= self._noticed + self._notice:
            self._noticed = now
            self._on_notice(now - self._touched)
        self._schedule()
