"""Aligned columns of text whose cells come from outside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from unicodedata import category, east_asian_width

from tui.core.safe_text import safe_line

_GAP = "  "
_NARROWEST = 8
_NO_CELL = ("Mn", "Me", "Cf")


def cells(text: str) -> int:
    """Return how many terminal cells a line takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if category(character) in _NO_CELL else 2 if east_asian_width(character) in "WF" else 1
        for character in text
    )


def table(
    header: Sequence[str], rows: Sequence[Sequence[str]], *, room: int | None = None, ellipsis: str = "…"
) -> Iterator[str]:
    """Yield the lines of a table, each column as wide as its widest cell.

    With ``room`` no line takes more cells: the widest columns are cut until that is so.
    """
    safe = [[safe_line(cell, 60) for cell in row] for row in (header, *rows)]
    widths = [max(cells(row[column]) for row in safe) for column in range(len(header))]
    while (
        room is not None and sum(widths) + len(_GAP) * (len(widths) - 1) > room and max(widths) > _NARROWEST
    ):
        widths[widths.index(max(widths))] -= 1
    for row in safe:
        padded = (_filled(cell, width, ellipsis) for cell, width in zip(row, widths, strict=True))
        yield _GAP.join(padded).rstrip()


def _filled(text: str, width: int, ellipsis: str) -> str:
    """Return a cell of exactly this width: cut, or filled with blanks."""
    missing = width - cells(text)
    if missing >= 0:
        return text + " " * missing
    while cells(text) > width - len(ellipsis):
        text = text[:-1]
    return text + ellipsis + " " * (width - len(ellipsis) - cells(text))
