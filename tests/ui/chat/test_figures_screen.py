"""All figures with their meaning and calculation."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest

from tui.core.causes import explain
from tui.core.parts import parts_of
from tui.core.timings import Timings
from tui.core.turn import TextBuffer, Turn, TurnState
from tui.core.usage import Cost, Price, ServerTimings, Source, Usage, cost_of
from tui.texts import figures as texts
from tui.ui.chat.figure_facts import figure_sections
from tui.ui.chat.figures import plain_lines
from tui.ui.chat.status_parts import StatusFacts

PAID = Price(Decimal("0.003"), Decimal("0.015"), "CNY")


def words(facts: StatusFacts) -> str:
    return "\n".join(
        f"{title}\n" + "\n".join(" ".join(filter(None, line)) for line in lines)
        for title, lines in figure_sections(facts)
    )


def turn_of(usage: Usage | None, **changes: object) -> Turn:
    timings = Timings(started=0, headers=0.1, first_text=0.4, first_answer=1.0, last_text=2.4, ended=2.5)
    timings.text_events, timings.gaps = 3, [0.1, 1.9]
    turn = Turn(
        "1", parts_of("hi"), state=TurnState.DONE, usage=usage, cost=cost_of(usage, PAID), timings=timings
    )
    for name, value in changes.items():
        setattr(turn, name, value)
    return turn


def test_the_arithmetic_of_the_price_is_shown() -> None:
    text = words(StatusFacts(price=PAID, turn=turn_of(Usage(1200, 300))))
    assert "1,200 prompt tokens × 0.003 CNY / 1,000 = 0.0036 CNY" in text
    assert "Total 0.0081 CNY" in text


def test_what_the_values_mean_stands_in_one_column() -> None:
    sections = dict(figure_sections(StatusFacts(turn=turn_of(Usage(7, 101_000)))))
    for facts in (sections[texts.TOKENS], sections[texts.TIME]):
        meant = [fact for fact in facts if fact.meaning]
        lines = plain_lines(meant).splitlines()
        places = {line.index(fact.meaning) for fact, line in zip(meant, lines, strict=True)}
        assert len(meant) > 1 and len(places) == 1


def test_times_carry_their_definitions() -> None:
    text = words(StatusFacts(turn=turn_of(Usage(10, 101))))
    assert "TTFT 400 ms request to first text of any kind" in text
    assert "TTFA 1.00 s" in text
    assert "TPOT 20 ms per token after the first one" in text
    assert "Longest gap 1.90 s" in text


def test_the_time_of_a_turn_is_that_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC-2")
    time.tzset()
    try:
        text = words(StatusFacts(turn=turn_of(None, started_at="2026-11-29T18:02:11+00:00")))
    finally:
        monkeypatch.undo()
        time.tzset()
    assert "Sent 2026-11-29 20:02:11 in your time zone" in text
    assert "Sent" not in words(StatusFacts(turn=turn_of(None)))


def test_the_servers_own_times_stand_apart() -> None:
    timings = ServerTimings(prompt_ms=12.3, predicted_per_second=98.7, cached_tokens=40)
    text = words(StatusFacts(turn=turn_of(Usage(10, 101), server_timings=timings)))
    assert (
        "Time as reported by the server\nPrompt read 12 ms\nPrompt from a cache 40\nSpeed 98.7 tok/s" in text
    )


def test_how_it_went_is_told_in_full() -> None:
    turn = turn_of(
        None,
        state=TurnState.FAILED,
        finish_reason="length",
        served_model="real\x1bmodel",
        notes=["retried without stream_options"],
        malformed_events=2,
        reasoning_source="<think>",
        failure=explain(
            "connection-refused", status=503, server_message="no [/] luck", chain=("ConnectError",)
        ),
    )
    text = words(StatusFacts(turn=turn))
    assert "Finish reason length" in text
    assert "real␛model" in text
    assert "retried without stream_options" in text
    assert "Lost 2 events of the answer could not be read; text may be missing." in text
    assert "Reasoning arrived as <think>" in text
    assert "HTTP status 503" in text
    assert "no [/] luck" in text
    assert "Seen ConnectError" in text


def test_estimates_and_unknowns_keep_their_marks() -> None:
    turn = turn_of(None, reasoning=TextBuffer("hm"))
    estimate = Usage(None, 30, 20, source=Source.ESTIMATED)
    text = words(StatusFacts(price=PAID, turn=turn, estimate=estimate, usage=Usage(5, 6), is_incomplete=True))
    assert "Prompt — the conversation" in text
    assert "Completion ~30" in text
    assert "of which reasoning ~20" in text
    assert "TPOT ~69 ms" in text
    assert "Speed ~14.5 tok/s" in text
    assert "— prompt tokens × 0.003 CNY / 1,000 = —" in text
    assert "Some turns are not counted" in text


def test_free_and_unpriced_differ() -> None:
    free = Price(Decimal(0), Decimal(0))
    assert "Price free" in words(StatusFacts(price=free, turn=turn_of(Usage(1, 2))))
    assert "Cost" not in words(StatusFacts(price=Price(), turn=turn_of(Usage(1, 2))))


def test_the_chat_adds_up_by_currency() -> None:
    costs = (Cost(Decimal("0.5"), Decimal(0), "USD"), Cost(Decimal(2), Decimal(0), "CNY"))
    text = words(StatusFacts(usage=Usage(5, 6, 7), costs=costs))
    assert "The whole chat\nPrompt 5 all turns together" in text
    assert "Cost 0.50 USD + 2.00 CNY" in text
