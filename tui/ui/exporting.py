"""Exports from a screen: a small window asks for the place, and the result is reported."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from textual.screen import Screen

from tui.core.failure import LmdeckError
from tui.core.server_words import failure_text
from tui.ui.background import in_background
from tui.ui.chat.rename import NameDialog


class ExportDialog(NameDialog):
    """Returns a file or a folder, or ``None`` to write nothing."""

    CSS_PATH = "chat/windows.tcss"
    LONGEST = 1000

    def __init__(self, title: str, place: str, placeholder: str, keys: str, help_text: str) -> None:
        super().__init__(title, place, placeholder, keys)
        self.help_text = help_text


def export(screen: Screen[Any], dialog: ExportDialog, write: Callable[[str], str]) -> None:
    """Ask for a place; call ``write`` with it in a thread, and show the returned message."""

    def asked(place: str | None) -> None:
        if place:
            export_to(screen, place, write)

    screen.app.push_screen(dialog, asked)


def export_to(screen: Screen[Any], place: str, write: Callable[[str], str]) -> None:
    """Write to a given place; see ``export``."""

    async def work() -> None:
        try:
            done = await asyncio.to_thread(write, place)
        except LmdeckError as error:
            screen.notify(failure_text(error.failure), severity="error", timeout=10)
        else:
            screen.notify(done, timeout=8)

    in_background(screen, work, group="export")
