"""When two provider names are the same: the file and the command line may spell them differently.

macOS and some editors write é as e followed by an accent, input methods write full-width letters.
"""

from __future__ import annotations

import unicodedata


def normal_name(text: str) -> str:
    """Return the form in which names are compared."""
    return unicodedata.normalize("NFKC", text)


def is_same_name(one: str, other: str) -> bool:
    """Whether two texts name the same provider: they differ at most in their Unicode normalisation."""
    return one == other or normal_name(one) == normal_name(other)
