"""A line of the ledger: what an exchange used and cost, at the prices of its day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tui.core.ledger import Certainty, LedgerLine, line_of, price_later
from tui.core.observed import ExchangeRecord, Origin, Outcome, Purpose
from tui.core.timings import Timings
from tui.core.usage import Price, ServerCost, Source, Usage, cost_of

PRICE = Price(Decimal("0.5"), Decimal(2), "EUR", Decimal("0.05"), Decimal("3.60"))
USAGE = Usage(1000, 200, 50, 400)


def record(
    usage: Usage | None = USAGE,
    price: Price = PRICE,
    *,
    outcome: Outcome = Outcome.DONE,
    cause: str | None = None,
    status: int | None = 200,
    server_cost: ServerCost | None = None,
    phases: tuple[str, ...] = ("lookup", "send"),
    route_ms: float | None = None,
) -> ExchangeRecord:
    return ExchangeRecord(
        Origin(Purpose.CHAT, "gpu", price, "c1"),
        "http://localhost:8000",
        "/chat/completions",
        "m",
        "2026-11-30T23:30:00.125+01:00",
        outcome,
        cause,
        2,
        status,
        usage,
        cost_of(usage, price, is_cut=outcome is not Outcome.DONE),
        server_cost,
        Timings(started=1.0, sending=1.5, first_text=1.75, ended=3.5),
        route_ms,
        None,
        dict.fromkeys(phases, 1.0),
        10,
        20,
    )


def line(*arguments: object, **named: object) -> LedgerLine:
    made = line_of(record(*arguments, **named))  # type: ignore[arg-type]
    assert made is not None
    return made


def test_a_line_tells_who_when_what_and_how_much() -> None:
    made = line()
    assert made.at == datetime(2026, 11, 30, 22, 30, 0, 125_000, UTC)
    assert (made.purpose, made.provider, made.server) == (Purpose.CHAT, "gpu", "http://localhost:8000")
    assert (made.model, made.conversation, made.requests) == ("m", "c1", 2)
    assert (made.usage, made.price, made.source) == (USAGE, PRICE, Certainty.REPORTED)
    # 600 fresh × 0.5 + 400 cached × 0.05 + 200 × 2, per 1,000
    assert (made.amount, made.currency) == (Decimal("0.72"), "EUR")
    assert (made.amount_source, made.is_at_least, made.is_free) == (Certainty.REPORTED, False, False)
    assert (made.busy_ms, made.ttft_ms) == (2000, 250.0)
    assert made.gpu_amount == Decimal("0.002")


@pytest.mark.parametrize(("route_ms", "busy_ms"), [(None, 2000), (50.0, 1950), (250.0, 1750), (251.0, 2000)])
def test_the_hardware_is_not_busy_while_the_request_travels(route_ms: float | None, busy_ms: int) -> None:
    """A route longer than the wait for the first text is none: the model list was slower than the chat."""
    assert line(route_ms=route_ms).busy_ms == busy_ms


def test_cached_tokens_cost_the_input_price_where_they_have_none() -> None:
    assert line(price=replace(PRICE, cached_input=None)).amount == Decimal("0.9")


def test_cached_tokens_that_nobody_told_cost_the_full_price() -> None:
    assert line(replace(USAGE, cached_tokens=None)).amount == Decimal("0.9")


def test_more_cached_tokens_than_prompt_never_make_a_negative_amount() -> None:
    assert line(Usage(10, 0, None, 400)).amount == Decimal("0.02")


def test_writes_to_a_cache_are_kept_and_make_the_amount_an_estimate() -> None:
    made = line(replace(USAGE, written_tokens=300))
    assert made.usage.written_tokens == 300
    assert (made.amount, made.amount_source) == (Decimal("0.72"), Certainty.ESTIMATED)
    assert line(replace(USAGE, written_tokens=0)).amount_source is Certainty.REPORTED


def test_a_reply_out_of_a_gateways_cache_makes_every_amount_an_estimate() -> None:
    replay = replace(USAGE, is_replay=True)
    told = ServerCost(Decimal("0.9"), "EUR", "x-litellm-response-cost")
    for made in (line(replay), line(replay, server_cost=told)):
        assert (made.amount_source, made.differs) == (Certainty.ESTIMATED, False)
    assert line(replay, price=Price(Decimal(0), Decimal(0))).amount_source is Certainty.REPORTED


def test_the_servers_own_figure_is_the_amount_with_ours_beside() -> None:
    made = line(server_cost=ServerCost(Decimal("0.75"), "EUR", "usage.cost"))
    assert (made.amount, made.currency, made.own_amount) == (Decimal("0.75"), "EUR", Decimal("0.72"))
    assert (made.amount_source, made.differs) == (Certainty.REPORTED, True)
    assert not line(server_cost=ServerCost(Decimal("0.73"), "EUR", "usage.cost")).differs


def test_a_server_that_names_no_currency_means_dollars() -> None:
    made = line(server_cost=ServerCost(Decimal("0.75"), None, "usage.cost"))
    assert (made.amount, made.currency, made.differs) == (Decimal("0.75"), "USD", False)


def test_an_amount_without_a_price_is_unknown_and_not_0() -> None:
    made = line(price=Price())
    assert (made.amount, made.currency, made.amount_source) == (None, "", Certainty.UNKNOWN)
    assert not made.is_free


def test_a_price_of_0_is_free_even_where_the_tokens_are_unknown() -> None:
    free = Price(Decimal(0), Decimal(0))
    assert line(price=free).is_free
    assert line(None, free, outcome=Outcome.STOPPED).is_free


def test_one_price_makes_the_amount_a_lower_bound() -> None:
    made = line(price=Price(Decimal("0.5"), None, "EUR"))
    assert (made.amount, made.is_at_least, made.is_free) == (Decimal("0.5"), True, False)


@pytest.mark.parametrize("outcome", [Outcome.STOPPED, Outcome.FAILED])
def test_an_answer_that_was_cut_costs_at_least_what_came(outcome: Outcome) -> None:
    made = line(replace(USAGE, source=Source.ESTIMATED), outcome=outcome, cause="stream-reset")
    assert (made.amount, made.is_at_least) == (Decimal("0.72"), True)
    assert (made.source, made.amount_source) == (Certainty.ESTIMATED, Certainty.ESTIMATED)
    assert not line(outcome=outcome).is_at_least
    later = price_later(replace(made, price=Price(), own_amount=None), PRICE, date(2026, 12, 1))
    assert (later.amount, later.is_at_least) == (Decimal("0.72"), True)


def test_an_answer_that_was_stopped_before_it_came_is_unknown() -> None:
    made = line(None, outcome=Outcome.STOPPED, status=None)
    assert (made.amount, made.source, made.currency) == (None, Certainty.UNKNOWN, "EUR")


@pytest.mark.parametrize(
    ("outcome", "cause", "status", "phases"),
    [
        (Outcome.FAILED, "auth", 401, ("send",)),
        (Outcome.FAILED, "connection-refused", None, ("lookup",)),
        (Outcome.STOPPED, None, None, ("lookup",)),
        (Outcome.STOPPED, None, 429, ("send",)),
        (Outcome.FAILED, "login-page", 200, ("send",)),
    ],
)
def test_what_used_no_tokens_makes_no_line(
    outcome: Outcome, cause: str | None, status: int | None, phases: tuple[str, ...]
) -> None:
    assert line_of(record(None, outcome=outcome, cause=cause, status=status, phases=phases)) is None


def test_a_failure_while_the_model_may_have_worked_makes_a_line() -> None:
    assert line(None, outcome=Outcome.FAILED, cause="no-answer", status=None).cause == "no-answer"


def test_a_line_without_a_price_can_be_given_one_later_and_says_so() -> None:
    day = date(2026, 12, 1)
    made = price_later(line(price=Price()), PRICE, day)
    assert (made.amount, made.currency, made.priced_on) == (Decimal("0.72"), "EUR", day)


def test_history_is_never_priced_anew() -> None:
    priced, reported = line(), line(price=Price(), server_cost=ServerCost(Decimal(1), "USD", "usage.cost"))
    for made in (priced, reported):
        assert price_later(made, Price(Decimal(9), Decimal(9), "CNY"), date(2026, 12, 1)) is made
