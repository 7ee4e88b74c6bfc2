"""Textual's text area without a layout of the whole screen for each new line (8.2.8)."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.widgets import TextArea

from tui.ui.bindings import bindings_of
from tui.ui.shell.readline import ReadlineArea

_SELECTING = [
    binding
    for binding in TextArea.BINDINGS
    if isinstance(binding, Binding) and (binding.key.startswith("shift+") or binding.action == "copy")
]


class OwnTextArea(ReadlineArea, inherit_bindings=False):
    """Has a fixed size, and of Textual's keys only those to select and copy."""

    BINDINGS: ClassVar[list[BindingType]] = [*_SELECTING, *bindings_of("text")]

    def height_changed(self, rows: int) -> None:
        """Handle a change in the number of wrapped lines."""

    def _refresh_size(self) -> None:
        rows = self.wrapped_document.height
        self.set_reactive(TextArea.virtual_size, Size(0, rows))
        self.height_changed(rows)
