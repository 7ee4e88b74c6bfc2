"""Schedules frames: at a limited rate, less often on a slow terminal, never when idle."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from tui.ui.textual_compat.internals import driver_of

if TYPE_CHECKING:
    from textual.app import App

FRAMES_PER_SECOND = 12.0
CALM_FRAMES_PER_SECOND = 8.0
SLOWEST_INTERVAL_SECONDS = 1.0


class FrameClock:
    """Calls ``draw`` some time after ``request``. Has no timer without a request."""

    def __init__(
        self, draw: Callable[[], None], is_behind: Callable[[], bool] = lambda: False, *, calm: bool = False
    ) -> None:
        self._draw = draw
        self._is_behind = is_behind
        self._handle: asyncio.TimerHandle | None = None
        self._last = 0.0
        self._calm = calm
        self._interval = self._base

    @property
    def _base(self) -> float:
        return 1 / (CALM_FRAMES_PER_SECOND if self._calm else FRAMES_PER_SECOND)

    @property
    def calm(self) -> bool:
        """Whether frames are drawn at the rate for a slow connection."""
        return self._calm

    @calm.setter
    def calm(self, calm: bool) -> None:
        self._calm = calm
        self._interval = self._base

    def request(self) -> None:
        """Request a frame, immediately if the last one was long ago."""
        if self._handle is None:
            delay = max(0.0, self._last + self._interval - monotonic())
            self._handle = asyncio.get_running_loop().call_later(delay, self._tick)

    def stop(self) -> None:
        """Cancel the request."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _tick(self) -> None:
        self._handle = None
        if self._is_behind():
            self._interval = min(SLOWEST_INTERVAL_SECONDS, self._interval * 1.5)
            self._last = monotonic()
            self.request()
            return
        self._interval = max(self._base, self._interval * 0.8)
        self._show()

    def _show(self) -> None:
        self._last = monotonic()
        self._draw()


def writer_is_behind(app: App[object]) -> bool:
    """Return whether the terminal has not read the output yet, according to lmdeck's driver."""
    return bool(getattr(driver_of(app), "is_behind", False))
