"""A list of thousands of rows in columns and groups, which only draws visible rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from tui.ui.bindings import bindings_of
from tui.ui.shell.column_heads import ColumnHeads
from tui.ui.shell.list_rows import ListColumn, ListRow, TextRow, cell_of, width_of

_EDGE = 1
"""The cells before the first column."""
_SELECTION = "screen--selection"


class _Line(NamedTuple):
    """A drawn line."""

    segments: tuple[Segment, ...]
    rest: Style
    """The style of the cells after the segments."""
    left: int = 0
    """Cells that are scrolled out of sight."""
    fixed: int = 0
    """Cells before them, which stay in sight."""

    @property
    def text(self) -> str:
        """All of its text."""
        return "".join(segment.text for segment in self.segments)

    def marked(self, start: int, end: int, style: Style) -> _Line:
        """Return it with the characters from ``start`` to ``end`` (-1: none) in a style."""
        end = len(self.text) if end == -1 else end
        segments: list[Segment] = []
        places = accumulate((len(segment.text) for segment in self.segments), initial=0)
        for (text, own, _), place in zip(self.segments, places, strict=False):
            first, last = max(0, start - place), max(0, end - place)
            look = own or Style.null()
            pieces = (text[:first], look), (text[first:last], look + style), (text[max(first, last) :], look)
            segments += (Segment(*piece) for piece in pieces if piece[0])
        return self._replace(segments=tuple(segments))


class RowList(ScrollView, can_focus=True, inherit_bindings=False):
    """Shows rows; the cursor stays on its row, or at its position if that is gone.

    ``heads`` are the titles of its columns, to be placed above it.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("table")
    FIXED_COLUMNS: ClassVar[int] = 0
    """How many columns stay in sight when the others are scrolled sideways."""
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
        """The cursor has moved to another row."""

    class Selected(Message):
        """The row under the cursor was clicked."""

    def __init__(self, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.heads = ColumnHeads()
        self.columns: tuple[ListColumn, ...] = ()
        self._rows: tuple[ListRow, ...] = ()
        self._drawn: dict[int, _Line] = {}
        """The visible lines as last drawn."""
        self._is_drawing = False
        """Whether a line is requested for drawing, and not for the mouse."""
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
        """The number of lines, including headings."""
        return len(self._rows)

    def fill(
        self,
        columns: Sequence[ListColumn],
        rows: Iterable[ListRow],
        *,
        cursor: str | None = None,
        is_from_top: bool = False,
    ) -> None:
        """Set columns and rows; the cursor moves to the given row, or stays.

        ``is_from_top`` moves it to the first one.
        """
        key = None if is_from_top else cursor or self.current_key
        keys = [row.key for row in self._rows]
        self.columns, self._rows = tuple(columns), tuple(rows)
        if self.is_attached and self.text_selection and keys != [row.key for row in self._rows]:
            self.screen.clear_selection()  # what was selected stands elsewhere now
        self._show_heads()
        place = next((index for index, row in enumerate(self._rows) if row.key and row.key == key), None)
        if place is None:
            place = self._nearest(0 if is_from_top else self.cursor_row, 1)
        self.cursor_row = place
        self.virtual_size = Size(width_of(self.columns), len(self._rows))
        self._draw_changed_lines()
        self.call_after_refresh(self._show_cursor)
        self.post_message(self.Highlighted())

    # ── Drawing ─────────────────────────────────────────────────────────────────────────────

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw the visible lines."""
        self._is_drawing = True
        try:
            return super().render_lines(crop)
        finally:
            self._is_drawing = False

    def render_line(self, y: int) -> Strip:
        """Draw a visible line; for the mouse, with character positions."""
        index, width = y + self.scroll_offset.y, self.scrollable_content_region.width
        line = self._line(index)
        strip = Strip(line.segments)
        fixed, gone = min(line.fixed, width), line.fixed + line.left
        stays = strip.crop(0, fixed)
        moves = strip.crop(gone, gone + width - fixed)
        moves = moves.adjust_cell_length(width - stays.cell_length, line.rest)
        if self._is_drawing:
            self._drawn[y] = line
        else:
            stays = stays.apply_offsets(0, index)
            moves = moves.apply_offsets(len(strip.crop(0, gone).text), index)
        return Strip.join([stays, moves])

    def _draw_changed_lines(self) -> None:
        """Redraw the visible lines that have changed."""
        if not self.is_attached:
            return
        top, size = self.scroll_offset.y, self.size
        changed = [y for y in range(size.height) if self._drawn.get(y) != self._line(top + y)]
        if changed:
            self.refresh(*(Region(0, y, size.width, 1) for y in changed))

    def _line(self, index: int) -> _Line:
        """Return a line as drawn."""
        line = self._unselected_line(index)
        selection = self.text_selection
        span = None if selection is None else selection.get_span(index)
        return line if span is None else line.marked(*span, self.screen.get_component_rich_style(_SELECTION))

    def _unselected_line(self, index: int) -> _Line:
        if index >= len(self._rows):
            return _Line((), self.rich_style)
        row = self._rows[index]
        if isinstance(row, TextRow):
            more, match = (self.get_component_rich_style(f"row-list--{name}") for name in ("more", "match"))
            pieces = (Segment(text, match if stands_out else more) for text, stands_out in row.pieces)
            return _Line(tuple(pieces), more)
        if not row.key:
            return self._heading(row.cells[0])
        is_cursor = index == self.cursor_row
        name = "row" if not is_cursor else "cursor" if self.has_focus else "cursor-blurred"
        style = self.get_component_rich_style(f"row-list--{name}")
        is_whole = not is_cursor or all(map(self.is_under_cursor, self.columns))
        edge = style if is_whole else self.get_component_rich_style("row-list--row")
        segments = [Segment(" ", edge)]
        for column, text in zip(self.columns, row.cells, strict=True):
            is_lit = is_cursor and self.is_under_cursor(column)
            segments.append(Segment(cell_of(text, column), style if is_lit else self.style_of(row, column)))
        fixed = _EDGE + width_of(self.columns[: self.FIXED_COLUMNS]) if self.FIXED_COLUMNS else 0
        return _Line(tuple(segments), edge, self.scroll_offset.x, fixed)

    def is_under_cursor(self, column: ListColumn) -> bool:
        """Return whether the cursor is on a cell of its row: on all of them."""
        return True

    def style_of(self, row: ListRow, column: ListColumn) -> Style:
        """Return the style of a cell outside the cursor's row: the first column is emphasised."""
        name = "row" if column is self.columns[0] else "more"
        return self.get_component_rich_style(f"row-list--{name}")

    def redraw(self, rows: Iterable[ListRow]) -> None:
        """Update the contents of the same rows."""
        self._rows = tuple(rows)
        self._draw_changed_lines()

    def watch_scroll_x(self, old_value: float, new_value: float) -> None:
        """Scroll the titles along."""
        super().watch_scroll_x(old_value, new_value)
        self._show_heads()

    def _show_heads(self) -> None:
        self.heads.show(self.columns, self.scroll_offset.x, self.FIXED_COLUMNS)

    def _heading(self, words: str) -> _Line:
        style = self.get_component_rich_style("row-list--heading")
        line = self.get_component_rich_style("row-list--line")
        rest = "─" * max(0, self.scrollable_content_region.width - cell_len(words) - 5)
        return _Line((Segment(" ─ ", line), Segment(words, style), Segment(f" {rest}", line)), line)

    # ── Selecting text with the mouse ───────────────────────────────────────────────────────

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the selected text, without trailing blanks."""
        last = len(self._rows) - 1
        first = 0 if selection.start is None else selection.start.y
        last = last if selection.end is None else min(selection.end.y, last)
        found: list[str] = []
        for index in range(first, last + 1):
            if (span := selection.get_span(index)) is not None:
                start, end = span
                text = self._unselected_line(index).text
                found.append(text[max(start, _EDGE) : len(text) if end == -1 else end].rstrip())
        return "\n".join(found), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Highlight the current selection."""
        self._draw_changed_lines()

    def text_select_all(self) -> None:
        """Do nothing: a double click on a row opens it."""

    # ── Moving ──────────────────────────────────────────────────────────────────────────────

    def _nearest(self, place: int, step: int) -> int:
        """Return the row at a position, or the nearest one that is not a heading."""
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
        self._draw_changed_lines()
        self.post_message(self.Highlighted())

    def _show_cursor(self) -> None:
        top, end = self.cursor_row, self.cursor_row + 1
        if 0 < top < len(self._rows) and self._is_heading(top - 1):
            top -= 1  # keep the heading visible with its first row
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
        """Move to the previous row."""
        self._move(self.cursor_row - 1, -1)

    def action_cursor_down(self) -> None:
        """Move to the next row."""
        self._move(self.cursor_row + 1, 1)

    def action_half_page(self, step: int) -> None:
        """Move half a page up or down."""
        self._move(self.cursor_row + step * max(1, self._page // 2), step)

    def action_page_up(self) -> None:
        """Move one page up."""
        self._move(self.cursor_row - self._page, -1)

    def action_page_down(self) -> None:
        """Move one page down."""
        self._move(self.cursor_row + self._page, 1)

    def action_scroll_top(self) -> None:
        """Move to the first row."""
        self._move(0, 1)

    def action_scroll_bottom(self) -> None:
        """Move to the last row."""
        self._move(len(self._rows) - 1, -1)

    def on_click(self, event: events.Click) -> None:
        """Move to the clicked row; a click on the current row selects it."""
        if self.text_selection is not None:
            return  # the mouse has selected text
        index = event.y + self.scroll_offset.y
        if index >= len(self._rows) or self._is_heading(index):
            return
        while isinstance(self._rows[index], TextRow):
            index -= 1
        if index == self.cursor_row:
            self.post_message(self.Selected())
        else:
            self._move(index, 1)
