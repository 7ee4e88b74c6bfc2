"""The empty screen under a chat that was opened directly, until the chat is closed."""

from __future__ import annotations

from collections.abc import Callable

from textual.screen import Screen


class PlaceholderScreen(Screen[None]):
    """Opens the provider list when it becomes visible: starting a chat directly builds no list."""

    def __init__(self, make_list: Callable[[], Screen[None]]) -> None:
        super().__init__()
        self._make_list = make_list
        self._was_covered = False

    def on_screen_suspend(self) -> None:
        """Remember that something lay above."""
        self._was_covered = True

    def on_screen_resume(self) -> None:
        """Show the provider list once what lay above is gone."""
        if self._was_covered:
            self.call_next(self.app.push_screen, self._make_list())
