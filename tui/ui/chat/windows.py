"""The windows of a chat: name, model, settings, figures, diagnosis, search.

Loaded with the first window, since few chats need them and every chat must start fast.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from tui.core.failure import LmdeckError
from tui.core.server_words import failure_text
from tui.core.turn import Turn
from tui.runtime.chat_choice import usable_providers
from tui.runtime.chat_control import ChatControl
from tui.session.target import ChatTarget
from tui.texts import chat as texts
from tui.texts import conversations as list_texts
from tui.ui.background import in_background
from tui.ui.chat.branches import BranchesWindow
from tui.ui.chat.figures import FiguresScreen
from tui.ui.chat.pairs import Pair
from tui.ui.chat.picker import ModelPicker
from tui.ui.chat.rename import RenameDialog
from tui.ui.chat.search import SearchBar
from tui.ui.chat.settings import ChatSetup
from tui.ui.chat.status_parts import StatusFacts
from tui.ui.chat.words import Way, blocked_words
from tui.ui.conversations.exporting import export_chats
from tui.ui.shell.base import LmdeckScreen
from tui.ui.transcript.transcript import Transcript

if TYPE_CHECKING:
    from tui.core.search_place import HitPlace


class ChatWindows:
    """Opens windows over a chat and applies their results.

    ``show`` updates the screen. ``way`` returns the key or command of an action.
    """

    def __init__(
        self, screen: LmdeckScreen[None], chat: ChatControl, show: Callable[[], None], way: Way
    ) -> None:
        self._screen = screen
        self._chat = chat
        self._show = show
        self._way = way
        self._search: SearchBar | None = None

    def conversations(self) -> None:
        """Open the list of saved conversations."""
        if self._is_still():
            self._screen.deck.router.conversations()

    def costs(self) -> None:
        """Show the costs; a chat opened there replaces this one."""
        if self._is_still():
            self._screen.deck.router.costs()

    def _is_still(self) -> bool:
        """Return whether nothing streams; shows a message otherwise."""
        if self._chat.is_busy:
            self._screen.notify(
                texts.STILL_STREAMING.format(stop=self._way("chat.stop")), severity="warning", timeout=4
            )
        return not self._chat.is_busy

    def rename(self) -> None:
        """Rename the conversation."""
        session = self._chat.session

        def renamed(title: str | None) -> None:
            if title and session is not None:
                session.rename(title)
                self._show()

        if session is not None:
            self._screen.app.push_screen(RenameDialog(session.title), renamed)

    def export(self, place: str) -> None:
        """Export the conversation to a file, asking for one if none is given."""
        if self._chat.session is not None:
            export_chats(self._screen, [self._chat.session.identity], place)

    def pin(self) -> None:
        """Pin or unpin the conversation at the top of the list."""
        if self._chat.session is not None:
            in_background(self._screen, self._pin, self._chat.session.identity, group="pin")

    async def _pin(self, identity: str) -> None:
        try:
            is_pinned = await asyncio.to_thread(self._chat.runtime.conversations.turn_pin, identity)
        except LmdeckError as error:
            self._screen.notify(failure_text(error.failure), severity="error", timeout=10)
        else:
            self._screen.notify(list_texts.PINNED if is_pinned else list_texts.UNPINNED)

    def pick(self) -> None:
        """Select provider and model."""

        def picked(choice: Pair | None) -> None:
            if choice is not None:
                self._chat.use(choice.provider, choice.model)
                self._show()

        providers, target = usable_providers(self._chat.runtime.directory), self._chat.target
        if providers:
            current = Pair(target.provider, target.model_name) if target is not None else None
            self._screen.app.push_screen(ModelPicker(providers, current), picked)
        else:
            text = texts.NO_PROVIDER.format(providers=self._way("back"))
            self._screen.notify(text, severity="warning")

    def use(self, name: str) -> None:
        """Continue with a provider and its own model."""
        if self._chat.use_named(name):
            self._show()

    def edit_provider(self) -> None:
        """Edit the next provider, and continue with the saved record."""
        target = self._chat.target
        if target is None:
            return

        def saved(name: str | None) -> None:
            if name is not None and self._chat.take_edit(name):
                self._show()

        self._screen.deck.router.form(target.provider, then=saved)

    def branches(self, show: Callable[[Turn], None]) -> None:
        """Let the user select a branch."""

        def chosen(turn: Turn | None) -> None:
            if turn is not None:
                show(turn)

        self._screen.app.push_screen(BranchesWindow(self._chat.branches), chosen)

    def setup(self) -> None:
        """Set thinking and the system prompt of this chat."""

        def use(target: ChatTarget | None) -> None:
            if target is not None:
                self._chat.target = target
                self._show()

        if self._chat.target is not None:
            self._screen.app.push_screen(ChatSetup(self._chat.target), use)

    def figures(self, facts_of: Callable[[Turn | None], StatusFacts], turn: Turn | None) -> None:
        """Show all figures of a message, by default the last one, and their calculation."""
        self._screen.app.push_screen(FiguresScreen(facts_of, self._chat.turns, turn))

    async def search(self, text: str | None = None) -> None:
        """Open the search, with a text if given."""
        bar = await self._search_bar()
        if bar is not None:
            bar.open(text)

    async def search_at(self, place: HitPlace) -> None:
        """Search for the words of a place, beginning there."""
        bar = await self._search_bar() if place.words else None
        if bar is None:
            self._screen.query_one(Transcript).focus()
        else:
            bar.open_at(place)

    async def _search_bar(self) -> SearchBar | None:
        screen = self._screen
        if self._search is None and screen.is_mounted and screen.is_attached:  # keys can come before or after
            self._search = SearchBar(screen.query_one(Transcript))
            await screen.mount(self._search, before="#prompt-box")
        return self._search if self._search is not None and self._search.is_mounted else None

    def show_match(self) -> None:
        """Show the current match of the search."""
        if self._search is not None and self._search.is_open:
            self._search.show_count(self._screen.query_one(Transcript).matches)

    def close_search(self) -> bool:
        """Close the search; return whether it was open."""
        if self._search is None or not self._search.is_open:
            return False
        self._search.close()
        return True

    def diagnose(self) -> None:
        """Diagnose the failure of the last turn, or the endpoint."""

        def diagnosed(_: object) -> None:
            if self._chat.take_repair():
                self._show()

        subject = self._chat.subject()
        if subject is not None:
            self._screen.deck.router.diagnosis(subject, diagnosed)
        elif (blocked := self._chat.blocked()) is not None:
            self._screen.notify(blocked_words(blocked, self._way), severity="warning", timeout=4)
