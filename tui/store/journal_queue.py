"""Records of a session that have not been encoded as lines. Thread-safe."""

from __future__ import annotations

import threading
from collections import deque

from tui.core.secret import Redactor
from tui.store.journal_lines import LineMaker, PendingText
from tui.store.record_values import Record


class JournalQueue:
    """Records and pieces of text, in order; consecutive pieces of the same text are one item."""

    def __init__(self, redactor: Redactor) -> None:
        self._maker = LineMaker(redactor)
        self._guard = threading.Lock()
        self._waiting: deque[Record | PendingText] = deque()
        self._taken: Record | PendingText | None = None
        """The item being encoded: if the thread dies, the next one continues with it."""

    @property
    def is_empty(self) -> bool:
        """Whether everything was encoded."""
        with self._guard:
            return not self._waiting and self._taken is None

    def put(self, record: Record) -> None:
        """Add a record."""
        with self._guard:
            self._waiting.append(record)

    def put_text(self, turn_identity: str, kind: str, text: str) -> bool:
        """Add a piece of text; return whether it was joined with an earlier one."""
        with self._guard:
            last = self._waiting[-1] if self._waiting else None
            if isinstance(last, PendingText) and (last.turn_identity, last.kind) == (turn_identity, kind):
                last.pieces.append(text)
                return True
            self._waiting.append(PendingText(turn_identity, kind, [text]))
            return False

    def next_lines(self) -> tuple[list[bytes], bool] | None:
        """Return the lines of the next item, and whether it completes a turn or the title.

        ``None`` if there is no item. The item stays until ``done``, even if this raises.
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
        """Remove the last item, whose lines are now stored elsewhere."""
        with self._guard:
            self._taken = None
