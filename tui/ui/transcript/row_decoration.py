"""Decorates rows of turns with the cursor's mark, matches and the selection.

Settled rows of an answer are cached as drawn: nearly the whole view in every frame.
"""

from __future__ import annotations

from weakref import WeakKeyDictionary

from textual.selection import Selection

from tui.ui.textual_compat.painter import StripMaker
from tui.ui.transcript.cells import cell_len
from tui.ui.transcript.compact_lines import CompactLines
from tui.ui.transcript.cursor import BlockCursor
from tui.ui.transcript.document import TurnDocument, View
from tui.ui.transcript.lines import EMPTY_LINE, Line, Role, Span
from tui.ui.transcript.search import Search
from tui.ui.transcript.selecting import mark_selection
from tui.ui.transcript.viewport import Viewport
from tui.ui.transcript.wrap import cut

GUTTER = 2
"""The columns on the left for the cursor's mark."""
BLANK_ROW = Line((Span(" " * GUTTER),), 1)
_CURSOR_MARK = "▐ "
_MOST_KEPT = 1_000

_Place = tuple[int, int, View]
"""What a settled row depends on besides its line: the start of the answer, the margin, the view."""


class RowDecoration:
    """Places the lines of turns in the columns of the screen."""

    def __init__(
        self, viewport: Viewport, cursor: BlockCursor, matches: Search, spans_strip: StripMaker
    ) -> None:
        self.cursor = cursor
        self.matches = matches
        self.spans_strip = spans_strip
        self.margin = 0
        """The columns left of the gutter on wide screens."""
        self._viewport = viewport
        self._roll = viewport.roll
        self._settled: WeakKeyDictionary[CompactLines, tuple[_Place, dict[int, Line]]] = WeakKeyDictionary()

    def rows(self, first: int, count: int, selection: Selection | None) -> list[Line]:
        """Return the rows of turns among ``count`` rows of the view."""
        may_keep = selection is None and not self.matches.is_active and self.cursor.identity is None
        rows: list[Line] = []
        last: TurnDocument | None = None
        start, end, known = 0, 0, dict[int, Line]()
        for index, document, row in self._viewport.rows(first, count):
            if may_keep and document is not last:
                last = document
                start, end, known = self._kept(document)
            if not start <= row < end:
                rows.append(self.within_measure(self.decorated(index, document, row, selection)))
                continue
            if (line := known.get(row)) is None:
                line = known[row] = self.within_measure(self.decorated(index, document, row))
            rows.append(line)
        return rows

    def _kept(self, document: TurnDocument) -> tuple[int, int, dict[int, Line]]:
        """Return the range of settled rows of a turn, and those drawn so far."""
        shelf = document.settled
        if shelf is None:
            return 0, 0, {}
        start = document.answer_start
        place = (start, self.margin, self._roll.view)
        known = self._settled.get(shelf)
        if known is None or known[0] != place or len(known[1]) > _MOST_KEPT:
            known = self._settled[shelf] = (place, {})
        return start, start + len(shelf), known[1]

    def decorated(
        self, index: int, document: TurnDocument, row: int, selection: Selection | None = None
    ) -> Line:
        """Return a row with the gutter and all marks."""
        line = document.line(row) or EMPTY_LINE
        if self.matches.is_active:
            line = self.matches.marked(document, row, line)
        gutter = self.gutter_mark(document, row)
        line = line._replace(spans=(gutter, *line.spans), lead=line.lead + 1)
        if selection is not None:
            line = mark_selection(line, self._roll.top(index) + row, selection)
        return line

    def gutter_mark(self, document: TurnDocument, row: int) -> Span:
        """Return the prefix of a row: the cursor's mark, or blanks."""
        if self.cursor.is_on(document, row):
            return Span(" " * self.margin + _CURSOR_MARK, Role.CURSOR)
        return Span(" " * (self.margin + GUTTER))

    def within_measure(self, line: Line) -> Line:
        """Return a row limited to the text width on wide screens."""
        if line.fill == Role.TEXT or not self.margin:
            return line
        gap = self.margin + GUTTER + self._roll.view.width - sum(cell_len(span.text) for span in line.spans)
        if gap < 0:
            return line
        return line._replace(spans=(*line.spans, Span(" " * gap, line.fill)), fill=Role.TEXT)

    def welcome_rows(self, welcome: tuple[Line, ...], height: int) -> list[Line]:
        """Return the lines of an empty transcript, slightly above the centre."""
        gutter = Span(" " * (self.margin + GUTTER))
        above = max(0, (height - len(welcome)) // 3)
        shown = [
            line._replace(spans=(gutter, *_shortened(line.spans, self._roll.view.width)), lead=line.lead + 1)
            for line in welcome
        ]
        return [BLANK_ROW] * above + shown


def _shortened(spans: tuple[Span, ...], width: int) -> tuple[Span, ...]:
    """Return spans cut to a row, with an ellipsis."""
    over = sum(cell_len(span.text) for span in spans) - width
    if over <= 0:
        return spans
    *first, last = spans
    return (*first, last._replace(text=cut(last.text, cell_len(last.text) - over - 1)[0] + "…"))
