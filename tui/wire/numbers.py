"""Validates numbers from servers: an implausible count or duration is unknown, never 0."""

from __future__ import annotations

import math

from tui.core.outside import read_decimal

_LARGEST = 2**53


def read_count(value: object) -> int | None:
    """Return a non-negative integer, ``None`` for anything else."""
    number = read_number(value)
    return int(number) if number is not None and number == int(number) else None


def read_number(value: object) -> float | None:
    """Return a finite non-negative number, ``None`` for anything else."""
    if isinstance(value, str):
        value = read_decimal(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if 0 <= value <= _LARGEST else None


def first_count(*values: object) -> int | None:
    """Return the first of the values that is a valid count."""
    for value in values:
        count = read_count(value)
        if count is not None:
            return count
    return None
