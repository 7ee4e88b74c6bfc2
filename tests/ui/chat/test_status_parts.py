"""The status bar's words: every figure with its mark, the most important first, never half a number."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.events import Progress
from tui.core.parts import parts_of
from tui.core.timings import Timings
from tui.core.turn import TextBuffer, Turn, TurnState
from tui.core.usage import Cost, Price, Source, Usage, cost_of
from tui.ui.chat.status_parts import StatusFacts, row_cells, row_pieces, state_words, status_rows

PAID = Price(Decimal("0.001"), Decimal("0.002"))


def texts(facts: StatusFacts, width: int) -> list[str]:
    return ["".join(text for text, _ in row_pieces(row)) for row in status_rows(facts, width)]


def finished_turn(usage: Usage | None, price: Price = PAID) -> Turn:
    timings = Timings(started=0, headers=0.1, first_text=0.412, first_answer=1.0, last_text=2.412, ended=2.5)
    timings.text_events = 101
    turn = Turn(
        "1", parts_of("hello"), state=TurnState.DONE, timings=timings, usage=usage, cost=cost_of(usage, price)
    )
    turn.answer.append("text")
    return turn


def facts_of(turn: Turn | None, **changes: object) -> StatusFacts:
    values: dict[str, object] = {"provider": "Demo", "model": "demo-reasoner", "price": PAID, "turn": turn}
    return StatusFacts(**{**values, **changes})  # type: ignore[arg-type]


def test_reported_figures_stand_plain() -> None:
    usage = Usage(1200, 101, 40)
    facts = facts_of(
        finished_turn(usage), usage=usage, costs=(Cost(Decimal("0.0012"), Decimal("0.0002"), "USD"),)
    )
    assert texts(facts, 160) == [
        "done · Demo · demo-reasoner · TTFT 412 ms · 50.0 tok/s │ 1,200 in · 101 out · 40 thought"
        " · 0.001402 USD │ chat 1,200 in · 101 out · 40 thought · 0.0014 USD"
    ]


def test_estimates_are_marked_one_by_one() -> None:
    usage = Usage(1200, 101, None, source=Source.ESTIMATED)
    facts = facts_of(finished_turn(usage), usage=usage)
    head, tail = texts(facts, 120)
    assert "~50.0 tok/s" in head
    assert tail == "~1,200 in · ~101 out · ~0.001402 USD │ chat ~1,200 in · ~101 out"


def test_the_sum_of_a_chat_with_something_unknown_is_marked_as_such() -> None:
    usage = Usage(10, 5, None)
    costs = (Cost(Decimal("0.01"), Decimal(0), "USD"),)
    facts = facts_of(finished_turn(None), usage=usage, costs=costs, is_incomplete=True)
    assert texts(facts, 120)[1].endswith("chat ~10 in · ~5 out · ~0.01 USD")


def test_unknown_is_a_dash_and_never_a_zero() -> None:
    head, tail = texts(facts_of(finished_turn(None)), 120)
    assert "— tok/s" in head
    assert tail == "— in · — out · — USD"


def test_reasoning_that_nobody_counted_is_our_estimate() -> None:
    turn = finished_turn(Usage(10, 50, None))
    turn.reasoning = TextBuffer("thinking")
    estimate = Usage(None, 30, 20, source=Source.ESTIMATED)
    assert "10 in · 50 out · ~20 thought" in texts(facts_of(turn, estimate=estimate), 120)[1]


def test_a_streaming_turn_shows_our_count_until_the_server_gives_its_own() -> None:
    turn = finished_turn(None)
    turn.state = TurnState.ANSWERING
    estimate = Usage(None, 51, source=Source.ESTIMATED)
    head, tail = texts(facts_of(turn, estimate=estimate), 120)
    assert "~25.0 tok/s" in head
    assert tail.startswith("— in · ~51 out")


def test_free_is_said_and_without_a_price_nothing_is_said_of_money() -> None:
    free = Price(Decimal(0), Decimal(0))
    usage = Usage(10, 20)
    assert texts(facts_of(finished_turn(usage, free), price=free), 120)[1] == "10 in · 20 out · free"
    assert texts(facts_of(finished_turn(usage, Price()), price=Price()), 120)[1] == "10 in · 20 out"


def test_before_the_first_turn_the_price_is_told() -> None:
    assert texts(facts_of(None), 80) == [
        "ready · Demo · demo-reasoner",
        "USD 0.001 in, 0.002 out per 1,000 tokens",
    ]
    assert texts(facts_of(None, price=Price()), 80)[1] == ""


def test_currencies_of_a_conversation_stand_side_by_side() -> None:
    usage = Usage(1, 1)
    costs = (Cost(Decimal("0.5"), Decimal(0), "USD"), Cost(Decimal(2), Decimal(0), "CNY"))
    assert "0.50 USD + 2.00 CNY" in texts(facts_of(finished_turn(usage), usage=usage, costs=costs), 160)[0]


@pytest.mark.parametrize(
    ("progress", "started", "headers", "now", "expected"),
    [
        (None, None, None, 4.5, "preparing 4 s"),
        (Progress("connecting"), 0, None, 2.9, "connecting 2 s"),
        (Progress("connected"), 0, None, 3.0, "sent, waiting 3 s"),
        (Progress("retrying", seconds=3.2), 0, None, 9.0, "trying again in 3 s"),
        (
            Progress("server-loading", "The model is loading: waited 4 s of at most 30 min.", 4.0),
            None,
            None,
            9.0,
            "The model is loading: waited 4 s of at most 30 min",
        ),
        (Progress("waiting", seconds=10), 0, 0.5, 12.0, "connected, waiting 12 s"),
        (None, 0, 0.5, 125.0, "connected, waiting 2 min 05 s"),
    ],
)
def test_the_wait_for_the_first_token_is_legible(
    progress: Progress | None, started: float | None, headers: float | None, now: float, expected: str
) -> None:
    turn = Turn("1", parts_of("hello"), timings=Timings(started=started, headers=headers), progress=progress)
    assert state_words(facts_of(turn, asked_at=0, now=now))[0] == expected


def test_a_pause_within_an_answer_is_told_once_it_is_long() -> None:
    turn = finished_turn(None)
    turn.state = TurnState.ANSWERING
    assert state_words(facts_of(turn, now=6.0))[0] == "answering"
    assert state_words(facts_of(turn, now=8.0))[0] == "answering, quiet for 5 s"


@pytest.mark.parametrize(("state", "word"), [(TurnState.STOPPED, "stopped"), (TurnState.FAILED, "failed")])
def test_how_a_turn_ended_is_said_first(state: TurnState, word: str) -> None:
    turn = finished_turn(None)
    turn.state = state
    assert texts(facts_of(turn), 80)[0].startswith(word)


def test_warnings_outlast_everything_but_the_state() -> None:
    marks = (("TLS not verified", "warning"), ("not saved", "muted"))
    head = texts(facts_of(finished_turn(Usage(1, 2)), marks=marks), 40)[0]
    assert head == "done · TLS not verified · not saved"


def test_short_forms_take_the_place_of_words_before_anything_is_left_out() -> None:
    usage = Usage(22, 478, 199)
    cost = Cost(Decimal("0.001"), Decimal("0.00005"), "USD")
    facts = facts_of(finished_turn(usage), usage=usage, costs=(cost,))
    assert "22 in · 478 out · 199 thought" in texts(facts, 120)[1]
    tail = texts(facts, 78)[1]
    assert tail.count("↑22 · ↓478 · ✻199") == 2
    assert "0.00105 USD" in tail


counts = st.integers(0, 10**9)


@given(counts, counts, st.integers(0, 200), st.text(max_size=60), st.sampled_from(list(Source)))
def test_a_narrow_bar_leaves_out_whole_parts(
    prompt: int, completion: int, width: int, model: str, source: Source
) -> None:
    usage = Usage(prompt, completion, completion // 2, source=source)
    facts = facts_of(finished_turn(usage), usage=usage, model=model)
    parts = [part for row in status_rows(facts, 10_000) for part in row]
    whole = {text for part in parts for text in (part.text, part.short)}
    for row in status_rows(facts, width):
        assert row_cells(row) <= width
        for part in row:
            assert part.text in whole or part.text.endswith("…")
