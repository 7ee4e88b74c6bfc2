"""Fuzzy search in names."""

from __future__ import annotations

import re
from collections.abc import Sequence


def find_loosely(typed: str, names: Sequence[str]) -> list[int]:
    """Return the indexes of the matching names, best first; all of them for an empty text.

    Each word must occur in the name, at least its letters in the same order; whole words rank higher.
    ``names`` must be case-folded (``str.casefold``).
    """
    words = typed.casefold().split()
    loose = [re.compile(".*?".join(map(re.escape, word)), re.DOTALL) for word in words]
    found: list[tuple[int, int]] = []
    for index, name in enumerate(names):
        missing = [pattern for word, pattern in zip(words, loose, strict=True) if word not in name]
        if all(pattern.search(name) for pattern in missing):
            found.append((len(missing), index))
    return [index for _, index in sorted(found)]
