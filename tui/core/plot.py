"""A text plot with one bar per day. Its axis begins at 0, and any amount above 0 is visible."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

_BLOCKS = " ▁▂▃▄▅▆▇█"
_STEPS = tuple(map(Decimal, ("1", "1.5", "2", "2.5", "3", "4", "5", "6", "8", "10")))
_LABELLED_DAYS = 5


def plot(amounts: Sequence[Decimal], rows: int, cells: int = 1) -> list[str]:
    """Return ``rows`` lines of bars, each ``cells`` wide including its gap, followed by a line of days."""
    step = _step(max(amounts, default=Decimal(0)), rows)
    places = max(0, -int(step.normalize().as_tuple().exponent))
    labels = [f"{step * row:.{places}f}" for row in range(rows, 0, -1)]
    width = max(map(len, labels))
    lines = [
        f"{label:>{width}} ┤{row}"
        for label, row in zip(labels, _bars(amounts, step, rows, cells), strict=True)
    ]
    return [*lines, f"{'0':>{width}} ┼{_days(len(amounts), cells)}"]


def _bars(amounts: Sequence[Decimal], step: Decimal, rows: int, cells: int) -> Iterator[str]:
    """Yield the rows, from top to bottom."""
    levels = [_level(amount, step) for amount in amounts]
    gap = " " if cells > 1 else ""
    for row in range(rows - 1, -1, -1):
        blocks = (_BLOCKS[min(8, max(0, level - row * 8))] for level in levels)
        yield "".join(block * (cells - len(gap)) + gap for block in blocks).rstrip()


def _level(amount: Decimal, step: Decimal) -> int:
    """Return the height of a bar in eighths of a row; at least 1 for any amount above 0."""
    eighths = (amount * 8 / step).to_integral_value(ROUND_HALF_UP)
    return max(1, int(eighths)) if amount else 0


def _step(most: Decimal, rows: int) -> Decimal:
    """Return the value of one row: a round number, so that the highest bar fits."""
    least = most / rows
    if not least:
        return Decimal(1)
    unit = Decimal(1).scaleb(least.adjusted())
    return next(factor * unit for factor in _STEPS if factor * unit >= least)


def _days(count: int, cells: int) -> str:
    """Return the line below the bars, with some day numbers below their bars."""
    line = ""
    for day in (1, *range(_LABELLED_DAYS, count + 1, _LABELLED_DAYS)):
        line = line.ljust((day - 1) * cells, "─") + str(day)
    return line.ljust(count * cells, "─")
