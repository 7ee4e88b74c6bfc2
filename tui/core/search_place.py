"""The scope of a search in all conversations, and the position of a match."""

from __future__ import annotations

from typing import NamedTuple


class HitPlace(NamedTuple):
    """The position of a match in a conversation."""

    turn: str
    """The id of the turn."""
    words: str = ""
    """The matched text, unchanged; empty if the turn itself was searched for."""
    where: str = ""
    """``prompt``, ``answer`` or ``reasoning``."""
    line: str = ""
    """The matching line, or the visible part of it."""


class SearchScope(NamedTuple):
    """The filter of a search in all conversations; empty for none."""

    provider: str = ""
    conversation: str = ""
