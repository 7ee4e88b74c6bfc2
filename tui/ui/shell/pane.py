"""A part of a screen with a titled border, whose colour shows the focus."""

from __future__ import annotations

from typing import Self, cast

from rich.cells import cell_len
from textual import events
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Region

from tui.core.safe_text import safe_line

_CORNERS = 6
"""The cells around a title on both sides: a corner, a line and a blank."""


class Pane(Vertical):
    """Shows a title on the left of its upper border and a status on the right. Plain text, never markup."""

    DEFAULT_CSS = """
    Pane {
        border: round $border-blurred;
        border-title-color: $foreground;
        border-title-style: bold;
        padding: 0 1;
    }
    Pane:focus-within { border: round $border; border-title-color: $primary; }
    """

    _title = ""
    _status = ""
    _note = ""
    _border_row: int | None = None
    """The row of the border being redrawn, if nothing else changes."""

    def set_title(self, title: str, status: str = "") -> None:
        """Set title and status; the status is omitted if both do not fit."""
        new = (safe_line(title), safe_line(status))
        if new != (self._title, self._status):
            self._title, self._status = new
            self._show()

    def set_note(self, note: str) -> None:
        """Set a note in the lower border."""
        if note != self._note:
            self._note = note
            self._border_row = self.outer_size.height - 1
            self.border_subtitle = cast(str, Content(note))
            self._border_row = None

    def refresh(self, *regions: Region, **options: bool) -> Self:
        """Redraw it; for a new title, only the border."""
        if self._border_row is not None and not regions and not any(options.values()):
            row = Region(0, self._border_row, self.outer_size.width, 1)
            regions = (row.translate(-self.content_offset),)
        return super().refresh(*regions, **options)

    def on_resize(self, event: events.Resize) -> None:
        """Keep the status at the right end."""
        self._show()

    def on_descendant_focus(self) -> None:
        """Draw the border in the colour for the focus."""
        self._show()

    def on_descendant_blur(self) -> None:
        """Draw the border in the colour without the focus."""
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        room = self.outer_size.width - _CORNERS - cell_len(self._title) - cell_len(self._status)
        title = Content(self._title)
        if self._status and room >= 3:
            border = "$border" if self.has_focus_within else "$border-blurred"
            line = Content.styled(f" {'─' * (room - 2)} ", f"not bold {border}")
            title = Content.assemble(title, line, Content.styled(self._status, "not bold $text-muted"))
        self._border_row = 0
        self.border_title = cast(str, title)
        self._border_row = None
