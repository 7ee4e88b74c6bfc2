"""Records of a session that are not lines yet. Several threads use it."""

from __future__ import annotations

import threading
from collections import deque

from tui.core.secret import Redactor
from tui.store.journal_lines import LineMaker, PendingText
from tui.store.record_values import Record


class JournalQueue:
    """Records and pieces of text, in order; waiting pieces of one text are one item."""

    def __init__(self, redactor: Redactor) -> None:
        self._maker = LineMaker(redactor)
        self._guard = threading.Lock()
        self._waiting: deque[Record | PendingText] = deque()
        self._taken: Record | PendingText | None = None
        """What lines are made of: a thread that dies at it leaves it to the next one."""

    @property
    def is_empty(self) -> bool:
        """Whether lines were made of everything."""
        with self._guard:
            return not self._waiting and self._taken is None

    def put(self, record: Record) -> None:
        """Take a record."""
        with self._guard:
            self._waiting.append(record)

    def put_text(self, turn_identity: str, kind: str, text: str) -> bool:
        """Take a piece of text; return whether it joined others that wait."""
        with self._guard:
            last = self._waiting[-1] if self._waiting else None
            if isinstance(last, PendingText) and (last.turn_identity, last.kind) == (turn_identity, kind):
                last.pieces.append(text)
                return True
            self._waiting.append(PendingText(turn_identity, kind, [text]))
            return False

    def next_lines(self) -> tuple[list[bytes], bool] | None:
        """Return the lines of the next item, and whether a turn or the title is complete with it.

        ``None`` if nothing waits. The item stays until ``done``, and whatever this raises.
        """
        with self._guard:
            if self._taken is None and self._waiting:
                self._taken = self._waiting.popleft()
            item = self._taken
        if item is None:
            return None
        is_complete = not isinstance(item, PendingText) and item["record"] != "turn"
        return self._maker.lines_of(item), is_complete

    def done(self) -> None:
        """The lines of the last item are kept elsewhere now."""
        with self._guard:
            self._taken = None
