"""Reads the recent chats from disk, in the background."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from tui.core.failure import LmdeckError
from tui.core.safe_text import safe_line
from tui.core.server_words import failure_text
from tui.texts import provider_list as texts
from tui.ui.background import with_word
from tui.ui.deck import runtime_of
from tui.ui.providers.layout import MOST_RECENTS

if TYPE_CHECKING:
    from tui.store.summaries import ConversationSummary, RecentConversations

_SAY_READING_AFTER = 0.1


class RecentReading:
    """The newest conversations read so far."""

    def __init__(self, screen: Screen[Any]) -> None:
        self._screen = screen
        self._found: RecentConversations | None = None
        self._problem = ""
        self._interrupted: Sequence[ConversationSummary] | None = None
        """The interrupted ones, until one is opened; ``None`` if not read yet."""

    @property
    def newest(self) -> Sequence[ConversationSummary]:
        """Return the newest conversations, interrupted ones first."""
        first = self._interrupted or ()
        known = {summary.identity for summary in first}
        found = self._found.newest if self._found is not None else ()
        return (*first, *(summary for summary in found if summary.identity not in known))[:MOST_RECENTS]

    def offer(self, key: str) -> str:
        """Return the notice about an interrupted chat; ``key`` reopens it."""
        if not self._interrupted:
            return ""
        title = safe_line(self._interrupted[0].title, 60) or texts.UNTITLED
        return texts.INTERRUPTED.format(title=title, key=key)

    def end_offer(self) -> None:
        """Clear the notice."""
        self._interrupted = self._interrupted and ()

    @property
    def last_used(self) -> Mapping[str, str]:
        """When each provider was last used, by name."""
        return self._found.last_used if self._found is not None else {}

    def note(self, key: str) -> str:
        """Return the text in place of conversations; ``key`` begins one."""
        if self._problem:
            return self._problem
        return texts.READING if self._found is None else texts.NO_CHATS.format(key=key)

    async def read(self, say: Callable[[], object]) -> None:
        """Read them; ``say`` is called if that takes longer than a moment."""
        runtime = runtime_of(self._screen)
        if self._interrupted is None:
            self._interrupted = await asyncio.to_thread(runtime.conversations.listing.take_interrupted)
        reading = asyncio.to_thread(runtime.conversations.listing.recent, MOST_RECENTS)
        try:
            self._found = await with_word(reading, _SAY_READING_AFTER, say)
        except LmdeckError as error:
            self._problem = failure_text(error.failure)
        else:
            self._problem = ""
