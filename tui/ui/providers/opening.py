"""The screens opened from the provider list: chat, form, test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tui.core.provider import Provider
from tui.texts import provider_list as texts
from tui.ui.providers.changes import ListChanges
from tui.ui.providers.row import Row
from tui.ui.providers.test_dialog import ProviderTestScreen
from tui.ui.shell.base import LmdeckScreen
from tui.ui.shell.offers import key_of


class ListOpening:
    """Opens other screens for a screen. ``saved`` receives the name saved by a form."""

    def __init__(self, screen: LmdeckScreen[Any], changes: ListChanges, saved: Callable[[str], None]) -> None:
        self._screen = screen
        self._changes = changes
        self._saved = saved

    def chat(self, row: Row) -> None:
        """Open a chat with a usable provider; an embedding provider is tested."""
        if row.is_dim:
            key = key_of(self._screen, "providers.edit")
            inactive = texts.IS_INACTIVE.format(name=row.provider.name, key=key)
            self._screen.notify(row.unavailable or inactive, severity="warning")
        elif row.provider.is_embedding:
            self.test(row.provider)
        else:
            self._screen.deck.router.chat(row.provider.name)

    def form(self, provider: Provider | None, *, is_clone: bool = False) -> None:
        """Open the form of a provider (``None``: a new one), or of a copy of it."""
        self._screen.deck.router.form(provider, is_clone=is_clone, then=self._after_form)

    def discover(self) -> None:
        """Search for model servers on this machine."""
        self._screen.deck.router.discover(self._after_form)

    def _after_form(self, saved_name: str | None) -> None:
        if saved_name is not None:
            self._saved(saved_name)

    def test(self, provider: Provider) -> None:
        """Send a test message, then run the action selected in the dialog."""
        test = ProviderTestScreen(provider)

        def closed(wish: str | None) -> None:
            if wish == "edit":
                self.form(provider)
            elif wish == "apply" and test.fix is not None:
                self._changes.apply(provider, test.fix)

        self._screen.app.push_screen(test, closed)
