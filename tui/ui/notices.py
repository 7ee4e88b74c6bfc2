"""What toasts have said since the start, kept until the program ends."""

from __future__ import annotations

from collections import deque
from datetime import datetime
from typing import NamedTuple

from textual.notifications import SeverityLevel

_MOST = 100


class Notice(NamedTuple):
    """A message, safe to show, and when it was shown last."""

    message: str
    severity: SeverityLevel
    at: datetime

    @property
    def time(self) -> str:
        """The time of day."""
        return f"{self.at:%H:%M:%S}"


class NoticeLog:
    """The latest notices; of equal ones the last."""

    def __init__(self) -> None:
        self._notices: deque[Notice] = deque(maxlen=_MOST)

    def add(self, message: str, severity: SeverityLevel) -> None:
        """Keep a message."""
        same = [old for old in self._notices if (old.message, old.severity) == (message, severity)]
        for old in same:
            self._notices.remove(old)
        self._notices.appendleft(Notice(message, severity, datetime.now().astimezone()))

    @property
    def newest_first(self) -> tuple[Notice, ...]:
        """All of them."""
        return tuple(self._notices)
