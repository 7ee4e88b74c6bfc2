"""Markdown that is still arriving, as lines: the settled ones, and those of the open end.

The text is split into source lines here; an endless line is passed on in pieces. At every moment ``settled +
tail()`` is what a fresh stream of the same text would give.
"""

from __future__ import annotations

from tui.core.safe_text import CONTEXT, safe_text
from tui.ui.transcript.blocks import BlockParser
from tui.ui.transcript.inline import Reference, reference_tuple
from tui.ui.transcript.lines import Line
from tui.ui.transcript.render import Layout, LineRenderer
from tui.ui.transcript.split_points import LINE_LIMIT, line_cut


class MarkdownLines:
    """One growing Markdown text for one layout."""

    def __init__(self, layout: Layout, references: tuple[tuple[str, Reference], ...] = ()) -> None:
        self.layout = layout
        self._renderer = LineRenderer(layout, references)
        self._parser = BlockParser(self._renderer)
        self._partial = ""
        self._is_line_start = True
        self._before = ""
        """The end of what was handed on of the line that goes on."""
        self._known = references

    @property
    def settled(self) -> list[Line]:
        """The lines that nothing changes any more, except for the rare ``finish`` that returns ``True``."""
        return self._renderer.lines

    def take(self) -> list[Line]:
        """Return the settled lines and keep them no longer."""
        taken, self._renderer.lines = self._renderer.lines, []
        return taken

    def feed(self, text: str) -> None:
        """Add text as it came from outside."""
        if not text:
            return
        *complete, rest = (self._partial + text).split("\n")
        for line in complete:
            self._feed_line(line)
        self._partial = self._feed_long(rest)

    def tail(self) -> list[Line]:
        """Return the lines of what is not settled yet, as if the text ended here. Bounded work."""
        renderer = self._renderer.copy()
        parser = self._parser.copy(renderer)
        partial = self._safe(self._partial.removesuffix("\r"))
        if partial:
            parser.feed_piece(partial, first=self._is_line_start)
        parser.finish()
        return renderer.lines

    def finish(self) -> None:
        """End the text: the tail is settled as well."""
        if self._partial:
            partial = self._safe(self._partial.removesuffix("\r"))
            self._parser.feed_piece(partial, first=self._is_line_start)
            self._partial = ""
        self._parser.finish()

    @property
    def late_references(self) -> tuple[tuple[str, Reference], ...] | None:
        """Link definitions that came after text had settled without them; ``None`` where there are none."""
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
        """Hand on what is beyond the limit of a line; return what is left."""
        while len(line) > LINE_LIMIT:
            cut = line_cut(line)
            self._parser.feed_piece(self._safe(line[:cut]), first=self._is_line_start)
            self._is_line_start, self._before = False, line[max(0, cut - CONTEXT) : cut]
            line = line[cut:]
        return line

    def _safe(self, piece: str) -> str:
        return safe_text(piece, self._before)
