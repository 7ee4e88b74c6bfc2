"""An empty screen below a chat opened at startup, until the chat is closed."""

from __future__ import annotations

from collections.abc import Callable

from textual.screen import Screen


class PlaceholderScreen(Screen[None]):
    """Opens the provider list when it becomes visible: opening a chat directly does not create the list."""

    def __init__(self, make_list: Callable[[], Screen[None]]) -> None:
        super().__init__()
        self._make_list = make_list
        self._was_covered = False

    def on_screen_suspend(self) -> None:
        """Record that it was covered by another screen."""
        self._was_covered = True

    def on_screen_resume(self) -> None:
        """Open the provider list once nothing covers this screen."""
        if self._was_covered:
            self.call_next(self.app.push_screen, self._make_list())
