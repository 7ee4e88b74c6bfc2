"""The columns, rows and headings of a list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

from tui.ui.shell.fitted import fitted

COLUMN_GAP = 2
"""Cells between two columns."""


class ListColumn(NamedTuple):
    """A column: name, title, cells."""

    key: str
    title: str
    width: int
    is_right: bool = False
    """Whether its texts are right-aligned."""


class ListRow:
    """A row, or the heading of a group. Its cells are created when drawn, since few of thousands ever are."""

    def __init__(self, key: str, make: Callable[[], tuple[str, ...]]) -> None:
        """Create a row; an empty ``key`` means a heading, which the cursor skips."""
        self.key = key
        self._make = make

    @cached_property
    def cells(self) -> tuple[str, ...]:
        """Its texts, one per column."""
        return self._make()


class TextRow(ListRow):
    """A line that belongs to the row above it. The cursor skips it."""

    def __init__(self, make: Callable[[], Sequence[tuple[str, bool]]]) -> None:
        """Create a line; ``make`` returns its pieces, each with whether it is highlighted."""
        super().__init__("", tuple)
        self._make_pieces = make

    @cached_property
    def pieces(self) -> Sequence[tuple[str, bool]]:
        """Its pieces, in order."""
        return self._make_pieces()


def cell_of(text: str, column: ListColumn) -> str:
    """Return a text as a cell, followed by the gap; a longer one is cut with …"""
    return fitted(text, column.width, is_right=column.is_right) + " " * COLUMN_GAP


def width_of(columns: Iterable[ListColumn]) -> int:
    """Return the total width of columns, including gaps."""
    return sum(column.width + COLUMN_GAP for column in columns)
