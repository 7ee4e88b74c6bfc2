"""Turns what a session hands over into the lines of a journal, with every known key erased."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tui.core.secret import Redactor
from tui.store.records import Record, delta_record, encode_line

_LINE_CHARACTERS = 65_536
"""A longer text takes several lines: while one is encoded, no other thread of the program can run."""


@dataclass(slots=True)
class PendingText:
    """Text of a turn that waits to be written."""

    turn_identity: str
    kind: str
    pieces: list[str]


class LineMaker:
    """Encodes records and texts. A key that arrives in pieces is erased too."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._held_back: dict[tuple[str, str], str] = {}

    def lines_of(self, item: Record | PendingText) -> Iterator[bytes]:
        """Yield the lines of a record or a text, as far as they can be written now."""
        if isinstance(item, PendingText):
            yield from self._text_lines(item)
        else:
            yield from self._record_lines(item)

    def _text_lines(self, item: PendingText) -> Iterator[bytes]:
        """An end of the text that could be the beginning of a key waits for what follows."""
        key = (item.turn_identity, item.kind)
        text = self._redactor.redact(self._held_back.pop(key, "") + "".join(item.pieces))
        held = self._redactor.partial_length(text)
        if held:
            self._held_back[key] = text[-held:]
            text = text[:-held]
        for start in range(0, len(text), _LINE_CHARACTERS):
            yield encode_line(delta_record(*key, text[start : start + _LINE_CHARACTERS]))

    def _record_lines(self, record: Record) -> Iterator[bytes]:
        """Whatever follows the text of a turn shows that no key was beginning there."""
        for key in [key for key in self._held_back if key[0] == record.get("turn")]:
            yield encode_line(delta_record(*key, self._held_back.pop(key)))
        yield encode_line(record, self._redactor.redact)
