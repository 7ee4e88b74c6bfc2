"""What a chat reads from its session, as pure functions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.parts import parts_of
from tui.core.turn import TextBuffer, Turn, TurnState
from tui.core.usage import Source, estimate_tokens
from tui.runtime.chat_control import is_cut
from tui.ui.chat.view import estimated_usage


@given(st.lists(st.tuples(st.booleans(), st.text()), max_size=10))
def test_the_estimate_counts_what_a_whole_reading_would(pieces: list[tuple[bool, str]]) -> None:
    turn = Turn("1", parts_of("hi"))
    for is_answer, text in pieces:
        (turn.answer if is_answer else turn.reasoning).append(text)
        usage = estimated_usage(turn)
        reasoning, answer = estimate_tokens(turn.reasoning.text), estimate_tokens(turn.answer.text)
        if reasoning + answer:
            assert usage is not None
            assert (usage.completion_tokens, usage.source) == (reasoning + answer, Source.ESTIMATED)
            assert usage.reasoning_tokens == (reasoning or None)


def test_the_estimate_begins_anew_when_a_text_is_replaced() -> None:
    turn = Turn("1", parts_of("hi"))
    turn.answer.append("x" * 400)
    assert estimated_usage(turn) is not None
    turn.reasoning.replace(turn.answer.text)
    turn.answer.replace("")
    usage = estimated_usage(turn)
    assert usage is not None
    assert (usage.completion_tokens, usage.reasoning_tokens) == (100, 100)


@pytest.mark.parametrize(
    ("state", "finish_reason", "answer", "expected"),
    [
        (TurnState.DONE, "stop", "text", False),
        (TurnState.DONE, "length", "text", True),
        (TurnState.DONE, "repetition", "text", True),
        (TurnState.STOPPED, None, "text", True),
        (TurnState.INTERRUPTED, None, "text", True),
        (TurnState.FAILED, None, "", False),
    ],
)
def test_an_answer_that_was_cut(
    state: TurnState, finish_reason: str | None, answer: str, expected: bool
) -> None:
    assert (
        is_cut(Turn("1", parts_of("hi"), state=state, finish_reason=finish_reason, answer=TextBuffer(answer)))
        is expected
    )
