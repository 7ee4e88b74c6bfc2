"""The text of the status bar: tokens and cost of the chat at any width, and the current state."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.events import Progress
from tui.core.parts import parts_of
from tui.core.timings import Timings
from tui.core.turn import Turn, TurnState
from tui.core.usage import Cost, Price, Source, Usage, cost_of
from tui.ui.chat.status_parts import StatusFacts, row_cells, row_pieces, state_words, status_row

PAID = Price(Decimal("0.001"), Decimal("0.002"))
FREE = Price(Decimal(0), Decimal(0))


def text(facts: StatusFacts, width: int = 120) -> str:
    return "".join(piece for piece, _ in row_pieces(status_row(facts, width)))


def a_turn(usage: Usage | None = None, state: TurnState = TurnState.DONE) -> Turn:
    timings = Timings(started=0, headers=0.1, first_text=0.412, first_answer=1.0, last_text=2.412, ended=2.5)
    timings.text_events = 101
    turn = Turn("1", parts_of("hello"), state=state, timings=timings, usage=usage, cost=cost_of(usage, PAID))
    turn.answer.append("text")
    return turn


def facts_of(turn: Turn | None, **changes: object) -> StatusFacts:
    return StatusFacts(**{"price": PAID, "turn": turn, **changes})  # type: ignore[arg-type]


def test_reported_figures_of_the_chat_stand_plain_and_an_answer_at_rest_adds_nothing() -> None:
    usage = Usage(1200, 101, 40)
    facts = facts_of(a_turn(usage), usage=usage, costs=(Cost(Decimal("0.0012"), Decimal("0.0002"), "USD"),))
    assert text(facts) == "1,301 tokens (1,200 in, 101 out, of which reasoning 40) · 0.0014 USD"


def test_what_is_incomplete_is_marked() -> None:
    costs = (Cost(Decimal("0.01"), Decimal(0), "USD"),)
    facts = facts_of(a_turn(), usage=Usage(10, 5, None), costs=costs, is_incomplete=True, not_priced=1)
    assert text(facts) == "~15 tokens (~10 in, ~5 out) · ≥ 0.01 USD"


def test_unknown_is_a_dash_and_never_a_zero() -> None:
    assert text(facts_of(a_turn(), is_incomplete=True, not_priced=1)) == "— tokens · — USD"
    assert text(facts_of(a_turn(), usage=Usage(1, 2), price=Price())) == "3 tokens (1 in, 2 out) · cost —"


def test_free_is_said() -> None:
    assert text(facts_of(a_turn(), usage=Usage(10, 20), price=FREE)) == "30 tokens (10 in, 20 out) · free"


def test_before_the_first_turn_the_price_is_told() -> None:
    assert text(facts_of(None)) == "0 tokens · 0.00 USD │ in 0.001, out 0.002 USD per 1,000 tokens"
    assert text(facts_of(None, price=FREE)) == "0 tokens · free"


def test_an_answer_that_streams_counts_as_it_comes() -> None:
    turn = a_turn(state=TurnState.ANSWERING)
    estimate = Usage(None, 51, source=Source.ESTIMATED)
    known = facts_of(turn, usage=Usage(10, 5), estimate=estimate, costs=())
    assert text(known).startswith("~66 tokens (~10 in, ~56 out) · ≥ 0.000102 USD │ answering… · ~25.0 tok/s")


def test_currencies_of_a_conversation_stand_side_by_side() -> None:
    costs = (Cost(Decimal("0.5"), Decimal(0), "USD"), Cost(Decimal(2), Decimal(0), "CNY"))
    assert "0.50 USD + 2.00 CNY" in text(facts_of(a_turn(), usage=Usage(1, 1), costs=costs))


@pytest.mark.parametrize(
    ("progress", "started", "headers", "now", "expected"),
    [
        (None, None, None, 4.5, "preparing 4 s"),
        (Progress("connecting"), 0, None, 2.9, "connecting 2 s"),
        (Progress("connected"), 0, None, 3.0, "sent, waiting 3 s"),
        (Progress("retrying", seconds=3.2), 0, None, 9.0, "retrying in 3 s"),
        (Progress("starting"), None, None, 9.0, "starting the model 9 s"),
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
    assert state_words(facts_of(turn, asked_at=0, now=now)) == expected


def test_a_pause_within_an_answer_is_told_once_it_is_long() -> None:
    turn = a_turn(state=TurnState.ANSWERING)
    assert state_words(facts_of(turn, now=6.0)) == "answering…"
    assert state_words(facts_of(turn, now=8.0)) == "answering… no text for 5 s"


def test_tokens_and_cost_outlast_everything_at_60_columns() -> None:
    marks = (("TLS not verified", "warning"), ("not saved", "muted"))
    usage = Usage(1_234_567, 7_654_321, 1_000_000)
    costs = (Cost(Decimal("1234.5"), Decimal(0), "USD"),)
    turn = a_turn(state=TurnState.ANSWERING)
    shown = text(facts_of(turn, usage=usage, costs=costs, marks=marks, now=8.0), 58)
    assert shown.startswith("8.9M tokens · 1,234.50 USD │ ")
    assert shown.endswith("answering… no text for 5 s")


counts = st.integers(0, 10**9)


@given(counts, counts, st.integers(0, 200), st.text(max_size=60), st.sampled_from(list(Source)))
def test_a_narrow_bar_leaves_out_whole_parts(
    prompt: int, completion: int, width: int, mark: str, source: Source
) -> None:
    usage = Usage(prompt, completion, completion // 2, source=source)
    facts = facts_of(a_turn(usage), usage=usage, marks=((mark, "muted"),))
    whole = {text for part in status_row(facts, 10_000) for text in (part.text, part.short)}
    row = status_row(facts, width)
    assert row_cells(row) <= width
    assert all(part.text in whole for part in row)
