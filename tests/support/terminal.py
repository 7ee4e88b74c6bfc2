"""The whole program in a real pseudo-terminal: keys in, bytes and a screen out.

The terminal is emulated with pyte; the queries a program may send are answered as xterm would.
Waiting is for conditions, with one generous limit, never for time.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

import pyte

LIMIT_SECONDS = 60.0
"""How long a condition may take on a loaded machine before a test gives up."""

_REST_SECONDS = 2.0
"""What an ended program wrote is read until its terminal is closed: by others that have it, too."""

ANSWERS: dict[bytes, bytes] = {
    b"\x1b[c": b"\x1b[?64;1;2;6;9;15;18;21;22c",
    b"\x1b[>c": b"\x1b[>41;388;0c",
    b"\x1b[>q": b"\x1bP>|XTerm(388)\x1b\\",
    b"\x1b[6n": b"\x1b[1;1R",
    b"\x1b]11;?\x1b\\": b"\x1b]11;rgb:0000/0000/0000\x1b\\",
    b"\x1b]11;?\x07": b"\x1b]11;rgb:0000/0000/0000\x07",
    b"\x1b]10;?\x07": b"\x1b]10;rgb:ffff/ffff/ffff\x07",
    b"\x1b[21t": b"\x1b]ltitle reply\x1b\\",
    b"\x1bP$qm\x1b\\": b"\x1bP1$r0m\x1b\\",
    b"\x05": b"answerback\r",
}
"""What xterm says to each query: the ones that can be typed into a prompt are all here."""

KEYS = {
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "backspace": "\x7f",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "f1": "\x1bOP",
    "f2": "\x1bOQ",
    "f4": "\x1bOS",
    "f5": "\x1b[15~",
    "shift+tab": "\x1b[Z",
}


def private_environment(home: Path, **extra: str) -> dict[str, str]:
    """Return an environment in which the program sees nothing of the person who runs the tests."""
    home.mkdir(parents=True, exist_ok=True)
    return {
        "HOME": str(home),
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_CONFIG_DIRS": str(home / "site"),
        "PYTHONDONTWRITEBYTECODE": "1",
        **extra,
    }


class TerminalProgram:
    """A program in a pseudo-terminal. Use it as a context manager, which always ends it."""

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        *,
        columns: int = 120,
        rows: int = 40,
        answers: bool = True,
        umask: int | None = None,
    ) -> None:
        self.raw = bytearray()
        self.answered = 0
        self._arguments = list(arguments)
        self._environment = dict(environment)
        self._size = (rows, columns)
        self._answers = answers
        self._umask = umask
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._lock = threading.Lock()
        self._status: int | None = None
        self._searched = 0
        self._cut = b""

    def __enter__(self) -> TerminalProgram:
        self.pid, self._master = pty.fork()
        if self.pid == 0:
            if self._umask is not None:
                os.umask(self._umask)
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", *self._size, 0, 0))
            os.execvpe(self._arguments[0], self._arguments, self._environment)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", *self._size, 0, 0))
        self.first_modes = self.modes
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(self.pid, 0)
        self.hang_up()
        self._reader.join(5)

    def hang_up(self) -> None:
        """Close the terminal, as a dropped line does."""
        master, self._master = self._master, -1
        if master >= 0:
            os.close(master)

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the window."""
        with self._lock:
            self._screen.resize(rows, columns)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def send(self, *keys: str) -> None:
        """Press keys by name (``enter``, ``ctrl+j``) or type a text as it is."""
        for key in keys:
            os.write(self._master, _bytes_of(key))

    def send_bytes(self, data: bytes) -> None:
        """Write bytes as if they had been typed, in pieces that the terminal takes."""
        view = memoryview(data)
        while view:
            view = view[os.write(self._master, view[:1024]) :]

    @property
    def modes(self) -> list[object]:
        """How the terminal treats keys and output now."""
        return termios.tcgetattr(self._master)

    @property
    def cells(self) -> dict[tuple[int, int], pyte.screens.Char]:
        """What the screen shows, by row and column."""
        with self._lock:
            columns, lines, buffer = self._screen.columns, self._screen.lines, self._screen.buffer
            return {(y, x): buffer[y][x] for y in range(lines) for x in range(columns)}

    @property
    def text(self) -> str:
        """What the screen shows, line by line."""
        with self._lock:
            return "\n".join(line.rstrip() for line in self._screen.display)

    def wait_for(self, wanted: str | Callable[[], object], limit: float = LIMIT_SECONDS) -> None:
        """Wait until the screen shows a text (or matches a regular expression), or a condition holds."""
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline:
            if self._is_there(wanted):
                return
            if self._status is None and self.poll() is not None and not callable(wanted):
                self.drain()
                if self._is_there(wanted):
                    return
                raise AssertionError(f"it ended with {self._status} before {wanted!r}:\n{self.text}")
            time.sleep(0.01)
        raise AssertionError(f"never came: {wanted!r}\n{self.text}")

    def _is_there(self, wanted: str | Callable[[], object]) -> bool:
        if callable(wanted):
            return bool(wanted())
        with self._lock:
            is_half_drawn = self.raw.rfind(_FRAME_BEGINS) > self.raw.rfind(_FRAME_ENDS)
        return not is_half_drawn and re.search(wanted, self.text) is not None

    def poll(self) -> int | None:
        """Return the exit code, negative for a signal, or ``None`` while it runs."""
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._status = os.waitstatus_to_exitcode(status)
        return self._status

    def wait(self, limit: float = LIMIT_SECONDS) -> int:
        """Wait for the end and for all that was written, and return the exit code."""
        deadline = time.monotonic() + limit
        while self.poll() is None:
            if time.monotonic() > deadline:
                raise AssertionError(f"it did not end:\n{self.text}")
            time.sleep(0.01)
        self.drain(_REST_SECONDS)
        assert self._status is not None
        return self._status

    def drain(self, limit: float = 5.0) -> None:
        """Wait until everything that the ended program wrote has been read."""
        self._reader.join(limit)

    def kill(self, number: signal.Signals) -> None:
        """Send a signal."""
        os.kill(self.pid, number)

    def _read(self) -> None:
        while (master := self._master) >= 0:
            try:
                if not select.select([master], [], [], 0.05)[0]:
                    continue
                data = os.read(master, 65536)
            except (OSError, ValueError):
                return
            if not data:
                return
            with self._lock:
                self.raw += data
                whole, self._cut = _up_to_a_cut_sequence(self._cut + data)
                self._stream.feed(_PRIVATE.sub(b"", whole))
            if self._answers:
                self._answer()

    def _answer(self) -> None:
        window = bytes(self.raw[self._searched :])
        end = 0
        for query, reply in {**ANSWERS, **_OWN_QUERIES}.items():
            found = window.rfind(query)
            if found >= 0:
                end = max(end, found + len(query))
                self.answered += query in ANSWERS
                with contextlib.suppress(OSError):
                    os.write(self._master, reply)
        self._searched = max(self._searched + end, len(self.raw) - 32)


