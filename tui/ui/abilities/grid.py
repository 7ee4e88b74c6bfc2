"""The rows of the ability matrix: the cursor is on one cell, and cells are coloured by outcome."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.style import Style

from tui.core.abilities import Outcome
from tui.ui.shell.list_rows import ListColumn, ListRow
from tui.ui.shell.row_list import RowList


class AbilityGrid(RowList):
    """A list of rows with a current column."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"row-list--yes", "row-list--no", "row-list--doubt"}
    DEFAULT_CSS = """
    AbilityGrid > .row-list--yes { color: $text-success; }
    AbilityGrid > .row-list--no { color: $text-error; }
    AbilityGrid > .row-list--doubt { color: $text-warning; }
    """

    def __init__(self, id: str, outcome_of: Callable[[str, str], Outcome | None]) -> None:  # noqa: A002
        """Create a grid; ``outcome_of`` returns the outcome for an ability and a provider."""
        super().__init__(id)
        self._outcome_of = outcome_of
        self.current_column = ""

    def is_under_cursor(self, column: ListColumn) -> bool:
        """Return whether the cursor is on a cell of its row: only on the current column."""
        return column.key == self.current_column

    def style_of(self, row: ListRow, column: ListColumn) -> Style:
        """Return the colour of a cell."""
        name = {Outcome.YES: "yes", Outcome.NO: "no", Outcome.IGNORED: "doubt", Outcome.BROKEN: "doubt"}.get(
            self._outcome_of(row.key, column.key) or Outcome.NOT_TRIED
        )
        return (
            super().style_of(row, column)
            if name is None
            else self.get_component_rich_style(f"row-list--{name}")
        )
