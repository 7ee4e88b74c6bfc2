"""Whether a text can be an API key: what cannot is told in words that never contain it."""

from __future__ import annotations

import re

from tui.core.secret import Secret
from tui.store.errors import key_error

_QUOTES = "\"'`“”‘’"
_PLACEHOLDER = re.compile(
    r"\$\{?\w+\}?|%\w+%|<.*>|\{\{.*\}\}"  # a variable or template that nobody filled
    r"|(sk-)?(x{3,}|\.{3,})|(your|my)[-_ ]?(api[-_ ]?)?key([-_ ]here)?|change[-_]?me",
    re.IGNORECASE,
)


def checked_key(text: str, source: str) -> Secret:
    """Return the key without the white space around it.

    Raises:
        LmdeckError: it cannot be a key (``key-malformed``).
    """
    key = text.strip()
    problem = _problem(key)
    if problem is not None:
        raise key_error("key-malformed", *problem, source)
    return Secret(key)


def _problem(key: str) -> tuple[str, str] | None:
    """Return what is wrong and what to do, or ``None``."""
    if not key:
        return "it is empty", "Enter the key, or leave the field empty where the server needs none."
    if key.lower().startswith("bearer ") or key.lower() == "bearer":
        return "it begins with Bearer", "Enter only what follows the word Bearer."
    if "\n" in key or "\r" in key:
        return "it has more than one line", "Give the key alone, on one line."
    if key[0] in _QUOTES or key[-1] in _QUOTES:
        return "it is in quotes", "Enter the key without the quotes."
    if _PLACEHOLDER.fullmatch(key):
        return "it is a placeholder", "Enter the key itself; a variable is written as env:NAME."
    if any(character.isspace() for character in key):
        return "it has a space in it", "Enter the key again: it was perhaps copied with more than it."
    if not key.isascii() or not key.isprintable():
        return "it has characters that no key has", "Enter the key again: it was perhaps copied wrongly."
    return None
