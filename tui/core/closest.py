"""Finds the known name that a mistyped one most likely means."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

CLOSE = 0.7
"""How alike a name must be for advice to use it, rather than a question whether it was meant."""


def closest_name(name: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the known name that is most like it; ``None`` where the likeness is under ``cutoff``."""
    return next(iter(get_close_matches(name, list(known), n=1, cutoff=cutoff)), None)
