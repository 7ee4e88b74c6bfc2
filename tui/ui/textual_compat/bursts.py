"""Recognises pastes on terminals without bracketed paste: typed text with an Enter after each line.

Nobody types several lines within one read. What may have been typed stays keys: a line and its Enter, an
Enter and a line, and a few letters after an Enter that a slow connection delivered together.
"""

from __future__ import annotations

from collections.abc import Iterable

from textual import events

_MORE_SECONDS = 0.03
"""How soon the next part of a long paste follows: a terminal passes on a few kilobytes at a time."""
_TYPED_AHEAD = 12
"""The most characters in two lines that may have been typed while the connection or the program was
stalled."""


class Burst(events.Paste):
    """Several lines that arrived at once: a paste in text fields, plain keys elsewhere."""

    def __init__(self, text: str, keys: Iterable[events.Key]) -> None:
        super().__init__(text)
        self.keys = tuple(keys)


Burst.handler_name = events.Paste.handler_name


class Bursts:
    """Distinguishes bursts from typing."""

    def __init__(self) -> None:
        self._until = 0.0

    def text_of(self, piece: str, now: float) -> str | None:
        """Return the text of several lines that arrived at once; ``None`` for keys."""
        if not _is_text(piece) or not (_is_burst(piece) or now < self._until):
            return None
        self._until = now + _MORE_SECONDS
        return piece.replace("\r\n", "\n").replace("\r", "\n")


def _is_burst(piece: str) -> bool:
    ends = piece.replace("\r\n", "\r")
    if "\r" in ends and "\n" in ends:  # pastes have line ends of one kind: these are Ctrl+J and Enter
        return False
    lines = ends.strip("\r\n").replace("\n", "\r").split("\r")
    return len(lines) > 2 or (len(lines) == 2 and len(piece) >= _TYPED_AHEAD)


def _is_text(piece: str) -> bool:
    return all(character.isprintable() or character in "\t\r\n" for character in piece)
