"""Writes to the terminal in a separate thread, the only one that waits for a terminal that does not read.

When the program ends, it waits for its terminal a moment longer, then gives up. Nothing is left in Python's
buffers, whose flush at exit would wait for the terminal again.
"""

from __future__ import annotations

import os
import termios
import threading
import time
from collections.abc import Callable
from contextlib import suppress

_MOST_PIECES = 30
"""The size of the queue from which the writer waits, too: late frames are useless."""
_PIECE = 8_192
_LOOK_SECONDS = 0.1
"""The interval at which a waiting writer checks whether the terminal was given up; signal handlers cannot
take locks."""
_GRACE_SECONDS = 0.5
"""For a terminal that was still reading when the program began to end."""
_LAST_WORDS_SECONDS = 0.3
"""For a terminal that was given up, to read the sequences that reset it."""
_STALLED_SECONDS = 2.0
"""Without any byte being read, at a normal end."""


class TerminalOutput:
    """Writes texts to a descriptor in order, as UTF-8 in every locale."""

    def __init__(self, descriptor: int, on_gone: Callable[[], None]) -> None:
        """Create a writer; ``on_gone`` is called from its thread, once, when the terminal is gone."""
        self._descriptor = descriptor
        self._on_gone = on_gone
        self._changed = threading.Condition()
        self._pieces: list[tuple[bytes, bool]] = []
        """Bytes, and whether to write them even if the terminal was given up."""
        self._is_writing = False
        self._is_ending = False
        self._is_given_up = False
        self._is_gone = False
        self._patience_ends: float | None = None
        self._moved_at = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="terminal output", daemon=True)
        self._thread.start()

    @property
    def is_behind(self) -> bool:
        """Whether the terminal has not read everything before the newest text."""
        return bool(self._pieces)

    def hurry(self) -> None:
        """Give up the terminal shortly unless it reads. Can be called in a signal handler."""
        if self._patience_ends is None:
            self._patience_ends = time.monotonic() + _GRACE_SECONDS

    def write(self, text: str) -> None:
        """Add a text; waits while the queue is full, unless the terminal was given up."""
        data = text.encode("utf-8", "replace")
        with self._changed:
            while len(self._pieces) >= _MOST_PIECES and not self._is_lost():
                self._changed.wait(_LOOK_SECONDS)
            if not self._is_gone and not self._is_given_up:
                self._pieces.append((data, False))
                self._changed.notify_all()

    def settle(self) -> None:
        """Wait until everything is read, or give up the terminal; only then its mode may be changed.

        In the mode of a shell, discarding its buffer does not wake a blocked write.
        """
        with self._changed:
            self._wait_until_taken()

    def write_last(self, text: str) -> None:
        """Write what resets the terminal, even if it was given up before."""
        with self._changed:
            self._wait_until_taken()
            if not self._is_gone:
                self._pieces.append((text.encode("utf-8", "replace"), True))
                self._changed.notify_all()

    def stop(self) -> None:
        """Wait until everything is read, then end; a terminal that does not read is given up."""
        with self._changed:
            self._is_ending = True
            self._changed.notify_all()
            self._wait_until_taken()
            is_stuck = self._is_writing or bool(self._pieces)
        if is_stuck:
            self._let_go()
        else:
            self._thread.join(_STALLED_SECONDS)

    def _wait_until_taken(self) -> None:
        self._moved_at = time.monotonic()
        ends = time.monotonic() + _LAST_WORDS_SECONDS if self._is_given_up else None
        while (self._pieces or self._is_writing) and not self._is_gone:
            now = time.monotonic()
            if ends is not None:
                if now >= ends:
                    return
            elif self._is_lost() or now - self._moved_at > _STALLED_SECONDS:
                self._give_up()
                return
            self._changed.wait(_LOOK_SECONDS)

    def _is_lost(self) -> bool:
        """Return whether the terminal was given up."""
        ends = self._patience_ends
        if not self._is_given_up and ends is not None and time.monotonic() >= ends and self._pieces:
            self._give_up()
        return self._is_gone or self._is_given_up

    def _give_up(self) -> None:
        """Discard the buffers, here and in the system, to make room for what resets the terminal."""
        self._is_given_up = True
        self._pieces.clear()
        with suppress(termios.error):
            termios.tcflush(self._descriptor, termios.TCOFLUSH)

    def _run(self) -> None:
        try:
            while (piece := self._next()) is not None:
                data, is_last = piece
                view = memoryview(data)
                while view and (is_last or not self._is_given_up):
                    view = view[os.write(self._descriptor, view[:_PIECE]) :]
                    self._moved_at = time.monotonic()
                with self._changed:
                    self._is_writing = False
                    self._changed.notify_all()
        except OSError:  # EIO from a closed pty, EPIPE
            with self._changed:
                self._is_gone = True
                self._is_writing = False
                self._pieces.clear()
                self._changed.notify_all()
            self._let_go()
            self._on_gone()

    def _next(self) -> tuple[bytes, bool] | None:
        with self._changed:
            while not self._pieces:
                if self._is_ending:
                    return None
                self._changed.wait()
            self._is_writing = True
            piece = self._pieces.pop(0)
            self._changed.notify_all()
            return piece

    def _let_go(self) -> None:
        """Redirect the descriptor to nothing: further writes must neither block nor fail."""
        with suppress(OSError):
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, self._descriptor)
            os.close(nothing)
