"""The branches of a chat, each message after its predecessor; Enter shows the branch of a message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList

from tui.core.branch_rows import BranchRow
from tui.core.turn import Turn
from tui.texts import branches as texts
from tui.ui.bindings import bindings_of
from tui.ui.shell.modal import Window
from tui.ui.shell.offers import key_of


class BranchesWindow(Window[Turn | None]):
    """Returns the turn whose branch to show, or ``None``."""

    CSS_PATH = "windows.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("chat.branches")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("chat.branches",)
    HELP_TEXT: ClassVar[str] = texts.HELP

    def __init__(self, rows: Sequence[BranchRow]) -> None:
        super().__init__()
        self._rows = rows

    def compose(self) -> ComposeResult:
        """Create the rows, one line each."""
        with Vertical(classes="window"):
            yield OptionList()

    def on_mount(self) -> None:
        """Set the title."""
        window = self.query_one(".window")
        window.border_title = cast(str, Content(texts.TITLE))
        window.border_subtitle = cast(str, Content(texts.KEYS.format(cancel=key_of(self, "branches.cancel"))))
        self.query_one(OptionList).focus()

    def on_resize(self) -> None:
        """Fit each row into its line, once the layout is known."""
        self.call_after_refresh(self._fill)

    def _fill(self) -> None:
        rows = self.query_one(OptionList)
        marked = rows.highlighted
        digits, width = len(str(len(self._rows))), rows.scrollable_content_region.width
        lines = (_line(row, f"{number:>{digits}}") for number, row in enumerate(self._rows, 1))
        rows.set_options(line.truncate(width, ellipsis=True) for line in lines)
        if marked is None:
            marked = max(index for index, row in enumerate(self._rows) if row.is_shown)
        rows.highlighted = marked

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Close, returning the message."""
        self.dismiss(self._rows[event.option_index].turn)

    def action_cancel(self) -> None:
        """Close without a result."""
        self.dismiss(None)


def _line(row: BranchRow, number: str) -> Content:
    mark = "●" if row.is_shown else "○"
    prompt = (row.prompt, "bold") if row.is_shown else row.prompt
    return Content.assemble((f"{number} {mark} ", "dim"), row.indent, prompt, (f"  {row.answer}", "dim"))
