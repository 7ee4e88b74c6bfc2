"""Finds names by parts of them."""

from __future__ import annotations

import re
from collections.abc import Sequence


def find_loosely(typed: str, names: Sequence[str]) -> list[int]:
    """Return the places of the names that a text finds, the best first; all of them for an empty one.

    Each word has to be in a name, or its letters in this order; a whole word counts more than letters.
    ``names`` are in small letters (``str.casefold``).
    """
    words = typed.casefold().split()
    loose = [re.compile(".*?".join(map(re.escape, word)), re.DOTALL) for word in words]
    found: list[tuple[int, int]] = []
    for index, name in enumerate(names):
        missing = [pattern for word, pattern in zip(words, loose, strict=True) if word not in name]
        if all(pattern.search(name) for pattern in missing):
            found.append((len(missing), index))
    return [index for _, index in sorted(found)]
