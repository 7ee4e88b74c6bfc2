"""Textual's key parser for complete sequences: it never waits, and never types one as text.

Textual waits for more of an unknown sequence, then types it into the focused field (Textual 8.2.8).
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator

from textual import events
from textual._parser import ParseTimeout
from textual._xterm_parser import XTermParser
from textual.message import Message

from tui.core.lazy_pattern import lazy_pattern

_PIECES = lazy_pattern(
    r"[^\x1b]+"
    r"|\x1b\[(?:\[[A-Z]|M[^\x00-\x1f]{3}|[0-9]+\$(?![@-~])|[<=>?]?[0-9:;]*[ -/]*[@-~])"
    r"|\x1bO[^\x1b]"
    r"|\x1b[^\x1b]?"
)
_TEXT_KEY = lazy_pattern(r"\x1b\[[0-9:]*;[0-9:]*;([0-9]+(?::[0-9]+)+)u")
"""A key in kitty's protocol with several characters, as sent by an input method."""

_WITH_PARTS = lazy_pattern(r"\x1b\[([0-9]*)[0-9:]*(;([0-9]*):?([0-9]*)[0-9:]*)?((?:;[0-9]*)?)([u~A-FHPQRS])")
"""A key in kitty's protocol with sub-parameters: alternate keys, and the event type."""
_RELEASED = "3"
_ESCAPES = ("\x1b", "\x1b[27u")
_LONGEST = 32
"""Longer sequences are not keys, and the parser would type them."""


class KeyParser(XTermParser):
    """See the module."""

    def read(self, text: str) -> Iterator[Message]:
        """Yield the messages for a text that contains complete sequences."""
        for piece in _PIECES.findall(text):
            if piece[0] != "\x1b":
                yield from self.feed(piece)
            elif piece in _ESCAPES:
                yield events.Key("escape", "\x1b")
            elif typed := _TEXT_KEY.fullmatch(piece):
                yield from self._read_text(typed[1])
            elif len(piece) <= _LONGEST and (sequence := _without_parts(piece)):
                yield from self._read_sequence(sequence)

    def _read_text(self, codes: str) -> Iterator[Message]:
        found = (chr(code) for code in map(int, codes.split(":")) if code <= sys.maxunicode)
        text = "".join(filter(str.isprintable, found))
        if text:  # an empty text means the end of the input
            yield from self.feed(text)

    def _read_sequence(self, sequence: str) -> Iterator[Message]:
        try:
            messages = list(self.feed(sequence))
        except (ValueError, OverflowError):  # a number that is not a key
            self._begin_anew()
            return
        yield from (message for message in messages if not _is_half_a_character(message))
        if self._timeout_time is None:
            return
        self._timeout_time = None
        if len(sequence) == 2:  # a character with Alt
            self._awaiting = self._gen.throw(ParseTimeout())
            while self._tokens:
                yield self._tokens.popleft()
        else:  # an unknown sequence
            self._begin_anew()

    def _begin_anew(self) -> None:
        self._tokens.clear()
        self._gen = self.parse(self._tokens.append)
        self._awaiting = next(self._gen)


def _is_half_a_character(message: Message) -> bool:
    """Return whether it is a key with a surrogate, which is not valid text."""
    character = message.character if isinstance(message, events.Key) else None
    return any(unicodedata.category(each) == "Cs" for each in character or "")


def _without_parts(sequence: str) -> str:
    """Return a sequence with only the first part of each number; empty for a key release."""
    match = _WITH_PARTS.fullmatch(sequence) if ":" in sequence else None
    if match is None:
        return sequence
    code, second, modifiers, event, text, end = match.groups()
    if event == _RELEASED:
        return ""
    return f"\x1b[{code}{f';{modifiers}' if second else ''}{text}{end}"
