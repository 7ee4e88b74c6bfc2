"""Knows all screens, and imports each when it is opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.screen import Screen

from tui.runtime.builtin import is_built_in
from tui.texts.provider_list import BUILT_IN_FIXED
from tui.ui.shell.placeholder import PlaceholderScreen

if TYPE_CHECKING:
    from tui.core.diagnosis_subject import DiagnosisSubject
    from tui.core.provider import Provider
    from tui.core.search_place import HitPlace


class ScreenRouter:
    """Opens the screens of an app."""

    def __init__(self, app: App[None]) -> None:
        self._app = app

    def providers(self, *, is_first: bool = False) -> Screen[None]:
        """Return the provider list, the bottom of every stack; ``is_first``: it is the first screen."""
        from tui.ui.providers.screen import ProvidersScreen

        return ProvidersScreen(is_first=is_first)

    def ground(self) -> Screen[None]:
        """Return the screen below a chat that is opened at startup."""
        return PlaceholderScreen(self.providers)

    def chat(
        self,
        provider_name: str | None = None,
        conversation: str | None = None,
        *,
        is_fork: bool = False,
        instead: bool = False,
        place: HitPlace | None = None,
    ) -> Screen[None]:
        """Open a chat."""
        from tui.ui.chat.screen import ChatScreen

        chat = ChatScreen(provider_name, conversation=conversation, is_fork=is_fork, place=place)
        (self._app.switch_screen if instead else self._app.push_screen)(chat)
        return chat

    def conversations(self) -> None:
        """Open the list of saved conversations."""
        from tui.ui.conversations.screen import ConversationsScreen

        self._app.push_screen(ConversationsScreen())

    def costs(self) -> None:
        """Show the costs."""
        from tui.ui.costs.screen import CostsScreen

        self._app.push_screen(CostsScreen())

    def abilities(self) -> None:
        """Show the abilities of the providers."""
        from tui.ui.abilities.screen import AbilitiesScreen

        self._app.push_screen(AbilitiesScreen())

    def diagnosis(
        self, subject: DiagnosisSubject, then: Callable[[Mapping[str, str] | None], None] | None = None
    ) -> None:
        """Open a diagnosis."""
        from tui.ui.diagnosis.screen import DiagnosisScreen

        self._app.push_screen(DiagnosisScreen(subject), then)

    def discover(self, then: Callable[[str | None], None]) -> None:
        """Search for servers on this machine."""
        from tui.ui.diagnosis.discover_screen import DiscoverScreen

        self._app.push_screen(DiscoverScreen(), then)

    def form(
        self,
        provider: Provider | None = None,
        *,
        is_clone: bool = False,
        is_prefilled: bool = False,
        field: str = "",
        then: Callable[[str | None], None] | None = None,
    ) -> None:
        """Open the form of a provider; for a built-in one, show that it cannot be changed."""
        from tui.ui.providers.form_screen import ProviderFormScreen

        if provider is not None and is_built_in(provider):
            text = BUILT_IN_FIXED.format(name=provider.name)
            self._app.notify(text, severity="warning")
            return
        self._app.push_screen(
            ProviderFormScreen(provider, is_clone=is_clone, is_prefilled=is_prefilled, field=field), then
        )

    def palette(self, screen: Screen[Any]) -> None:
        """Open the command palette over a screen, unless that is the palette."""
        from tui.ui.textual_compat.palette import Palette

        if not isinstance(screen, Palette):
            self._app.push_screen(Palette())

    def notices(self, screen: Screen[Any]) -> None:
        """Show the notices over a screen, or close them again."""
        from tui.ui.shell.notices import NoticesWindow

        if isinstance(screen, NoticesWindow):
            screen.dismiss()
        else:
            self._app.push_screen(NoticesWindow())

    def help(self, screen: Screen[Any]) -> None:
        """Show the help for the focus on a screen, or close it."""
        from tui.ui.shell.help import HelpScreen, help_for

        if isinstance(screen, HelpScreen):
            screen.dismiss()
        else:
            self._app.push_screen(help_for(screen))
