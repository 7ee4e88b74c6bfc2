"""Textual's key parser, for input whose sequences are whole: it never waits, and never types one.

By itself it waits for more of a sequence that it does not know, then types it into the focused field
(seen in Textual 8.2.8).
"""

from __future__ import annotations

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
"""A key of kitty's protocol with several characters, as an input method sends them."""

_ESCAPES = ("\x1b", "\x1b[27u")
_LONGEST = 32
"""What is longer is no key, and the parser would type it."""


class KeyParser(XTermParser):
    """See the module."""

    def read(self, text: str) -> Iterator[Message]:
        """Yield what the text means; its sequences are whole."""
        for piece in _PIECES.findall(text):
            if piece[0] != "\x1b":
                yield from self.feed(piece)
            elif piece in _ESCAPES:
                yield events.Key("escape", "\x1b")
            elif typed := _TEXT_KEY.fullmatch(piece):
                yield from self._read_text(typed[1])
            elif len(piece) <= _LONGEST:
                yield from self._read_sequence(piece)

    def _read_text(self, codes: str) -> Iterator[Message]:
        text = "".join(filter(str.isprintable, map(chr, map(int, codes.split(":")))))
        if text:  # for the parser, an empty one is the end of all input
            yield from self.feed(text)

    def _read_sequence(self, sequence: str) -> Iterator[Message]:
        yield from self.feed(sequence)
        if self._timeout_time is None:
            return
        self._timeout_time = None
        if len(sequence) == 2:  # a character with Alt
            self._awaiting = self._gen.throw(ParseTimeout())
            while self._tokens:
                yield self._tokens.popleft()
        else:  # one that it does not know
            self._gen = self.parse(self._tokens.append)
            self._awaiting = next(self._gen)
