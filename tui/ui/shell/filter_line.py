"""The line that filters the list of a screen."""

from __future__ import annotations

from textual import events
from textual.widget import Widget

from tui.ui.shell.plain_input import PlainInput


class FilterLine(PlainInput):
    """Filters while it is typed; the screen selects the first hit.

    Enter is handled by the screen, as in the list. Down and Tab move to the list.
    """

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
        self.screen.query_one("RowList").focus()


async def open_filter(pane: Widget, hint: str) -> None:
    """Show a filter at the top of a pane, or go to the one that is there."""
    if not pane.query(FilterLine):
        await pane.mount(FilterLine(placeholder=hint, id="filter"), before=0)
    pane.query_one(FilterLine).begin()
    pane.screen.refresh_bindings()


def close_filter(node: Widget) -> None:
    """Take the filter away, and let everything through."""
    for line in node.query(FilterLine):
        line.clear_filter()
        line.remove()
