"""The text of lines as one string with the positions of lines: created once, searched many times."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

from tui.ui.transcript.compact_lines import Words

LINES_AT_ONCE = 2_000
"""Processed before yielding to others: about 2 ms."""
MATCHES_AT_ONCE = 4_000


class Said:
    """The text of lines; a line that continues on the next one is joined with a space."""

    __slots__ = ("leads", "offsets", "text")

    def __init__(self) -> None:
        self.text = ""
        self.offsets: Sequence[int] = array("Q")
        """Where each line begins in the text."""
        self.leads = array("Q")
        """The decoration characters before the text of each line."""

    def __len__(self) -> int:
        return len(self.leads)

    def extend(self, lines: Iterable[Words]) -> None:
        """Add lines at the end."""
        offsets, leads = array("Q", self.offsets), self.leads
        pieces = [self.text]
        length = len(self.text)
        for text, lead, soft in lines:
            said = text[lead:] if lead else text
            offsets.append(length)
            leads.append(lead)
            pieces += (said, " " if soft else "\n")
            length += len(said) + 1
        self.text, self.offsets = "".join(pieces), offsets

    def with_lines(self, lines: Sequence[Words]) -> Said:
        """Return a copy with further lines."""
        if not lines:
            return self
        whole = Said()
        whole.text, whole.offsets, whole.leads = self.text, self.offsets, self.leads[:]
        whole.extend(lines)
        return whole

    def parts(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Yield a range of the text by line: index, first character, after the last."""
        for index in range(bisect_right(self.offsets, start) - 1, len(self)):
            offset = self.offsets[index]
            if offset >= end:
                return
            after = self.offsets[index + 1] if index + 1 < len(self) else len(self.text)
            low, high = max(start, offset), min(end, after - 1)
            if high > low:
                lead = self.leads[index]
                yield index, low - offset + lead, high - offset + lead

    def offset(self, line: int, column: int) -> int:
        """Return the position in the text of a character in a line."""
        return self.offsets[line] + column - self.leads[line]


class Matches:
    """The matches in the text of some lines, in order."""

    __slots__ = ("_ends", "_starts", "first_row", "said", "where")

    def __init__(self, said: Said, first_row: int, where: str) -> None:
        self.said = said
        self.where = where
        """The part of the turn: ``prompt``, ``reasoning`` or ``answer``."""
        self.first_row = first_row
        """The row of the first line."""
        self._starts = array("Q")
        self._ends = array("Q")

    def __len__(self) -> int:
        return len(self._starts)

    def add(self, start: int, end: int) -> None:
        """Add the next match."""
        self._starts.append(start)
        self._ends.append(end)

    def parts(self, index: int) -> tuple[tuple[int, int, int], ...]:
        """Return a match as its characters in each row: row, first, after the last."""
        found = self.said.parts(self._starts[index], self._ends[index])
        return tuple((self.first_row + line, first, last) for line, first, last in found)

    def within(self, start: int, end: int) -> int | None:
        """Return the index of the first match that begins in a range of the text, if any."""
        index = bisect_left(self._starts, start)
        return index if index < len(self) and self._starts[index] < end else None

    def beside(self, row: int, column: int, step: int) -> int:
        """Return the index of the first match after a position (``step`` 1), or the last one before it."""
        line = row - self.first_row
        if line < 0 or line >= len(self.said):
            is_before = line < 0
            return (0 if is_before else len(self)) if step > 0 else (-1 if is_before else len(self) - 1)
        offset = self.said.offset(line, column)
        return bisect_right(self._starts, offset) if step > 0 else bisect_left(self._starts, offset) - 1

    def before(self, row: int, column: int) -> int:
        """Return how many matches begin before a position."""
        line = row - self.first_row
        if line < 0:
            return 0
        if line >= len(self.said):
            return len(self)
        return bisect_left(self._starts, self.said.offset(line, column))
