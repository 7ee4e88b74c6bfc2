"""Prompts queued until the current answer ends.

They are sent one by one after complete answers. Any other end pauses the queue until the user decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from uuid import uuid4

from tui.core.finish_reasons import Ending, ending_of
from tui.core.parts import Parts, parts_of
from tui.core.queued_prompt import QUEUE_LIMIT, QueuedPrompt
from tui.core.turn import Turn, TurnState


class Pause(Enum):
    """Why a queue is paused."""

    STOPPED = "stopped"
    FAILED = "failed"
    CUT = "cut"
    """The answer is incomplete: at its limit, filtered, or with a tool call."""
    REOPENED = "reopened"
    """The prompts were queued when the conversation was closed."""
    BLOCKED = "blocked"
    """There is no model to send to."""
    TOO_LONG = "too long"
    """The next prompt does not fit into the context."""
    OVER_BUDGET = "over budget"
    """A budget is used up."""


class PromptQueue:
    """The queued prompts of one conversation, in the order in which they are sent."""

    def __init__(
        self, keep: Callable[[Sequence[QueuedPrompt]], None], kept: Iterable[QueuedPrompt] = ()
    ) -> None:
        """Create a queue; ``keep`` stores it after changes, ``kept`` is what was stored."""
        self._keep = keep
        self._waiting = list(kept)
        self.pause = Pause.REOPENED if self._waiting else None
        """Why nothing is sent; ``None`` if the queue is empty."""
        self.last_sent = ""
        """The id of the prompt that was sent last."""

    @property
    def prompts(self) -> tuple[QueuedPrompt, ...]:
        """The queued prompts, the next one first."""
        return tuple(self._waiting)

    @property
    def is_running(self) -> bool:
        """Whether the next prompt is sent as soon as nothing streams."""
        return bool(self._waiting) and self.pause is None

    @property
    def is_full(self) -> bool:
        """Whether the queue is full."""
        return len(self._waiting) >= QUEUE_LIMIT

    def add(self, content: str | Parts) -> QueuedPrompt:
        """Append a prompt to the queue.

        Raises:
            RuntimeError: the queue is full.
        """
        if self.is_full:
            raise RuntimeError("the queue is full")
        prompt = QueuedPrompt(uuid4().hex[:12], parts_of(content))
        self._waiting.append(prompt)
        self._keep(self.prompts)
        return prompt

    def remove(self, prompt: QueuedPrompt) -> bool:
        """Remove a prompt; return whether it was still queued."""
        is_waiting = prompt in self._waiting
        if is_waiting:
            self._waiting.remove(prompt)
            self._changed()
        return is_waiting

    def clear(self) -> None:
        """Remove all prompts."""
        if self._waiting:
            self._waiting.clear()
            self._changed()

    def sent(self, identity: str) -> None:
        """Remove a prompt whose turn is recorded, so that the record shows it as sent."""
        for prompt in self.prompts:
            if prompt.identity == identity:
                self._waiting.remove(prompt)
                self.last_sent = identity
                self._settle()

    def hold(self, reason: Pause) -> None:
        """Pause the queue; an earlier reason is kept."""
        if self.is_running:
            self.pause = reason

    def go(self) -> None:
        """Resume the queue."""
        self.pause = None

    def ended(self, turn: Turn) -> None:
        """Update the queue after the end of an answer."""
        if turn.state is TurnState.STOPPED:
            self.hold(Pause.STOPPED)
        elif turn.state is not TurnState.DONE:
            self.hold(Pause.FAILED)
        elif not _is_complete(turn):
            self.hold(Pause.CUT)

    def _changed(self) -> None:
        self._settle()
        self._keep(self.prompts)

    def _settle(self) -> None:
        if not self._waiting:
            self.pause = None


def _is_complete(turn: Turn) -> bool:
    """Return whether the server marked an answer as complete, or sent no finish reason."""
    return not turn.tool_calls and ending_of(turn.finish_reason) is Ending.COMPLETE
