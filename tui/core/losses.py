"""The lost parts of a turn's answer, reported wherever the answer is shown and in the exit code."""

from __future__ import annotations

from tui.core.causes import explain
from tui.core.failure import Failure
from tui.core.turn import Turn
from tui.texts import answers


def losses(turn: Turn) -> tuple[str, ...]:
    """Return one sentence per kind of content that was received but is not shown; empty if complete."""
    sentences = list(turn.lost)
    if turn.malformed_events:
        what = "1 event" if turn.malformed_events == 1 else f"{turn.malformed_events:,} events"
        sentences.append(answers.UNREADABLE_EVENTS.format(events=what))
    return tuple(sentences)


def loss_of(turn: Turn) -> Failure | None:
    """Return the failure for scripts if part of the answer was lost; ``None`` if it is complete."""
    if not (lost := losses(turn)):
        return None
    return explain("text-lost", what=lost[0].rstrip("."))
