"""The filter of a list."""

from __future__ import annotations

from textual import events
from textual.widget import Widget

from tui.ui.shell.plain_input import PlainInput


class FilterLine(PlainInput):
    """Filters while typing; the screen selects the first match.

    Enter is handled by the screen, as in the list. Down and Tab move to the list.
    """

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave Enter to the screen."""
        return False if action == "submit" else super().check_action(action, parameters)

    def on_key(self, event: events.Key) -> None:
        """Move to the list on Down."""
        if event.key == "down":
            event.stop()
            self.go_to_list()

    def clear_filter(self) -> bool:
        """Clear the filter and focus the list; return whether there was a filter."""
        is_filtering = bool(self.value) or self.has_focus
        self.value = ""
        self.go_to_list()
        return is_filtering

    def go_to_list(self) -> None:
        """Focus the list."""
        self.screen.query_one("RowList").focus()


async def open_filter(pane: Widget, hint: str) -> None:
    """Show a filter at the top of a pane, or focus the existing one."""
    if not pane.query(FilterLine):
        await pane.mount(FilterLine(placeholder=hint, id="filter"), before=0)
    pane.query_one(FilterLine).begin()
    pane.screen.refresh_bindings()


def close_filter(node: Widget) -> None:
    """Remove the filter, showing all rows."""
    for line in node.query(FilterLine):
        line.clear_filter()
        line.remove()
