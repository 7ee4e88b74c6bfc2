"""A substitute for a tokenizer: splits a text into pieces of about four characters."""

from __future__ import annotations

import re

from tui.core.lazy_pattern import lazy_pattern

_TOKEN = lazy_pattern(r"\n+| ?[^\W\d_]{1,8}| ?\d{1,3}| +|[^\w\s]{1,3}|.", re.DOTALL)


def tokenise(text: str) -> tuple[str, ...]:
    """Split a text into tokens; joined, they are the same text."""
    return tuple(_TOKEN.findall(text))


def count_tokens(text: str) -> int:
    """Return the number of tokens in a text."""
    return sum(1 for _ in _TOKEN.finditer(text))
