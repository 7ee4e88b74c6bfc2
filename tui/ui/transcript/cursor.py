"""The cursor, which moves over turns and their blocks."""

from __future__ import annotations

from typing import NamedTuple

from tui.ui.transcript.decoration import PROMPT_BLOCK
from tui.ui.transcript.document import TurnDocument
from tui.ui.transcript.viewport import Viewport
from tui.ui.transcript.virtual_rows import VirtualRows


class Target(NamedTuple):
    """A block that the cursor moved to."""

    turn: int
    first: int
    last: int
    is_end: bool
    """Whether it is the last block of the last turn."""


class BlockCursor:
    """A turn and the number of one of its blocks, or nothing."""

    def __init__(self, roll: VirtualRows) -> None:
        self._roll = roll
        self.identity: str | None = None
        self.block = 0

    def clear(self) -> None:
        """Remove the cursor."""
        self.identity = None

    def follow(self, old: str, new: str) -> None:
        """Keep the cursor when its turn is replaced by another."""
        if self.identity == old:
            self.identity = new
            self.block = self.block if self.block == PROMPT_BLOCK else 0

    @property
    def index(self) -> int | None:
        """Return the current turn; without a cursor, the last turn."""
        if self.identity is not None and (index := self._roll.find(self.identity)) is not None:
            return index
        return len(self._roll.documents) - 1 if self._roll.documents else None

    @property
    def is_on_prompt(self) -> bool:
        """Whether it is on a turn's prompt."""
        return self.identity is not None and self.block == PROMPT_BLOCK

    def is_on(self, document: TurnDocument, row: int) -> bool:
        """Return whether a row belongs to the current block."""
        if self.identity is None or self.identity != document.turn.identity:
            return False
        return document.block_at(row) == self.block

    def move_block(self, step: int, viewport: Viewport) -> Target | None:
        """Move to the next (``step`` 1) or previous block (-1); if not visible, start in the view."""
        if not self._is_seen(viewport):
            return self._enter(step, viewport)
        index = self.index or 0
        blocks = self._blocks(index)
        here = next((place for place, block in enumerate(blocks) if block[2] == self.block), 0)
        place = here + step
        while not 0 <= place < len(blocks):
            index += step
            if not 0 <= index < len(self._roll.documents):
                return None
            blocks = self._blocks(index)
            place = 0 if step > 0 else len(blocks) - 1
        return self._go(index, blocks[place], is_last=place == len(blocks) - 1)

    def move_turn(self, step: int, viewport: Viewport) -> Target | None:
        """Move to the first block of the next, this or the previous turn."""
        if not self._is_seen(viewport):
            return self._enter(step, viewport)
        index = self.index
        if index is None:
            return None
        blocks = self._blocks(index)
        if step < 0 and blocks and blocks[0][2] != self.block:
            return self._go(index, blocks[0], is_last=len(blocks) == 1)
        index = max(0, min(len(self._roll.documents) - 1, index + step))
        blocks = self._blocks(index)
        return self._go(index, blocks[0], is_last=len(blocks) == 1) if blocks else None

    def _is_seen(self, viewport: Viewport) -> bool:
        return any(self.is_on(document, row) for _, document, row in viewport.rows())

    def _enter(self, step: int, viewport: Viewport) -> Target | None:
        """Start at the last visible block when moving up, at the first when moving down."""
        seen = [place for place in viewport.rows() if place[1].block_at(place[2]) != -1]
        if not seen:
            return None
        index, document, row = seen[0] if step > 0 else seen[-1]
        ordinal = document.block_at(row)
        blocks = self._blocks(index)
        place = next(place for place, block in enumerate(blocks) if block[2] == ordinal)
        return self._go(index, blocks[place], is_last=place == len(blocks) - 1)

    def _blocks(self, index: int) -> list[tuple[int, int, int]]:
        return list(self._roll.render(index).blocks())

    def _go(self, index: int, block: tuple[int, int, int], *, is_last: bool) -> Target:
        first, after, self.block = block
        self.identity = self._roll.documents[index].turn.identity
        at_end = is_last and index == len(self._roll.documents) - 1
        return Target(index, first, after - 1, at_end)
