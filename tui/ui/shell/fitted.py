"""Fits texts to a number of cells."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size


def fitted(text: str, width: int, *, is_right: bool = False) -> str:
    """Return a text of exactly ``width`` cells: cut with …, or padded."""
    if cell_len(text) > width:
        text = set_cell_size(text, width - 1).rstrip() + "…" if width > 0 else ""
    blank = " " * (width - cell_len(text))
    return blank + text if is_right else text + blank
