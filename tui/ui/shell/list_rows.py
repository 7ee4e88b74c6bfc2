"""What a list of rows shows: its columns, rows and headings, and how wide they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

from tui.ui.shell.fitted import fitted

COLUMN_GAP = 2
"""Cells between two columns."""


class ListColumn(NamedTuple):
    """A column: its name, its title, its cells."""

    key: str
    title: str
    width: int
    is_right: bool = False
    """Whether its texts stand at the right."""


class ListRow:
    """A row, or the heading of a group. Its cells are made when it is drawn: of thousands, few ever are."""

    def __init__(self, key: str, make: Callable[[], tuple[str, ...]]) -> None:
        """An empty ``key``: a heading, over which the cursor passes."""
        self.key = key
        self._make = make

    @cached_property
    def cells(self) -> tuple[str, ...]:
        """Its texts, one a column."""
        return self._make()


class TextRow(ListRow):
    """A line that belongs to the row above it. The cursor also moves over it."""

    def __init__(self, make: Callable[[], Sequence[tuple[str, bool]]]) -> None:
        """``make`` returns its pieces, and of each whether it stands out."""
        super().__init__("", tuple)
        self._make_pieces = make

    @cached_property
    def pieces(self) -> Sequence[tuple[str, bool]]:
        """Its texts in their order."""
        return self._make_pieces()


def cell_of(text: str, column: ListColumn) -> str:
    """Return a text as a cell, with the gap behind it; a longer one ends with …"""
    return fitted(text, column.width, is_right=column.is_right) + " " * COLUMN_GAP


def width_of(columns: Iterable[ListColumn]) -> int:
    """Return the cells that columns need, with the gaps behind each."""
    return sum(column.width + COLUMN_GAP for column in columns)
