"""Textual's driver for POSIX terminals, made robust.

Invalid UTF-8 is replaced instead of ending the program (as in Textual 8.2.8), responses of the terminal never
become keys, a closed terminal ends the program instead of a busy loop, a terminal that does not read cannot
prevent the program from ending, an idle program is not woken ten times a second, and a resumed program
redraws the whole screen.
"""

from __future__ import annotations

import os
import selectors
import signal
import sys
import termios
import time
from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, Any, cast

from textual import events
from textual._ansi_sequences import SYNC_END, SYNC_START
from textual.drivers.linux_driver import LinuxDriver

from tui.core.lazy_pattern import lazy_pattern
from tui.ui.textual_compat.bursts import Burst, Bursts
from tui.ui.textual_compat.honest_app import HonestApp
from tui.ui.textual_compat.key_parser import KeyParser
from tui.ui.textual_compat.terminal_input import Pasted, TerminalInput, escape_delay
from tui.ui.textual_compat.terminal_output import TerminalOutput

if TYPE_CHECKING:
    from textual.app import App

_ALTERNATE_SCREEN = "\x1b[?1049h"
_MODE_REPORT = lazy_pattern(r"\x1b\[\?[0-9;]+\$y")
"""What a terminal answers to the questions of the start."""
_READ_SIZE = 64 * 1024
_WAKING_SECONDS = 0.5
_SET_RIGHT = "\x1b[?1l\x1b>\x1b[?1002l\x1b[4l\x1b[r\x1b[0m"
"""Resets what a killed program leaves on: application keys, mouse drags, insert mode, a scroll region."""


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
        self._file = sys.__stdout__  # not stderr, which may be redirected to a file
        self._output: TerminalOutput | None = None
        self._last_words: list[str] | None = None
        self._frame: list[str] = []
        """The parts of one frame: separately, each would wait for the writing thread."""
        self._wake_reader, self._wake_writer = -1, -1
        self._is_lent = False
        self._early = app.early if isinstance(app, HonestApp) else None
        self._read_early: list[tuple[bytes, float]] = []
        self._is_taken_over = False
        """Whether the terminal being taken shows the early frame, which switching its screen would clear."""
        for number, handle in ((signal.SIGTSTP, self._on_stop), (signal.SIGCONT, self._on_continue)):
            signal.signal(number, handle)

    @property
    def is_behind(self) -> bool:
        """Whether the terminal has not read all output yet."""
        return self._output is not None and self._output.is_behind

    def hurry(self) -> None:
        """Stop waiting for the terminal after a moment. Can be called in a signal handler."""
        if self._output is not None:
            self._output.hurry()

    def write(self, data: str) -> None:
        """Write to the terminal; waits if it is far behind."""
        if self._last_words is not None:
            self._last_words.append(data)
        elif self._is_taken_over and data == _ALTERNATE_SCREEN:
            return
        elif data == SYNC_START or self._frame:
            self._frame.append(data)
            if data == SYNC_END:
                frame, self._frame = "".join(self._frame), []
                self._send(frame)
        else:
            self._send(data)

    def _send(self, data: str) -> None:
        if self._output is not None:
            self._output.write(data)

    def start_application_mode(self) -> None:
        """Take over the terminal: at the start, and after a suspension, which closed the driver."""
        if self._wake_reader < 0:
            self._wake_reader, self._wake_writer = os.pipe()
        if self._output is None:
            self._output = TerminalOutput(cast(IO[str], self._file).fileno(), self._hang_up)
        early = self._early.hand_over() if self._early is not None else None
        if early is not None:
            self._read_early, attributes = early
            self._is_taken_over = True
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if early is not None:
            self._is_taken_over = False
            self.attrs_before = attributes

    def stop_application_mode(self) -> None:
        """Restore the terminal, in one final write."""
        if self._output is not None:
            self._output.settle()
        self._last_words = []
        try:
            super().stop_application_mode()
        finally:
            words, self._last_words = "".join(self._last_words), None
            if self._output is not None:
                self._output.write_last(words)

    def disable_input(self) -> None:
        """Stop reading, waking the reader, which may wait without a limit."""
        if self._key_thread is not None and self._key_thread.is_alive():
            os.write(self._wake_writer, b"\0")
        super().disable_input()

    def close(self) -> None:
        """Stop writing and close the descriptors."""
        super().close()
        if self._output is not None:
            self._output.stop()
            self._output = None
        if self._wake_reader >= 0:
            os.close(self._wake_reader)
            os.close(self._wake_writer)
            self._wake_reader, self._wake_writer = -1, -1

    # ── Suspending ──────────────────────────────────────────────────────────────────────────

    def sleep(self, group: int) -> None:
        """Restore the terminal, stop ``group`` (0: the whole shell job), and continue when resumed.

        Returns once the terminal is taken over again.
        """
        self.suspend_application_mode()
        woken: list[int] = []
        on_stop = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        on_continue = signal.signal(signal.SIGCONT, lambda number, _: woken.append(number))
        try:
            os.kill(group, signal.SIGTSTP)
            # SIGTSTP does not stop a job without a shell. A job resumed in the background sleeps on: a screen
            # needs the terminal.
            while not _is_told(woken) or self._is_in_background():
                os.kill(os.getpid(), signal.SIGSTOP)
        finally:
            signal.signal(signal.SIGTSTP, on_stop)
            signal.signal(signal.SIGCONT, on_continue)
        self._take_again()

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Lend the terminal to another program, then take it over again, whatever its state.

        Not if the program is ending. Drawing is discarded meanwhile.
        """
        self.suspend_application_mode()
        attributes = self.attrs_before
        self._is_lent = True
        try:
            yield
        finally:
            self._is_lent = False
            if attributes is not None:
                with suppress(termios.error):  # the terminal is gone
                    termios.tcsetattr(self.fileno, termios.TCSADRAIN, attributes)
            if not self._app._exit:
                self._take_again()
                self.write(_SET_RIGHT)

    def _take_again(self) -> None:
        self._must_signal_resume = True
        self.resume_application_mode()

    def _is_in_background(self) -> bool:
        try:
            return os.tcgetpgrp(self.fileno) != os.getpgrp()
        except OSError:  # not our terminal
            return False

    def _on_stop(self, *_: object) -> None:
        """Stop after an external SIGTSTP, in the next iteration of the loop.

        Otherwise, it could stop in the middle of another thread's work.
        """
        if self._is_lent:
            os.kill(os.getpid(), signal.SIGSTOP)  # together with the program that has the terminal
        else:
            self._loop.call_soon_threadsafe(self.sleep, os.getpid())

    def _on_continue(self, *_: object) -> None:
        """Handle SIGCONT after a SIGSTOP, which cannot be detected before: others have used the terminal."""
        self._loop.call_soon_threadsafe(self._recover)

    def _recover(self) -> None:
        if self._output is not None and not self._is_in_background():
            self.suspend_application_mode()
            self._take_again()

    def _get_terminal_size(self) -> tuple[int, int]:
        """Return the actual window size: an earlier program may have exported another one."""
        try:
            columns, rows = os.get_terminal_size(cast(IO[str], self._file).fileno())
        except OSError:  # the terminal is gone
            columns, rows = 0, 0
        return columns or 80, rows or 24

    def _hang_up(self) -> None:
        """Let the app end because the terminal is gone; thread-safe."""
        hang_up = getattr(self._app, "hang_up", self._app.exit)
        with suppress(RuntimeError):  # the loop is closed, so the app has already ended
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
        parser = KeyParser()
        terminal, bursts = TerminalInput(escape_delay(os.environ)), Bursts()
        decode = getincrementaldecoder("utf-8")("replace").decode
        early, self._read_early = self._read_early, []
        for data, read_at in early:
            self._pass_on(parser, bursts, terminal.feed(decode(data)), read_at)
        while True:
            ready = {key.fd for key, _ in selector.select(terminal.patience)}
            if self._wake_reader in ready:
                os.read(self._wake_reader, 1)
                return
            if self.fileno not in ready:
                self._pass_on(parser, bursts, terminal.expire(), time.monotonic())
                continue
            data = self._read()
            if not data:
                self._hang_up()
                return
            pieces = terminal.feed(decode(data))
            self._echo_early(pieces)
            self._pass_on(parser, bursts, pieces, time.monotonic())

    def _echo_early(self, pieces: Iterable[str | Pasted]) -> None:
        """Show what is typed while there is no screen yet."""
        if self._early is None:
            return
        for piece in pieces:
            text = "\x1b" if isinstance(piece, Pasted) else _MODE_REPORT.sub("", piece)
            if text and (shown := self._early.typed(text)):
                self._send(shown)

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, _READ_SIZE)
        except OSError:  # EIO: the other end of the pty is closed
            return b""

    def _pass_on(
        self, parser: KeyParser, bursts: Bursts, pieces: Iterable[str | Pasted], read_at: float
    ) -> None:
        for piece in pieces:
            if isinstance(piece, Pasted):
                self.process_message(events.Paste(piece.text))
                continue
            messages = list(parser.read(piece))
            if (text := bursts.text_of(piece, read_at)) is not None:
                messages = [Burst(text, (key for key in messages if isinstance(key, events.Key)))]
            for message in messages:
                self.process_message(message)


def _is_told(woken: list[int]) -> bool:
    """Return whether SIGCONT has arrived, possibly in another thread shortly after the process continues.

    If the program stopped again at once without noticing, a second ``fg`` would be required.
    """
    until = time.monotonic() + _WAKING_SECONDS
    while not woken and time.monotonic() < until:
        time.sleep(0.005)
    return bool(woken)
