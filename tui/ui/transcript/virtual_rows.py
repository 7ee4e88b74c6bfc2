"""All turns as one long sequence of rows, of which only the visible part is rendered.

A position is an anchor: a turn and a row of that turn. Anchors stay valid when the heights of turns above
turn out to differ from their estimates; absolute rows do not, and are computed from anchors when needed. An
anchor can be kept while turns are removed: one in a removed turn means the row after the last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tui.core.reasoning_view import ReasoningView
from tui.core.turn import Turn
from tui.ui.transcript.document import TurnDocument, View

KEPT_ROWS = 12_000
"""The number of invisible rows that stay rendered."""


class Anchor(NamedTuple):
    """A row of a turn."""

    turn: int
    row: int


class VirtualRows:
    """The documents in order, their heights, and conversions of anchors."""

    def __init__(self, view: View, reasoning: ReasoningView) -> None:
        self.documents: list[TurnDocument] = []
        self.view = view
        self._reasoning = reasoning
        self._tops: list[int] = []
        self._used: dict[int, TurnDocument] = {}

    # ---- documents

    def show(self, turns: Iterable[Turn]) -> None:
        """Replace all turns."""
        self.documents = [self._document(turn) for turn in turns]
        self._tops.clear()
        self._used.clear()

    def add(self, turn: Turn) -> TurnDocument:
        """Append a turn."""
        document = self._document(turn)
        self.documents.append(document)
        return document

    def cut(self, index: int) -> list[Turn]:
        """Remove and return the turns from ``index``."""
        gone = self.documents[index:]
        for document in gone:
            self._used.pop(id(document), None)
        del self.documents[index:]
        self.moved(index)
        return [document.turn for document in gone]

    def _document(self, turn: Turn) -> TurnDocument:
        return TurnDocument(turn, self._reasoning)

    def find(self, identity: str) -> int | None:
        """Return the index of a turn."""
        for index in range(len(self.documents) - 1, -1, -1):
            if self.documents[index].turn.identity == identity:
                return index
        return None

    def behind(self) -> int | None:
        """Return the index of a rendered turn with unprocessed text."""
        late = next((document for document in self._used.values() if document.is_behind), None)
        return None if late is None else self.find(late.turn.identity)

    def set_view(self, view: View) -> None:
        """Set what all rows depend on."""
        if view != self.view:
            self.view = view
            self._tops.clear()

    # ---- heights

    def rows(self, index: int) -> int:
        """Return the exact number of rows of a turn, rendering it if necessary."""
        self.render(index)
        return self.documents[index].rows(self.view)

    def render(self, index: int) -> TurnDocument:
        """Return a turn with its lines available."""
        document = self.documents[index]
        before = document.rows(self.view)
        document.render(self.view)
        if document.rows(self.view) != before:
            self.moved(index + 1)
        self._used.pop(id(document), None)
        self._used[id(document)] = document
        return document

    def moved(self, index: int) -> None:
        """Record that the positions of turns from ``index`` may have changed."""
        del self._tops[index:]

    def top(self, index: int) -> int:
        """Return the absolute first row of a turn; unrendered turns are estimated."""
        tops = self._tops
        if not tops:
            tops.append(0)
        while len(tops) <= index:
            tops.append(tops[-1] + self.documents[len(tops) - 1].rows(self.view))
        return tops[index]

    @property
    def height(self) -> int:
        """The total number of rows, including estimates."""
        return self.top(len(self.documents)) if self.documents else 0

    # ---- anchors

    def absolute(self, anchor: Anchor) -> int:
        """Return an anchor's absolute row; for a removed turn, the row after the last."""
        if anchor.turn >= len(self.documents):
            return self.height
        return self.top(anchor.turn) + anchor.row

    def at(self, absolute: int) -> Anchor:
        """Return the anchor of an absolute row."""
        low, high = 0, len(self.documents) - 1
        while low < high:
            middle = (low + high + 1) // 2
            if self.top(middle) <= absolute:
                low = middle
            else:
                high = middle - 1
        return Anchor(low, max(0, absolute - self.top(low))) if self.documents else Anchor(0, 0)

    def step(self, anchor: Anchor, rows: int) -> Anchor:
        """Return the anchor some rows further down (up if negative), exactly, within the bounds."""
        if not self.documents:
            return Anchor(0, 0)
        if anchor.turn >= len(self.documents):
            anchor = Anchor(len(self.documents) - 1, self.rows(len(self.documents) - 1))
        index, row = anchor.turn, anchor.row + rows
        while row < 0 and index > 0:
            index -= 1
            row += self.rows(index)
        while index < len(self.documents) - 1 and row >= (here := self.rows(index)):
            row -= here
            index += 1
        last = index == len(self.documents) - 1
        return Anchor(index, max(0, min(row, self.rows(index) - 1) if last else row))

    def end(self, height: int) -> Anchor:
        """Return the anchor at which the last ``height`` rows begin."""
        left = height
        for index in range(len(self.documents) - 1, -1, -1):
            rows = self.rows(index)
            if rows >= left:
                return Anchor(index, rows - left)
            left -= rows
        return Anchor(0, 0)

    def walk(self, anchor: Anchor, count: int) -> Iterator[tuple[int, TurnDocument, int]]:
        """Yield index, document and row for ``count`` rows from an anchor."""
        index, row = anchor
        while count > 0 and index < len(self.documents):
            rows = self.rows(index)
            document = self.documents[index]
            while row < rows and count > 0:
                yield index, document, row
                row += 1
                count -= 1
            index, row = index + 1, 0

    def forget_far(self, near: range) -> None:
        """Drop the lines of turns not used recently, except those in ``near`` and live ones."""
        if len(self._used) <= len(near) + 2:
            return
        by_identity = {id(document): (index, document) for index, document in enumerate(self.documents)}
        kept = 0
        for key in reversed(list(self._used)):
            entry = by_identity.get(key)
            if entry is None:
                del self._used[key]
                continue
            index, document = entry
            kept += document.rows(self.view)
            if kept > KEPT_ROWS and index not in near and not document.turn.state.is_live:
                document.forget()
                del self._used[key]
