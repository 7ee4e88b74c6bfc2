"""A list that opens over the widgets below its field, which keeps the focus."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui.core.safe_text import safe_line


class PopupList(OptionList, can_focus=False):
    """Opens below the preceding widget. A selection posts ``OptionSelected``."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    PopupList { display: none; overlay: screen; constrain: none inside; width: auto; }
    """

    @property
    def is_open(self) -> bool:
        """Whether it is shown."""
        return self.display

    def fill(self, texts: Sequence[str]) -> None:
        """Set the entries, with none marked."""
        self.clear_options()
        self.add_options(Option(Content(safe_line(text))) for text in texts)
        self.highlighted = None

    def open(self, is_open: bool = True) -> None:
        """Show or hide it."""
        if is_open != self.display:
            self.display = is_open
            self.refresh_bindings()

    def move(self, step: int) -> bool:
        """Move the mark; return whether that was possible."""
        position = (-1 if self.highlighted is None else self.highlighted) + step
        if not self.is_open or not 0 <= position < self.option_count:
            return False
        self.highlighted = position
        return True
