"""The queued prompts of a chat: each is sent with the provider and model of that moment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol

from tui.core.parts import Parts
from tui.core.queued_prompt import QueuedPrompt
from tui.core.titles import title_of
from tui.core.turn import Turn
from tui.runtime.chat_context import ChatContext
from tui.session.prompt_queue import Pause, PromptQueue
from tui.texts import queue as texts

if TYPE_CHECKING:
    from tui.runtime.obstacles import Blocked
    from tui.session.chat_session import ChatSession
    from tui.session.target import ChatTarget


class Asks(Protocol):
    """The part of a chat that its queue uses."""

    @property
    def session(self) -> ChatSession | None:
        """The open conversation."""

    @property
    def live(self) -> Turn | None:
        """The streaming turn."""

    @property
    def context(self) -> ChatContext:
        """The state of its context."""

    def ready(self, *, is_next: bool) -> Blocked | None:
        """Return what prevents a request; see ``ChatControl.ready``."""

    def budget_question(self) -> str:
        """Return the question before a request that exceeds a budget; empty if there is none."""

    def allow_budget(self) -> None:
        """Allow the chat to exceed the budgets."""

    def asking(self, prompt: str) -> tuple[ChatSession, ChatTarget]:
        """Return conversation and target for a request that is sent now."""


class ChatQueue:
    """The queue of the open conversation."""

    def __init__(self, chat: Asks) -> None:
        self._chat = chat
        self.on_sent: Callable[[asyncio.Task[Turn]], object] | None = None
        """Receives prompts sent automatically. Without it, ``send_next`` must be called for each."""
        self.on_paused: Callable[[], object] | None = None
        """Called after an answer if the queue is paused."""

    @property
    def _queue(self) -> PromptQueue | None:
        return self._chat.session.queue if self._chat.session is not None else None

    @property
    def prompts(self) -> tuple[QueuedPrompt, ...]:
        """The queued prompts, the next one first."""
        return self._queue.prompts if self._queue is not None else ()

    @property
    def pause(self) -> Pause | None:
        """Why the queue is paused; ``None`` if it is running or empty."""
        return self._queue.pause if self._queue is not None else None

    @property
    def is_running(self) -> bool:
        """Whether the next prompt is sent as soon as nothing streams."""
        return self._queue is not None and self._queue.is_running

    @property
    def is_full(self) -> bool:
        """Whether the queue is full."""
        return self._queue is not None and self._queue.is_full

    def add(self, content: str | Parts) -> None:
        """Queue a prompt; the queue must not be full."""
        if self._queue is not None:
            self._queue.add(content)
            self.settle()

    def remove(self, prompt: QueuedPrompt) -> bool:
        """Remove a prompt; return whether it was still queued."""
        return self._queue is not None and self._queue.remove(prompt)

    def clear(self) -> int:
        """Remove all prompts; return their number."""
        count = len(self.prompts)
        if self._queue is not None:
            self._queue.clear()
        return count

    def go(self) -> Blocked | None:
        """Resume the queue, now or after the streaming answer; return what prevents it."""
        if self._queue is None or not self.prompts:
            return None
        blocked = self._chat.ready(is_next=True) if self._chat.live is None else None
        if blocked is None:
            if self.pause is Pause.TOO_LONG:
                self._chat.context.allow()
            if self.pause is Pause.OVER_BUDGET:
                self._chat.allow_budget()
            self._queue.go()
            self.settle()
        return blocked

    def may_send_next(self) -> bool:
        """Return whether the first prompt can be sent: there is a model, and it fits; otherwise pause."""
        reason = None
        if self._chat.ready(is_next=True) is not None:
            reason = Pause.BLOCKED
        elif self._chat.context.excess(self.prompts[0].content) is not None:
            reason = Pause.TOO_LONG
        elif self._chat.budget_question():
            reason = Pause.OVER_BUDGET
        if reason is not None and self._queue is not None:
            self._queue.hold(reason)
        return reason is None

    def settle(self) -> None:
        """Send the next prompt if nothing streams, or pause if it cannot be sent."""
        is_next = self.is_running and self._chat.live is None
        if self.on_sent is not None and is_next and self.may_send_next():
            self.on_sent(self.send_next())
        if self.pause is not None and self.on_paused is not None:
            self.on_paused()

    def send_next(self) -> asyncio.Task[Turn]:
        """Send the first prompt; must not be blocked."""
        session, target = self._chat.asking(self.prompts[0].content.words)
        return session.send_queued(target)


_REASONS = {
    Pause.STOPPED: texts.WAS_STOPPED,
    Pause.FAILED: texts.HAS_FAILED,
    Pause.CUT: texts.WAS_CUT,
    Pause.REOPENED: texts.REOPENED,
    Pause.BLOCKED: texts.BLOCKED,
    Pause.TOO_LONG: texts.TOO_LONG,
    Pause.OVER_BUDGET: texts.OVER_BUDGET,
}


def pause_words(pause: Pause) -> str:
    """Return that the queue is paused, and why."""
    return texts.PAUSED.format(reason=_REASONS[pause])


def queue_values(queue: ChatQueue) -> Iterator[tuple[str, str]]:
    """Yield the possible arguments of ``/queue``, each with a short description."""
    if queue.prompts:
        yield "go", texts.SENDS
        yield "clear", texts.CLEARS
    for word in ("edit", "remove"):
        for number, prompt in enumerate(queue.prompts, 1):
            yield f"{word} {number}", title_of(prompt.content.text)


def queue_lines(queue: ChatQueue) -> list[str]:
    """Return one line per queued prompt."""
    return [
        texts.QUEUED.format(number=number, text=title_of(prompt.content.text))
        for number, prompt in enumerate(queue.prompts, 1)
    ]
