"""Encodes the records of a session as journal lines, with all known keys erased."""

from __future__ import annotations

from copy import copy

from tui.core.api_key_search import ApiKeyEraser
from tui.core.lazy_dataclass import dataclass
from tui.core.secret import Redactor
from tui.store.record_values import Record
from tui.store.records import delta_record, encode_line

_LINE_CHARACTERS = 65_536
"""Longer texts are split into lines: no other thread can run while one is encoded."""


@dataclass(slots=True)
class PendingText:
    """Text of a turn to be written."""

    turn_identity: str
    kind: str
    pieces: list[str]


class LineMaker:
    """Encodes records and texts, also erasing keys that arrive in pieces."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._erasers: dict[tuple[str, str], ApiKeyEraser] = {}

    def lines_of(self, item: Record | PendingText) -> list[bytes]:
        """Return the lines of a record or a text, as far as they can be written now.

        If it raises, nothing has changed: the same item can be tried again.
        """
        return self._text_lines(item) if isinstance(item, PendingText) else self._record_lines(item)

    def _text_lines(self, item: PendingText) -> list[bytes]:
        """Return the lines of a text, holding back an end that could be the beginning of a key."""
        key = (item.turn_identity, item.kind)
        text = "".join(item.pieces)
        eraser = copy(self._erasers.get(key) or ApiKeyEraser())
        if self._redactor.knows_any:
            text, _ = eraser.feed(self._redactor.search, text)
        starts = range(0, len(text), _LINE_CHARACTERS)
        lines = [encode_line(delta_record(*key, text[start : start + _LINE_CHARACTERS])) for start in starts]
        self._erasers[key] = eraser
        return lines

    def _record_lines(self, record: Record) -> list[bytes]:
        """Return the lines of a record, after the text held back, which has ended."""
        lines: list[bytes] = []
        ended = [key for key in self._erasers if key[0] == record.get("turn")]
        for key in ended:
            text, _ = copy(self._erasers[key]).flush(self._redactor.search)
            if text:
                lines.append(encode_line(delta_record(*key, text)))
        lines.append(encode_line(record, self._redactor.redact))
        for key in ended:
            del self._erasers[key]
        return lines
