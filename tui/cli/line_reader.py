"""Reads lines for the plain chat: on a terminal with readline, if Python has it."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import NoReturn

_TICK_SECONDS = 0.1, 1.0
"""The delay before the first check of signals and input, and between checks.

Readline misses a signal that arrives before it waits.
"""


class LineReader:
    """Reads lines. ``complete`` returns the completions of the last word of a line.

    ``typed`` periodically receives the edited line.
    """

    def __init__(self, complete: Callable[[str], Sequence[str]], typed: Callable[[str], None]) -> None:
        self._complete = complete
        self._typed = typed
        self._is_typing = False
        """Whether readline has the line: before that, its buffer contains the previous one."""
        self._found: Sequence[str] = ()
        self._text = ""
        """The initial text of the next line."""
        self._is_interrupted = False
        self._buffer: Callable[[], str] = str
        self.edits = sys.stdin.isatty() and sys.stdout.isatty() and self._prepare()
        """Whether lines can be edited: then reading prints the prompt itself."""

    def read(self, question: str, text: str = "") -> str:
        """Return a line with its line end; empty at the end of the input. A signal handler may interrupt it.

        ``text`` is its initial text, if it can be edited.
        """
        if not self.edits:
            return sys.stdin.readline()
        self._text = text
        self._is_interrupted = False
        signal.signal(signal.SIGALRM, self._on_tick)
        signal.setitimer(signal.ITIMER_REAL, *_TICK_SECONDS)
        try:
            line = f"{input(question)}\n"
        except EOFError:
            line = ""
        except SystemError as error:  # readline called another handler after one had ended the wait
            if isinstance(error.__cause__, KeyboardInterrupt):
                raise KeyboardInterrupt from None
            raise
        finally:
            self._is_interrupted = self._is_typing = False
        signal.setitimer(signal.ITIMER_REAL, 0)  # a handler that ended it may need the timer
        return line

    def interrupt(self) -> NoReturn:
        """Interrupt reading a line, from a signal handler.

        Readline ignores exceptions while it requests the initial text of a line: a tick raises it again.

        Raises:
            KeyboardInterrupt: always.
        """
        self._is_interrupted = True
        if self.edits:
            signal.signal(signal.SIGALRM, self._on_tick)
            signal.setitimer(signal.ITIMER_REAL, *_TICK_SECONDS)
        raise KeyboardInterrupt

    def tell(self) -> None:
        """Report what has been typed so far; can be called in a signal handler."""
        if self._is_typing:
            self._typed(self._buffer())

    def _on_tick(self, *_: object) -> None:
        if self._is_interrupted:
            raise KeyboardInterrupt
        self.tell()

    def _prepare(self) -> bool:
        try:
            import readline
        except ImportError:
            return False
        if "libedit" in (readline.__doc__ or ""):
            readline.parse_and_bind("bind ^I rl_complete")
        else:
            readline.parse_and_bind("tab: complete")
            readline.parse_and_bind("set enable-bracketed-paste off")
        self._buffer = readline.get_line_buffer
        readline.set_startup_hook(partial(self._begin, readline.insert_text))
        readline.set_completer_delims(" ")
        readline.set_completer(lambda _, place: self._completion(readline.get_line_buffer(), place))
        return True

    def _begin(self, insert: Callable[[str], None]) -> None:
        insert(self._text)
        self._is_typing = True

    def _completion(self, line: str, place: int) -> str | None:
        """Return one of the completions; readline requests them one by one."""
        if place == 0:
            self._found = self._complete(line)
        return self._found[place] if place < len(self._found) else None
