"""Sums of the ledger: exact, by currency, with missing parts marked."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Context, Decimal
from fractions import Fraction

import pytest

from tui.core.budget import Level, judge, worst
from tui.core.cost_sums import Wanted, project, summarize
from tui.core.cost_texts import sum_text
from tui.core.costs import By, CostReport, CostState, Sum
from tui.core.ledger import Certainty, LedgerLine
from tui.core.limits import Limit, Rates, Scope, read_limit
from tui.core.observed import Outcome, Purpose
from tui.core.usage import Price, Source, Usage

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
EUR = Price(Decimal("0.5"), Decimal(2), "EUR")
FREE = Price(Decimal(0), Decimal(0))
EAST, WEST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-11))


def line(amount: str | None = "1", currency: str = "EUR", **changes: object) -> LedgerLine:
    price = Price(Decimal(1), Decimal(1), currency) if amount is not None else Price()
    made = LedgerLine(
        NOON, Purpose.CHAT, "gpu", "http://a", "m", "c1", Usage(10, 5), price, Decimal(amount or 0)
    )
    if amount is None:
        made = replace(made, own_amount=None)
    return replace(made, **changes)  # type: ignore[arg-type]


def free(**changes: object) -> LedgerLine:
    return line("0", price=FREE, **changes)  # type: ignore[arg-type]


def totals(report: CostReport) -> dict[str, Decimal]:
    return {total.currency: total.amount for total in report.totals}


def month_of_lines(seed: int, count: int) -> list[LedgerLine]:
    """Return the lines of a month in four currencies, with every digit that prices have."""
    chance = random.Random(seed)
    lines = []
    for _ in range(count):
        currency = chance.choice(["EUR", "USD", "CNY", "JPY"])
        digits = chance.randint(0, 12)
        amount = Decimal(chance.randint(0, 10**digits)).scaleb(-chance.randint(0, 15))
        at = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(seconds=chance.randrange(30 * 86_400))
        provider, model = chance.choice(["a", "b", "c"]), chance.choice(["m", "n"])
        usage = Usage(chance.randrange(10**6), chance.randrange(10**5))
        lines.append(line(str(amount), currency, at=at, provider=provider, model=model, usage=usage))
    return lines


def test_a_month_of_10_000_lines_in_four_currencies_is_exact_to_the_last_digit() -> None:
    lines = month_of_lines(1, 10_000)
    exact = Context(prec=500)
    wanted: dict[tuple[str, str], Decimal] = {}
    for item in lines:
        key = item.provider, item.currency if item.amount else ""
        wanted[key] = exact.add(wanted.get(key, Decimal(0)), item.amount or Decimal(0))
    report = summarize(lines, By.PROVIDER)
    rows = {(row.key, row.money.currency): row.money.amount for row in report.rows}
    assert rows == {key: amount for key, amount in wanted.items() if key[1]}
    for currency in ("EUR", "USD", "CNY", "JPY"):
        fraction = sum(
            (Fraction(item.amount or 0) for item in lines if item.currency == currency), Fraction()
        )
        assert Fraction(totals(report)[currency]) == fraction
    assert report.requests == sum(row.requests for row in report.rows) == 10_000
    assert sum(row.prompt_tokens or 0 for row in report.rows) == sum(
        item.usage.prompt_tokens or 0 for item in lines
    )


@pytest.mark.parametrize("by", list(By))
def test_every_dimension_has_the_same_totals(by: By) -> None:
    lines = month_of_lines(2, 500)
    assert totals(summarize(lines, by, zone=EAST)) == totals(summarize(lines, By.PROVIDER))


def test_currencies_stand_apart() -> None:
    report = summarize([line("1", "EUR"), line("2", "USD"), line("3", "USD")], By.PROVIDER)
    assert [(row.key, row.money.amount, row.money.currency) for row in report.rows] == [
        ("gpu", Decimal(5), "USD"),
        ("gpu", Decimal(1), "EUR"),
    ]
    assert totals(report) == {"USD": 5, "EUR": 1}


def test_known_free_and_unknown_are_three_things() -> None:
    states = {
        row.key: (row.money.state, row.money.is_lower_bound)
        for row in summarize(
            [
                line(provider="known"),
                free(provider="free"),
                line(None, provider="unknown"),
                line(provider="some"),
                line(None, provider="some"),
                free(provider="part"),
                line(None, provider="part"),
            ],
            By.PROVIDER,
        ).rows
    }
    assert states == {
        "known": (CostState.KNOWN, False),
        "free": (CostState.FREE, False),
        "unknown": (CostState.UNKNOWN, True),
        "some": (CostState.KNOWN, True),
        "part": (CostState.UNKNOWN, True),
    }


def test_what_is_not_priced_is_named_and_makes_the_sum_a_lower_bound() -> None:
    report = summarize([line(), line(None, provider="old"), line(None, provider="old"), free()], By.PROVIDER)
    (total,) = report.totals
    assert (total.amount, total.currency, total.is_lower_bound) == (Decimal(1), "EUR", True)
    assert (report.not_priced, report.unpriced) == ({"old": 2}, 2)


def test_a_priced_provider_with_unknown_tokens_is_not_among_the_not_priced() -> None:
    stopped = line("1", own_amount=None, usage=Usage(), outcome=Outcome.STOPPED)
    report = summarize([stopped], By.PROVIDER)
    assert (report.not_priced, report.unpriced) == ({}, 1)
    assert report.rows[0].money.state is CostState.UNKNOWN


def test_a_sum_with_an_estimate_is_one() -> None:
    estimated = line(usage=Usage(1, 1, source=Source.ESTIMATED))
    assert summarize([line(), estimated], By.PROVIDER).rows[0].money.source is Certainty.ESTIMATED
    assert summarize([line(), line()], By.PROVIDER).rows[0].money.source is Certainty.REPORTED


def test_tokens_that_nobody_told_are_not_0() -> None:
    report = summarize([line(usage=Usage(10, None)), line(usage=Usage(5, None, None, 0))], By.MODEL)
    (row,) = report.rows
    assert (row.prompt_tokens, row.completion_tokens, row.cached_tokens) == (15, None, None)
    assert row.tokens_source is Certainty.ESTIMATED
    lacking = [line(usage=Usage(1000, 10)), line(usage=Usage(None, 10, 0, 0))]
    (row,) = summarize(lacking, By.MODEL).rows
    assert (row.prompt_tokens, row.completion_tokens, row.tokens_source) == (1000, 20, Certainty.ESTIMATED)
    assert (row.cached_tokens, row.reasoning_tokens) == (None, None)
    (row,) = summarize([line(usage=Usage(1000, 10, 0, 0))] * 2, By.MODEL).rows
    assert (row.cached_tokens, row.reasoning_tokens, row.tokens_source) == (0, 0, Certainty.REPORTED)
    assert summarize([line(usage=Usage())], By.MODEL).rows[0].tokens_source is Certainty.UNKNOWN


def test_bench_is_left_out_unless_it_is_wanted() -> None:
    lines = [line(), line(purpose=Purpose.BENCH)]
    assert summarize(lines, By.ORIGIN).requests == 1
    report = summarize(lines, By.ORIGIN, Wanted(includes_bench=True))
    assert [row.key for row in report.rows] == ["bench", "chat"]


def test_the_period_holds_its_first_instant_and_not_its_last() -> None:
    lines = [line(at=NOON + timedelta(seconds=seconds)) for seconds in range(4)]
    wanted = Wanted(NOON + timedelta(seconds=1), NOON + timedelta(seconds=3))
    assert summarize(lines, By.DAY, wanted).requests == 2


@pytest.mark.parametrize(
    ("zone", "days"), [(EAST, ["2026-11-16", "2026-11-17"]), (WEST, ["2026-11-15", "2026-11-16"])]
)
def test_days_begin_at_the_midnight_of_the_zone(zone: tzinfo, days: list[str]) -> None:
    at = datetime(2026, 11, 16, 10, 30, tzinfo=UTC)
    lines = [line(at=at), line(at=at - timedelta(minutes=45)), line(at=at + timedelta(minutes=45))]
    assert [row.key for row in summarize(lines, By.DAY, zone=zone).rows] == days


def test_months_are_in_their_order() -> None:
    lines = [line("9", at=NOON), line("1", at=NOON - timedelta(days=40)), line("5", at=NOON)]
    rows = summarize(lines, By.MONTH, zone=UTC).rows
    assert [(row.key, row.money.amount) for row in rows] == [
        ("2026-10", Decimal(1)),
        ("2026-11", Decimal(14)),
    ]


def test_failures_speed_and_hardware_are_beside_the_money() -> None:
    price = replace(EUR, gpu_hour=Decimal("3.60"))
    lines = [
        line(price=price, busy_ms=1000, ttft_ms=100.0, tokens_per_second=10.0),
        line(price=price, busy_ms=3000, ttft_ms=300.0, outcome=Outcome.FAILED),
        line(price=price, busy_ms=None, ttft_ms=200.0, outcome=Outcome.STOPPED),
    ]
    (row,) = summarize(lines, By.PROVIDER).rows
    assert (row.failures, row.busy_ms, row.ttft_p50_ms, row.rate_p50) == (1, 4000, 200.0, 10.0)
    assert [(gpu.amount, gpu.currency) for gpu in row.gpu] == [(Decimal("0.004"), "EUR")]
    assert row.money.amount == 3


@pytest.mark.parametrize(
    ("now", "zone", "expected"),
    [
        (datetime(2026, 11, 2, 23, tzinfo=UTC), UTC, None),
        (datetime(2026, 11, 16, tzinfo=UTC), UTC, Decimal(20)),
        (datetime(2026, 11, 15, 10, tzinfo=UTC), EAST, Decimal(20)),
        (datetime(2026, 11, 16, 11, tzinfo=UTC), WEST, Decimal(20)),
        (datetime(2028, 2, 15, 12, tzinfo=UTC), UTC, Decimal(20)),
        (datetime(2026, 12, 1, tzinfo=UTC), UTC, None),
    ],
)
def test_the_projection_is_of_the_same_calendar_month(
    now: datetime, zone: tzinfo, expected: Decimal | None
) -> None:
    projected = project(Sum(Decimal(10), "EUR"), now, zone)
    assert (None if projected is None else projected.amount) == expected
    if projected is not None:
        assert projected.is_estimate


def test_nothing_known_is_not_projected() -> None:
    assert project(Sum(is_lower_bound=True), NOON) is None


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("20 EUR", (Decimal(20), "EUR")),
        ("usd 0.50", (Decimal("0.50"), "USD")),
        ("20", None),
        ("20 XXX", None),
        ("-1 EUR", None),
        ("1e3 EUR", None),
        (". EUR", None),
        ("٣ EUR", None),
        ("1 2 EUR", None),
    ],
)
def test_a_budget_is_an_amount_and_a_currency(text: str, limit: tuple[Decimal, str] | None) -> None:
    assert read_limit(text) == limit


def limits(amount: str = "10") -> list[Limit]:
    return [
        Limit(Scope.MONTH, Decimal(amount), "EUR"),
        Limit(Scope.DAY, Decimal(amount), "EUR"),
        Limit(Scope.PROVIDER, Decimal(amount), "EUR", "gpu"),
    ]


@pytest.mark.parametrize(
    ("spent", "level"),
    [("7.99", Level.WITHIN), ("8", Level.NEAR), ("9.999", Level.NEAR), ("10", Level.EXCEEDED)],
)
def test_a_budget_warns_at_80_percent_and_is_spent_at_100(spent: str, level: Level) -> None:
    for state in judge(limits(), [line(spent)], NOON, UTC):
        assert state.level is level


def test_each_budget_counts_its_own_period_and_provider() -> None:
    lines = [line("1"), line("2", at=NOON - timedelta(days=1)), line("4", provider="other")]
    lines.append(line("8", at=NOON - timedelta(days=20)))
    states = judge(limits(), lines, NOON, UTC)
    assert [state.spent.amount for state in states] == [7, 5, 3]
    nearest = worst(states)
    assert nearest is not None
    assert nearest.limit.scope is Scope.MONTH


def test_a_budget_over_unknown_prices_is_a_lower_bound_and_counts_them() -> None:
    state = judge(limits()[:1], [line("9"), line(None), line(None)], NOON, UTC)[0]
    assert (state.spent.amount, state.spent.is_lower_bound, state.unpriced) == (Decimal(9), True, 2)
    assert state.level is Level.NEAR


def test_other_currencies_count_only_at_a_rate() -> None:
    lines = [line("5", "EUR"), line("5.4", "USD")]
    (state,) = judge(limits()[:1], lines, NOON, UTC)
    assert state.spent == Sum(Decimal(5), "EUR")
    assert [besides.amount for besides in state.besides] == [Decimal("5.4")]
    (state,) = judge(limits()[:1], lines, NOON, UTC, Rates({"EUR": Decimal("1.08")}))
    assert (state.spent, state.besides) == (Sum(Decimal(10), "EUR", True, is_converted=True), ())
    assert sum_text(state.spent) == "~10.00 EUR"
    assert state.level is Level.EXCEEDED


def test_a_budget_of_0_is_spent() -> None:
    assert judge(limits("0")[:1], [], NOON, UTC)[0].level is Level.EXCEEDED
