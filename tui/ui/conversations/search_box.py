"""The search box over the list of conversations."""

from __future__ import annotations

from typing import cast

from textual.content import Content

from tui.texts import conversations as texts
from tui.ui.shell.filter_line import FilterLine
from tui.ui.shell.offers import key_of


class SearchBox(FilterLine):
    """One line in a box."""

    def __init__(self) -> None:
        super().__init__(id="search")

    def on_mount(self) -> None:
        """Name the box, and the key that leads here."""
        self.border_title = cast(str, Content(texts.SEARCH))
        self.on_blur()

    def on_focus(self) -> None:
        """Show what can be typed."""
        self.placeholder = texts.SEARCH_HINT

    def on_blur(self) -> None:
        """Show the key that leads here."""
        self.placeholder = texts.SEARCH_KEY.format(key=key_of(self, "conversations.filter"))
