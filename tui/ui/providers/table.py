"""The table of providers: groups, columns, sorting and filter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.color import Color
from textual.message import Message
from textual.timer import Timer

from tui.texts import provider_list as texts
from tui.ui.bindings import bindings_of
from tui.ui.providers.columns import (
    COMPACT,
    SORTABLE,
    WIDE,
    Column,
    column_width,
    fitting,
    matches,
)
from tui.ui.providers.layout import list_width
from tui.ui.providers.row import Group, Row, with_headings
from tui.ui.shell.list_rows import ListColumn, ListRow
from tui.ui.shell.row_list import RowList

_DRAW_SECONDS = 0.1
_STEP = 8
"""The step of horizontal scrolling, in cells."""


class ProviderTable(RowList):
    """Shows rows; the cursor stays on its provider, or at its position if that is gone."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("table.columns")
    FIXED_COLUMNS = 2  # the mark of the default one, and the name

    class Arranged(Message):
        """The rows shown, or their order, have changed."""

    def __init__(self) -> None:
        super().__init__("providers")
        self._known: dict[str, Row] = {}
        """All rows, shown or not, by name."""
        self._chosen: list[tuple[Column, int]] = []
        """The visible columns and their widths."""
        self._known_width = 0
        self._drawing: Timer | None = None
        self.query_text = ""
        self.sort_column: str | None = None
        self.is_reversed = False
        self._shows_all_columns = False
        self._hint = ""
        """Shown if the user has no providers."""

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        return self._known.get(self.current_key or "")

    @property
    def rows_known(self) -> tuple[Row, ...]:
        """Return all rows, shown or not."""
        return tuple(self._known.values())

    @property
    def sort_title(self) -> str:
        """The column by which the table is sorted; empty for the order of the file."""
        column = self._sorted_by
        return "" if column is None else column.title or texts.DEFAULT

    @property
    def _sorted_by(self) -> Column | None:
        columns = (*COMPACT, *WIDE)
        return next((column for column in columns if column.identifier == self.sort_column), None)

    def shown_rows(self) -> list[Row]:
        """Return the rows that match the filter, in the order of the table, by group."""
        rows = [row for row in self._known.values() if matches(row, self.query_text)]
        column = self._sorted_by
        if column is not None:
            rows.sort(key=lambda row: row.provider.name.casefold())
            rows.sort(key=column.key, reverse=self.is_reversed)  # type: ignore[arg-type]
        elif self.is_reversed:
            rows.reverse()
        return sorted(rows, key=lambda row: row.group)

    def set_rows(self, rows: Sequence[Row], cursor_name: str | None = None) -> None:
        """Show these rows; the cursor moves to that provider, or stays."""
        self._known = {row.provider.name: row for row in rows}
        self.rearrange(cursor_name)

    @property
    def shown_count(self) -> int:
        """Return how many rows match the filter."""
        return len(self.rows)

    def show_hint(self, hint: str) -> None:
        """Show a line while the user has no providers."""
        if hint != self._hint:
            self._hint = hint
            if self._rows and not self._rows[0].key:
                self.rearrange()

    def update_row(self, row: Row) -> None:
        """Update one row, after a delay: a table is redrawn for each change."""
        self._known[row.provider.name] = row
        if self._drawing is None:
            self._drawing = self.set_timer(_DRAW_SECONDS, self._draw_changed)

    def _draw_changed(self) -> None:
        self._drawing = None
        if self.sort_column == "reach":
            self.rearrange()
        else:
            self.redraw(self._row(self._known[row.key]) if row.key else row for row in self._rows)

    def sort_by_next(self) -> None:
        """Sort by the next column; after the last one, in the order of the file."""
        shown = {column.key for column in self.columns}
        order = [None, *(name for name in SORTABLE if name in shown)]
        position = order.index(self.sort_column) if self.sort_column in order else 0
        self.sort_column, self.is_reversed = order[(position + 1) % len(order)], False
        self.rearrange()

    def reverse(self) -> None:
        """Reverse the order."""
        self.is_reversed = not self.is_reversed
        self.rearrange()

    def sort_by(self, identifier: str) -> None:
        """Sort by a column; repeated, in reverse."""
        self.is_reversed = self.sort_column == identifier and not self.is_reversed
        self.sort_column = identifier
        self.rearrange()

    def rearrange(self, cursor_name: str | None = None) -> None:
        """Create the rows again, keeping the selected provider."""
        name = cursor_name or self.current_key
        self._chosen = self._fitting()
        columns = [
            ListColumn(column.identifier, self._title(column), width) for column, width in self._chosen
        ]
        rows = list(self._lines())
        is_hidden = name in self._known and all(row.key != name for row in rows)
        self.fill(columns, rows, cursor=name, is_from_top=is_hidden)
        self.post_message(self.Arranged())

    def _fitting(self) -> list[tuple[Column, int]]:
        rows = self.rows_known
        if self._shows_all_columns:
            return [(column, column_width(column, rows)) for column in WIDE]
        return fitting(rows, self._room)

    def _lines(self) -> Iterator[ListRow]:
        """Yield the rows that pass the filter, group by group, each group below its heading."""
        rows = self.shown_rows()
        if self._hint and not self.query_text and all(row.group is not Group.YOURS for row in rows):
            yield ListRow("", partial(tuple, (self._hint,)))
        for row in with_headings(rows):
            if isinstance(row, Group):
                yield ListRow("", partial(tuple, (row.title,)))
            else:
                yield self._row(row)

    def _row(self, row: Row) -> ListRow:
        return ListRow(row.provider.name, partial(self._cells, row))

    def _cells(self, row: Row) -> tuple[str, ...]:
        return tuple(column.text(row) for column, _ in self._chosen)

    def filter(self, query: str) -> None:
        """Filter by words, selecting the first match."""
        if query != self.query_text:
            self.query_text = query
            self.rearrange()
            if query:
                self.action_scroll_top()

    def toggle_columns(self) -> None:
        """Show all columns, or those that fit."""
        self._shows_all_columns = not self._shows_all_columns
        self.rearrange()

    @property
    def _room(self) -> int:
        """Return the width available for columns, allowing for the scroll bar."""
        expected = list_width(self.app.size.width, is_wide=self.screen.has_class("-wide"))
        return max(20, (self.size.width or expected) - self.styles.scrollbar_size_vertical)

    # ── Events ──────────────────────────────────────────────────────────────────────────────

    def on_resize(self, event: events.Resize) -> None:
        """Select the columns again if the width has changed."""
        if self.size.width != self._known_width and self._known:
            self._known_width = self.size.width
            if self._fitting() != self._chosen:
                self.rearrange()

    def action_cursor_left(self) -> None:
        """Scroll to the left, if all columns are shown."""
        self.scroll_relative(x=-_STEP, animate=False)

    def action_cursor_right(self) -> None:
        """Scroll to the right."""
        self.scroll_relative(x=_STEP, animate=False)

    def _title(self, column: Column) -> str:
        if column.identifier != self.sort_column:
            return column.title
        sign = "▼" if self.is_reversed else "▲"
        return f"{column.title} {sign}".strip()

    def style_of(self, row: ListRow, column: ListColumn) -> Style:
        """Return the style of a cell: the state in its colour, the name bold, unusable providers dim."""
        style = self.get_component_rich_style("row-list--row")
        known = self._known[row.key]
        if column.key == "reach":
            return style + self._coloured(known.reach.colour)
        if column.key == "default":
            return style + self._coloured("$text-primary")
        if known.is_dim:
            return style + Style(dim=True)
        return style + Style(bold=True) if column.key == "name" else style

    def _coloured(self, name: str) -> Style:
        """Return a theme variable, or a Rich style by name, as a style."""
        if not name.startswith("$"):
            return Style.parse(name)
        variables = self.app.theme_variables
        plain = name.removeprefix("$").removeprefix("text-")
        value = variables.get(name[1:]) or variables[plain]
        if value.startswith(("auto", "ansi_")):
            value = variables[plain]
        return Style.from_color(Color.parse(value).rich_color)
