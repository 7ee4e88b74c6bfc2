"""How a turn is written down while it streams."""

from __future__ import annotations

from typing import Protocol

from tui.core.events import AnswerDelta, ReasoningDelta, StreamEvent
from tui.core.turn import Turn


class TurnJournal(Protocol):
    """What a session needs of a journal: nothing of it blocks or raises."""

    @property
    def trouble(self) -> str | None:
        """Why records wait in memory, in words for a banner; ``None`` when all is written."""

    def begin_turn(self, turn: Turn) -> None:
        """Write down the prompt before anything is sent."""

    def append(self, turn_identity: str, kind: str, text: str) -> None:
        """Write down a piece of the ``reasoning`` or the ``answer``."""

    def end_turn(self, turn: Turn) -> None:
        """Write down how the turn ended, with its figures."""

    def drop_turn(self, turn_identity: str) -> None:
        """Write down that a turn is no longer part of the conversation."""

    def set_title(self, title: str) -> None:
        """Write down the conversation's name."""

    def close(self) -> object:
        """Write what is left and give up the file; may take a moment."""


class TurnRecorder:
    """Writes one turn into the journal, event by event."""

    def __init__(self, journal: TurnJournal, turn: Turn) -> None:
        self._journal = journal
        self._turn = turn
        journal.begin_turn(turn)

    def record(self, event: StreamEvent) -> None:
        """Write down what the event brought."""
        if isinstance(event, AnswerDelta):
            self._journal.append(self._turn.identity, "answer", event.text)
        elif isinstance(event, ReasoningDelta):
            self._journal.append(self._turn.identity, "reasoning", event.text)

    def end(self) -> None:
        """Write down the end."""
        self._journal.end_turn(self._turn)
