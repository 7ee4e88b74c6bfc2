"""The plot of days: correct heights, an axis from 0, and every day in its place."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.plot import plot

BLOCKS = " ▁▂▃▄▅▆▇█"
amounts = st.lists(st.decimals(0, 10**6, places=9), min_size=1, max_size=31)


def heights(lines: list[str], count: int, cells: int = 1) -> list[int]:
    """Return how many eighths each bar is high."""
    rows = [line.partition("┤")[2].ljust(count * cells) for line in lines[:-1]]
    return [sum(BLOCKS.index(row[place * cells]) for row in rows) for place in range(count)]


@given(amounts, st.integers(2, 8), st.integers(1, 3))
def test_what_is_above_0_is_seen_and_0_is_not(found: list[Decimal], rows: int, cells: int) -> None:
    lines = plot(found, rows, cells)
    assert len(lines) == rows + 1
    for amount, height in zip(found, heights(lines, len(found), cells), strict=True):
        assert (height > 0) is (amount > 0)
        assert height <= rows * 8


@given(amounts, st.integers(2, 8))
def test_more_is_never_lower(found: list[Decimal], rows: int) -> None:
    pairs = sorted(zip(found, heights(plot(found, rows), len(found)), strict=True))
    assert [height for _, height in pairs] == sorted(height for _, height in pairs)


@given(amounts, st.integers(2, 8))
def test_the_labels_are_round_even_and_above_the_highest_bar(found: list[Decimal], rows: int) -> None:
    words = [line.partition("┤")[0].strip() for line in plot(found, rows)[:-1]]
    assert len({word.partition(".")[2] and len(word.partition(".")[2]) for word in words}) == 1
    labels = list(map(Decimal, words))
    step = labels[-1]
    assert labels == [step * number for number in range(rows, 0, -1)]
    assert labels[0] >= max(found)
    assert len(step.normalize().as_tuple().digits) <= 2
    assert plot(found, rows)[-1].lstrip().startswith("0 ┼")


def test_a_small_day_beside_a_large_one_still_shows() -> None:
    assert plot([Decimal(100), Decimal("0.0001"), Decimal(0), Decimal(50)], 2) == [
        "100 ┤█",
        " 50 ┤█▁ █",
        "  0 ┼1───",
    ]


@pytest.mark.parametrize(
    ("count", "cells", "axis"),
    [
        (28, 1, "1───5────10───15───20───25──"),
        (31, 1, "1───5────10───15───20───25───30"),
        (30, 1, "1───5────10───15───20───25───30"),
    ],
)
def test_days_stand_below_their_bars(count: int, cells: int, axis: str) -> None:
    line = plot([Decimal(1)] * count, 2, cells)[-1]
    assert line.partition("┼")[2] == axis


def test_a_month_without_any_cost_has_an_axis_and_no_bar() -> None:
    lines = plot([Decimal(0)] * 5, 2)
    assert heights(lines, 5) == [0] * 5


@given(amounts, st.integers(2, 8), st.integers(1, 3))
def test_a_plot_is_made_of_characters_that_every_terminal_font_has(
    found: list[Decimal], rows: int, cells: int
) -> None:
    assert set("".join(plot(found, rows, cells))) <= set("0123456789.┤┼─" + BLOCKS)
