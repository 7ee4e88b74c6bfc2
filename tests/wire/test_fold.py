"""Folding events into a turn: text, states, figures, ends."""

from __future__ import annotations

import asyncio
import typing

import pytest

from tui.core import events
from tui.core.causes import explain
from tui.core.events import (
    AnswerDelta,
    FiguresFollow,
    Finished,
    Identified,
    MalformedEvent,
    Note,
    PartsLearned,
    Progress,
    ReasoningDelta,
    Reclassified,
    ResponseStarted,
    ServerCostReport,
    StreamEvent,
    StreamFailed,
    TimingsReport,
    ToolCallDelta,
    UsageReport,
)
from tui.core.fold import apply
from tui.core.parts import parts_of
from tui.core.phases import Learned
from tui.core.turn import Turn, TurnState
from tui.core.usage import ServerTimings, Usage


def fold(*stamped: tuple[float, StreamEvent]) -> Turn:
    turn = Turn("t", parts_of("p"))
    for at, event in stamped:
        apply(turn, event, at)
    return turn


def test_a_turn_with_reasoning() -> None:
    usage, timings = Usage(3, 5), ServerTimings(predicted_tokens=5)
    turn = fold(
        (1.0, Progress("connecting")),
        (1.1, Progress("sent")),
        (2.0, ResponseStarted(200)),
        (3.0, ReasoningDelta("a")),
        (4.0, ReasoningDelta("b")),
        (6.0, AnswerDelta("c")),
        (7.0, AnswerDelta("d")),
        (7.0, Identified("model", "print", "reasoning")),
        (7.0, UsageReport(usage)),
        (7.0, TimingsReport(timings)),
        (7.0, Note("n")),
        (7.0, Note("n")),
        (7.0, MalformedEvent(1, "r", "x")),
        (8.0, Finished("stop")),
    )
    assert (turn.reasoning.text, turn.answer.text, turn.state) == ("ab", "cd", TurnState.DONE)
    assert (turn.timings.ttfb_ms, turn.timings.ttft_ms, turn.timings.ttfa_ms) == (1000, 2000, 5000)
    assert (turn.timings.total_ms, turn.thinking_seconds, turn.timings.text_events) == (7000, 3.0, 4)
    assert (turn.served_model, turn.system_fingerprint, turn.reasoning_source) == (
        "model",
        "print",
        "reasoning",
    )
    assert (turn.usage, turn.server_timings, turn.notes, turn.malformed_events) == (usage, timings, ["n"], 1)
    assert turn.progress is None


def test_an_answer_without_reasoning_took_no_thinking() -> None:
    turn = fold((1.0, AnswerDelta("a")), (2.0, Finished(None)))
    assert (turn.thinking_seconds, turn.state) == (None, TurnState.DONE)


def test_a_failure_keeps_what_came() -> None:
    failure = explain("thinking-ate-budget")
    turn = fold(
        (1.0, ReasoningDelta("a")), (3.0, ReasoningDelta("b")), (4.0, StreamFailed(failure, "length"))
    )
    assert (turn.reasoning.text, turn.failure, turn.finish_reason) == ("ab", failure, "length")
    assert (turn.state, turn.thinking_seconds) == (TurnState.FAILED, 2.0)


def test_text_that_was_reasoning_is_moved() -> None:
    turn = fold(
        (0.0, Progress("sent")),
        (1.0, AnswerDelta("\nOkay, ")),
        (2.0, AnswerDelta("so.\n")),
    )
    before, states = turn.answer.generation, [turn.state]
    apply(turn, Reclassified(to_answer=False), 3.0)
    states.append(turn.state)
    assert states == [TurnState.ANSWERING, TurnState.REASONING]
    assert turn.answer.generation > before
    apply(turn, AnswerDelta("Hi"), 3.0)
    assert (turn.reasoning.text, turn.answer.text) == ("Okay, so.", "Hi")
    assert (turn.timings.ttft_ms, turn.timings.ttfa_ms, turn.thinking_seconds) == (1000, 3000, 2.0)


def test_reasoning_that_was_the_answer_is_moved() -> None:
    turn = fold(
        (0.0, Progress("sent")),
        (1.0, ReasoningDelta(" Hi")),
        (2.0, Reclassified(to_answer=True)),
        (2.0, Finished("stop")),
    )
    assert (turn.reasoning.text, turn.answer.text, turn.thinking_seconds) == ("", "Hi", None)
    assert (turn.timings.ttfa_ms, turn.state) == (1000, TurnState.DONE)


def test_tool_calls_grow_and_repeated_names_do_not() -> None:
    turn = fold(
        (0.0, ToolCallDelta(0, "find", "")),
        (0.0, ToolCallDelta(0, "find", "{")),
        (0.0, ToolCallDelta(0, "", "}")),
        (0.0, ToolCallDelta(1, "go", "")),
    )
    assert {at: (call.name, call.arguments) for at, call in turn.tool_calls.items()} == {
        0: ("find", "{}"),
        1: ("go", ""),
    }


@pytest.mark.parametrize(
    "state", [TurnState.DONE, TurnState.STOPPED, TurnState.FAILED, TurnState.INTERRUPTED]
)
def test_a_turn_that_has_ended_takes_nothing(state: TurnState) -> None:
    turn = Turn("t", parts_of("p"), state=state)
    for event in (AnswerDelta("a"), ReasoningDelta("r"), Note("n"), Finished("stop")):
        apply(turn, event, 1.0)
    assert turn == Turn("t", parts_of("p"), state=state, reasoning=turn.reasoning, answer=turn.answer)
    assert not turn.answer


def test_every_event_is_folded() -> None:
    for kind in typing.get_args(events.StreamEvent):
        turn = Turn("t", parts_of("p"))
        event: events.StreamEvent
        if kind is StreamFailed:
            event = StreamFailed(explain("auth"))
        elif kind is UsageReport:
            event = UsageReport(Usage(1, 2))
        elif kind in (TimingsReport, ServerCostReport):
            event = kind("figures")  # folded as it is
        elif kind is PartsLearned:
            event = PartsLearned(Learned())
        elif kind is FiguresFollow:
            event = FiguresFollow(lambda: asyncio.sleep(0, Learned()))
        else:
            fields = kind.__dataclass_fields__
            samples = {"str": "x", "int": 0, "bool": True, "float": 0.0, "str | None": "x"}
            event = kind(
                **{name: samples[field.type] for name, field in fields.items() if field.type in samples}
            )
        apply(turn, event, 1.0)
        assert turn != Turn("t", parts_of("p"))
