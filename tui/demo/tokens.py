"""A stand-in for a tokenizer: cuts a text into pieces of about four characters."""

from __future__ import annotations

import re

from tui.core.lazy_pattern import lazy_pattern

_TOKEN = lazy_pattern(r"\n+| ?[^\W\d_]{1,8}| ?\d{1,3}| +|[^\w\s]{1,3}|.", re.DOTALL)


def tokenise(text: str) -> tuple[str, ...]:
    """Cut a text into tokens that join to the same text again."""
    return tuple(_TOKEN.findall(text))


def count_tokens(text: str) -> int:
    """Return how many tokens a text has."""
    return sum(1 for _ in _TOKEN.finditer(text))
