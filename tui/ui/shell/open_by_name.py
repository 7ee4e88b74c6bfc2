"""Palette entries by name: all providers with their models, and all saved conversations."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from textual.app import App
from textual.command import Hit, Hits, Provider

from tui.core.failure import LmdeckError
from tui.core.moments import ago
from tui.core.provider import Category
from tui.core.safe_text import safe_line
from tui.texts import shell as texts
from tui.ui.deck import ShowsConversation, deck_of

_MOST = 40
"""The most entries per search, each of which is compared and highlighted separately."""


class Entry(NamedTuple):
    """Something that can be opened."""

    text: str
    hint: str
    open: Callable[[App[Any]], object]


class NamedEntries(Provider):
    """Finds providers, models and conversations whose names contain every word of the search."""

    _entries: tuple[Entry, ...] = ()

    async def startup(self) -> None:
        """Read the names in a thread, since there may be thousands of conversations."""
        self._entries = await asyncio.to_thread(self._read)

    async def search(self, query: str) -> Hits:
        """Yield the entries that contain every word of the search."""
        words, matcher = query.casefold().split(), self.matcher(query)
        found = (entry for entry in self._entries if all(word in entry.text.casefold() for word in words))
        for _, entry in zip(range(_MOST), found, strict=False):
            score = matcher.match(entry.text) or 0.1
            yield Hit(score, matcher.highlight(entry.text), partial(entry.open, self.app), help=entry.hint)

    def _read(self) -> tuple[Entry, ...]:
        runtime, now = deck_of(self.screen).runtime, datetime.now().astimezone()
        chats = [known for known in runtime.directory.providers() if known.category is Category.MODEL]
        entries = [
            Entry(
                texts.CHAT_WITH.format(name=safe_line(known.name), model=safe_line(known.model)),
                safe_line(known.display_name),
                partial(_chat_with, known.name),
            )
            for known in chats
            if known.is_active
        ]
        try:
            conversations = runtime.conversations.listing.all()
        except LmdeckError:  # the list of conversations reports this
            conversations = []
        entries += (
            Entry(
                texts.OPEN_CHAT.format(title=safe_line(known.title, 80)),
                f"{safe_line(known.model)} · {ago(known.updated_at, now)}",
                partial(_reopen, known.identity),
            )
            for known in conversations
        )
        return tuple(entries)


def _chat_with(name: str, app: App[Any]) -> None:
    """Chat with a provider: in the current chat, or in a new one."""
    if isinstance(app.screen, ShowsConversation):
        app.screen.use_provider(name)
    else:
        deck_of(app).router.chat(name)


def _reopen(identity: str, app: App[Any]) -> None:
    """Open a saved conversation: in the current chat, or in a new one."""
    if isinstance(app.screen, ShowsConversation):
        app.screen.replace_conversation(identity, is_fork=False)
    else:
        deck_of(app).router.chat(None, identity)
