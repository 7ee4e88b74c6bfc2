"""The reasoning of a turn in a ``Collapsible``, its text drawn line by line.

The transcript sets the position and height of the fold; a new line repaints rows without any layout.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from textual.content import Content
from textual.geometry import Region
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Collapsible

from tui.core.turn_summary import reasoning_title
from tui.ui.textual_compat.internals import fold_quietly, indent_title, title_fold
from tui.ui.textual_compat.painter import Painter
from tui.ui.transcript.cursor import BlockCursor
from tui.ui.transcript.document import TurnDocument
from tui.ui.transcript.lines import Line, Role, Span
from tui.ui.transcript.search import Search
from tui.ui.transcript.selecting import mark_selection, selected_text

_TITLE_INDENT = 2
_BAR = Span("  ┊ ", Role.QUOTE_BAR)
"""Together with the gutter, as wide as ``REASONING_INDENT`` and the transcript's gutter."""


class RowStyle(Protocol):
    """The drawing functions of the transcript, so that the rows of a fold look the same."""

    cursor: BlockCursor
    matches: Search
    margin: int

    def gutter_mark(self, document: TurnDocument, row: int) -> Span:
        """Return the prefix of a row."""

    def within_measure(self, line: Line) -> Line:
        """Return a row limited to the text width."""

    def spans_strip(self, spans: Sequence[Span], width: int, fill: int) -> Strip:
        """Return spans as a strip of exactly ``width`` cells."""


class ReasoningBody(Widget):
    """The unfolded lines of one turn's reasoning."""

    ALLOW_SELECT = True

    def __init__(self, document: TurnDocument, style: RowStyle, host: Widget) -> None:
        self._painter = Painter(self, style.spans_strip, scroll_host=host)
        super().__init__()
        self._document = document
        self._style = style
        self._painted_end = 0

    def refresh(self, *regions: Region, **options: Any) -> ReasoningBody:
        """Request a repaint."""
        self._painter.forget()
        super().refresh(*regions, **options)
        return self

    def show_frame(self) -> None:
        """Draw what has arrived: directly if nothing covers it, otherwise with the compositor."""
        if not (self.is_mounted and self.is_attached):
            return
        end = self._document.reasoning_end
        scrolled, self._painted_end = end - self._painted_end, end
        rows = [self._style.within_measure(self.line(y)) for y in range(self.size.height)]
        if self.text_selection is not None or not self._painter.paint(rows, scrolled=scrolled):
            self.refresh()

    def line(self, row: int) -> Line:
        """Return a row with the transcript's gutter and its bar."""
        line = self._document.reasoning_line(row)
        if self._style.matches.is_active:
            line = self._style.matches.marked(self._document, self._document.reasoning_start + 1 + row, line)
        gutter = self._style.gutter_mark(self._document, self._document.reasoning_start)
        return line._replace(spans=(gutter, _BAR, *line.spans), lead=line.lead + 2)

    def _strip(self, row: int) -> Strip:
        line = self._style.within_measure(mark_selection(self.line(row), row, self.text_selection))
        return self._style.spans_strip(line.spans, self.size.width, line.fill)

    def render_line(self, y: int) -> Strip:
        """Return a row for the mouse, with character positions."""
        return self._strip(y).apply_offsets(0, y)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw the rows of a region."""
        strips = [self._strip(y) for y in crop.line_range]
        return [strip.crop(*crop.column_span) for strip in strips]

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the selected text without its bars."""
        return selected_text(self.line, self._document.reasoning_body_rows, selection), "\n"


class ReasoningFold(Collapsible):
    """The fold: only its title if folded, otherwise title and body."""

    def __init__(self, document: TurnDocument, style: RowStyle, host: Widget) -> None:
        """Create a fold; ``host`` is the widget that scrolls, as wide as the screen."""
        self.document = document
        self.body = ReasoningBody(document, style, host)
        super().__init__(self.body, title="", collapsed=not document.is_reasoning_shown)
        self._style = style
        self._titled = reasoning_title(document.turn)
        title_fold(self, Content(self._titled))
        self.body.styles.height = document.reasoning_body_rows

    def sync(self) -> bool:
        """Update title, height and state from the document; return whether anything changed."""
        title, rows = reasoning_title(self.document.turn), self.document.reasoning_body_rows
        folded = not self.document.is_reasoning_shown
        height = self.body.styles.height
        same_height = height is not None and height.value == rows
        under_cursor = self._style.cursor.is_on(self.document, self.document.reasoning_start)
        self.set_class(under_cursor, "-under-cursor")
        indent_title(self, self._style.margin + _TITLE_INDENT)
        if self._titled == title and same_height and self.collapsed == folded:
            return False
        self._titled = title
        title_fold(self, Content(title))
        self.body.styles.height = rows
        if self.collapsed != folded:
            fold_quietly(self, folded)
        return True

    def scroll_visible(self, *_: Any, **__: Any) -> None:
        """Do nothing: the transcript controls scrolling."""
