"""A list of thousands of rows in columns and groups: only the rows in sight are drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from tui.ui.bindings import bindings_of
from tui.ui.shell.fitted import fitted

_GAP = 2
"""Cells between two columns."""


class ListColumn(NamedTuple):
    """A column: its name, its title, its cells."""

    key: str
    title: str
    width: int
    is_right: bool = False
    """Whether its texts stand at the right."""


class ListRow:
    """A row, or the heading of a group. Its cells are made when it is drawn: of thousands few ever are."""

    def __init__(self, key: str, make: Callable[[], tuple[str, ...]]) -> None:
        """An empty ``key``: a heading, over which the cursor passes."""
        self.key = key
        self._make = make

    @cached_property
    def cells(self) -> tuple[str, ...]:
        """Its texts, one a column."""
        return self._make()


class TextRow(ListRow):
    """A line that belongs to the row above it. The cursor passes over it, too."""

    def __init__(self, make: Callable[[], Sequence[tuple[str, bool]]]) -> None:
        """``make`` returns its pieces, and of each whether it stands out."""
        super().__init__("", tuple)
        self._make_pieces = make

    @cached_property
    def pieces(self) -> Sequence[tuple[str, bool]]:
        """Its texts in their order."""
        return self._make_pieces()


class ColumnHeads(Widget):
    """The titles of the columns; a click on one sorts by it."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "ColumnHeads { height: 1; padding: 0 1; color: $text-muted; text-wrap: nowrap; }"

    class Clicked(Message):
        """A title was clicked."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    _columns: tuple[ListColumn, ...] = ()
    _shift = 0

    def show(self, columns: Sequence[ListColumn], shift: int = 0) -> None:
        """Show other titles, as far to the left as the rows are scrolled."""
        if (tuple(columns), shift) != (self._columns, self._shift):
            self._columns, self._shift = tuple(columns), shift
            self.refresh()

    def render(self) -> Content:
        """Return the line."""
        titles = (_cell(column.title, column) for column in self._columns)
        return Content("".join(titles)[self._shift :].rstrip())

    def on_click(self, event: events.Click) -> None:
        """Tell which title it was."""
        left = 1 - self._shift
        for column in self._columns:
            if left <= event.x < left + column.width + _GAP:
                self.post_message(self.Clicked(column.key))
                return
            left += column.width + _GAP


class RowList(ScrollView, can_focus=True, inherit_bindings=False):
    """Shows rows; the cursor stays on its row, or on its place where that one is gone.

    ``heads`` are the titles of its columns, which the screen lays out above it.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("table")
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "row-list--row",
        "row-list--more",
        "row-list--match",
        "row-list--cursor",
        "row-list--cursor-blurred",
        "row-list--heading",
        "row-list--line",
    }
    DEFAULT_CSS = """
    RowList {
        height: 1fr;
        background: $background;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        scrollbar-color: $border-blurred;
        scrollbar-color-hover: $border-blurred;
        scrollbar-color-active: $primary;
        scrollbar-background: $surface;
        scrollbar-background-hover: $surface;
        scrollbar-background-active: $surface;
    }
    RowList:ansi { background: ansi_default; }
    RowList > .row-list--more { color: $text-muted; }
    RowList > .row-list--match { color: $foreground; text-style: bold; }
    RowList > .row-list--heading { color: $text-muted; }
    RowList > .row-list--line { color: $border-blurred; }
    RowList > .row-list--cursor {
        color: $block-cursor-foreground;
        background: $block-cursor-background;
        text-style: $block-cursor-text-style;
    }
    RowList > .row-list--cursor-blurred {
        color: $block-cursor-blurred-foreground;
        background: $block-cursor-blurred-background;
        text-style: $block-cursor-blurred-text-style;
    }
    """

    class Highlighted(Message):
        """Another row is under the cursor."""

    class Selected(Message):
        """The row under the cursor was clicked."""

    def __init__(self, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.heads = ColumnHeads()
        self.columns: tuple[ListColumn, ...] = ()
        self._rows: tuple[ListRow, ...] = ()
        self.cursor_row = 0

    @property
    def rows(self) -> tuple[ListRow, ...]:
        """The rows, without headings."""
        return tuple(row for row in self._rows if row.key)

    @property
    def current_key(self) -> str | None:
        """The key of the row under the cursor."""
        return (self._rows[self.cursor_row].key or None) if self.cursor_row < len(self._rows) else None

    @property
    def line_count(self) -> int:
        """How many lines there are, headings included."""
        return len(self._rows)

    def fill(
        self,
        columns: Sequence[ListColumn],
        rows: Iterable[ListRow],
        *,
        cursor: str | None = None,
        is_from_top: bool = False,
    ) -> None:
        """Show other columns and rows; the cursor goes to that row, else stays where it is.

        ``is_from_top`` puts it on the first one.
        """
        key = None if is_from_top else cursor or self.current_key
        self.columns, self._rows = tuple(columns), tuple(rows)
        self.heads.show(self.columns, self.scroll_offset.x)
        place = next((index for index, row in enumerate(self._rows) if row.key and row.key == key), None)
        if place is None:
            place = self._nearest(0 if is_from_top else self.cursor_row, 1)
        self.cursor_row = place
        self.virtual_size = Size(width_of(self.columns), len(self._rows))
        self.refresh()
        self.call_after_refresh(self._show_cursor)
        self.post_message(self.Highlighted())

    # ── Drawing ─────────────────────────────────────────────────────────────────────────────

    def render_line(self, y: int) -> Strip:
        """Draw one line of what is in sight."""
        index, width = y + self.scroll_offset.y, self.scrollable_content_region.width
        if index >= len(self._rows):
            return Strip.blank(width, self.rich_style)
        row = self._rows[index]
        if isinstance(row, TextRow):
            return self._text(row, width)
        if not row.key:
            return self._heading(row.cells[0], width)
        is_cursor = index == self.cursor_row
        name = "row" if not is_cursor else "cursor" if self.has_focus else "cursor-blurred"
        style = self.get_component_rich_style(f"row-list--{name}")
        segments = [Segment(" ", style)]
        for column, text in zip(self.columns, row.cells, strict=True):
            segments.append(Segment(_cell(text, column), style if is_cursor else self.style_of(row, column)))
        left = self.scroll_offset.x
        return Strip(segments).crop(left, left + width).adjust_cell_length(width, style)

    def style_of(self, row: ListRow, column: ListColumn) -> Style:
        """Return how a cell is drawn that is not under the cursor: the first one stands out."""
        name = "row" if column is self.columns[0] else "more"
        return self.get_component_rich_style(f"row-list--{name}")

    def redraw(self, rows: Iterable[ListRow]) -> None:
        """Show other contents of the same rows."""
        self._rows = tuple(rows)
        self.refresh()

    def watch_scroll_x(self, old_value: float, new_value: float) -> None:
        """Take the titles along."""
        super().watch_scroll_x(old_value, new_value)
        self.heads.show(self.columns, self.scroll_offset.x)

    def _heading(self, words: str, width: int) -> Strip:
        style = self.get_component_rich_style("row-list--heading")
        line = self.get_component_rich_style("row-list--line")
        rest = "─" * max(0, width - cell_len(words) - 5)
        segments = [Segment(" ─ ", line), Segment(words, style), Segment(f" {rest}", line)]
        return Strip(segments).adjust_cell_length(width, line)

    def _text(self, row: TextRow, width: int) -> Strip:
        more, match = (self.get_component_rich_style(f"row-list--{name}") for name in ("more", "match"))
        segments = [Segment(text, match if stands_out else more) for text, stands_out in row.pieces]
        return Strip(segments).adjust_cell_length(width, more)

    # ── Moving ──────────────────────────────────────────────────────────────────────────────

    def _nearest(self, place: int, step: int) -> int:
        """Return the row at a place, or the next one to it that is no heading."""
        last = len(self._rows) - 1
        place = min(max(place, 0), max(last, 0))
        for direction in (step, -step):
            index = place
            while 0 <= index <= last:
                if self._rows[index].key:
                    return index
                index += direction
        return 0

    def _move(self, place: int, step: int) -> None:
        place = self._nearest(place, step)
        if place == self.cursor_row:
            return
        self.cursor_row = place
        self._show_cursor()
        self.refresh()
        self.post_message(self.Highlighted())

    def _show_cursor(self) -> None:
        top, end = self.cursor_row, self.cursor_row + 1
        if 0 < top < len(self._rows) and self._is_heading(top - 1):
            top -= 1  # the heading stays with its first row
        while end < len(self._rows) and isinstance(self._rows[end], TextRow):
            end += 1
        region = Region(0, top, 1, min(end - top, max(1, self.scrollable_content_region.height)))
        self.scroll_to_region(region, animate=False, force=True, x_axis=False)

    def _is_heading(self, index: int) -> bool:
        return not self._rows[index].key and not isinstance(self._rows[index], TextRow)

    @property
    def _page(self) -> int:
        return max(1, self.scrollable_content_region.height - 1)

    def action_cursor_up(self) -> None:
        """Go to the row above."""
        self._move(self.cursor_row - 1, -1)

    def action_cursor_down(self) -> None:
        """Go to the row below."""
        self._move(self.cursor_row + 1, 1)

    def action_half_page(self, step: int) -> None:
        """Go half a page up or down."""
        self._move(self.cursor_row + step * max(1, self._page // 2), step)

    def action_page_up(self) -> None:
        """Go one page up."""
        self._move(self.cursor_row - self._page, -1)

    def action_page_down(self) -> None:
        """Go one page down."""
        self._move(self.cursor_row + self._page, 1)

    def action_scroll_top(self) -> None:
        """Go to the first row."""
        self._move(0, 1)

    def action_scroll_bottom(self) -> None:
        """Go to the last row."""
        self._move(len(self._rows) - 1, -1)

    def on_click(self, event: events.Click) -> None:
        """Go to the clicked row; a click on the row under the cursor selects it."""
        index = event.y + self.scroll_offset.y
        if index >= len(self._rows) or self._is_heading(index):
            return
        while isinstance(self._rows[index], TextRow):
            index -= 1
        if index == self.cursor_row:
            self.post_message(self.Selected())
        else:
            self._move(index, 1)


def _cell(text: str, column: ListColumn) -> str:
    """Return a text as a cell, with the gap behind it; a longer one ends with …"""
    return fitted(text, column.width, is_right=column.is_right) + " " * _GAP


def width_of(columns: Iterable[ListColumn]) -> int:
    """Return the cells that columns need, with the gaps behind each."""
    return sum(column.width + _GAP for column in columns)
