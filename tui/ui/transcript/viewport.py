"""The visible rows of the transcript, and whether the view follows the end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tui.ui.transcript.document import TurnDocument, View
from tui.ui.transcript.virtual_rows import Anchor, VirtualRows

JUMP_SHARE = 3
"""If the terminal cannot scroll, following moves by one third of the view at a time."""


class _Revealed(NamedTuple):
    """Rows of a turn, and the state of the turn that they belong to."""

    document: TurnDocument
    stamp: tuple[object, ...]
    first: int
    last: int


class Viewport:
    """A window of ``height`` rows on all rows."""

    def __init__(self, roll: VirtualRows) -> None:
        self.roll = roll
        self.height = 0
        self.anchor = Anchor(0, 0)
        self.is_following = True
        self._revealed: _Revealed | None = None
        """The rows last moved to, until the view is moved away from them."""

    @property
    def top(self) -> int:
        """The absolute row at the top of the view."""
        return self.roll.absolute(self.anchor)

    @property
    def is_at_end(self) -> bool:
        """Whether the last row is visible."""
        return self.anchor >= self.roll.end(self.height)

    def settle(self, *, jump: bool = False) -> None:
        """Render the visible rows, keeping the view at the end or at its place.

        With ``jump`` the end may be placed at two thirds of the view, so that it does not move with every
        row.
        """
        if not self.roll.documents:
            self.anchor = Anchor(0, 0)
            return
        end = self.roll.end(self.height)
        if self.is_following:
            self._follow(end, jump)
        elif self.anchor > end:
            self.anchor = end
        last = self.roll.step(self.anchor, max(0, self.height - 1))
        self.roll.forget_far(range(self.anchor.turn - 2, last.turn + 3))

    def _follow(self, end: Anchor, jump: bool) -> None:
        if not jump:
            self.anchor = end
        elif end > self.anchor:
            self.anchor = self.roll.step(end, self.height // JUMP_SHARE)

    def scroll(self, rows: int) -> None:
        """Scroll; reaching the end starts following, leaving it stops that."""
        if not self.roll.documents or not rows:
            return
        self._revealed = None
        self.anchor = self.roll.step(self.anchor, rows)
        self.is_following = self.is_at_end

    def go_top(self) -> None:
        """Move to the first row."""
        self._revealed = None
        self.anchor = Anchor(0, 0)
        self.is_following = self.is_at_end

    def reveal(self, index: int, first: int, last: int) -> None:
        """Scroll as little as possible to show rows of a turn; the first ones if not all fit.

        They stay visible while its height changes, until the view is moved away from them.
        """
        document = self.roll.documents[index]
        self._revealed = _Revealed(document, document.stamp, first, last)
        self._move_to(index, first, last)

    def resize(self, height: int) -> None:
        """Change the height, keeping the rows last moved to visible."""
        self.height = height
        shown = self._revealed
        if shown is None or self.is_following or shown.stamp != shown.document.stamp:
            return
        index = self.roll.find(shown.document.turn.identity)
        if index is not None and self.roll.documents[index] is shown.document:
            self._move_to(index, shown.first, shown.last)

    def _move_to(self, index: int, first: int, last: int) -> None:
        start, end = Anchor(index, first), Anchor(index, last)
        if start < self.anchor or last - first >= self.height:
            self.anchor = start
            return
        bottom = self.roll.step(self.anchor, self.height - 1)
        if end > bottom:
            self.anchor = self.roll.step(end, 1 - self.height)

    def change_view(self, view: View) -> None:
        """Switch to another view, keeping the place: the same turn, with the same share above."""
        index = min(self.anchor.turn, len(self.roll.documents) - 1)
        if index < 0:
            self.roll.set_view(view)
            return
        share = self.anchor.row / max(1, self.roll.documents[index].rows(self.roll.view))
        self.roll.set_view(view)
        self.anchor = Anchor(index, int(share * self.roll.rows(index)))

    def rows(self, first: int = 0, count: int | None = None) -> Iterator[tuple[int, TurnDocument, int]]:
        """Yield turn index, document and row for rows of the view."""
        count = self.height if count is None else count
        anchor = self.roll.step(self.anchor, first) if first else self.anchor
        return self.roll.walk(anchor, count)
