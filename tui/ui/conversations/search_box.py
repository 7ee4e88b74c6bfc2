"""The search box over the list of conversations."""

from __future__ import annotations

from typing import cast

from textual.content import Content

from tui.texts import conversations as texts
from tui.ui.shell.filter_line import FilterLine
from tui.ui.shell.offers import key_of


class SearchBox(FilterLine):
    """A search field whose borders show the scope, and the keys that change it."""

    def __init__(self) -> None:
        super().__init__(id="search")

    def on_mount(self) -> None:
        """Show the key that focuses it."""
        self.on_blur()

    def show_scope(self, scope: str, *, with_reasoning: bool) -> None:
        """Show the scope."""
        reasoning = texts.WITH_REASONING if with_reasoning else texts.WITHOUT_REASONING
        self.border_title = cast(str, Content(texts.SEARCHED.format(scope=scope, reasoning=reasoning)))
        keys = texts.SCOPE.format(
            scope_key=key_of(self, "conversations.scope"),
            reasoning_key=key_of(self, "conversations.reasoning"),
        )
        self.border_subtitle = cast(str, Content(keys))

    def on_focus(self) -> None:
        """Show the supported syntax."""
        self.placeholder = texts.SEARCH_HINT

    def on_blur(self) -> None:
        """Show the key that focuses it."""
        self.placeholder = texts.SEARCH_KEY.format(key=key_of(self, "conversations.filter"))
