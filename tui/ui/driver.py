"""Textual's driver for POSIX terminals, made to survive what terminals do.

Bytes that are no UTF-8 are replaced instead of ending the program (seen in Textual 8.2.8),
what is written is UTF-8 in every locale,
answers of the terminal never become keys, a closed terminal ends the program instead of
spinning, and a program at rest is not woken ten times a second.
"""

from __future__ import annotations

import io
import os
import selectors
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable
from typing import IO, TYPE_CHECKING, Any, cast

from textual import constants, events
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

from tui.ui.terminal_input import Pasted, TerminalInput

if TYPE_CHECKING:
    from textual.app import App

_READ_SIZE = 64 * 1024
_TICKS_UNTIL_REST = 3
"""Escape delays without input after which no sequence can be pending in the parser."""


class _TolerantFile:
    """The terminal's output; once the terminal is gone, writing does nothing and says so once."""

    def __init__(self, file: IO[str], on_gone: Callable[[], None]) -> None:
        self._file = file
        self._on_gone = on_gone
        self._is_gone = False

    def write(self, text: str) -> None:
        self._attempt(lambda: self._file.write(text))

    def flush(self) -> None:
        self._attempt(self._file.flush)

    def fileno(self) -> int:
        return self._file.fileno()

    def isatty(self) -> bool:
        return self._file.isatty()

    def _attempt(self, action: Callable[[], object]) -> None:
        if self._is_gone:
            return
        try:
            action()
        except OSError:  # EIO from a closed pty, EPIPE
            self._is_gone = True
            self._let_go()
            self._on_gone()

    def _let_go(self) -> None:
        """Point the descriptor at nothing: at its end Python flushes the rest, and would exit with 120."""
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, self._file.fileno())
        os.close(nothing)


def _write_utf8(file: IO[str]) -> None:
    """Write what is read: UTF-8. In another locale Python would write ``\\u2500`` where a line belongs."""
    if isinstance(file, io.TextIOWrapper):
        file.reconfigure(encoding="utf-8", errors="replace")


class TerminalDriver(LinuxDriver):
    """See the module."""

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        _write_utf8(cast(IO[str], self._file))
        output: Any = _TolerantFile(cast(IO[str], self._file), self._hang_up)
        self._file = output
        self._wake_reader, self._wake_writer = -1, -1

    def start_application_mode(self) -> None:
        """Take the terminal: at the start, and again after a suspension, which closed the driver."""
        if self._wake_reader < 0:
            self._wake_reader, self._wake_writer = os.pipe()
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def disable_input(self) -> None:
        """Stop reading; wakes the reader, which may be waiting without a limit."""
        if self._key_thread is not None and self._key_thread.is_alive():
            os.write(self._wake_writer, b"\0")
        super().disable_input()

    def close(self) -> None:
        """Stop writing and give the descriptors back."""
        super().close()
        if self._wake_reader >= 0:
            os.close(self._wake_reader)
            os.close(self._wake_writer)
            self._wake_reader, self._wake_writer = -1, -1

    def _hang_up(self) -> None:
        """The terminal is gone: let the app end itself (from any thread)."""
        hang_up = getattr(self._app, "hang_up", self._app.exit)
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(hang_up)

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except Exception as error:  # noqa: BLE001 - a defect in this thread must end the program honestly
            self._loop.call_soon_threadsafe(self._app._handle_exception, error)

    def run_input_thread(self) -> None:
        """Read the terminal until input is disabled or the terminal is gone."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            selector.register(self._wake_reader, selectors.EVENT_READ)
            self._read_until_exit(selector)

    def _read_until_exit(self, selector: selectors.BaseSelector) -> None:
        parser = XTermParser(self._debug)
        terminal = TerminalInput()
        decode = getincrementaldecoder("utf-8")("replace").decode
        quiet_ticks = 0
        while True:
            resting = quiet_ticks >= _TICKS_UNTIL_REST and not terminal.is_waiting
            ready = {key.fd for key, _ in selector.select(None if resting else constants.ESCAPE_DELAY)}
            if self._wake_reader in ready:
                os.read(self._wake_reader, 1)
                return
            if self.fileno in ready:
                data = self._read()
                if not data:
                    self._hang_up()
                    return
                quiet_ticks = 0
                self._pass_on(parser, terminal.feed(decode(data)))
            else:
                quiet_ticks += 1
                self._expire(parser, terminal)
            for message in parser.tick():
                self.process_message(message)

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, _READ_SIZE)
        except OSError:  # EIO: the other end of the pty is closed
            return b""

    def _pass_on(self, parser: XTermParser, pieces: Iterable[str | Pasted]) -> None:
        for piece in pieces:
            if isinstance(piece, Pasted):
                self.process_message(events.Paste(piece.text))
                continue
            for message in parser.feed(piece):
                self.process_message(message)

    def _expire(self, parser: XTermParser, terminal: TerminalInput) -> None:
        pieces = terminal.expire()
        if pieces == ["\x1b"]:  # the parser would wait for one more escape delay
            self.process_message(events.Key("escape", "\x1b"))
        else:
            self._pass_on(parser, pieces)
