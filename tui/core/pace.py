"""When the pieces of an answer arrived: how many in each interval, and the longest gap."""

from __future__ import annotations

from collections.abc import Sequence

from tui.core.lazy_dataclass import dataclass

_HEIGHTS = "▁▂▃▄▅▆▇█"
_FEWEST = 10
"""With fewer gaps, a plot would not be meaningful."""
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class LongestGap:
    """The longest gap between two pieces of text."""

    milliseconds: float
    percent: int
    """Where it began, as a percentage of the time from the first to the last piece."""


def longest_gap(gaps: Sequence[float]) -> LongestGap | None:
    """Return the longest of the gaps, given in seconds; ``None`` if their sum is 0."""
    whole = sum(gaps)
    if whole <= 0:
        return None
    place = max(range(len(gaps)), key=gaps.__getitem__)
    return LongestGap(gaps[place] * 1000, int(sum(gaps[:place]) / whole * 100))


def arrivals(gaps: Sequence[float], cells: int) -> str:
    """Return one bar per interval, its height the number of pieces; a space if there were none.

    Counts pieces, not tokens: proxies and speculative decoding deliver several tokens at once. Empty if there
    are too few pieces.
    """
    whole = sum(gaps)
    if len(gaps) < _FEWEST or cells < 1 or whole <= 0:
        return ""
    counts = [0] * cells
    at = 0.0
    for gap in gaps:
        at += gap
        counts[min(cells - 1, int(at / whole * cells - _ROUNDING))] += 1
    most = max(counts)
    top = len(_HEIGHTS) - 1
    return "".join(_HEIGHTS[round(count / most * top)] if count else " " for count in counts)
