"""Measures the time without useful data: first reports it, then enforces a limit.

Uses one timer that is only set again when it fires: a token costs one assignment.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

_EARLY = 0.001
"""Timers may fire slightly early."""


class SilenceWatch:
    """Counts the seconds since the last ``touch``."""

    def __init__(
        self,
        limit_seconds: float | None,
        notice_seconds: float,
        *,
        on_notice: Callable[[float], None],
        on_limit: Callable[[], None],
    ) -> None:
        """Create a watch.

        Args:
            on_notice: called repeatedly with the seconds of silence.
            on_limit: called once.
        """
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
        """Start counting from zero."""
        self._touched = self._noticed = self._loop.time()

    def restart(self, limit_seconds: float | None) -> None:
        """Start counting from zero, with another limit."""
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
