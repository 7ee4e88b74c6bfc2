"""The line that filters the list of a screen."""

from __future__ import annotations

from typing import ClassVar

from textual import events

from tui.ui.shell.plain_input import PlainInput


class FilterLine(PlainInput):
    """Filters while it is typed; the screen selects the first hit.

    Enter is left to the screen: it does with the hit what it does in the list. Down and Tab go into the list.
    """

    LIST: ClassVar[str] = "RowTable, RowList"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave Enter to the screen."""
        return False if action == "submit" else super().check_action(action, parameters)

    def on_key(self, event: events.Key) -> None:
        """The arrow down goes into the list."""
        if event.key == "down":
            event.stop()
            self.go_to_list()

    def clear_filter(self) -> bool:
        """Let everything through and go to the list; return whether there was a filter."""
        is_filtering = bool(self.value) or self.has_focus
        self.value = ""
        self.go_to_list()
        return is_filtering

    def go_to_list(self) -> None:
        """Give the focus to what is filtered."""
        self.screen.query_one(self.LIST).focus()


class FilterRow(FilterLine):
    """One that is hidden until it is opened."""

    def __init__(self, placeholder: str) -> None:
        super().__init__(placeholder=placeholder, id="filter")

    @property
    def is_open(self) -> bool:
        """Whether the line is shown."""
        return self.has_class("-shown")

    def open(self) -> None:
        """Show the line and type into it."""
        self.add_class("-shown")
        self.begin()
        self.screen.refresh_bindings()

    def close(self) -> None:
        """Hide the line and let everything through."""
        self.clear_filter()
        self.remove_class("-shown")
