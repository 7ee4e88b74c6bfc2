"""The column titles above a list of rows."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from tui.ui.shell.list_rows import COLUMN_GAP, ListColumn, cell_of


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
    _fixed = 0

    def show(self, columns: Sequence[ListColumn], shift: int, fixed: int) -> None:
        """Show other titles, as far to the left as the rows are scrolled; the first ``fixed`` ones stay."""
        if (tuple(columns), shift, fixed) != (self._columns, self._shift, self._fixed):
            self._columns, self._shift, self._fixed = tuple(columns), shift, fixed
            self.refresh()

    def render(self) -> Content:
        """Return the line."""
        titles = [cell_of(column.title, column) for column in self._columns]
        moving = "".join(titles[self._fixed :])[self._shift :]
        return Content("".join((*titles[: self._fixed], moving)).rstrip())

    def on_click(self, event: events.Click) -> None:
        """Tell which title it was."""
        left = 1
        for place, column in enumerate(self._columns):
            if place == self._fixed:
                left -= self._shift
            if left <= event.x < left + column.width + COLUMN_GAP:
                self.post_message(self.Clicked(column.key))
                return
            left += column.width + COLUMN_GAP
