"""How similar vectors are: the cosine of the angle between two, from -1 (opposite) to 1 (the same)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import chain

SAME = 1e-6
"""Vectors that differ by no more, measured by their largest number, are the same: a 32-bit float has no more
digits."""

Vector = Sequence[float]


def cosine(left: Vector, right: Vector) -> float:
    """Return the cosine of two vectors of one size, of which none is all zeros."""
    one, other = _unit(left), _unit(right)
    product = math.fsum(a * b for a, b in zip(one, other, strict=True))
    return max(-1.0, min(1.0, product))


def cosines(vectors: Sequence[Vector]) -> tuple[tuple[float, ...], ...]:
    """Return the cosine of each vector with each."""
    return tuple(tuple(cosine(one, other) for other in vectors) for one in vectors)


def is_plausible(table: Sequence[Sequence[float]]) -> bool:
    """Whether the first two of three texts, which mean nearly the same, are the closest pair."""
    return table[0][1] > max(table[0][2], table[1][2])


def difference(left: Sequence[Vector], right: Sequence[Vector]) -> float:
    """Return how far the same vectors are apart, the largest number of all counting as 1.

    Infinite where they are not of one shape.
    """
    if [len(vector) for vector in left] != [len(vector) for vector in right]:
        return math.inf
    largest = max(map(abs, chain(*left, *right)), default=0.0) or 1.0
    return max(
        (abs(a / largest - b / largest) for a, b in zip(chain(*left), chain(*right), strict=True)),
        default=0.0,
    )


def cosine_text(value: float, digits: int = 2) -> str:
    """Return a cosine as it is read; one that is nearly 0 has no sign."""
    return f"{round(value, digits) + 0.0:.{digits}f}"


def _unit(vector: Vector) -> list[float]:
    """Return the vector at length 1; scaled first, as squares of large and tiny numbers are out of range."""
    largest = max(map(abs, vector))
    scaled = [number / largest for number in vector]
    norm = math.hypot(*scaled)
    return [number / norm for number in scaled]
