"""The raw view: a text as received, with invisible characters shown as code points."""

from __future__ import annotations

import re
from unicodedata import category

from tui.core.lazy_pattern import lazy_pattern
from tui.core.safe_text import safe_text
from tui.ui.transcript.cells import expand_tabs, settle_cells
from tui.ui.transcript.lines import Line, Role, Span
from tui.ui.transcript.split_points import LINE_LIMIT
from tui.ui.transcript.wrap import cut

_MOST_MARKS = 8
"""More marks on one character would be drawn over its neighbours."""
_RUN = lazy_pattern(r"[ -~]+|[^ -~]", re.S)


def raw_spans(text: str) -> tuple[Span, ...]:
    """Return a source line with neutralised characters such as ``‹U+001B›``."""
    if text.isascii() and text.isprintable():
        return (Span(text),) if text else ()
    spans: list[Span] = []
    marks = 0
    for run in _RUN.findall(expand_tabs(text)):
        kind = category(run[0])
        marks = marks + 1 if kind[0] == "M" else 0
        unsafe = safe_text(run) != run or kind == "Cf" or marks > _MOST_MARKS
        piece = f"‹U+{ord(run[0]):04X}›" if unsafe else settle_cells(run) or f"‹U+{ord(run[0]):04X}›"
        spans.append(Span(piece, Role.WARNING if piece[0] == "‹" and unsafe else Role.TEXT))
    return tuple(spans)


class RawLines:
    """A growing text as raw lines; the counterpart of ``MarkdownLines``."""

    late_references = None

    def __init__(self, width: int) -> None:
        self._width = width
        self._partial = ""
        self.settled: list[Line] = []

    def take(self) -> list[Line]:
        """Return and remove the settled lines."""
        taken, self.settled = self.settled, []
        return taken

    def feed(self, text: str) -> None:
        """Add unsanitised text."""
        *complete, rest = (self._partial + text).split("\n")
        for line in complete:
            self._settle(line)
        while len(rest) > LINE_LIMIT:
            self._settle(rest[:LINE_LIMIT])
            rest = rest[LINE_LIMIT:]
        self._partial = rest

    def tail(self) -> list[Line]:
        """Return the lines of the unfinished source line."""
        return self._lines(self._partial) if self._partial else []

    def finish(self) -> None:
        """End the text."""
        if self._partial:
            self._settle(self._partial)
            self._partial = ""

    def _settle(self, line: str) -> None:
        while len(line) > LINE_LIMIT:
            self.settled += self._lines(line[:LINE_LIMIT])
            line = line[LINE_LIMIT:]
        self.settled += self._lines(line)

    def _lines(self, text: str) -> list[Line]:
        spans = raw_spans(text)
        if all(span.style == Role.TEXT for span in spans):
            return [
                Line((Span(piece),), block=0) for piece in cut("".join(s.text for s in spans), self._width)
            ]
        rows: list[list[Span]] = [[]]
        used = 0
        for span in spans:
            for piece in cut(span.text, self._width):
                if used + len(piece) > self._width:
                    rows.append([])
                    used = 0
                rows[-1].append(Span(piece, span.style))
                used += len(piece)
        return [Line(tuple(row), block=0) for row in rows]
