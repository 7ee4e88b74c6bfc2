"""The part of a ``ChatControl`` that ``ChatQueue`` needs, always ready to send."""

from __future__ import annotations

import asyncio

from tests.session.test_variants import TARGET
from tui.core.provider import Provider
from tui.core.turn import Turn
from tui.runtime.chat_context import ChatContext
from tui.runtime.chat_queue import ChatQueue
from tui.runtime.obstacles import Blocked, Obstacle
from tui.session.chat_session import ChatSession
from tui.session.target import ChatTarget
from tui.store.settings import Settings


class AlwaysReady:
    """Always ready to send to the target of the tests."""

    def __init__(self, session: ChatSession) -> None:
        self.session = session
        self.is_blocked = False
        self.budget = ""
        """What is asked since a budget is spent."""
        self.sent: list[asyncio.Task[Turn]] = []
        self.turns = session.turns
        self.target = TARGET
        self.windows: dict[str, int] = {}
        """By model: how much fits."""
        self.settings = Settings(check_reachability=False)
        self.context = ChatContext(self, self)
        self.queue = ChatQueue(self)
        self.queue.on_sent = self.sent.append
        session.on_settled = self.queue.settle

    def context_window(self, provider: Provider, model: str) -> int | None:
        return self.windows.get(model)

    async def look(self, provider: Provider) -> object:
        raise AssertionError("nobody may be asked")

    @property
    def live(self) -> Turn | None:
        return self.session.live

    def ready(self, *, is_next: bool) -> Blocked | None:
        assert is_next
        return Blocked(Obstacle.NO_PROVIDER) if self.is_blocked else None

    def budget_question(self) -> str:
        return self.budget

    def allow_budget(self) -> None:
        self.budget = ""

    def asking(self, prompt: str) -> tuple[ChatSession, ChatTarget]:
        return self.session, TARGET

    def enter(self, prompt: str) -> None:
        """Do what Enter does: send, or let wait."""
        if self.live is not None or self.queue.is_running:
            self.queue.add(prompt)
        else:
            self.session.start(prompt, TARGET)
