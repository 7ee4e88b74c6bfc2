"""The cosine of two vectors, and the difference between two answers."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.cosine import SAME, cosine, cosine_text, cosines, difference, is_plausible

NUMBERS = st.floats(-1e30, 1e30, allow_nan=False)
VECTORS = st.lists(NUMBERS, min_size=1, max_size=24).filter(any)
PAIRS = st.integers(1, 16).flatmap(
    lambda size: st.tuples(*(st.lists(NUMBERS, min_size=size, max_size=size).filter(any),) * 2)
)
ANY_NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
SINGLE = st.floats(width=32, allow_nan=False, allow_infinity=False)


@given(VECTORS)
def test_a_vector_is_like_itself_and_unlike_its_opposite(vector: list[float]) -> None:
    assert cosine(vector, vector) == pytest.approx(1)
    assert cosine(vector, [-number for number in vector]) == pytest.approx(-1)


@given(PAIRS)
def test_it_is_symmetric_and_has_its_bounds(pair: tuple[list[float], list[float]]) -> None:
    left, right = pair
    assert -1 <= cosine(left, right) <= 1
    assert cosine(left, right) == pytest.approx(cosine(right, left))


@given(PAIRS, st.floats(1e-3, 1e3))
def test_the_length_of_a_vector_does_not_count(pair: tuple[list[float], list[float]], factor: float) -> None:
    left, right = pair
    longer = [number * factor for number in left]
    assert not any(longer) or cosine(longer, right) == pytest.approx(cosine(left, right), abs=1e-6)


@given(st.lists(ANY_NUMBERS, min_size=2, max_size=8).filter(any))
def test_no_finite_vector_is_too_large_or_too_small(vector: list[float]) -> None:
    assert math.isfinite(cosine(vector, vector[::-1]))


@given(st.floats(0, math.pi))
def test_in_a_plane_it_is_the_cosine_of_the_angle(angle: float) -> None:
    assert cosine([1, 0], [math.cos(angle), math.sin(angle)]) == pytest.approx(math.cos(angle), abs=1e-12)


def test_a_table_has_each_with_each() -> None:
    assert cosines([(1, 0), (0, 2), (3, 0)]) == ((1, 0, 1), (0, 1, 0), (1, 0, 1))


@pytest.mark.parametrize(
    ("alike", "first", "second", "expected"),
    [(0.87, 0.31, 0.29, True), (0.87, 0.87, 0.29, False), (0.87, 0.3, 0.9, False), (-0.1, -0.2, -0.3, True)],
)
def test_plausible_is_where_the_two_alike_are_the_closest(
    alike: float, first: float, second: float, expected: bool
) -> None:
    table = ((1, alike, first), (alike, 1, second), (first, second, 1))
    assert is_plausible(table) is expected


@given(st.lists(SINGLE, min_size=1, max_size=40))
def test_a_float_of_32_bits_is_the_same_number(numbers: list[float]) -> None:
    written = [float(f"{number:.9g}") for number in numbers]
    assert difference([numbers], [written]) <= SAME


@given(st.lists(SINGLE.filter(lambda number: abs(number) > 1e-30), min_size=1, max_size=12))
def test_the_wrong_byte_order_is_another_vector(numbers: list[float]) -> None:
    size = len(numbers)
    swapped = struct.unpack(f">{size}f", struct.pack(f"<{size}f", *numbers))
    is_same = all(one == other for one, other in zip(numbers, swapped, strict=True))
    largest = max(map(abs, (*numbers, *(value for value in swapped if math.isfinite(value)))))
    gap = max(
        (abs(a - b) / largest for a, b in zip(numbers, swapped, strict=True) if math.isfinite(b)), default=1
    )
    if all(map(math.isfinite, swapped)) and gap > 2 * SAME:
        assert not is_same
        assert difference([numbers], [list(swapped)]) > SAME


def test_another_shape_is_as_far_as_can_be() -> None:
    assert difference([(1, 2)], [(1, 2, 3)]) == math.inf
    assert difference([(1, 2)], [(1, 2), (1, 2)]) == math.inf
    assert difference([], []) == 0


def test_what_is_nearly_nothing_has_no_sign() -> None:
    assert (cosine_text(-0.001), cosine_text(-0.01), cosine_text(0.8749, 3)) == ("0.00", "-0.01", "0.875")
