"""Saves the draft of a chat to disk, and restores it when the chat is reopened."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from textual.screen import Screen
from textual.timer import Timer

from tui.runtime.chat_control import ChatControl
from tui.ui.background import in_background
from tui.ui.chat.prompt import Prompt

_SECONDS = 1.0
"""The longest typing that is lost if the program is killed."""


class Drafting:
    """The draft of a chat; an unsaved chat has none."""

    def __init__(self, screen: Screen[Any], chat: ChatControl) -> None:
        self._screen = screen
        self._chat = chat
        self._timer: Timer | None = None
        self._is_begun = False
        self._writing = threading.Lock()
        self._latest: tuple[str, str] = "", ""
        """The chat and its draft to write to disk."""

    @property
    def _prompt(self) -> Prompt:
        return self._screen.query_one(Prompt)

    def typed(self) -> None:
        """Record the beginning of a draft: later notices are unread when it is sent."""
        was_begun, self._is_begun = self._is_begun, not self._prompt.is_blank
        if self._is_begun and not was_begun:
            self._chat.begin_draft()

    def changed(self) -> None:
        """Save the draft shortly; an empty one, after sending, is removed at once."""
        if not self._prompt.unsent.strip():
            self._keep()
        elif self._timer is None:
            self._timer = self._screen.set_timer(_SECONDS, self._keep)

    def _keep(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        identity = (
            self._chat.session.identity if self._chat.session is not None and self._chat.is_saved else ""
        )
        before, latest = self._latest, (identity, self._prompt.unsent)
        if latest == before or not (identity or before[0]):
            return
        self._latest = latest
        in_background(self._screen, asyncio.to_thread, self._write, before[0], group="draft")

    def _write(self, before: str) -> None:
        """Write the current draft; one that moved to another chat is removed from the former."""
        drafts = self._chat.runtime.conversations.drafts
        with self._writing:
            identity, text = self._latest
            if before and before != identity:
                drafts.keep(before, "")
            if identity:
                drafts.keep(identity, text)

    def drop(self) -> None:
        """Remove the draft when a chat is closed without saving the message, after confirmation."""
        identity = self._latest[0]
        if identity and not self._chat.turns:
            self._latest = identity, ""
            self._chat.runtime.conversations.drafts.keep(identity, "")

    def restore(self) -> None:
        """Put the draft of the current chat into the empty prompt."""
        if self._chat.session is None or not self._chat.is_saved:
            return
        if self._prompt.text.strip():
            self.changed()
        else:
            in_background(self._screen, self._restore, group="draft")

    async def _restore(self) -> None:
        session = self._chat.session
        if session is None:
            return
        drafts = self._chat.runtime.conversations.drafts
        text = await asyncio.to_thread(
            lambda: drafts.read(session.identity) if session.turns else drafts.take_lost()
        )
        if text and not self._prompt.text.strip() and self._chat.session is session:
            self._prompt.value = text
            self._prompt.move_cursor(self._prompt.document.end)
