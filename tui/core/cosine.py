"""Similarity of vectors: the cosine of the angle between two, from -1 (opposite) to 1 (same direction)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import chain

SAME = 1e-6
"""Vectors are equal up to this difference, relative to their largest number: a 32-bit float has no more
digits."""

Vector = Sequence[float]


def cosine(left: Vector, right: Vector) -> float:
    """Return the cosine of two vectors of the same size, neither of them all zeros."""
    one, other = _unit(left), _unit(right)
    product = math.fsum(a * b for a, b in zip(one, other, strict=True))
    return max(-1.0, min(1.0, product))


def cosines(vectors: Sequence[Vector]) -> tuple[tuple[float, ...], ...]:
    """Return the cosine of each pair of vectors."""
    return tuple(tuple(cosine(one, other) for other in vectors) for one in vectors)


def is_plausible(table: Sequence[Sequence[float]]) -> bool:
    """Return whether, of three texts, the first two, which mean nearly the same, are the most similar."""
    return table[0][1] > max(table[0][2], table[1][2])


def difference(left: Sequence[Vector], right: Sequence[Vector]) -> float:
    """Return the difference between vectors, relative to their largest number.

    Infinite if their shapes differ.
    """
    if [len(vector) for vector in left] != [len(vector) for vector in right]:
        return math.inf
    largest = max(map(abs, chain(*left, *right)), default=0.0) or 1.0
    return max(
        (abs(a / largest - b / largest) for a, b in zip(chain(*left), chain(*right), strict=True)),
        default=0.0,
    )


def cosine_text(value: float, digits: int = 2) -> str:
    """Format a cosine; values that round to 0 have no sign."""
    return f"{round(value, digits) + 0.0:.{digits}f}"


def _unit(vector: Vector) -> list[float]:
    """Scale a vector to length 1, in two steps to avoid overflow and underflow of the squares."""
    largest = max(map(abs, vector))
    scaled = [number / largest for number in vector]
    norm = math.hypot(*scaled)
    return [number / norm for number in scaled]
