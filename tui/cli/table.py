"""Aligned columns of text whose cells come from outside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from unicodedata import category, east_asian_width

from tui.core.safe_text import safe_line

_NO_CELL = ("Mn", "Me", "Cf")


def cells(text: str) -> int:
    """Return how many terminal cells a line takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if category(character) in _NO_CELL else 2 if east_asian_width(character) in "WF" else 1
        for character in text
    )


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table, each column as wide as its widest cell."""
    safe = [[safe_line(cell, 60) for cell in row] for row in (header, *rows)]
    widths = [max(cells(row[column]) for row in safe) for column in range(len(header))]
    for row in safe:
        padded = (cell + " " * (width - cells(cell)) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(padded).rstrip()
