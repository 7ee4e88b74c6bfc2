"""Parses the block structure of Markdown line by line: each line is parsed exactly once.

This is CommonMark's own parsing strategy (a stack of open containers and one open leaf) with GitHub's tables,
for text that is still arriving: the parser passes settled pieces to a sink as soon as possible, and can be
copied cheaply to preview the unfinished rest. The pieces depend only on the text, never on how it was split
on arrival.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import NamedTuple

from tui.core.lazy_dataclass import dataclass
from tui.ui.transcript import grammar
from tui.ui.transcript.grammar import Rest
from tui.ui.transcript.references import definitions
from tui.ui.transcript.sink import Sink
from tui.ui.transcript.split_points import LINE_LIMIT, PARAGRAPH_LIMIT, line_cut, paragraph_cut

_WHITE = " \t\n"
_TITLE_MARKS = ("", '"', "'", "(")
"""What may follow an incomplete definition."""
NESTING_LIMIT = 16
"""Deeper containers are shown as plain text."""
COLUMN_LIMIT = 64
"""Wider tables are shown as plain text."""


@dataclass(slots=True)
class _Container:
    """An open block quote (``marker`` is ``None``) or list item."""

    marker: grammar.ItemMarker | None = None
    indent: int = 0
    """The indentation of the item's content, in columns."""
    is_empty: bool = True
    last_item: tuple[str, int | None] | None = None
    """Kind and number of the last closed list item, while its list may continue."""


class _BlankLine(NamedTuple):
    """A blank line and those before it; a linked list, which is free to copy."""

    text: str
    before: _BlankLine | None


@dataclass(slots=True)
class _Leaf:
    """The open leaf block."""

    kind: str
    """``paragraph``, ``fence``, ``indented``, ``literal`` or ``table``."""
    text: str = ""
    """The part of a paragraph that is not settled yet."""
    is_settled: bool = False
    """Part of it was already passed to the sink."""
    after_blank: bool = False
    end: str = ""
    """What closes a fence."""
    literal: grammar.LiteralStart | None = None
    indent: int = 0
    columns: int = 0
    blank_lines: _BlankLine | None = None
    """Blank lines in indented code, which only count if more code follows."""


