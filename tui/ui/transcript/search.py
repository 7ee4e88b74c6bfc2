"""Search in the conversation: turns outside the view are searched as text, others as drawn.

Reasoning is searched as well. A fold is unfolded when the search reaches a match in it, and folded again when
the search continues or ends elsewhere. A turn that is still being drawn is searched as text until its lines
exist; moving to a match in it waits for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from weakref import WeakKeyDictionary

from tui.core.search_place import HitPlace
from tui.ui.transcript.compact_lines import CompactLines, words_of
from tui.ui.transcript.document import Passage, TurnDocument
from tui.ui.transcript.growing import GrowingText
from tui.ui.transcript.lines import Line, Role
from tui.ui.transcript.said import LINES_AT_ONCE, MATCHES_AT_ONCE, Matches, Said
from tui.ui.transcript.selecting import mark
from tui.ui.transcript.virtual_rows import VirtualRows


def _drawn(line: str) -> re.Pattern[str]:
    """Return a pattern for a source line as drawn: without Markdown syntax, and wrapped anywhere."""
    said = filter(str.isalnum, line)
    return re.compile(r"[\W_]*".join(map(re.escape, said)), re.I)


class Match(NamedTuple):
    """One match: its first row, and its characters in each row."""

    row: int
    parts: tuple[tuple[int, int, int], ...]
    """Row, first character, after the last character."""


class _Found(NamedTuple):
    """The matches of a drawn turn, and the state of the turn that they belong to."""

    stamp: tuple[object, ...]
    matches: tuple[Matches, ...]

    @property
    def total(self) -> int:
        return sum(map(len, self.matches))


class Search:
    """The search text, and the current match."""

    def __init__(self, roll: VirtualRows) -> None:
        self._roll = roll
        self._pattern: re.Pattern[str] | None = None
        self._current: tuple[str, Match] | None = None
        self._unfolded: TurnDocument | None = None
        self._said: WeakKeyDictionary[CompactLines, Said] = WeakKeyDictionary()
        self._found: WeakKeyDictionary[TurnDocument, _Found] = WeakKeyDictionary()
        self.count = 0
        """The number of matches, as far as known: those of a turn not drawn yet are of its source."""
        self._counts: WeakKeyDictionary[TurnDocument, int] = WeakKeyDictionary()
        self.hidden_count = 0
        """How many of them are in a part of a text that is too long to be drawn."""
        self._awaited: TurnDocument | None = None
        self._start: HitPlace | None = None
        """Where to begin when its words are searched for."""

    @property
    def is_active(self) -> bool:
        """Whether a search is active."""
        return self._pattern is not None

    def begin(self, query: str) -> int:
        """Search for a text, ignoring case and white space; return the number of matches.

        An empty query ends the search. Turns that are not drawn are counted by their source.
        """
        for _ in self.steps(query):
            pass
        return self.count

    def start_at(self, place: HitPlace) -> None:
        """Begin at a place once its words are searched for, instead of the newest match."""
        self._start = place

    def steps(self, query: str) -> Iterator[None]:
        """Do the same as ``begin``, but yield to other work. ``count`` is the result."""
        words = query.split()
        if self._start is not None and self._start.words != query:
            self._start = None
        if words:  # when the search ends, the last match stays visible
            self._fold_again()
        else:
            self._said.clear()
        self._unfolded = self._current = None
        self._found.clear()
        self.count, self.hidden_count, self._awaited = 0, 0, None
        self._counts = WeakKeyDictionary()
        self._pattern = re.compile(r"\s+".join(map(re.escape, words)), re.I) if words else None
        if not words:
            return
        counts: WeakKeyDictionary[TurnDocument, int] = WeakKeyDictionary()
        for document in list(self._roll.documents):
            yield from self._look_through(document)
            counts[document] = self._count(document)
            self.hidden_count += self._beyond(document)
            yield
        self._counts, self.count = counts, sum(counts.values())

    @property
    def place(self) -> int:
        """The number of the current match, from 1; 0 before the first."""
        if self._current is None:
            return 0
        identity, match = self._current
        before = 0
        for document in self._roll.documents:
            if document.turn.identity == identity:
                return before + self._place_in(document, match)
            before += self._counts.get(document, 0)
        return 0

    def _place_in(self, document: TurnDocument, match: Match) -> int:
        row, column, _ = match.parts[0]
        return 1 + sum(matches.before(row, column) for matches in self._in_lines(document).matches)

    def forget(self, identity: str) -> None:
        """Forget the position in a turn that was replaced."""
        if self._current is not None and self._current[0] == identity:
            self._current = None
        if self._unfolded is not None and self._unfolded.turn.identity == identity:
            self._unfolded = None

    @property
    def is_waiting(self) -> bool:
        """Whether the next match is in a turn that is not completely drawn yet."""
        return any(document is self._awaited for document in self._roll.documents)

    @property
    def is_due(self) -> bool:
        """Whether the turn that it waits for is drawn."""
        return self._awaited is None or not (self.is_waiting and self._awaited.is_behind)

    # ---- counting

    def _count(self, document: TurnDocument) -> int:
        if document.is_rendered and not document.is_behind:
            return self._in_lines(document).total + self._hidden(document) + self._beyond(document)
        turn = document.turn
        return sum(self._in_text(text) for text in (turn.prompt.text, turn.reasoning.text, turn.answer.text))

    def _in_text(self, text: str) -> int:
        return 0 if self._pattern is None else sum(1 for _ in self._pattern.finditer(text))

    def _hidden(self, document: TurnDocument) -> int:
        """Return the number of matches in folded reasoning."""
        if document.is_reasoning_shown or not document.has_reasoning:
            return 0
        return self._in_text(document.turn.reasoning.text)

    def _beyond(self, document: TurnDocument) -> int:
        """Return the number of matches in the part of an answer that is too long to be drawn."""
        if not document.is_cut:
            return 0
        drawn = self._in_lines(document).total
        return max(0, self._in_text(document.turn.answer.text) - drawn)

    # ---- the matches of a drawn turn

    def _in_lines(self, document: TurnDocument) -> _Found:
        """Return the matches in the lines of a turn, searched again after changes."""
        for _ in self._look_through(document):
            pass
        return self._found[document]

    def _look_through(self, document: TurnDocument) -> Iterator[None]:
        """Search the available lines, yielding to other work."""
        known = self._found.get(document)
        if known is not None and known.stamp == document.stamp:
            return
        stamp = document.stamp
        every: list[Matches] = []
        for passage in document.passages() if document.is_rendered else ():
            said = Said()
            for step in self._read(passage):
                if step is None:
                    yield
                else:
                    said = step
            matches = Matches(said, passage.first_row, passage.where)
            yield from self._match(matches)
            every.append(matches)
        self._found[document] = _Found(stamp, tuple(every))

    def _read(self, passage: Passage) -> Iterator[Said | None]:
        """Read lines: ``None`` while there are more, finally their text."""
        lines = passage.lines
        if not isinstance(lines, GrowingText):
            said = Said()
            said.extend(map(words_of, lines))
            yield said
            return
        said = self._said.setdefault(lines.settled, Said())
        while len(said) < len(lines.settled):
            said.extend(lines.settled.words_from(len(said), LINES_AT_ONCE))
            yield None
        yield said.with_lines([words_of(line) for line in lines.open_end])

    def _match(self, matches: Matches) -> Iterator[None]:
        if self._pattern is None:
            return
        for found in self._pattern.finditer(matches.said.text):
            matches.add(*found.span())
            if len(matches) % MATCHES_AT_ONCE == 0:
                yield
        yield

    # ---- moving to a match

    def move(self, step: int) -> tuple[int, Match] | None:
        """Move to the next (``step`` 1) or previous match (-1), wrapping around; return its position.

        ``None`` if there is none, or if ``is_waiting``: then try again later.
        """
        self._awaited = None
        if self._pattern is None or not self._roll.documents:
            return None
        count = len(self._roll.documents)
        start = count - 1 if self._current is None else (self._roll.find(self._current[0]) or 0)
        if self._current is None and self._start is not None:
            start, step = self._roll.find(self._start.turn) or 0, 1
        for distance in range(count + 1):
            index = (start + step * distance) % count
            document = self._roll.documents[index]
            if not self._count(document):
                continue
            document = self._open(index)
            is_whole = distance > 0 or self._current is None
            is_open_there = document.is_behind and step < 0 and is_whole
            is_start = self._current is None and self._start is not None and not distance
            if is_start:
                found = self._pick_start(document)
            else:
                found = None if is_open_there else self._pick(document, step, whole=is_whole)
            if found is None and document.is_behind:
                self._awaited = document
                return None
            if found is not None:
                self._current = (document.turn.identity, found)
                self._counts[document] = self._count(document)
                self.count = sum(self._counts.values())
                return index, found
        return None

    def _open(self, index: int) -> TurnDocument:
        """Return a turn with its lines available, and its reasoning unfolded if it has a match."""
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

    def _pick_start(self, document: TurnDocument) -> Match | None:
        """Return the match in the line to begin at, or the first one if that is not drawn."""
        place = self._start
        if place is None:
            return None
        line = _drawn(place.line)
        every = sorted(self._in_lines(document).matches, key=lambda matches: matches.where != place.where)
        for matches in every:
            there = line.search(matches.said.text)
            index = None if there is None else matches.within(*there.span())
            if index is not None and (parts := matches.parts(index)):
                return Match(parts[0][0], parts)
        return None if document.is_behind else self._pick(document, 1, whole=True)

    def _pick(self, document: TurnDocument, step: int, *, whole: bool) -> Match | None:
        """Return the first match of a turn in the direction, after the current one unless ``whole``."""
        here = None if whole or self._current is None else self._current[1].parts[0]
        for matches in self._in_lines(document).matches[::step]:
            if here is None:
                indexes = range(len(matches)) if step > 0 else range(len(matches) - 1, -1, -1)
            else:
                first = matches.beside(here[0], here[1], step)
                indexes = range(first, len(matches)) if step > 0 else range(first, -1, -1)
            for index in indexes:  # a match that only consists of line ends is not visible
                if parts := matches.parts(index):
                    return Match(parts[0][0], parts)
        return None

    # ---- drawing

    def marked(self, document: TurnDocument, row: int, line: Line) -> Line:
        """Return a row with its matches highlighted."""
        if self._pattern is None or not document.is_written(row):
            return line
        lead = sum(len(span.text) for span in line.spans[: line.lead])
        for found in self._pattern.finditer(line.text, lead):
            line = mark(line, found.start(), found.end(), Role.MATCH)
        if self._current is not None and self._current[0] == document.turn.identity:
            for part_row, start, end in self._current[1].parts:
                if part_row == row:
                    line = mark(line, start, end, Role.CURRENT_MATCH)
        return line
