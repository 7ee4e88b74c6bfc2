"""The reasoning of a turn in a ``Collapsible``, its text drawn line by line.

The transcript decides how high the fold is and where it lies; a line that arrives here repaints a
row and lays nothing out.
"""

from __future__ import annotations

from typing import Any

from textual.content import Content
from textual.geometry import Region
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Collapsible

from tui.ui.transcript.decoration import reasoning_title
from tui.ui.transcript.document import TurnDocument
from tui.ui.transcript.lines import Line, Role, Span
from tui.ui.transcript.palette import Palette
from tui.ui.transcript.selecting import mark_selection, selected_text

_BAR = Span("  ┊ ", Role.QUOTE_BAR)


class ReasoningBody(Widget):
    """The unfolded lines of one turn's reasoning."""

    ALLOW_SELECT = True

    def __init__(self, document: TurnDocument) -> None:
        super().__init__()
        self._document = document

    @property
    def palette(self) -> Palette:
        """The styles of the transcript that holds it."""
        from tui.ui.transcript.transcript import Transcript

        return next(node for node in self.ancestors if isinstance(node, Transcript)).palette

    def get_content_height(self, *_: Any) -> int:
        """Return the rows that the reasoning has now."""
        return self._document.reasoning_body_rows

    def line(self, row: int) -> Line:
        """Return a row with its bar."""
        line = self._document.reasoning_line(row)
        return line._replace(spans=(_BAR, *line.spans), lead=line.lead + 1)

    def render_line(self, y: int) -> Strip:
        """Return a row as the pointer sees it, with the place of each character."""
        line = mark_selection(self.line(y), y, self.text_selection)
        return Strip(self.palette.filled(line, self.size.width), self.size.width).apply_offsets(0, y)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw the rows of a region."""
        palette, width = self.palette, self.size.width
        selection = self.text_selection
        strips = [
            Strip(palette.filled(mark_selection(self.line(y), y, selection), width), width)
            for y in crop.line_range
        ]
        if crop.column_span != (0, width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the selected text without its bars."""
        return selected_text(self.line, self._document.reasoning_body_rows, selection), "\n"


class ReasoningFold(Collapsible):
    """One line when folded. ``width`` is said by the place that the transcript gives it."""

    def __init__(self, document: TurnDocument) -> None:
        self.document = document
        self.body = ReasoningBody(document)
        super().__init__(self.body, title="", collapsed=not document.is_reasoning_shown)
        self.sync_title()

    def sync_title(self) -> None:
        """Show the title that the turn's state asks for."""
        title = reasoning_title(self.document.turn)
        if str(self._title.label) != title:
            self._title.label = Content(title)

    def scroll_visible(self, *_: Any, **__: Any) -> None:
        """Leave the view where it is: the transcript decides what it shows."""
