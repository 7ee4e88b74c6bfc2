"""Opens, forks and closes the conversation of a chat."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from textual.timer import Timer
from textual.worker import Worker

from tui.core.failure import LmdeckError
from tui.core.safe_text import safe_line
from tui.core.server_words import failure_text
from tui.runtime.chat_control import ChatControl
from tui.texts import chat as texts
from tui.ui.background import in_background
from tui.ui.chat.prompt import Prompt
from tui.ui.chat.words import Way
from tui.ui.shell.base import LmdeckScreen
from tui.ui.shell.dialogs import confirm

if TYPE_CHECKING:
    from tui.core.search_place import HitPlace
    from tui.session.chat_session import ChatSession

_LOOK_SECONDS = 1.0
"""The interval of checks for whether another session has closed the conversation."""


class Conversations:
    """Replaces the conversation of a chat.

    ``show`` shows the current conversation. ``go_to`` shows a place in it.
    """

    def __init__(
        self,
        screen: LmdeckScreen[None],
        chat: ChatControl,
        show: Callable[[ChatSession], None],
        go_to: Callable[[HitPlace], Awaitable[None]],
    ) -> None:
        self._screen = screen
        self._chat = chat
        self._show = show
        self._go_to = go_to
        self._keeps_target = False
        self._looking: Timer | None = None
        self._look_at: Worker[None] | None = None

    def begin(self, *, is_saved: bool = True) -> None:
        """Begin a conversation."""
        self._go_on_in(self._chat.runtime.sessions.begin(saved=is_saved))

    def offer_interrupted(self, way: Way) -> None:
        """Offer an interrupted chat; ``way`` returns the key or command of an action."""
        in_background(self._screen, self._offer_interrupted, way, group="offer")

    async def _offer_interrupted(self, way: Way) -> None:
        found = await asyncio.to_thread(self._chat.runtime.conversations.listing.take_interrupted)
        if found:
            title = safe_line(found[0].title, 60)
            text = texts.WAS_INTERRUPTED.format(title=title, key=way("conversations"))
            self._screen.notify(text, timeout=10)

    def begin_another(self, *, is_saved: bool) -> None:
        """Replace the conversation by a new one, after confirmation if something would be lost."""

        async def begin() -> None:
            await self.leave()
            self.begin(is_saved=is_saved)
            self._screen.query_one(Prompt).focus()

        self.ask_before_losing(
            self._chat.loss(), lambda: in_background(self._screen, begin, group="open", exclusive=True)
        )

    def open(
        self,
        identity: str,
        *,
        is_fork: bool = False,
        keeps_target: bool = False,
        place: HitPlace | None = None,
    ) -> None:
        """Open a saved conversation, or a copy of it, at its end or at a place in it.

        ``keeps_target``: keep the model, whatever the conversation used.
        """
        arguments = (identity, is_fork, keeps_target, place)
        in_background(self._screen, self._open, *arguments, group="open", exclusive=True)

    async def _open(self, identity: str, is_fork: bool, keeps_target: bool, place: HitPlace | None) -> None:
        if await self._is_opened(identity, is_fork, keeps_target) and place is not None:
            self._screen.call_after_refresh(self._go_to, place)  # after the layout of its folds

    async def _is_opened(self, identity: str, is_fork: bool, keeps_target: bool) -> bool:
        """Open a conversation, unless it is the current one; return whether it is shown."""
        session = self._chat.session
        is_this = session is not None and session.identity == identity
        if is_this and not is_fork:
            return True
        try:
            opened = await self._chat.open(identity, is_fork=is_fork)
        except LmdeckError as error:
            self._screen.notify(failure_text(error.failure), severity="error", timeout=10)
            if session is None:
                self.begin()
            return False
        await self.leave()
        self._go_on_in(opened, keeps_target=keeps_target or is_this)
        if is_fork:
            self._screen.notify(texts.FORKED)
        return True

    def open_in_place(self, identity: str, *, is_fork: bool, place: HitPlace | None = None) -> None:
        """Replace the conversation by a saved one, after confirmation if something would be lost."""
        self.ask_before_losing(self._chat.loss(), lambda: self.open(identity, is_fork=is_fork, place=place))

    def fork(self) -> None:
        """Continue in a copy of the conversation."""
        if self._chat.session is not None:
            self.open(self._chat.session.identity, is_fork=True)

    def _go_on_in(self, session: ChatSession, *, keeps_target: bool = False) -> None:
        self._keeps_target = keeps_target
        self._chat.begin(session, keeps_target=keeps_target)
        self._show(session)
        if self._looking is not None:
            self._looking.stop()
            self._looking = None
        if session.is_elsewhere:
            self._looking = self._screen.set_interval(_LOOK_SECONDS, self._look)

    def _look(self) -> None:
        """Check whether the other session has closed the conversation; one check at a time."""
        if self._look_at is None or self._look_at.is_finished:
            self._look_at = in_background(self._screen, self._take_over, group="takeover")

    async def _take_over(self) -> None:
        session = await self._chat.take_over()
        if session is not None:
            await self.leave()
            self._go_on_in(session, keeps_target=self._keeps_target)
            if not session.is_read_only:
                self._screen.notify(texts.FREE_AGAIN)

    async def leave(self) -> None:
        """Close the conversation: streaming stops, and the partial text is kept."""
        if self._chat.session is not None:
            await self._chat.leave()

    def ask_before_losing(self, loss: str | None, go_on: Callable[[], object]) -> None:
        """Continue at once, or after confirmation if something would be lost."""
        if loss is None:
            go_on()
            return
        confirm(self._screen, texts.CLOSE_CHAT, loss, go_on, texts.CLOSE, texts.CANCEL)
