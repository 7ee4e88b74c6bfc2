"""The table of providers: which columns fit, how it is sorted, what the filter lets through."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual import events
from textual.color import Color
from textual.message import Message
from textual.widgets import DataTable

from tui.ui.providers.view import COLUMNS, Column, Row, column_width, fitting_columns, matches
from tui.ui.shell.table import RowTable


class ProviderTable(RowTable):
    """Shows rows; the cursor stays on its provider, or on its place where that one is gone."""

    class Arranged(Message):
        """The rows shown, or their order, changed."""

    def __init__(self) -> None:
        super().__init__("providers")
        self._all: tuple[Row, ...] = ()
        self._columns: list[Column] = []
        self._known_width = 0
        self.query_text = ""
        self.sort_column: str | None = None
        self.is_reversed = False
        self.shows_all_columns = False

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        shown = self.shown_rows()
        return shown[self.cursor_row] if 0 <= self.cursor_row < len(shown) else None

    @property
    def total(self) -> int:
        """How many rows there are, shown or not."""
        return len(self._all)

    @property
    def sort_title(self) -> str:
        """How the table is sorted, in words; empty for the order of the file."""
        titles = {column.identifier: column.title or "Default" for column in COLUMNS}
        if self.sort_column is None:
            return "reversed" if self.is_reversed else ""
        return f"by {titles[self.sort_column]} {'▼' if self.is_reversed else '▲'}"

    def shown_rows(self) -> list[Row]:
        """Return the rows that pass the filter, in the order of the table."""
        rows = [row for row in self._all if matches(row, self.query_text)]
        column = next((known for known in COLUMNS if known.identifier == self.sort_column), None)
        if column is not None:
            rows.sort(key=lambda row: (column.text(row).casefold(), row.provider.name.casefold()))
        return rows[::-1] if self.is_reversed else rows

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows."""
        self._all = tuple(rows)
        self.rearrange()

    def update_row(self, row: Row) -> None:
        """Show what became of one row, without touching the others."""
        name = row.provider.name
        self._all = tuple(row if known.provider.name == name else known for known in self._all)
        if self.sort_column == "reach" or name not in self.rows:
            self.rearrange()
            return
        for column in self._columns:
            if column.identifier == "reach":
                self.update_cell(name, column.identifier, self._cell(column, row))

    def sort_by_next(self) -> None:
        """Sort by the next column; after the last one comes the order of the file."""
        order = [None, *(column.identifier for column in self._columns)]
        position = order.index(self.sort_column) if self.sort_column in order else 0
        self.sort_column = order[(position + 1) % len(order)]
        self.rearrange()

    def reverse(self) -> None:
        """Turn the order round."""
        self.is_reversed = not self.is_reversed
        self.rearrange()

    def sort_by(self, identifier: str) -> None:
        """Sort by a column; by the same one again, the other way round."""
        self.is_reversed = self.sort_column == identifier and not self.is_reversed
        self.sort_column = identifier
        self.rearrange()

    def rearrange(self, cursor_name: str | None = None) -> None:
        """Build the table anew, the cursor on the provider it was on."""
        name = cursor_name or self.current_key
        room = self.app.size.width - self.styles.gutter.width - 1
        self._columns = list(COLUMNS) if self.shows_all_columns else fitting_columns(self._all, room)
        columns = [
            (self._title(column), column_width(column, self._all), column.identifier)
            for column in self._columns
        ]
        rows = {
            row.provider.name: [self._cell(column, row) for column in self._columns]
            for row in self.shown_rows()
        }
        is_gone = name is not None and all(row.provider.name != name for row in self._all)
        self.fill(columns, rows, cursor=name, fallback=self.cursor_row if is_gone else 0)
        self.post_message(self.Arranged())

    def on_resize(self, event: events.Resize) -> None:
        """Choose the columns again where the width changed."""
        if self.app.size.width != self._known_width and self._all:
            self._known_width = self.app.size.width
            self.rearrange()

    def on_data_table_header_selected(self, event: DataTable.HeaderSelected) -> None:
        """Sort by the clicked column."""
        event.stop()
        if event.column_key.value is not None:
            self.sort_by(event.column_key.value)

    def _title(self, column: Column) -> str:
        if column.identifier != self.sort_column:
            return column.title
        sign = "▼" if self.is_reversed else "▲"
        return f"{column.title} {sign}".strip()

    def _cell(self, column: Column, row: Row) -> Text:
        style = "dim" if row.is_dim else ""
        if column.identifier == "reach":
            style = self._reach_style(row)
        elif column.identifier == "default":
            style = self._colour("primary")
        elif column.identifier == "name" and not row.is_dim:
            style = "bold"
        return Text(column.text(row), style=style, no_wrap=True, overflow="ellipsis")

    def _reach_style(self, row: Row) -> str:
        colour = row.reach.colour
        return self._colour(colour.removeprefix("$text-")) if colour.startswith("$") else colour

    def _colour(self, name: str) -> str:
        value = self.app.theme_variables.get(f"text-{name}") or self.app.theme_variables[name]
        if value.startswith(("auto", "ansi_")):
            value = self.app.theme_variables[name]
        return Color.parse(value).rich_color.name
