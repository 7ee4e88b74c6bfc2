"""A window with a search field and a list of results below."""

from __future__ import annotations

from textual.widgets import OptionList

from tui.ui.shell.modal import ResultType, Window

MOST_SHOWN = 60
"""Laying out thousands of rows would delay each key."""


class FoundWindow(Window[ResultType]):
    """Moves in its list while the field keeps the focus."""

    @property
    def found(self) -> OptionList:
        """The list."""
        return self.query_one(OptionList)

    def action_move(self, step: int) -> None:
        """Move in the list while typing, wrapping around."""
        if count := self.found.option_count:
            self.found.highlighted = ((self.found.highlighted or 0) + step) % count

    def action_page(self, pages: int) -> None:
        """Move by a page, at most to the ends."""
        if count := self.found.option_count:
            wanted = (self.found.highlighted or 0) + pages * max(1, self.found.size.height - 1)
            self.found.highlighted = max(0, min(wanted, count - 1))

    def action_cancel(self) -> None:
        """Close without a selection."""
        self.dismiss(None)
