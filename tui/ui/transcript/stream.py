"""Converts arriving Markdown to settled lines, and those of the open end.

The text is split into source lines here; an endless line is passed on in pieces. At any time, ``settled +
tail()`` is the same as for a new stream with the same text.
"""

from __future__ import annotations

from tui.core.safe_text import CONTEXT, safe_text
from tui.ui.transcript.blocks import BlockParser
from tui.ui.transcript.inline import Reference, reference_tuple
from tui.ui.transcript.lines import Line
from tui.ui.transcript.render import Layout, LineRenderer
from tui.ui.transcript.split_points import LINE_LIMIT, line_cut


class MarkdownLines:
    """One growing Markdown text in one layout."""

    def __init__(self, layout: Layout, references: tuple[tuple[str, Reference], ...] = ()) -> None:
        self.layout = layout
        self._renderer = LineRenderer(layout, references)
        self._parser = BlockParser(self._renderer)
        self._partial = ""
        self._is_line_start = True
        self._before = ""
        """The end of what was passed on of the current line."""
        self._known = references

    @property
    def settled(self) -> list[Line]:
        """The settled lines, which never change unless ``finish`` returns ``True``, which is rare."""
        return self._renderer.lines

    def take(self) -> list[Line]:
        """Return and remove the settled lines."""
        taken, self._renderer.lines = self._renderer.lines, []
        return taken

    def feed(self, text: str) -> None:
        """Add unsanitised text."""
        if not text:
            return
        *complete, rest = (self._partial + text).split("\n")
        for line in complete:
            self._feed_line(line)
        self._partial = self._feed_long(rest)

    def tail(self) -> list[Line]:
        """Return the unsettled lines, as if the text ended here. Bounded work."""
        renderer = self._renderer.copy()
        parser = self._parser.copy(renderer)
        partial = self._safe(self._partial.removesuffix("\r"))
        if partial:
            parser.feed_piece(partial, first=self._is_line_start)
        parser.finish()
        return renderer.lines

    def finish(self) -> None:
        """End the text, settling the tail."""
        if self._partial:
            partial = self._safe(self._partial.removesuffix("\r"))
            self._parser.feed_piece(partial, first=self._is_line_start)
            self._partial = ""
        self._parser.finish()

    @property
    def late_references(self) -> tuple[tuple[str, Reference], ...] | None:
        """Return link definitions that arrived after text had settled without them; ``None`` if none."""
        found = self._parser.new_references
        known = dict(self._known)
        if all(label in known for label in found):
            return None
        return reference_tuple({**found, **known})

    def _feed_line(self, line: str) -> None:
        rest = self._feed_long(line)
        if rest or self._is_line_start:
            self._parser.feed_piece(self._safe(rest.removesuffix("\r")), first=self._is_line_start)
        self._is_line_start, self._before = True, ""

    def _feed_long(self, line: str) -> str:
        """Pass on the part of a line beyond the limit; return the rest."""
        while len(line) > LINE_LIMIT:
            cut = line_cut(line)
            self._parser.feed_piece(self._safe(line[:cut]), first=self._is_line_start)
            self._is_line_start, self._before = False, line[max(0, cut - CONTEXT) : cut]
            line = line[cut:]
        return line

    def _safe(self, piece: str) -> str:
        return safe_text(piece, self._before)
