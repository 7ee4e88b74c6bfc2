"""Textual's text area without the layout of the whole screen that it asks for at each new line (8.2.8)."""

from __future__ import annotations

from textual.geometry import Size
from textual.widgets import TextArea


class OwnTextArea(TextArea):
    """Has a fixed size on screen."""

    def height_changed(self, rows: int) -> None:
        """The text has so many lines now, as they are wrapped."""

    def _refresh_size(self) -> None:
        rows = self.wrapped_document.height
        self.set_reactive(TextArea.virtual_size, Size(0, rows))
        self.height_changed(rows)
