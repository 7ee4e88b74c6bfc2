"""Reports waits for a server that is starting or loading on stderr, with increasing intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.cli.output import Output
from tui.core.safe_text import safe_line
from tui.core.server_phase import WAITING_STAGES

if TYPE_CHECKING:
    from tui.core.turn import Turn

_PAUSES = (10.0, 10.0, 10.0, 30.0)
"""Seconds between the first messages."""
_PAUSE = 60.0
"""Seconds between later messages: the log of an hour's wait stays short."""


class WaitNotes:
    """The messages of one wait."""

    def __init__(self, output: Output, name: str = "") -> None:
        """Create an instance; ``name`` is a prefix if several servers are waited for."""
        self._output = output
        self._prefix = f"{safe_line(name)}: " if name else ""
        self._what = ""
        self._next = 0.0
        self._said = 0

    def say(self, sentence: str, waited_seconds: float) -> None:
        """Print a message if it is due or new."""
        what = sentence.partition(": waited ")[0]
        if what == self._what and waited_seconds < self._next:
            return
        self._what = what
        self._next = waited_seconds + (_PAUSES[self._said] if self._said < len(_PAUSES) else _PAUSE)
        self._said += 1
        self._output.aside(safe_line(self._prefix + sentence))

    def follow(self, turn: Turn) -> None:
        """Print what a turn waits for."""
        progress = turn.progress
        if progress is not None and progress.stage in WAITING_STAGES:
            self.say(progress.detail, progress.seconds)
