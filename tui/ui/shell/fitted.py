"""Texts fitted to the cells available for them."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size


def fitted(text: str, width: int, *, is_right: bool = False) -> str:
    """Return a text in exactly ``width`` cells: a longer one ends with …, a shorter one is filled up."""
    if cell_len(text) > width:
        text = set_cell_size(text, width - 1).rstrip() + "…" if width > 0 else ""
    blank = " " * (width - cell_len(text))
    return blank + text if is_right else text + blank
