"""The search box over the list of conversations."""

from __future__ import annotations

from typing import cast

from textual import events
from textual.content import Content

from tui.texts import conversations as texts
from tui.ui.shell.offers import key_of
from tui.ui.shell.plain_input import PlainInput


class SearchBox(PlainInput):
    """One line in a box; Enter and Down go to the list."""

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

    def clear_search(self) -> bool:
        """Show everything again and go to the list; return whether there was a search."""
        is_searching = bool(self.value) or self.has_focus
        self.value = ""
        self._go_to_list()
        return is_searching

    def on_input_submitted(self) -> None:
        """The search is as wanted: go to the list."""
        self._go_to_list()

    def on_key(self, event: events.Key) -> None:
        """The arrow down goes into the list."""
        if event.key == "down":
            event.stop()
            self._go_to_list()

    def _go_to_list(self) -> None:
        self.screen.query_one("RowList").focus()
