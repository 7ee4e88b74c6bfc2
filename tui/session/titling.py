"""Titles of conversations written by a model, if enabled in the settings."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from tui.core.titles import title_of
from tui.core.turn import Turn
from tui.session.target import ChatTarget

AskTitle = Callable[[Turn, ChatTarget], Awaitable[str]]
"""Returns a title for a conversation with one turn; empty keeps the current one."""


class Titling:
    """Requests the title of one conversation, once and in the background."""

    def __init__(self, title: Callable[[], str], rename: Callable[[str], None]) -> None:
        """Create an instance; ``title`` returns the current title."""
        self.ask: AskTitle | None = None
        self._title = title
        self._rename = rename
        self._task: asyncio.Task[None] | None = None

    def begin(self, turn: Turn, target: ChatTarget) -> None:
        """Request a title, if enabled."""
        if self.ask is not None:
            self._task = asyncio.ensure_future(self._give(self.ask, turn, target))

    async def _give(self, ask: AskTitle, turn: Turn, target: ChatTarget) -> None:
        """Rename the conversation, unless the user has named it."""
        own = title_of(turn.prompt.text)
        if self._title() == own and (title := await ask(turn, target)) and self._title() == own:
            self._rename(title)

    async def wait(self) -> None:
        """Wait until the request for a title has finished or failed."""
        if self._task is not None:
            await asyncio.wait({self._task})

    def end(self) -> None:
        """Cancel the request: prompts of the user come first."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
