from __future__ import annotations

from decimal import Decimal

from tui.core.failure import Failure
from tui.core.timings import Timings
from tui.core.turn import TextBuffer, ToolCall, Turn, TurnState
from tui.core.usage import Cost, ServerTimings, Source, Usage
from tui.store.conversations import ConversationStore
from tui.store.paths import Paths


def a_turn(identity: str = "t1", **values: object) -> Turn:
    turn = Turn(
        identity,
        "Why?\nReally?",
        provider="qwen",
        model="qwen-plus",
        started_at="2026-01-01T00:00:00+00:00",
        state=TurnState.DONE,
        reasoning=TextBuffer("Hm \ud800 …"),
        answer=TextBuffer("Because.\x1b[2J"),
        tool_calls={0: ToolCall("f", "{}")},
        usage=Usage(3, 5, 2, 1, Source.ESTIMATED),
        cost=Cost(Decimal("0.0000300"), Decimal("1e-7"), "EUR"),
        timings=Timings(
            started=10.0, headers=10.5, first_text=11.0, last_text=12.0, ended=12.5, text_events=4
        ),
        server_timings=ServerTimings(prompt_tokens=3, prompt_ms=1.5, draft_accepted=2),
        thinking_seconds=0.5,
        finish_reason="stop",
        notes=["retried without stream_options"],
        malformed_events=2,
        failure=Failure("auth", "No.", "Yes.", 401, "bad", {"a": "b"}, ("c",)),
    )
    for name, value in values.items():
        setattr(turn, name, value)
    return turn


def test_a_turn_comes_back_as_it_was(paths: Paths) -> None:
    store = ConversationStore(paths)
    journal = store.create()
    turn = a_turn()
    journal.write_turn(turn)
    assert journal.close()
    opened = store.open(journal.identity)
    assert opened.journal is not None
    assert opened.journal.close()
    (read,) = opened.turns
    assert opened.title == "Why?"
    for name in ("identity", "prompt", "provider", "model", "state", "usage", "cost", "server_timings"):
        assert getattr(read, name) == getattr(turn, name), name
    for name in ("thinking_seconds", "finish_reason", "notes", "malformed_events", "failure", "tool_calls"):
        assert getattr(read, name) == getattr(turn, name), name
    assert read.reasoning.text == turn.reasoning.text
    assert read.answer.text == turn.answer.text
    assert read.timings.ttft_ms == turn.timings.ttft_ms
    assert read.timings.total_ms == turn.timings.total_ms
    assert read.timings.text_events == 4
