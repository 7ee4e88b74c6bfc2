"""Turns the records of a session into journal lines, with every known key erased."""

from __future__ import annotations

from copy import copy

from tui.core.api_key_search import ApiKeyEraser
from tui.core.lazy_dataclass import dataclass
from tui.core.secret import Redactor
from tui.store.record_values import Record
from tui.store.records import delta_record, encode_line

_LINE_CHARACTERS = 65_536
"""A longer text takes several lines: while one is encoded, no other thread of the program can run."""


@dataclass(slots=True)
class PendingText:
    """Text of a turn that waits to be written."""

    turn_identity: str
    kind: str
    pieces: list[str]


class LineMaker:
    """Encodes records and texts. A key that arrives in pieces is erased, too."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._erasers: dict[tuple[str, str], ApiKeyEraser] = {}

    def lines_of(self, item: Record | PendingText) -> list[bytes]:
        """Return the lines of a record or a text, as far as they can be written now.

        Whatever it raises, nothing has changed: the same item can be tried again.
        """
        return self._text_lines(item) if isinstance(item, PendingText) else self._record_lines(item)

    def _text_lines(self, item: PendingText) -> list[bytes]:
        """An end of the text that could be the beginning of a key waits for what follows."""
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
        """Whatever follows the text of a turn shows where that text ended."""
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
