"""A table that keeps its place, and the line above it that filters it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import BindingType
from textual.widgets import DataTable

from tui.ui.bindings import bindings_of


class RowTable(DataTable[Text], inherit_bindings=False):
    """A table that leaves Enter to the screen, whose footer says what it does."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("table", "table.columns")

    def __init__(self, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(cursor_type="row", zebra_stripes=False, id=id)

    @property
    def current_key(self) -> str | None:
        """The key of the row under the cursor."""
        is_row = self.is_valid_row_index(self.cursor_row)
        return self.ordered_rows[self.cursor_row].key.value if is_row else None

    def action_half_page(self, step: int) -> None:
        """Move the cursor by half of what is in sight."""
        rows = max(1, self.scrollable_content_region.height // 2)
        self.move_cursor(row=min(max(0, self.cursor_row + step * rows), max(0, self.row_count - 1)))

    def fill(
        self,
        columns: Iterable[tuple[str, int, str]],
        rows: Mapping[str, Sequence[Text | str]],
        *,
        cursor: str | None = None,
        fallback: int = 0,
    ) -> None:
        """Show other columns (title, width, key) and rows, the cursor on its row or that of ``cursor``.

        ``fallback`` is its place where that row is not there.
        """
        cursor = cursor or self.current_key
        self.clear(columns=True)
        for title, width, key in columns:
            self.add_column(Text(title), width=width, key=key)
        for row, cells in rows.items():
            self.add_row(*map(_cell, cells), key=row)
        keys: list[str | None] = [*rows]
        place = keys.index(cursor) if cursor in rows else min(fallback, len(rows) - 1)
        self.move_cursor(row=max(0, place))


def _cell(text: Text | str) -> Text:
    return Text(text, no_wrap=True, overflow="ellipsis") if isinstance(text, str) else text
