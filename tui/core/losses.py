"""What was lost of a turn's answer: reported wherever the answer is shown, and in the exit code."""

from __future__ import annotations

from tui.core.causes import explain
from tui.core.failure import Failure
from tui.core.turn import Turn
from tui.texts import answers


def losses(turn: Turn) -> tuple[str, ...]:
    """Return one sentence for each kind of thing that came and is not shown; empty for a whole answer."""
    sentences = list(turn.lost)
    if turn.malformed_events:
        what = "1 event" if turn.malformed_events == 1 else f"{turn.malformed_events:,} events"
        sentences.append(answers.UNREADABLE_EVENTS.format(events=what))
    return tuple(sentences)


def loss_of(turn: Turn) -> Failure | None:
    """Return the failure that a lost part of the answer is to a script, ``None`` for a whole answer."""
    if not (lost := losses(turn)):
        return None
    return explain("text-lost", what=lost[0].rstrip("."))
