"""The search box over the list of conversations."""

from __future__ import annotations

from typing import cast

from textual.content import Content

from tui.texts import conversations as texts
from tui.ui.shell.filter_line import FilterLine
from tui.ui.shell.offers import key_of


class SearchBox(FilterLine):
    """One line in a box; its borders show the scope, and the keys that change it."""

    def __init__(self) -> None:
        super().__init__(id="search")

    def on_mount(self) -> None:
        """Name the key that leads here."""
        self.on_blur()

    def show_scope(self, scope: str, *, with_reasoning: bool) -> None:
        """Say where is searched."""
        reasoning = texts.WITH_REASONING if with_reasoning else texts.WITHOUT_REASONING
        self.border_title = cast(str, Content(texts.SEARCHED.format(scope=scope, reasoning=reasoning)))
        keys = texts.SCOPE.format(
            scope_key=key_of(self, "conversations.scope"),
            reasoning_key=key_of(self, "conversations.reasoning"),
        )
        self.border_subtitle = cast(str, Content(keys))

    def on_focus(self) -> None:
        """Show what can be typed."""
        self.placeholder = texts.SEARCH_HINT

    def on_blur(self) -> None:
        """Show the key that leads here."""
        self.placeholder = texts.SEARCH_KEY.format(key=key_of(self, "conversations.filter"))