@dataclass(slots=True)
class BlockParser:
    """Parses whole lines with ``feed_line``, then ``finish``. Works in constant memory."""

    sink: Sink
    _stack: list[_Container] = field(default_factory=lambda: [_Container()])
    _leaf: _Leaf | None = None
    _blank: bool = False
    new_references: dict[str, tuple[str, str]] = field(default_factory=dict)

    def copy(self, sink: Sink) -> BlockParser:
        """Return an independent parser in the same state, with another sink."""
        return BlockParser(
            sink,
            [replace(container) for container in self._stack],
            None if self._leaf is None else replace(self._leaf),
            self._blank,
            dict(self.new_references),
        )

    def feed_line(self, line: str) -> None:
        """Process a source line without its line end, however long."""
        first = True
        while len(line) > LINE_LIMIT:
            cut = line_cut(line)
            self.feed_piece(line[:cut], first=first)
            line, first = line[cut:], False
        self.feed_piece(line, first=first)

    def feed_piece(self, text: str, *, first: bool) -> None:
        """Process a line, or the next piece of a line split with ``line_cut``."""
        if first:
            self._start_line(text)
        else:
            self._go_on(text)

    def finish(self) -> None:
        """End the text, settling everything that is open."""
        self._close_leaf()
        while len(self._stack) > 1:
            self._pop()

    # ---- one line

    def _start_line(self, source: str) -> None:
        depth, rest = self._match_containers(Rest(grammar.expand_indent(source), 0))
        leaf = self._leaf
        if leaf is not None and depth == len(self._stack) and leaf.kind in ("fence", "literal"):
            self._go_on_verbatim(leaf, source, rest)
            return
        if rest.is_blank:
            self._blank_line(depth, source, rest)
            return
        while True:
            opened = self._open_container(depth, rest)
            if opened is None:
                break
            rest = opened
            depth = len(self._stack)
            if rest.is_blank:
                self._blank = False
                return
        self._add_to_leaf(depth, source, rest)

    def _match_containers(self, rest: Rest) -> tuple[int, Rest]:
        """Return how many open containers a line belongs to, and the rest of the line inside them."""
        depth = 1
        for container in self._stack[1:]:
            indent = rest.indent
            if container.marker is None:
                if indent > 3 or rest.text[indent : indent + 1] != ">":
                    break
                rest = _after_quote_mark(rest.after(indent))
            elif indent >= container.indent:
                rest = rest.after(container.indent)
            elif rest.is_blank:
                if container.is_empty:
                    break
                rest = rest.after(len(rest.text))
            else:
                break
            depth += 1
        return depth, rest

    def _blank_line(self, depth: int, source: str, rest: Rest) -> None:
        """Process a blank line, which ends paragraphs, tables, and quotes whose mark it lacks."""
        leaf = self._leaf
        if leaf is not None and leaf.kind == "indented" and depth == len(self._stack):
            leaf.blank_lines = _BlankLine(_indented(source, rest), leaf.blank_lines)
            return
        self._close_leaf()
        quote = next(
            (index for index in range(depth, len(self._stack)) if self._stack[index].marker is None), None
        )
        if quote is not None:
            self._close_to(quote)
        elif depth < len(self._stack) and self._stack[depth].is_empty:
            self._close_to(depth)
        self._blank = True

    def _open_container(self, depth: int, rest: Rest) -> Rest | None:
        """Open a quote or an item at the beginning of the rest; return what follows, or ``None``."""
        indent = rest.indent
        if indent > 3 or len(self._stack) >= NESTING_LIMIT:
            return None
        rest = rest.after(indent)
        if rest.text[0] == ">":
            self._close_to(depth)
            self._end_list()
            self._report_container()
            self.sink.open_quote(self._take_blank())
            self._stack.append(_Container())
            return _after_quote_mark(rest)
        marker = grammar.item_marker(rest)
        if marker is None or grammar.is_rule(rest.text) or not self._may_open_item(depth, marker):
            return None
        self._open_item(depth, indent, marker)
        return rest.after(marker.length).after(marker.width - marker.length)

    def _may_open_item(self, depth: int, marker: grammar.ItemMarker) -> bool:
        leaf = self._leaf
        if leaf is None or leaf.kind != "paragraph" or depth < len(self._stack):
            return True
        return not marker.is_empty and marker.number in (None, 1)

    def _open_item(self, depth: int, indent: int, marker: grammar.ItemMarker) -> None:
        self._close_to(depth)
        parent = self._stack[-1]
        before = parent.last_item
        same = (
            before is not None and before[0] == marker.kind and (before[1] is None) == (marker.number is None)
        )
        number = marker.number
        if same and before is not None and before[1] is not None:
            number = before[1] + 1
        self._report_container()
        self.sink.open_item(marker, number, self._take_blank(), same)
        parent.last_item = (marker.kind, number)
        self._stack.append(_Container(marker, indent + marker.width))

    def _add_to_leaf(self, depth: int, source: str, rest: Rest) -> None:
        """Add the rest of a line to the open leaf, or begin a new one."""
        leaf = self._leaf
        inside = depth == len(self._stack)
        indent = rest.indent
        text = rest.text[indent:]
        if indent >= 4:
            if leaf is not None and leaf.kind == "paragraph":
                self._extend_paragraph(leaf, text)
            elif leaf is not None and leaf.kind == "indented" and inside:
                self._go_on_indented(leaf, _indented(source, rest))
            else:
                self._open_indented(depth, _indented(source, rest))
            return
        if inside and leaf is not None and leaf.kind == "paragraph" and self._continue_as_other(leaf, text):
            return
        if self._open_leaf(depth, text, source, rest):
            return
        if leaf is not None and leaf.kind == "paragraph":
            self._extend_paragraph(leaf, text)
        elif inside and leaf is not None and leaf.kind == "table":
            self.sink.table_row(_fit(grammar.table_cells(text), leaf.columns))
        else:
            self._begin(depth, _Leaf("paragraph", text))

    # ---- leaves

    def _open_leaf(self, depth: int, text: str, source: str, rest: Rest) -> bool:
        """Open a block other than a paragraph, if the text begins one."""
        if (title := grammar.heading(text)) is not None:
            self._begin_block(depth)
            self.sink.heading(*title)
        elif (fence := grammar.fence_start(text)) is not None:
            self._begin(depth, _Leaf("fence", end=fence.mark, indent=rest.indent))
            self.sink.open_code(fence.info)
        elif grammar.is_rule(text):
            self._begin_block(depth)
            self.sink.rule()
        elif (literal := grammar.literal_start(text, in_paragraph=self._is_in_paragraph)) is not None:
            self._begin(depth, _Leaf("literal", literal=literal))
            self.sink.literal_line(grammar.from_column(source, rest.column), continued=False)
            if literal.is_closed:
                self._leaf = None
        else:
            return False
        return True

    @property
    def _is_in_paragraph(self) -> bool:
        return self._leaf is not None and self._leaf.kind == "paragraph"

    def _open_indented(self, depth: int, code: str) -> None:
        self._begin(depth, _Leaf("indented"))
        self.sink.open_code("")
        self.sink.code_line(code, continued=False)

    def _go_on_indented(self, leaf: _Leaf, code: str) -> None:
        lines = [code]
        while (blank := leaf.blank_lines) is not None:
            lines.append(blank.text)
            leaf.blank_lines = blank.before
        for line in reversed(lines):
            self.sink.code_line(line, continued=False)

    def _continue_as_other(self, leaf: _Leaf, text: str) -> bool:
        """Turn an open paragraph into a heading or a table, if the next line requires it."""
        level = grammar.underline_level(text)
        if level is not None and not leaf.is_settled and (body := self._take_references(leaf.text)):
            self._leaf = None
            self._report_container()
            self.sink.begin_block(leaf.after_blank)
            self.sink.heading(level, body.strip(_WHITE))
            return True
        alignments = grammar.delimiter_row(text)
        above, _, header_line = leaf.text.rpartition("\n")
        if alignments is None or "|" not in header_line or len(alignments) > COLUMN_LIMIT:
            return False
        header = grammar.table_cells(header_line)
        if len(header) != len(alignments):
            return False
        self._open_table(leaf, above, alignments, header)
        return True

    def _open_table(self, leaf: _Leaf, above: str, alignments: tuple[str, ...], header: list[str]) -> None:
        leaf.text = above
        after_blank = leaf.after_blank and not above
        self._close_leaf()
        self._leaf = _Leaf("table", columns=len(header))
        self._report_container()
        self.sink.begin_block(after_blank)
        self.sink.open_table(alignments, header)

    def _begin(self, depth: int, leaf: _Leaf) -> None:
        if leaf.kind == "paragraph":
            self._end_others(depth)
            leaf.after_blank = self._take_blank()  # passed on once it is certain
        else:
            self._begin_block(depth)
        self._leaf = leaf

    def _begin_block(self, depth: int) -> None:
        self._end_others(depth)
        self.sink.begin_block(self._take_blank())

    def _end_others(self, depth: int) -> None:
        """Close what a new block ends."""
        self._close_to(depth)
        self._end_list()
        self._report_container()

    def _extend_paragraph(self, leaf: _Leaf, text: str) -> None:
        leaf.text += "\n" + text
        self._settle_paragraph(leaf)

    def _settle_paragraph(self, leaf: _Leaf) -> None:
        if len(leaf.text) > PARAGRAPH_LIMIT and not leaf.is_settled:
            self._shed_references(leaf)
        while len(leaf.text) > PARAGRAPH_LIMIT:
            cut = paragraph_cut(leaf.text)
            head, leaf.text = leaf.text[:cut], leaf.text[cut:]
            self._report_paragraph(leaf, head, last=False)

    def _shed_references(self, leaf: _Leaf) -> None:
        """Extract the definitions at the start of a long paragraph, except a last one that may continue."""
        known = definitions(leaf.text)
        if known.rest[:1] in _TITLE_MARKS and len(known.unsettled) <= PARAGRAPH_LIMIT:
            self._learn(known.settled)
            leaf.text = known.unsettled
        else:
            self._learn(known.found)
            leaf.text = known.rest

    def _go_on(self, text: str) -> None:
        """Process the next piece of a long line: it begins nothing, but belongs to what is open."""
        leaf = self._leaf
        if leaf is None:
            self._begin(len(self._stack), _Leaf("paragraph", text))
        elif leaf.kind == "paragraph":
            leaf.text += text
            self._settle_paragraph(leaf)
        elif leaf.kind in ("fence", "indented"):
            self.sink.code_line(text, continued=True)
        elif leaf.kind == "literal":
            self.sink.literal_line(text, continued=True)
        else:
            self.sink.table_row(_fit([text], leaf.columns))

    def _go_on_verbatim(self, leaf: _Leaf, source: str, rest: Rest) -> None:
        literal = leaf.literal
        if literal is None:
            if grammar.is_fence_end(rest.text, leaf.end):
                self._close_leaf()
            else:
                column = rest.column + min(leaf.indent, rest.indent)
                self.sink.code_line(grammar.from_column(source, column), continued=False)
        elif literal.at_blank and rest.is_blank:
            self._leaf = None
            self._blank = True
        else:
            line = grammar.from_column(source, rest.column)
            self.sink.literal_line(line, continued=False)
            if literal.end.search(line):
                self._leaf = None

    # ---- closing

    def _close_leaf(self) -> None:
        leaf, self._leaf = self._leaf, None
        if leaf is None:
            return
        if leaf.kind == "paragraph":
            self._close_paragraph(leaf)
        elif leaf.kind in ("fence", "indented"):
            self.sink.close_code()
        elif leaf.kind == "table":
            self.sink.close_table()

    def _close_paragraph(self, leaf: _Leaf) -> None:
        text = leaf.text if leaf.is_settled else self._take_references(leaf.text)
        if text.strip(_WHITE) or leaf.is_settled:
            self._report_paragraph(leaf, text.rstrip(_WHITE), last=True)

    def _report_paragraph(self, leaf: _Leaf, text: str, *, last: bool) -> None:
        if not leaf.is_settled:
            self.sink.begin_block(leaf.after_blank)
        leaf.is_settled = True
        self.sink.paragraph(text, last=last)

    def _take_references(self, text: str) -> str:
        """Extract the link reference definitions at the start of a paragraph and return the rest."""
        known = definitions(text)
        self._learn(known.found)
        return known.rest

    def _learn(self, found: Mapping[str, tuple[str, str]]) -> None:
        for label, target in found.items():
            self.new_references.setdefault(label, target)

    def _close_to(self, depth: int) -> None:
        """Close the leaf and all containers from ``depth``."""
        self._close_leaf()
        while len(self._stack) > depth:
            self._pop()

    def _pop(self) -> None:
        self._stack.pop()
        self.sink.close_container()

    def _end_list(self) -> None:
        """Close a list that could have continued, since something other than an item follows."""
        self._stack[-1].last_item = None

    def _report_container(self) -> None:
        self._stack[-1].is_empty = False

    def _take_blank(self) -> bool:
        blank, self._blank = self._blank, False
        return blank


def _after_quote_mark(rest: Rest) -> Rest:
    """Return what follows ``>`` and its optional space."""
    rest = rest.after(1)
    return rest.after(1) if rest.indent else rest


def _indented(source: str, rest: Rest) -> str:
    """Return a line of indented code without its indentation, with other tabs unchanged."""
    return grammar.from_column(source, rest.column + min(4, rest.indent))


def _fit(cells: list[str], columns: int) -> list[str]:
    return (cells + [""] * columns)[:columns]