_PRIVATE = re.compile(rb"\x1b\[[<>=][0-9;]*[a-zA-Z]")
"""Keyboard-protocol sequences that pyte would print as text."""
_LONGEST_SEQUENCE = 40
_OWN_QUERIES = {b"\x1b[?2026$p": b"\x1b[?2026;2$y"}
"""What the program itself asks at its start: whether frames can be drawn at once."""
_FRAME_BEGINS, _FRAME_ENDS = b"\x1b[?2026h", b"\x1b[?2026l"
"""Around a frame that a terminal shows only when it is complete, as a person sees it."""


def _up_to_a_cut_sequence(data: bytes) -> tuple[bytes, bytes]:
    """Hold back a sequence that goes on in the next read."""
    start = data.rfind(b"\x1b", -_LONGEST_SEQUENCE)
    is_cut = start >= 0 and re.fullmatch(rb"\x1b(\[[<>=?]?[0-9;$]*)?", data[start:]) is not None
    return (data[:start], data[start:]) if is_cut else (data, b"")


def _bytes_of(key: str) -> bytes:
    if key in KEYS:
        return KEYS[key].encode()
    if key.startswith("ctrl+") and len(key) == 6:
        return bytes([ord(key[5].upper()) & 0x1F])
    if key.startswith("alt+") and len(key) == 5:
        return b"\x1b" + key[4].encode()
    if key == "alt+enter":
        return b"\x1b\r"
    return key.encode()


def lmdeck(*arguments: str) -> list[str]:
    """Return the command line that runs the program with this interpreter."""
    return [sys.executable, "-m", "tui", *arguments]


def with_lmdeck(environment: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Return an environment in which ``lmdeck`` is a command, made in a new folder."""
    folder.mkdir()
    script = folder / "lmdeck"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m lmdeck "$@"\n')
    script.chmod(0o755)
    root = Path(__file__).parents[2]
    return {**environment, "PATH": f"{folder}:{environment['PATH']}", "PYTHONPATH": str(root)}
