"""Prompts that wait for the answer before them.

They are sent one by one while answers complete. Any other end pauses the queue: the rest stays until the user
decides.
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
    """The answer ended otherwise than complete: at its limit, filtered, with a tool call."""
    REOPENED = "reopened"
    """It was left waiting when the conversation was closed."""
    BLOCKED = "blocked"
    """There is no model to ask."""
    TOO_LONG = "too long"
    """The next prompt does not fit the context."""
    OVER_BUDGET = "over budget"
    """All is spent that may be."""


class PromptQueue:
    """The queued prompts of one conversation, in the order in which they are sent."""

    def __init__(
        self, keep: Callable[[Sequence[QueuedPrompt]], None], kept: Iterable[QueuedPrompt] = ()
    ) -> None:
        """``keep`` writes the queue down whenever it has other prompts; ``kept`` is what was written."""
        self._keep = keep
        self._waiting = list(kept)
        self.pause = Pause.REOPENED if self._waiting else None
        """Why nothing goes out now; ``None`` if nothing waits."""
        self.last_sent = ""
        """The identity of the prompt that was sent last."""

    @property
    def prompts(self) -> tuple[QueuedPrompt, ...]:
        """What waits, the next one first."""
        return tuple(self._waiting)

    @property
    def is_running(self) -> bool:
        """Whether the next prompt goes out as soon as nothing streams."""
        return bool(self._waiting) and self.pause is None

    @property
    def is_full(self) -> bool:
        """Whether no more may wait."""
        return len(self._waiting) >= QUEUE_LIMIT

    def add(self, content: str | Parts) -> QueuedPrompt:
        """Let a prompt wait behind the others.

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
        """Remove a prompt; return whether it still waited."""
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
        """Note that the record has the turn of a prompt: that alone says that it waits no more."""
        for prompt in self.prompts:
            if prompt.identity == identity:
                self._waiting.remove(prompt)
                self.last_sent = identity
                self._settle()

    def hold(self, reason: Pause) -> None:
        """Let nothing go out any more; the first reason stays."""
        if self.is_running:
            self.pause = reason

    def go(self) -> None:
        """Let the prompts go out again."""
        self.pause = None

    def ended(self, turn: Turn) -> None:
        """Note how an answer ended."""
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
    """Return whether the server said that an answer is complete, or said nothing of it."""
    return not turn.tool_calls and ending_of(turn.finish_reason) is Ending.COMPLETE
