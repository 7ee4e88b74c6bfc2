"""When the pieces of an answer arrived."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.pace import LongestGap, arrivals, longest_gap


def test_a_steady_answer_is_a_level_line_and_a_pause_a_hole() -> None:
    assert arrivals([0.1] * 40, 10) == "█" * 10
    paused = arrivals([0.1] * 20 + [3.0] + [0.1] * 20, 10)
    assert "   " in paused
    assert paused.strip()


def test_a_slow_part_is_lower_than_a_fast_one() -> None:
    line = arrivals([0.1] * 40 + [0.4] * 10, 8)
    assert line[0] > line[-1]


@pytest.mark.parametrize("gaps", [[], [0.1] * 9, [0.0] * 20])
def test_a_few_pieces_and_those_that_came_at_once_are_no_picture(gaps: list[float]) -> None:
    assert arrivals(gaps, 10) == ""


@given(st.lists(st.floats(0, 100), max_size=60), st.integers(0, 40))
def test_the_line_is_as_wide_as_its_place(gaps: list[float], cells: int) -> None:
    assert len(arrivals(gaps, cells)) in (0, cells)


def test_the_longest_gap_is_told_with_its_place() -> None:
    assert longest_gap([0.1, 0.1, 0.412, 0.3, 0.088]) == LongestGap(412.0, 20)
    assert longest_gap([0.5]) == LongestGap(500.0, 0)
    assert longest_gap([]) is None
    assert longest_gap([0.0, 0.0]) is None
