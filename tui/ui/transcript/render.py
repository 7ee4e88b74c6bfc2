"""Renders settled Markdown to lines for one width: the sink of the block parser.

Every container adds a prefix to its lines (a quote's bar, an item's marker and indentation); every leaf fills
the rest of the width. Settled text is never processed again.
"""

from __future__ import annotations

from dataclasses import field, replace

from tui.core.lazy_dataclass import dataclass
from tui.core.safe_text import safe_line
from tui.ui.transcript import tables
from tui.ui.transcript.cells import cell_len, cut_cells, expand_tabs, settle_cells
from tui.ui.transcript.grammar import ItemMarker
from tui.ui.transcript.highlight import Highlighter
from tui.ui.transcript.inline import Reference, inline_spans
from tui.ui.transcript.lines import EMPTY_LINE, Attribute, Line, Role, Span
from tui.ui.transcript.sink import Sink
from tui.ui.transcript.wrap import Flow, cut, wrap

NARROWEST_TEXT = 12
"""The minimum width of text: deeper containers lose their prefixes."""
_BULLETS = "•◦▪"
_QUOTE_BAR = "▌ "
_CODE_BAR = "│ "
_TASKS = {"[ ] ": "☐ ", "[x] ": "☑ ", "[X] ": "☑ "}


@dataclass(frozen=True, slots=True)
class Layout:
    """What lines depend on besides the text."""

    width: int
    wrap_code: bool = True
    base: int = Role.TEXT
    """The style of plain text, for an answer or reasoning."""


@dataclass(slots=True)
class _Level:
    """One open container."""

    rest: Span
    """The prefix of each of its lines."""
    first: Span | None = None
    """The prefix of its first line, until it is drawn."""
    has_content: bool = False
    is_quote: bool = False
    is_item: bool = False
    is_bullet: bool = False


@dataclass(slots=True)
class _Table:
    alignments: tuple[str, ...]
    header: list[tables.Cell]
    rows: list[list[tables.Cell]] = field(default_factory=list)
    widths: list[int] | None = None


