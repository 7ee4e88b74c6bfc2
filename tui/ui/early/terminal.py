"""The terminal while Textual is loaded: shows the early frame, echoes what is typed, and keeps it."""

from __future__ import annotations

import os
import select
import signal
import termios
import threading
import time
from codecs import getincrementaldecoder
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from rich.cells import cell_len

from tui.ui.early.drawing import Field, draw_typed
from tui.ui.textual_compat.encoder import Encoder

_TAKE = "\x1b[?1049h\x1b[?25l\x1b[?2004h"
"""The alternate screen, no cursor, and pastes that can be told from typing."""
_GIVE_BACK = "\x1b[0m\x1b[?2004l\x1b[?1049l\x1b[?25h"
_READ_SIZE = 64 * 1024
_PATIENCE_SECONDS = 0.3
"""For a terminal that does not take what is written to it."""
_BACKSPACES = (8, 127)
_ENDING = (signal.SIGHUP, signal.SIGTERM)

Attributes = list[Any]


class EarlyTerminal:
    """A terminal that is taken before the driver is there, which takes it over."""

    def __init__(self, terminal: int, output: int, encoder: Encoder, field: Field | None) -> None:
        """``terminal`` and ``output`` are descriptors. ``field``: where typed text is echoed, if anywhere."""
        self._terminal, self._output = terminal, output
        self._encoder, self._field = encoder, field
        self._before: Attributes = termios.tcgetattr(terminal)
        self._reads: list[tuple[bytes, float]] = []
        self._shown = ""
        self._wake_reader, self._wake_writer = os.pipe()
        self._thread: threading.Thread | None = None

    def take(self, frame: str) -> None:
        """Show a frame, and begin to echo what is typed."""
        termios.tcsetattr(self._terminal, termios.TCSANOW, self._typing_attributes())
        first = (_TAKE + frame + self._caret()).encode("utf-8", "replace")
        self._thread = threading.Thread(target=self._run, args=(first,), name="early terminal", daemon=True)
        self._thread.start()

    def hand_over(self) -> tuple[list[tuple[bytes, float]], Attributes] | None:
        """Return what was read, each piece with its time, and how the terminal was before.

        ``None`` if it was handed over already.

        From then on the caller reads the terminal, shows what ``typed`` returns, and gives the terminal back.
        """
        if self._thread is None:
            return None
        self._stop()
        with suppress(termios.error):  # the terminal is gone
            termios.tcsetattr(self._terminal, termios.TCSANOW, self._attributes_of_driver())
        return self._reads, self._before

    def typed(self, text: str) -> str:
        """Return the sequences that show a typed text, as long as it can only be text in the prompt."""
        if self._field is None:
            return ""
        before = self._shown
        for character in text:
            if ord(character) in _BACKSPACES:
                self._shown = self._shown[:-1]
            elif character.isprintable() and cell_len(self._shown + character) < self._field.width:
                self._shown += character
            else:  # what comes from here on may go elsewhere
                field, self._field = self._field, None
                return "" if self._shown == before else draw_typed(field, self._shown, self._encoder)
        return draw_typed(self._field, self._shown, self._encoder)

    def end_echo(self) -> None:
        """The screen is there, and shows what is typed."""
        self._field = None

    def give_back(self) -> None:
        """Give the terminal back as it was, if nobody has taken it over."""
        if self._thread is None:
            return
        self._stop()
        with suppress(OSError, termios.error):  # the terminal is gone
            termios.tcsetattr(self._terminal, termios.TCSANOW, self._before)
            if select.select((), (self._output,), (), _PATIENCE_SECONDS)[1]:
                os.write(self._output, _GIVE_BACK.encode())

    def _caret(self) -> str:
        return "" if self._field is None else draw_typed(self._field, "", self._encoder)

    def _typing_attributes(self) -> Attributes:
        """Return attributes by which keys arrive at once and as they are, and Ctrl+C still interrupts."""
        attributes = termios.tcgetattr(self._terminal)
        attributes[0] &= ~(termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR)
        attributes[3] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
        off = bytes([os.fpathconf(self._terminal, "PC_VDISABLE") & 0xFF])
        controls = list(attributes[6])
        controls[termios.VMIN], controls[termios.VTIME] = 1, 0
        controls[termios.VSUSP] = controls[termios.VQUIT] = off  # a sleeping frame would stay on the terminal
        attributes[6] = controls
        return attributes

    def _attributes_of_driver(self) -> Attributes:
        """Return attributes that become the driver's by what it sets: every key is one, from here on."""
        attributes = self._typing_attributes()
        attributes[3] &= ~termios.ISIG
        attributes[6] = self._before[6]
        return attributes

    def _run(self, first: bytes) -> None:
        decode = getincrementaldecoder("utf-8")("replace").decode
        try:
            self._write(first)
            while self._wake_reader not in select.select((self._terminal, self._wake_reader), (), ())[0]:
                data = os.read(self._terminal, _READ_SIZE)
                if not data:
                    return
                self._reads.append((data, time.monotonic()))
                self._write(self.typed(decode(data)).encode("utf-8", "replace"))
        except OSError:  # the terminal is gone: who takes it over finds that out
            return

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._output, view) :]

    def _stop(self) -> None:
        thread, self._thread = self._thread, None
        if thread is not None:
            os.write(self._wake_writer, b"\0")
            thread.join(_PATIENCE_SECONDS)


@contextmanager
def holding(terminal: EarlyTerminal) -> Iterator[EarlyTerminal]:
    """Give a terminal back at the end, and when a signal ends the program before anybody took it over."""

    def on_signal(number: int, _: FrameType | None) -> None:
        terminal.give_back()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    ending = [number for number in _ENDING if signal.getsignal(number) is signal.SIG_DFL]
    before = {number: signal.signal(number, on_signal) for number in ending}
    try:
        yield terminal
    finally:
        terminal.give_back()
        for number, handler in before.items():
            signal.signal(number, handler)
