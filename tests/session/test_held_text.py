"""Text held back as part of a possible key keeps the time and state of its arrival."""

from __future__ import annotations

import pytest

from tui.core.causes import explain
from tui.core.chat import ChatRequest, Message, Role
from tui.core.events import (
    AnswerDelta,
    EventBatch,
    Finished,
    ReasoningDelta,
    StreamEvent,
    StreamFailed,
    ToolCallDelta,
)
from tui.core.parts import parts_of
from tui.core.secret import Redactor, Secret
from tui.core.turn import Turn, TurnState
from tui.core.usage import Price
from tui.session.live_turn import LiveTurn
from tui.store.journal import MemoryJournal

KEY = "sk-Qm3ZpV8nT4wXyB7cL2dK9fHs1aJ6"
ENDS: list[list[StreamEvent]] = [
    [Finished("stop")],
    [StreamFailed(explain("stream-stalled", seconds="60"))],
    [],
]


def live(redactor: Redactor) -> LiveTurn:
    turn = Turn("a", parts_of("q"))
    turn.timings.started = 0.0
    request = ChatRequest(model="m", messages=(Message(Role.USER, parts_of("q")),))
    return LiveTurn(turn, request, Price(), MemoryJournal(), redactor=redactor, clock=lambda: 99.0)


@pytest.mark.parametrize("last", ENDS, ids=["finished", "failed", "stopped"])
def test_a_known_key_changes_no_figure_of_a_reply_without_it(last: list[StreamEvent]) -> None:
    turns: list[Turn] = []
    for redactor in (Redactor(), Redactor([Secret(KEY)])):
        reply = live(redactor)
        reply.fold(EventBatch(1.0, (ReasoningDelta("s"),)))
        reply.fold(EventBatch(2.0, (ReasoningDelta("o, two cats"),)))
        reply.fold(EventBatch(3.0, (AnswerDelta("s"),)))
        assert reply.turn.state is TurnState.ANSWERING
        reply.fold(EventBatch(30.0, (AnswerDelta("ix cats"),)))
        reply.fold(EventBatch(35.0, (ToolCallDelta(0, "f", "s"),)))
        if last:
            reply.fold(EventBatch(90.0, tuple(last)))
        else:
            reply.end(TurnState.STOPPED)
        turns.append(reply.turn)
    plain, guarded = turns
    assert guarded.thinking_seconds == plain.thinking_seconds == 2.0
    assert guarded.timings == plain.timings
    assert guarded.state is plain.state
    assert guarded.reasoning.text == plain.reasoning.text == "so, two cats"
    assert guarded.answer.text == plain.answer.text == "six cats"
    assert guarded.tool_calls[0].arguments == plain.tool_calls[0].arguments == "s"


def test_the_time_to_the_first_token_counts_text_that_is_held() -> None:
    reply = live(Redactor([Secret(KEY)]))
    reply.fold(EventBatch(1.0, (AnswerDelta("s"),)))
    assert reply.turn.answer.text == ""
    reply.fold(EventBatch(5.0, (AnswerDelta("even"),)))
    assert reply.turn.timings.first_text == reply.turn.timings.first_answer == 1.0
    assert reply.turn.answer.text == "seven"
