"""Which names of models are like one that is not served."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher


def closest_names(name: str, served: Sequence[str], limit: int = 3) -> list[str]:
    """Return the served names that a name was most likely meant to be, the best first."""
    if len(served) <= 1:
        return list(served)

    def likeness(candidate: str) -> float:
        whole = SequenceMatcher(None, name.lower(), candidate.lower()).ratio()
        last = SequenceMatcher(None, _last(name), _last(candidate)).ratio()
        return max(whole, last)

    ranked = sorted(served[:2_000], key=likeness, reverse=True)
    return [candidate for candidate in ranked[:limit] if likeness(candidate) >= 0.4]


def _last(name: str) -> str:
    return name.lower().rpartition("/")[2]
