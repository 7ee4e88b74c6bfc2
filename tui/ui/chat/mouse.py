"""Releases the mouse to the terminal, whose own selection requires this."""

from __future__ import annotations

from typing import Any

from textual.app import App

from tui.ui.textual_compat.internals import driver_of

_ON = "\x1b[?1000h\x1b[?1003h\x1b[?1015h\x1b[?1006h"
_OFF = "\x1b[?1006l\x1b[?1015l\x1b[?1003l\x1b[?1000l"


class Mouse:
    """The mouse of a terminal; captured at first."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self.is_ours = True

    def take(self, is_ours: bool = True) -> None:
        """Capture or release the mouse."""
        driver = driver_of(self._app)
        if is_ours != self.is_ours and driver is not None:
            driver.write(_ON if is_ours else _OFF)
            driver.flush()
        self.is_ours = is_ours
