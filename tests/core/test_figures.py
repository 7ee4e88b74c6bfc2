"""Formatting of figures, and the marks of their sources."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core import figures
from tui.core.usage import Cost, Price, Source, Usage, cost_of

amounts = st.decimals(min_value=Decimal("0.000000001"), max_value=Decimal("999999999"), places=9)
PAID = Price(Decimal("0.003"), Decimal("0.015"), "CNY")


@pytest.mark.parametrize(
    ("count", "source", "expected"),
    [
        (None, Source.REPORTED, "—"),
        (None, Source.ESTIMATED, "—"),
        (0, Source.REPORTED, "0"),
        (1204, Source.REPORTED, "1,204"),
        (1204, Source.ESTIMATED, "~1,204"),
    ],
)
def test_tokens_carry_their_mark(count: int | None, source: Source, expected: str) -> None:
    assert figures.format_tokens(count, source) == expected


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (9_999, "9,999"),
        (10_000, "10.0k"),
        (12_345, "12.3k"),
        (99_960, "100k"),
        (999_400, "999k"),
        (999_600, "1.0M"),
        (1_250_000, "1.3M"),
        (999_600_000, "1G"),
        (5_000_000_000_000, "5,000G"),
    ],
)
def test_compact_tokens_move_to_the_next_unit_in_time(count: int, expected: str) -> None:
    assert figures.format_tokens(count, compact=True) == expected


@given(st.integers(0, 10**13))
def test_compact_tokens_stay_short(count: int) -> None:
    assert len(figures.format_tokens(count, compact=True)) <= 7


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("0", "0.00"),
        ("0.5", "0.50"),
        ("0.000039", "0.000039"),
        ("0.000123456", "0.0001235"),
        ("0.99999", "1.00"),
        ("12.345", "12.34"),
        ("1234567.891", "1,234,567.89"),
        ("1E-7", "0.0000001"),
    ],
)
def test_amounts_read_without_exponent(amount: str, expected: str) -> None:
    assert figures.format_amount(Decimal(amount)) == expected


@given(amounts)
def test_an_amount_above_nothing_never_reads_as_nothing(amount: Decimal) -> None:
    shown = Decimal(figures.format_amount(amount).replace(",", ""))
    assert shown > 0
    assert abs(shown - amount) <= max(amount / 1000, Decimal("0.005") if amount >= 1 else Decimal(0))


@given(amounts)
def test_exact_amounts_lose_no_digit(amount: Decimal) -> None:
    assert Decimal(figures.exact_amount(amount).replace(",", "")) == amount


def test_a_price_of_nothing_is_free_and_no_price_says_nothing() -> None:
    free = Price(Decimal(0), Decimal(0))
    assert figures.format_cost(cost_of(Usage(10, 20), free), free) == "free"
    assert figures.format_cost(None, Price()) == ""


def test_a_cost_says_whether_it_is_reported_estimated_or_unknown() -> None:
    reported, estimate = Usage(1000, 1000), Usage(1000, 1000, source=Source.ESTIMATED)
    assert figures.format_cost(cost_of(reported, PAID), PAID) == "0.018 CNY"
    assert figures.format_cost(cost_of(estimate, PAID), PAID) == "~0.018 CNY"
    assert figures.format_cost(None, PAID) == "— CNY"


def test_amounts_of_different_currencies_stand_side_by_side() -> None:
    euros = Cost(Decimal("0.5"), Decimal("0.25"), "EUR", Source.ESTIMATED)
    yen = Cost(Decimal("12"), Decimal("0"), "JPY")
    nothing = Cost(Decimal(0), Decimal(0), "USD")
    assert figures.format_costs([euros, yen, nothing]) == "~0.75 EUR + 12.00 JPY"


@pytest.mark.parametrize(
    ("milliseconds", "expected"),
    [
        (None, "—"),
        (4.24, "4.2 ms"),
        (9.96, "10 ms"),
        (412.4, "412 ms"),
        (999.6, "1.00 s"),
        (12_345, "12.3 s"),
        (59_960, "1 min 00 s"),
        (123_000, "2 min 03 s"),
        (3_723_000, "1 h 02 min"),
    ],
)
def test_durations_pick_their_unit(milliseconds: float | None, expected: str) -> None:
    assert figures.format_milliseconds(milliseconds) == expected


@pytest.mark.parametrize(("seconds", "expected"), [(0.9, "0 s"), (12.99, "12 s"), (61, "1 min 01 s")])
def test_a_running_wait_counts_whole_seconds(seconds: float, expected: str) -> None:
    assert figures.format_waited(seconds) == expected


@pytest.mark.parametrize(
    ("rate", "source", "expected"),
    [
        (None, Source.REPORTED, "— tok/s"),
        (48.24, Source.REPORTED, "48.2 tok/s"),
        (48.24, Source.ESTIMATED, "~48.2 tok/s"),
        (1234.5, Source.REPORTED, "1,234 tok/s"),
    ],
)
def test_a_rate_carries_its_mark(rate: float | None, source: Source, expected: str) -> None:
    assert figures.format_rate(rate, source) == expected


def test_the_arithmetic_of_a_price_shows_every_step() -> None:
    assert figures.price_arithmetic(Usage(1200, 300), PAID) == (
        "1,200 prompt tokens × 0.003 CNY / 1,000 = 0.0036 CNY",
        "300 completion tokens × 0.015 CNY / 1,000 = 0.0045 CNY",
        "Total 0.0081 CNY",
    )


def test_the_arithmetic_tells_cached_tokens_apart_where_they_have_a_price() -> None:
    price = Price(Decimal("0.003"), Decimal("0.015"), "CNY", Decimal("0.0003"))
    lines = figures.price_arithmetic(Usage(1200, 300, None, 1000, written_tokens=100), price)
    assert lines == (
        "200 prompt tokens not from a cache × 0.003 CNY / 1,000 = 0.0006 CNY",
        "1,000 prompt tokens from a cache × 0.0003 CNY / 1,000 = 0.0003 CNY",
        "300 completion tokens × 0.015 CNY / 1,000 = 0.0045 CNY",
        "100 prompt tokens were written to a cache, which may cost more than the input price",
        "Total ~0.0054 CNY",
    )


def test_the_arithmetic_names_what_is_unknown() -> None:
    lines = figures.price_arithmetic(Usage(1200, None), PAID)
    assert lines[1] == "— completion tokens × 0.015 CNY / 1,000 = —"
    assert lines[2] == "Total ≥ 0.0036 CNY"
    assert figures.price_arithmetic(Usage(1, 2), Price()) == ()
    one_sided = figures.price_arithmetic(Usage(1, 2), Price(Decimal("0.5")))
    assert one_sided[1:] == (
        "2 completion tokens: the price is unknown, and so is the amount",
        "Total ≥ 0.0005 USD",
    )


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.sampled_from(list(Source)))
def test_the_sum_of_the_arithmetic_is_the_cost(prompt: int, completion: int, source: Source) -> None:
    usage = Usage(prompt, completion, source=source)
    cost = cost_of(usage, PAID)
    assert cost is not None
    expected = figures.marked(f"{figures.exact_amount(cost.total)} CNY", source)
    assert figures.price_arithmetic(usage, PAID)[-1] == f"Total {expected}"


HALF = Price(Decimal("0.5"))


@pytest.mark.parametrize(
    ("usage", "price", "shown"),
    [
        (Usage(10, 5), HALF, "≥ 0.005 USD"),
        (Usage(10, 0), HALF, "0.005 USD"),
        (Usage(None, 5), HALF, "— USD"),
        (Usage(10, 5), Price(Decimal(0), Decimal(0)), "free"),
        (Usage(10, 5), Price(Decimal(0)), "— USD"),
        (Usage(10, None), PAID, "≥ 0.00003 CNY"),
    ],
)
def test_an_unknown_part_of_an_amount_is_never_nothing(usage: Usage, price: Price, shown: str) -> None:
    assert figures.format_cost(cost_of(usage, price), price) == shown


def test_a_sum_with_an_unknown_part_is_a_lower_bound() -> None:
    whole, part = cost_of(Usage(10, 5), Price(Decimal(1), Decimal(1))), cost_of(Usage(10, 5), HALF)
    assert whole is not None
    assert part is not None
    assert figures.format_total(whole.plus(part)) == figures.format_total(part.plus(whole)) == "≥ 0.02 USD"


def test_a_sum_with_an_estimate_is_an_estimate() -> None:
    exact = Cost(Decimal(1), Decimal(1), "USD")
    guess = Cost(Decimal(1), Decimal(1), "USD", Source.ESTIMATED)
    assert exact.plus(exact).source is Source.REPORTED
    assert exact.plus(guess).source is guess.plus(exact).source is Source.ESTIMATED


def test_a_known_and_an_unknown_count_add_up_to_the_known_one_as_an_estimate() -> None:
    for total in (Usage(3, None).plus(Usage(4, 5)), Usage(4, 5).plus(Usage(3, None))):
        assert (total.prompt_tokens, total.completion_tokens, total.source) == (7, 5, Source.ESTIMATED)