class LineRenderer(Sink):
    """Collects lines in ``lines``, from where the driver of the parser reads them."""

    def __init__(self, layout: Layout, references: tuple[tuple[str, Reference], ...] = ()) -> None:
        self.layout = layout
        self.references = references
        self.lines: list[Line] = []
        self.block = -1
        self._codes = 0
        """The number of code blocks so far."""
        self._levels: list[_Level] = [_Level(Span(""))]
        self._flow: Flow | None = None
        self._highlighter: Highlighter | None = None
        self._table: _Table | None = None

    def copy(self) -> LineRenderer:
        """Return an independent renderer in the same state, without lines."""
        twin = LineRenderer(self.layout, self.references)
        twin.block, twin._codes = self.block, self._codes
        twin._levels = [replace(level) for level in self._levels]
        twin._flow = None if self._flow is None else self._flow.copy()
        twin._highlighter = None if self._highlighter is None else self._highlighter.copy()
        if (table := self._table) is not None:
            twin._table = _Table(table.alignments, table.header, list(table.rows), table.widths)
        return twin

    # ---- containers

    def open_quote(self, after_blank: bool) -> None:
        self._separate(after_blank)
        self._levels.append(_Level(Span(_QUOTE_BAR, Role.QUOTE_BAR), is_quote=True))

    def open_item(self, marker: ItemMarker, number: int | None, after_blank: bool, same_list: bool) -> None:
        self._separate(after_blank, in_list=same_list)
        depth = sum(level.is_bullet for level in self._levels)
        label = f"{number}{marker.kind} " if number is not None else f"{_BULLETS[depth % len(_BULLETS)]} "
        self._levels.append(
            _Level(Span(" " * len(label)), Span(label, Role.MARKER), is_item=True, is_bullet=number is None)
        )

    def close_container(self) -> None:
        level = self._levels[-1]
        if level.first is not None:  # an empty item, whose marker does not belong to the preceding block
            self._emit((), block=EMPTY_LINE.block)
        self._levels.pop()

    # ---- leaves

    def begin_block(self, after_blank: bool) -> None:
        self._separate(after_blank)
        self.block += 1

    def paragraph(self, text: str, *, last: bool) -> None:
        if self._flow is None:
            text = self._task(text)
            self._flow = Flow(self._room())
        flow = self._flow
        spans = inline_spans(text.strip(" \t\n"), self._text_style(), self.references)
        self._emit_flow(flow.feed(spans))
        if last:
            self._flow = None
            self._emit_flow(flow.close(), ended=True)
        elif text[-1:] in " \n":
            self._emit_flow(flow.feed((Span(" ", self._text_style()),)))

    def heading(self, level: int, text: str) -> None:
        style = (Role.HEADING if level <= 2 else Role.SUBHEADING) | Attribute.BOLD
        if level == 1:
            style |= Attribute.UNDERLINE
        elif level > 3:
            style = (style & ~Attribute.BOLD) | Attribute.ITALIC
        spans = inline_spans(text, style, self.references)
        self._emit_flow(wrap(spans, self._room()) or [()], ended=True)

    def rule(self) -> None:
        self._emit((Span("─" * self._room(), Role.RULE),))

    def open_code(self, info: str) -> None:
        self._highlighter = Highlighter(info)
        self._codes += 1
        number = self._number()
        language = settle_cells(safe_line(info.split(maxsplit=1)[0] if info else ""))
        label = cut_cells(language, self._room() - 2 - cell_len(number))
        spans: tuple[Span, ...] = (
            Span("╷ ", Role.CODE_BORDER),
            Span(label or "code", Role.CODE_LABEL),
        )
        if number:
            spans = (*spans, Span(number, Role.CODE_BORDER))
        self._emit(spans, lead=len(spans), fill=Role.CODE)

    def code_line(self, text: str, *, continued: bool) -> None:
        highlighter = self._highlighter or Highlighter("")
        text = settle_cells(expand_tabs(text))
        spans = [Span(text, Role.CODE)] if continued else highlighter.spans(text)
        self._emit_code(spans)

    def close_code(self) -> None:
        self._highlighter = None
        self._emit((Span("╵ ", Role.CODE_BORDER),), lead=1, fill=Role.CODE)

    def literal_line(self, text: str, *, continued: bool) -> None:
        for piece in cut(settle_cells(expand_tabs(text)), self._room()):
            self._emit((Span(piece, Role.LITERAL),))

    def open_table(self, alignments: tuple[str, ...], header: list[str]) -> None:
        self._table = _Table(alignments, self._cells(header))

    def table_row(self, cells: list[str]) -> None:
        table = self._table
        if table is None:
            return
        row = self._cells(cells)
        if table.widths is not None:
            self._emit_row(table.widths, table.alignments, row)
            return
        table.rows.append(row)
        if len(table.rows) > tables.SAMPLE_ROWS:
            self._settle_table(table, fill=True)

    def close_table(self) -> None:
        table, self._table = self._table, None
        if table is not None and table.widths is None:
            self._settle_table(table, fill=False)

    # ---- helpers

    def _number(self) -> str:
        """Return the number for copying a code block; empty for the only one."""
        return f" · {self._codes}" if self._codes > 1 and self.layout.base == Role.TEXT else ""

    def _cells(self, texts: list[str]) -> list[tables.Cell]:
        return [inline_spans(text, self._text_style(), self.references) for text in texts]

    def _settle_table(self, table: _Table, *, fill: bool) -> None:
        columns = len(table.header)
        sample = [table.header, *table.rows]
        widths = table.widths = tables.column_widths(sample, columns, self._room(), fill=fill)
        for spans in tables.row_lines(table.header, widths, table.alignments, header=True):
            self._emit(spans)
        self._emit(tables.border(widths))
        for row in table.rows:
            self._emit_row(widths, table.alignments, row)
        table.rows = []

    def _emit_row(self, widths: list[int], alignments: tuple[str, ...], row: tables.Row) -> None:
        for spans in tables.row_lines(row, widths, alignments, header=False):
            self._emit(spans)

    def _emit_code(self, spans: list[Span]) -> None:
        room = self._room() - cell_len(_CODE_BAR)
        bar = Span(_CODE_BAR, Role.CODE_BORDER)
        for index, row in enumerate(_code_rows(spans, room, self.layout.wrap_code)):
            lead = bar if index == 0 else Span("┊ ", Role.CODE_BORDER)
            self._emit((lead, *row), lead=1, fill=Role.CODE)

    def _emit_flow(self, rows: list[tuple[Span, ...]], *, ended: bool = False) -> None:
        for index, spans in enumerate(rows):
            self._emit(spans, soft=not (ended and index == len(rows) - 1))

    def _emit(
        self,
        spans: tuple[Span, ...],
        *,
        lead: int = 0,
        soft: bool = False,
        fill: int = Role.TEXT,
        block: int | None = None,
    ) -> None:
        prefix = self._prefix()
        block = self.block if block is None else block
        for level in self._levels:
            level.first = None
        self.lines.append(Line((*prefix, *spans), len(prefix) + lead, soft, fill, block))

    def _prefix(self) -> tuple[Span, ...]:
        spans = tuple(span for level in self._levels if (span := level.first or level.rest).text)
        if self._prefix_cells() <= self.layout.width - NARROWEST_TEXT:
            return spans
        return tuple(level.first for level in self._levels[-1:] if level.first is not None)

    def _prefix_cells(self) -> int:
        return sum(cell_len(level.rest.text) for level in self._levels)

    def _room(self) -> int:
        used = self._prefix_cells()
        width = self.layout.width
        if used <= width - NARROWEST_TEXT:
            return max(1, width - used)
        return max(1, width - cell_len(self._levels[-1].rest.text))

    def _separate(self, after_blank: bool, *, in_list: bool = False) -> None:
        """Draw a blank line before a block if required: inside lists as in the source, otherwise always."""
        level = self._levels[-1]
        if level.has_content and (after_blank or not (in_list or level.is_item)):
            prefix = tuple(span for each in self._levels if (span := each.rest).text.strip())
            self.lines.append(Line(self._prefix(), len(self._prefix())) if prefix else EMPTY_LINE)
        level.has_content = True

    def _text_style(self) -> int:
        quoted = any(level.is_quote for level in self._levels)
        return Role.QUOTE if quoted and self.layout.base == Role.TEXT else self.layout.base

    def _task(self, text: str) -> str:
        """Draw the checkbox of a task list item."""
        level = self._levels[-1]
        if not level.is_item or level.first is None or text[:4] not in _TASKS:
            return text
        box = _TASKS[text[:4]]
        if level.is_bullet:
            level.first = Span(box, Role.MARKER)
        else:
            level.first = Span(level.first.text + box, Role.MARKER)
            level.rest = Span(level.rest.text + "  ")
        return text[4:]


def _code_rows(spans: list[Span], room: int, wrapped: bool) -> list[tuple[Span, ...]]:
    """Wrap a line of code, or cut it with a mark."""
    room = max(1, room)
    if sum(cell_len(span.text) for span in spans) <= room:
        return [tuple(spans)]
    rows: list[list[Span]] = [[]]
    used = 0
    for span in spans:
        rest = span.text
        while rest:
            head = cut(rest, room - used)[0] if used < room else ""
            if not head or (used and used + cell_len(head) > room):
                rows.append([])
                used = 0
                continue
            rows[-1].append(Span(head, span.style))
            used += cell_len(head)
            rest = rest[len(head) :]
    if wrapped:
        return [tuple(row) for row in rows]
    return [tuple(_with_mark(rows[0], room))]


def _with_mark(row: list[Span], room: int) -> list[Span]:
    """Put ``…`` into the last cell of a cut row."""
    kept: list[Span] = []
    left = room - 1
    for span in row:
        head = cut(span.text, left)[0] if left > 0 else ""
        if head and cell_len(head) <= left:
            kept.append(Span(head, span.style))
            left -= cell_len(head)
    return [*kept, Span("…", Role.CODE_BORDER)]
