"""An input that never blinks: at rest it wakes nothing and writes nothing."""

from __future__ import annotations

from typing import Any

from textual import events
from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Input

from tui.core.safe_text import safe_line


class PlainInput(Input):
    """One line of text, without a border and without a timer; pastes are made safe and lose line feeds."""

    value = Reactive("", init=False)
    virtual_size = Reactive(Size(0, 0))
    """Both without the layout of the whole screen that Textual 8.2.8 runs for each key: its size is fixed."""

    def __init__(self, value: str | None = None, placeholder: str = "", **options: Any) -> None:
        super().__init__(value, placeholder, compact=True, select_on_focus=False, **options)
        self.cursor_blink = False

    def begin(self) -> None:
        """Take the focus with the whole text selected: typing replaces it, an arrow key edits it."""
        self.focus()
        self.action_select_all()

    def on_paste(self, event: events.Paste) -> None:
        """Insert the first line that has a text; leave the rest of a paste of several lines out."""
        lines = [line.strip() for line in event.text.splitlines() if line.strip()]
        if lines:
            self.replace(safe_line(lines[0]), *self.selection)
        event.stop()
        event.prevent_default()
