"""Compares provider names: the file and the command line may spell them differently.

macOS and some editors decompose é into e and an accent; input methods produce full-width letters.
"""

from __future__ import annotations

import unicodedata


def normal_name(text: str) -> str:
    """Return the normal form used to compare names."""
    return unicodedata.normalize("NFKC", text)


def is_same_name(one: str, other: str) -> bool:
    """Return whether two names differ at most in their Unicode normalisation."""
    return one == other or normal_name(one) == normal_name(other)
