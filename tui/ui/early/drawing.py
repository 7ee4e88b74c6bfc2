"""A drawing of styled texts on a screen, and the terminal sequences that show it."""

from __future__ import annotations

from typing import NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from tui.ui.textual_compat.encoder import RESET, Encoder


class Field(NamedTuple):
    """Where typed text is shown: one line."""

    row: int
    column: int
    width: int
    style: Style


class Drawing:
    """Texts at their places; everything else is background."""

    def __init__(self, width: int, height: int, background: Style) -> None:
        """``width`` and ``height`` in cells."""
        self.width, self.height = width, height
        self._background = background
        self._rows: list[list[tuple[int, str, Style]]] = [[] for _ in range(height)]

    def put(self, row: int, column: int, text: str, style: Style) -> None:
        """Put a text to the right of what the row has already. It must fit."""
        self._rows[row].append((column, text, style))

    def encoded(self, encoder: Encoder) -> str:
        """Return the sequences that draw all of it."""
        encoder.begin()
        lines = (
            f"\x1b[{number};1H" + encoder.encode(self._segments(pieces), to_edge=False)
            for number, pieces in enumerate(self._rows, 1)
        )
        return "".join(lines) + RESET

    def _segments(self, pieces: list[tuple[int, str, Style]]) -> list[Segment]:
        segments, end = [], 0
        for column, text, style in pieces:
            segments += [Segment(" " * (column - end), self._background), Segment(text, style)]
            end = column + cell_len(text)
        return [*segments, Segment(" " * (self.width - end), self._background)]


def draw_typed(field: Field, text: str, encoder: Encoder) -> str:
    """Return the sequences that show a typed text in a field, with the caret behind it."""
    blanks = " " * (field.width - cell_len(text) - 1)
    caret = Segment(" ", field.style + Style(reverse=True))
    encoder.begin()
    line = encoder.encode((Segment(text, field.style), caret, Segment(blanks, field.style)), to_edge=False)
    return f"\x1b[{field.row + 1};{field.column + 1}H{line}{RESET}"
