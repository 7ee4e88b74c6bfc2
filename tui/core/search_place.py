"""Where a search of all conversations looks, and where it found something."""

from __future__ import annotations

from typing import NamedTuple


class HitPlace(NamedTuple):
    """Where in a conversation something was found."""

    turn: str
    """The identity of the turn."""
    words: str = ""
    """The text found, unchanged; empty: the turn itself was searched for."""
    where: str = ""
    """``prompt``, ``answer`` or ``reasoning``."""
    line: str = ""
    """The line that has the words, or what is shown of it."""


class SearchScope(NamedTuple):
    """What a screen can narrow a search of all conversations to; empty: nothing."""

    provider: str = ""
    conversation: str = ""
