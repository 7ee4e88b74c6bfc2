"""Titles of conversations written by a model, if the settings ask for them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from tui.core.titles import title_of
from tui.core.turn import Turn
from tui.session.target import ChatTarget

AskTitle = Callable[[Turn, ChatTarget], Awaitable[str]]
"""Returns a title for a conversation of one turn; empty: it keeps its own."""


class Titling:
    """Asks for the title of one conversation, once and in the background."""

    def __init__(self, title: Callable[[], str], rename: Callable[[str], None]) -> None:
        """``title`` returns the one of now."""
        self.ask: AskTitle | None = None
        self._title = title
        self._rename = rename
        self._task: asyncio.Task[None] | None = None

    def begin(self, turn: Turn, target: ChatTarget) -> None:
        """Ask, where the user wants that."""
        if self.ask is not None:
            self._task = asyncio.ensure_future(self._give(self.ask, turn, target))

    async def _give(self, ask: AskTitle, turn: Turn, target: ChatTarget) -> None:
        """Name the conversation, unless the user named it."""
        own = title_of(turn.prompt.text)
        if self._title() == own and (title := await ask(turn, target)) and self._title() == own:
            self._rename(title)

    async def wait(self) -> None:
        """Wait until the title that was asked for is there, or will not come."""
        if self._task is not None:
            await asyncio.wait({self._task})

    def end(self) -> None:
        """Ask no more: what the user asks comes first."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
