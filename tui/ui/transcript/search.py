"""Search in the conversation: turns out of view are searched as text, those near it as they are drawn.

Reasoning is searched as well. One that is folded is unfolded when the search comes to a match in it, and
folded again when the search goes on or ends elsewhere.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from tui.ui.transcript.document import TurnDocument
from tui.ui.transcript.lines import Line, Role
from tui.ui.transcript.roll import Roll
from tui.ui.transcript.selecting import mark


class Match(NamedTuple):
    """One match: the row it begins in, and its characters in each row that it touches."""

    row: int
    parts: tuple[tuple[int, int, int], ...]
    """Row, first character, character after the last."""


class Search:
    """What was searched for, and which match the person is at."""

    def __init__(self, roll: Roll) -> None:
        self._roll = roll
        self._pattern: re.Pattern[str] | None = None
        self._current: tuple[str, Match] | None = None
        self._unfolded: TurnDocument | None = None

    @property
    def is_active(self) -> bool:
        """Whether matches are marked."""
        return self._pattern is not None

    def begin(self, query: str) -> int:
        """Search for a text, whatever its case and its white space; return how many matches there are.

        An empty query ends the search. Turns that were never drawn are counted by their source.
        """
        words = query.split()
        if words:  # where the search ends, what it found stays in sight
            self._fold_again()
        self._unfolded = self._current = None
        self._pattern = re.compile(r"\s+".join(map(re.escape, words)), re.I) if words else None
        return sum(self._count(document) for document in self._roll.documents) if words else 0

    def forget(self, identity: str) -> None:
        """A turn gave way to another: it is not the one that the person is at any more."""
        if self._current is not None and self._current[0] == identity:
            self._current = None
        if self._unfolded is not None and self._unfolded.turn.identity == identity:
            self._unfolded = None

    def _count(self, document: TurnDocument) -> int:
        if self._pattern is None:
            return 0
        if document.is_rendered:
            return sum(1 for _ in self._matches(document)) + self._hidden(document)
        turn = document.turn
        texts = (turn.prompt, turn.reasoning.text, turn.answer.text)
        return sum(len(self._pattern.findall(text)) for text in texts)

    def _hidden(self, document: TurnDocument) -> int:
        """Return how many matches a folded reasoning has."""
        if self._pattern is None or document.is_reasoning_shown or not document.has_reasoning:
            return 0
        return len(self._pattern.findall(document.turn.reasoning.text))

    def move(self, step: int) -> tuple[int, Match] | None:
        """Go to the next match (``step`` 1) or the previous one (-1), around the end; say where."""
        if self._pattern is None or not self._roll.documents:
            return None
        count = len(self._roll.documents)
        start = count - 1 if self._current is None else (self._roll.find(self._current[0]) or 0)
        for distance in range(count + 1):
            index = (start + step * distance) % count
            document = self._roll.documents[index]
            if not self._count(document):
                continue
            found = self._pick(self._open(index), step, whole=distance > 0 or self._current is None)
            if found is not None:
                self._current = (document.turn.identity, found)
                return index, found
        return None

    def _open(self, index: int) -> TurnDocument:
        """Return a turn with its lines at hand, its reasoning unfolded where it has a match."""
        document = self._roll.render(index)
        if document is not self._unfolded:
            self._fold_again()
        if self._hidden(document):
            self._unfolded = document
            self._show_reasoning(document, True)
        return document

    def _fold_again(self) -> None:
        if self._unfolded is not None:
            self._show_reasoning(self._unfolded, None)
            self._unfolded = None

    def _show_reasoning(self, document: TurnDocument, shown: bool | None) -> None:
        document.reasoning_open = shown
        if document.is_rendered:
            document.measure()
        self._roll.moved(0)

    def _pick(self, document: TurnDocument, step: int, *, whole: bool) -> Match | None:
        """Return the first match of a turn in the direction, beyond the current one unless ``whole``."""
        matches = list(self._matches(document))
        if not whole and self._current is not None:
            here = self._current[1].parts
            matches = [match for match in matches if (match.parts > here if step > 0 else match.parts < here)]
        if not matches:
            return None
        return matches[0] if step > 0 else matches[-1]

    def _matches(self, document: TurnDocument) -> Iterator[Match]:
        """Yield the matches of a turn as it is drawn; a match may go on over a wrapped line's end."""
        if self._pattern is None:
            return
        pieces: list[str] = []
        rows = _Rows([], [], [])
        length = 0
        for row in range(document.drawn_rows):
            words = document.words_at(row)
            if words is None:
                continue
            text = words.text[words.lead :]
            rows.offsets.append(length)
            rows.numbers.append(row)
            rows.leads.append(words.lead)
            pieces.append(text + (" " if words.soft else "\n"))
            length += len(text) + 1
        rows.offsets.append(length)
        for found in self._pattern.finditer("".join(pieces)):
            parts = tuple(_parts(found.start(), found.end(), rows))
            if parts:
                yield Match(parts[0][0], parts)

    def marked(self, document: TurnDocument, row: int, line: Line) -> Line:
        """Return a row with its matches marked."""
        if self._pattern is None:
            return line
        lead = sum(len(span.text) for span in line.spans[: line.lead])
        for found in self._pattern.finditer(line.text, lead):
            line = mark(line, found.start(), found.end(), Role.MATCH)
        if self._current is not None and self._current[0] == document.turn.identity:
            for part_row, start, end in self._current[1].parts:
                if part_row == row:
                    line = mark(line, start, end, Role.CURRENT_MATCH)
        return line


class _Rows(NamedTuple):
    """The rows that a text was made of."""

    offsets: list[int]
    """Where each begins in the text, and the end of the last."""
    numbers: list[int]
    leads: list[int]
    """Characters before each row's own."""


def _parts(start: int, end: int, rows: _Rows) -> Iterator[tuple[int, int, int]]:
    """Yield where a match lies in each row that it touches."""
    for index in range(bisect_right(rows.offsets, start) - 1, len(rows.numbers)):
        offset = rows.offsets[index]
        if offset >= end:
            return
        low, high = max(start, offset), min(end, rows.offsets[index + 1] - 1)
        if high > low:
            yield rows.numbers[index], low - offset + rows.leads[index], high - offset + rows.leads[index]
