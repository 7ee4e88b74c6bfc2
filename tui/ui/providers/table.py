"""The table of providers: its groups, which columns fit, how it is sorted, what the filter lets through."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.color import Color
from textual.coordinate import Coordinate
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer
from textual.widgets import DataTable

from tui.texts import provider_list as texts
from tui.ui.providers.columns import (
    COMPACT,
    SORTABLE,
    WIDE,
    Column,
    column_width,
    fitting,
    matches,
)
from tui.ui.providers.row import Group, Row
from tui.ui.shell.table import RowTable

_DRAW_SECONDS = 0.1
_LINE = "\0"
"""Begins the keys of the lines above the groups: no provider is named so."""


class ProviderTable(RowTable):
    """Shows rows; the cursor stays on its provider, or on its place where that one is gone."""

    class Arranged(Message):
        """The rows shown, or their order, changed."""

    def __init__(self) -> None:
        super().__init__("providers")
        self._all: tuple[Row, ...] = ()
        self._columns: list[tuple[Column, int]] = []
        self._lines: dict[str, str] = {}
        """What the lines above the groups say, by their keys."""
        self._known_width = 0
        self._changed: dict[str, Row] = {}
        self._drawing: Timer | None = None
        self.query_text = ""
        self.sort_column: str | None = None
        self.is_reversed = False
        self.shows_all_columns = False
        self._hint = ""
        """Shown in place of providers of one's own."""

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        key = self.current_key
        return next((row for row in self._all if row.provider.name == key), None)

    @property
    def rows_known(self) -> tuple[Row, ...]:
        """Every row, shown or not."""
        return self._all

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
        """Return the rows that pass the filter, in the order of the table: group by group."""
        rows = [row for row in self._all if matches(row, self.query_text)]
        column = self._sorted_by
        if column is not None:
            rows.sort(key=lambda row: row.provider.name.casefold())
            rows.sort(key=column.key, reverse=self.is_reversed)  # type: ignore[arg-type]
        elif self.is_reversed:
            rows.reverse()
        return sorted(rows, key=lambda row: row.group)

    def set_rows(self, rows: Sequence[Row], cursor_name: str | None = None) -> None:
        """Show these rows; the cursor goes to that provider, or stays where it is."""
        self._all = tuple(rows)
        self.rearrange(cursor_name)

    @property
    def shown_count(self) -> int:
        """How many rows pass the filter."""
        return self.row_count - len(self._lines)

    def show_hint(self, hint: str) -> None:
        """Show a line in place of providers of one's own, while there are none."""
        if hint != self._hint:
            self._hint = hint
            if self._all and f"{_LINE}{Group.YOURS}" in self._lines:
                self.rearrange()

    def update_row(self, row: Row) -> None:
        """Show what became of one row, a moment later: a table is drawn anew for each change."""
        name = row.provider.name
        self._all = tuple(row if known.provider.name == name else known for known in self._all)
        self._changed[name] = row
        if self._drawing is None:
            self._drawing = self.set_timer(_DRAW_SECONDS, self._draw_changed)

    def _draw_changed(self) -> None:
        changed, self._changed, self._drawing = self._changed, {}, None
        if self.sort_column == "reach":
            self.rearrange()
            return
        for name, row in changed.items():
            for column, _ in self._columns if name in self.rows else ():
                if column.identifier in ("reach", "server", "context"):
                    self.update_cell(name, column.identifier, self._cell(column, row))

    def sort_by_next(self) -> None:
        """Sort by the next column; after the last one comes the order of the file."""
        shown = {column.identifier for column, _ in self._columns}
        order = [None, *(name for name in SORTABLE if name in shown)]
        position = order.index(self.sort_column) if self.sort_column in order else 0
        self.sort_column, self.is_reversed = order[(position + 1) % len(order)], False
        self.rearrange()

    def reverse(self) -> None:
        """Reverse the order."""
        self.is_reversed = not self.is_reversed
        self.rearrange()

    def sort_by(self, identifier: str) -> None:
        """Sort by a column; by the same one again in reverse."""
        self.is_reversed = self.sort_column == identifier and not self.is_reversed
        self.sort_column = identifier
        self.rearrange()

    def rearrange(self, cursor_name: str | None = None) -> None:
        """Build the table anew, the cursor on the provider it was on."""
        name = cursor_name or self.current_key
        if self.shows_all_columns:
            self._columns = [(column, column_width(column, self._all)) for column in WIDE]
        else:
            self._columns = fitting(self._all, self._room)
        rows = self.shown_rows()
        self._lines = dict(self._group_lines(rows))
        cells: dict[str, Sequence[Text]] = {}
        blank = [Text()] * len(self._columns)
        for group in Group:
            if f"{_LINE}{group}" in self._lines:
                cells[f"{_LINE}{group}"] = blank
            for row in rows:
                if row.group is group:
                    cells[row.provider.name] = [self._cell(column, row) for column, _ in self._columns]
        columns = [(self._title(column), width, column.identifier) for column, width in self._columns]
        is_gone = name is not None and all(row.provider.name != name for row in self._all)
        self.fill(columns, cells, cursor=name, fallback=self.cursor_row if is_gone else 0)
        self.post_message(self.Arranged())

    def select_first(self) -> None:
        """Put the cursor on the first row."""
        self.move_cursor(row=0)

    @property
    def _room(self) -> int:
        """The cells for columns, with the scroll bar shown."""
        return max(20, (self.size.width or self.app.size.width - 4) - self.styles.scrollbar_size_vertical)

    def _group_lines(self, rows: Sequence[Row]) -> Iterator[tuple[str, str]]:
        """Yield a line for each group but the first one where that is yours."""
        if self._hint and not self.query_text and all(row.group is not Group.YOURS for row in self._all):
            yield f"{_LINE}{Group.YOURS}", self._hint
        for group in (Group.SITE_WIDE, Group.BUILT_IN):
            if any(row.group is group for row in rows):
                yield f"{_LINE}{group}", group.title

    # ── The lines above the groups ──────────────────────────────────────────────────────────

    def validate_cursor_coordinate(self, value: Coordinate) -> Coordinate:
        """Let the cursor pass over the lines, in the direction in which it goes."""
        place = super().validate_cursor_coordinate(value)
        step = -1 if place.row < self.cursor_row else 1
        for direction in (step, -step):
            row = place.row
            while self.is_valid_row_index(row):
                if self.ordered_rows[row].key.value not in self._lines:
                    return Coordinate(row, place.column)
                row += direction
        return place

    def render_line(self, y: int) -> Strip:
        """Draw a line above a group across all columns."""
        index = y - self.header_height + self.scroll_offset.y
        if y >= self.header_height and self.is_valid_row_index(index):
            words = self._lines.get(self.ordered_rows[index].key.value or "")
            if words is not None:
                return self._line(words)
        return super().render_line(y)

    def _line(self, words: str) -> Strip:
        width = self.size.width
        base = self.rich_style
        rule = base + Style(color=self._colour("border-blurred"))
        before, text = " ─ ", f"{words} "
        rest = max(0, width - 1 - len(before) - cell_len(text))
        segments = [
            Segment(before, rule),
            Segment(text, base + Style(dim=True)),
            Segment("─" * rest, rule),
            Segment(" ", rule),
        ]
        return Strip(segments).adjust_cell_length(width, base)

    # ── What happens around it ──────────────────────────────────────────────────────────────

    def on_resize(self, event: events.Resize) -> None:
        """Choose the columns again where the width changed."""
        if self.size.width != self._known_width and self._all:
            self._known_width = self.size.width
            if not self.shows_all_columns and fitting(self._all, self._room) != self._columns:
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
            colour = row.reach.colour
            style = self._colour(colour.removeprefix("$")) if colour.startswith("$") else colour
        elif column.identifier == "default":
            style = self._colour("text-primary")
        elif column.identifier == "name" and not row.is_dim:
            style = "bold"
        return Text(column.text(row), style=style, no_wrap=True, overflow="ellipsis")

    def _colour(self, name: str) -> str:
        """Return a theme variable as Rich names colours."""
        variables = self.app.theme_variables
        plain = name.removeprefix("text-")
        value = variables.get(name) or variables[plain]
        if value.startswith(("auto", "ansi_")):
            value = variables[plain]
        return Color.parse(value).rich_color.name
