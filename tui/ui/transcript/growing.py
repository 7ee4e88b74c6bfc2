"""A growing text as lines, processed slice by slice so that no step takes long.

The lines always show a prefix of the text; ``is_behind`` tells whether there is more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter

from tui.core.turn import TextBuffer
from tui.texts.shell import TEXT_TOO_LONG
from tui.ui.transcript.compact_lines import CompactLines
from tui.ui.transcript.inline import Reference
from tui.ui.transcript.lines import EMPTY_LINE, Line, Role, Span
from tui.ui.transcript.raw import RawLines
from tui.ui.transcript.render import Layout
from tui.ui.transcript.stream import MarkdownLines
from tui.ui.transcript.wrap import wrap

SLICE_CHARACTERS = 500
"""Processed between two checks of the clock: about 5 ms of work at worst."""
MOST_SPANS = 800_000
"""The limit for drawing a text: about 50,000 lines of code or 250,000 of prose, which take 100 MB."""


class WorkBudget:
    """A limit in characters and seconds, but at least one slice."""

    __slots__ = ("_characters", "_clock", "_is_begun", "_until")

    def __init__(
        self,
        characters: int | None = None,
        seconds: float | None = None,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self._characters = characters
        self._clock = clock
        self._until = None if seconds is None else clock() + seconds
        self._is_begun = False

    def slice(self) -> int:
        """Return how many characters may be processed now; 0 if it is used up."""
        is_late = self._until is not None and self._is_begun and self._clock() >= self._until
        self._is_begun = True
        if is_late:
            return 0
        if self._characters is None:
            return SLICE_CHARACTERS
        taken = min(SLICE_CHARACTERS, self._characters)
        self._characters -= taken
        return taken


class _Reading:
    """One pass through a text, from its beginning."""

    def __init__(self, source: MarkdownLines | RawLines) -> None:
        self.source = source
        self.settled = CompactLines()
        self.offset = 0
        self.is_finished = False

    @property
    def is_full(self) -> bool:
        return self.settled.span_count >= MOST_SPANS

    def is_behind(self, buffer: TextBuffer) -> bool:
        return self.offset < len(buffer) and not self.is_full

    def take(self, buffer: TextBuffer, allowance: WorkBudget) -> bool:
        """Process as much as allowed; return whether that was anything."""
        begun = self.offset
        while self.is_behind(buffer) and (size := allowance.slice()):
            text = buffer.since(self.offset, size)
            self.offset += len(text)
            self.source.feed(text)
            self.settled.extend(self.source.take())
        return self.offset > begun

    def finish(self) -> None:
        self.is_finished = True
        if not self.is_full:
            self.source.finish()
            self.settled.extend(self.source.take())

    @property
    def late_references(self) -> tuple[tuple[str, Reference], ...] | None:
        """Return the definitions that arrived after text had settled without them."""
        return None if self.is_full else self.source.late_references

    def tail(self) -> list[Line]:
        """Return the lines of the open end, or of the note about a rest that is not drawn."""
        if self.is_full:
            return [EMPTY_LINE, *(Line(row) for row in wrap((Span(TEXT_TOO_LONG, Role.NOTE),), 60))]
        return [] if self.is_finished else self.source.tail()


class GrowingText:
    """A text buffer as lines: reads only what was appended since the last read."""

    def __init__(self, buffer: TextBuffer, layout: Layout, *, is_raw: bool) -> None:
        self._buffer = buffer
        self._layout = layout
        self._is_raw = is_raw
        self._begin()

    def _begin(self) -> None:
        self._generation = self._buffer.generation
        self._shown = self._reading = self._new_reading()
        self._tail: list[Line] = []

    def _new_reading(self) -> _Reading:
        return _Reading(RawLines(self._layout.width) if self._is_raw else MarkdownLines(self._layout))

    @property
    def is_behind(self) -> bool:
        """Whether more has arrived than was processed, or a second pass has not caught up with the first."""
        return self._reading is not self._shown or self._reading.is_behind(self._buffer)

    def advance(self, *, is_live: bool, allowance: WorkBudget | None = None) -> bool:
        """Process as much as allowed; return whether any line may have changed."""
        if self._buffer.generation != self._generation:
            self._begin()
        elif self._reading.is_finished and self._reading.is_behind(self._buffer):
            self._reading = self._new_reading()  # its end may belong to the continuation
        return self._advance(is_live, allowance or WorkBudget())

    def _advance(self, is_live: bool, allowance: WorkBudget) -> bool:
        reading = self._reading
        changed = reading.take(self._buffer, allowance)
        is_at_end = not reading.is_behind(self._buffer)
        if is_at_end and not is_live and not reading.is_finished:
            reading.finish()
            changed = True
        if is_at_end or reading is self._shown:
            changed |= reading is not self._shown
            self._shown = reading
            if changed:
                self._tail = reading.tail()
        late = reading.late_references if is_at_end and reading.is_finished and changed else None
        if late is not None:
            self._reading = _Reading(MarkdownLines(self._layout, late))
            self._advance(is_live, allowance)
        return (changed and self._shown is reading) or late is not None

    def __len__(self) -> int:
        return len(self._shown.settled) + len(self._tail)

    def __getitem__(self, index: int) -> Line:
        settled = self._shown.settled
        return settled[index] if index < len(settled) else self._tail[index - len(settled)]

    def block(self, index: int) -> int:
        """Return the block number of a line."""
        settled = self._shown.settled
        return settled.block(index) if index < len(settled) else self._tail[index - len(settled)].block

    @property
    def settled(self) -> CompactLines:
        """The settled lines, which are only appended to; a new object after redrawing."""
        return self._shown.settled

    @property
    def open_end(self) -> Sequence[Line]:
        """The lines after the settled ones; none if a rest is not drawn."""
        return () if self.is_cut else self._tail

    @property
    def is_cut(self) -> bool:
        """Whether the text is too long to be drawn completely."""
        return self._shown.is_full
