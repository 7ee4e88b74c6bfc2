"""Tables whose columns never move: widths are determined from the first rows and then kept.

Until there are ``SAMPLE_ROWS`` rows, the table is laid out again with each, which is bounded work; then its
widths are fixed and every further row is settled when complete.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tui.ui.transcript.cells import cell_len
from tui.ui.transcript.lines import Attribute, Role, Span
from tui.ui.transcript.wrap import wrap

SAMPLE_ROWS = 16
"""The rows (without the header) that determine the widths."""
NARROWEST = 3
"""The minimum width of a column, in cells."""

Cell = tuple[Span, ...]
Row = Sequence[Cell]
_SEPARATOR = Span(" │ ", Role.TABLE_BORDER)


def column_widths(rows: Iterable[Row], columns: int, width: int, *, fill: bool) -> list[int]:
    """Return the width of each column for a table of at most ``width`` cells.

    Columns get what they need if there is room; otherwise the widest shrink first. With ``fill`` the
    remaining room is distributed, since later rows may need it.
    """
    needs = [NARROWEST] * columns
    for row in rows:
        for index, cell in enumerate(row[:columns]):
            needs[index] = max(needs[index], sum(cell_len(span.text) for span in cell))
    room = max(columns, width - 3 * (columns - 1))
    widths = _shrink(needs, room)
    if fill and (spare := room - sum(widths)) > 0:
        share = spare // columns
        widths = [min(width + share, 2 * width) for width in widths]
    return widths


def _shrink(needs: list[int], room: int) -> list[int]:
    """Return widths that fit: those below the fair share keep what they need."""
    widths = list(needs)
    open_columns = set(range(len(needs)))
    left = room
    while open_columns:
        share = left // len(open_columns)
        content = [index for index in open_columns if needs[index] <= share]
        if not content:
            for position, index in enumerate(sorted(open_columns)):
                widths[index] = max(1, share + (1 if position < left % len(open_columns) else 0))
            break
        for index in content:
            left -= needs[index]
            open_columns.discard(index)
    return widths


def row_lines(
    row: Row, widths: Sequence[int], alignments: Sequence[str], *, header: bool
) -> Iterator[tuple[Span, ...]]:
    """Yield the lines of one row: its cells wrapped, aligned and side by side."""
    columns = [wrap(cell, width) for cell, width in zip(row, widths, strict=False)]
    for index in range(max(1, max(map(len, columns), default=1))):
        line: list[Span] = []
        for position, (column, width, alignment) in enumerate(zip(columns, widths, alignments, strict=False)):
            if position:
                line.append(_SEPARATOR)
            line.extend(_aligned(column[index] if index < len(column) else (), width, alignment, header))
        while line and line[-1].text.isspace():
            line.pop()
        yield tuple(line)


def border(widths: Sequence[int]) -> tuple[Span, ...]:
    """Return the line between header and rows."""
    return (Span("─┼─".join("─" * width for width in widths), Role.TABLE_BORDER),)


def _aligned(spans: tuple[Span, ...], width: int, alignment: str, header: bool) -> Iterator[Span]:
    if header:
        spans = tuple(
            Span(
                s.text,
                (Role.TABLE_HEADER if s.style & 0xFF == Role.TEXT else s.style) | Attribute.BOLD,
                s.url,
            )
            for s in spans
        )
    gap = max(0, width - sum(cell_len(span.text) for span in spans))
    left = gap if alignment == "right" else gap // 2 if alignment == "center" else 0
    if left:
        yield Span(" " * left)
    yield from spans
    if gap > left:
        yield Span(" " * (gap - left))
