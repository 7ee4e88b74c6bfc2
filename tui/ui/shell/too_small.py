"""Covers the screen while the window is too small."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from tui.texts.shell import TOO_SMALL
from tui.ui.shell.modal import Window
from tui.ui.shell.offers import key_of
from tui.ui.window import SMALLEST_HEIGHT, SMALLEST_WIDTH, is_too_small


class TooSmallScreen(Window[None]):
    """Shows the required size. Nothing below it is lost."""

    DEFAULT_CSS = """
    TooSmallScreen Static { width: 100%; text-align: center; height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = []

    def compose(self) -> ComposeResult:
        """Create the message."""
        yield Static(self._message(self.app.size))

    def on_resize(self, event: events.Resize) -> None:
        """Update the size, or close."""
        self._look(event.size)

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Check the size again: it may have changed while another window covered this one."""
        self._look(self.app.size)

    def _look(self, size: Size) -> None:
        if is_too_small(*size):
            self.query_one(Static).update(self._message(size))
        elif self.is_current:
            self.dismiss()

    def _message(self, size: Size) -> Content:
        needed = f"{SMALLEST_WIDTH}×{SMALLEST_HEIGHT}"
        key = key_of(self, "app.quit")
        return Content(TOO_SMALL.format(width=size.width, height=size.height, needed=needed, key=key))
