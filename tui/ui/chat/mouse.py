"""Leaving the mouse to the terminal, whose own selection works only while nobody asks it for clicks."""

from __future__ import annotations

from typing import Any

from textual.app import App

from tui.ui.textual_compat.internals import driver_of

_ON = "\x1b[?1000h\x1b[?1003h\x1b[?1015h\x1b[?1006h"
_OFF = "\x1b[?1006l\x1b[?1015l\x1b[?1003l\x1b[?1000l"


def take_mouse(app: App[Any], taken: bool) -> None:
    """Ask the terminal for clicks, or no longer."""
    driver = driver_of(app)
    if driver is not None:
        driver.write(_ON if taken else _OFF)
        driver.flush()
