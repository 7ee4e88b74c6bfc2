"""Finds the known name that a mistyped one most likely means."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

CLOSE = 0.7
"""The similarity from which advice uses a name without asking first."""


def closest_name(name: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the most similar known name; ``None`` if its similarity is below ``cutoff``."""
    return next(iter(get_close_matches(name, list(known), n=1, cutoff=cutoff)), None)
