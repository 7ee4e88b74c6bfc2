"""Finds available model names that resemble one that does not exist."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from tui.core.lazy_pattern import lazy_pattern

_OTHER_KIND = lazy_pattern(r"embed|rerank|\bbge-|\be5-|\bgte-|minilm|whisper|\btts\b|moderation")


def closest_names(name: str, served: Sequence[str], limit: int = 3) -> list[str]:
    """Return the available names that most likely were meant, best first.

    An embedding model never replaces a chat model or vice versa, as far as names show.
    """
    served = [each for each in served if _is_other_kind(each) == _is_other_kind(name)]
    if len(served) <= 1:
        return list(served)

    def likeness(candidate: str) -> float:
        whole = SequenceMatcher(None, name.lower(), candidate.lower()).ratio()
        last = SequenceMatcher(None, _last(name), _last(candidate)).ratio()
        return max(whole, last)

    ranked = sorted(served[:2_000], key=likeness, reverse=True)
    return [candidate for candidate in ranked[:limit] if likeness(candidate) >= 0.4]


def _is_other_kind(name: str) -> bool:
    """Return whether a name is not that of a chat model."""
    return _OTHER_KIND.search(_last(name)) is not None


def _last(name: str) -> str:
    return name.lower().rpartition("/")[2]
