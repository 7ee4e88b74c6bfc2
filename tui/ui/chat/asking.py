"""Asking in a chat: sending, asking again, going on, stopping, and using another answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from tui.core.turn import Turn
from tui.runtime.chat_control import ChatControl
from tui.ui.background import in_background
from tui.ui.chat.words import STILL_STREAMING, blocked_words
from tui.ui.shell.base import LmdeckScreen


class Asking:
    """Asks what can be asked, or says why not. ``show``: shows what has changed with it."""

    def __init__(self, screen: LmdeckScreen[None], chat: ChatControl, show: Callable[[], None]) -> None:
        self._screen = screen
        self._chat = chat
        self._show = show

    def send(self, text: str) -> bool:
        """Send a prompt; return whether it is on its way."""
        is_ready = self._is_ready("" if text.strip() else "Write a prompt first.")
        if is_ready:
            self._await_turn(asyncio.wait_for, self._chat.send(text), None)
        return is_ready

    def again(self) -> None:
        """Ask the last prompt again, in place of its answer."""
        if self._is_ready():
            self._await_turn(self._chat.retry)

    def go_on(self) -> None:
        """Ask the model to go on with its answer."""
        if self._is_ready():
            self._await_turn(self._chat.go_on)

    def _is_ready(self, own_reason: str = "") -> bool:
        """Whether something can be asked now; says why not, and where the provider was changed."""
        before = self._chat.target
        blocked = self._chat.ready()
        if before is not None and self._chat.target is not before:
            name = before.provider.name
            self._screen.notify(f"{name} was changed meanwhile; it is asked as it is now.", timeout=4)
        reason = own_reason if blocked is None else blocked_words(blocked)
        if reason:
            self._screen.notify(reason, severity="warning", timeout=4)
        return not reason

    def _await_turn(self, ask: Callable[..., Awaitable[object]], *arguments: object) -> None:
        self._show()
        in_background(self._screen, ask, *arguments, name="exchange", group="chat")

    def stop(self) -> None:
        """Stop the answer; what came is kept."""
        if self._chat.session is not None:
            self._chat.session.stop()

    def choose_variant(self, turn: Turn, step: int) -> None:
        """Put another answer in the place of a turn, or say why not."""
        if self._chat.live is not None:
            self._screen.notify(STILL_STREAMING, severity="warning", timeout=4)
        elif self._chat.session is not None and self._chat.session.choose_variant(turn, step) is None:
            which = "earlier" if step < 0 else "later"
            self._screen.notify(f"There is no {which} answer to this prompt.", timeout=3)
