"""What lies under a chat that was opened at once: nothing, until the chat is left."""

from __future__ import annotations

from textual.screen import Screen


class GroundScreen(Screen[None]):
    """Covers itself with the provider list when it comes into sight: a start into a chat builds no list."""

    _was_covered = False

    def on_screen_suspend(self) -> None:
        """Remember that something lay above."""
        self._was_covered = True

    def on_screen_resume(self) -> None:
        """Show the provider list once what lay above is gone."""
        if self._was_covered:
            from tui.ui.screens.providers import ProvidersScreen

            self.call_next(self.app.push_screen, ProvidersScreen())
