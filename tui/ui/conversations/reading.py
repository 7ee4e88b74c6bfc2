"""Reads the saved conversations, and rereads them after each change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tui.core.failure import LmdeckError
from tui.core.server_words import failure_text
from tui.texts import conversations as texts
from tui.ui.background import in_background
from tui.ui.shell.base import LmdeckScreen

if TYPE_CHECKING:
    from tui.store.summaries import ConversationSummary


class Reading:
    """The last read. ``cursor`` returns the selected conversation; ``show`` shows the result or the error."""

    def __init__(
        self, screen: LmdeckScreen[None], cursor: Callable[[], str | None], show: Callable[[], None]
    ) -> None:
        self._screen = screen
        self._cursor = cursor
        self._show = show
        self.every: Sequence[ConversationSummary] = ()
        self.is_done = False
        """Whether the list was read at least once."""
        self.progress = texts.READING
        self.refusal = ""
        self._refused_at: str | None = None
        """The selected conversation when something was refused."""

    def change(self, change: Callable[[], str]) -> None:
        """Apply a change on disk, outside the event loop, and show its message; then read the list again."""
        in_background(self._screen, self._work, change, group="conversations")

    def leave(self, identity: str | None) -> None:
        """Clear the refusal for another conversation."""
        if identity != self._refused_at:
            self.refusal = ""

    async def _work(self, change: Callable[[], str]) -> None:
        self.refusal = ""
        try:
            if done := await asyncio.to_thread(change):
                self._screen.notify(done, timeout=5)
        except (LmdeckError, OSError) as error:
            self._refuse(error)
        try:
            runtime = self._screen.runtime
            await asyncio.to_thread(runtime.conversations.flush_open)
            self.every = await asyncio.to_thread(runtime.conversations.listing.all, self._count)
        except (LmdeckError, OSError) as error:
            self._refuse(error)
        self.is_done = True
        self._show()

    def _refuse(self, error: LmdeckError | OSError) -> None:
        self.refusal, self._refused_at = _words_of(error), self._cursor()

    def _count(self, done: int, total: int) -> None:
        """Record the progress of reading; called in a thread."""
        self.progress = texts.READ.format(done=done, total=total)


def _words_of(error: LmdeckError | OSError) -> str:
    if isinstance(error, LmdeckError):
        return failure_text(error.failure)
    return texts.REFUSED.format(reason=error.strerror or type(error).__name__)
