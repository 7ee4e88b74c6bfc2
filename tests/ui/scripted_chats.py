"""The network part of chats, scripted by a test."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable

from tui.core.chat import ChatRequest
from tui.core.events import EventBatch
from tui.runtime.chats import Chats
from tui.runtime.sessions import ChatTransport
from tui.session.target import ChatTarget


class ScriptedChats(Chats):
    """Plays the script of a test."""

    play: Callable[[ChatTarget, ChatRequest], AsyncGenerator[EventBatch]]

    def stream(
        self, how: ChatTransport, target: ChatTarget, request: ChatRequest
    ) -> AsyncGenerator[EventBatch]:
        return self.play(target, request)
