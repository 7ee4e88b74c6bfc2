"""A program in a pseudo-terminal: types at it, takes down what it writes and when, counts what it uses.

The terminal answers the usual queries, so that programs behave as in a real one. Everything is on
one monotonic clock.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import signal
import struct
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

COLUMNS, ROWS = 120, 40
_TICKS = os.sysconf("SC_CLK_TCK")
_ESCAPE = re.compile(
    rb"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[P_^X][^\x1b]*\x1b\\|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[()*+]."
    rb"|\x1b[=>78cDEHMNOZ]"
)
_QUERY = re.compile(
    rb"\x1b\[(?P<csi>0?c|>0?c|6n|5n|\?u|>0?q|14t|16t|18t)|\x1b\[\?(?P<mode>\d+)\$p"
    rb"|\x1b\](?P<colour>1[01]);\?(?:\x07|\x1b\\)"
)
_KNOWN_MODES = {b"2026", b"2004", b"1004", b"1006", b"25"}
_FIXED_ANSWERS = {
    b"c": b"\x1b[?62;22c",
    b"0c": b"\x1b[?62;22c",
    b">c": b"\x1b[>41;370;0c",
    b">0c": b"\x1b[>41;370;0c",
    b"6n": b"\x1b[1;1R",
    b"5n": b"\x1b[0n",
    b"?u": b"\x1b[?0u",
    b">q": b"\x1bP>|bench(1)\x1b\\",
    b">0q": b"\x1bP>|bench(1)\x1b\\",
    b"14t": b"\x1b[4;%d;%dt" % (ROWS * 18, COLUMNS * 9),
    b"16t": b"\x1b[6;18;9t",
    b"18t": b"\x1b[8;%d;%dt" % (ROWS, COLUMNS),
}


def answer(match: re.Match[bytes]) -> bytes:
    """Return what a terminal with synchronised output answers to a query."""
    if (mode := match["mode"]) is not None:
        return b"\x1b[?%s;%d$y" % (mode, 2 if mode in _KNOWN_MODES else 0)
    if (colour := match["colour"]) is not None:
        return b"\x1b]%s;rgb:%s\x1b\\" % (colour, b"1e1e/1e1e/1e1e" if colour == b"11" else b"e0e0/e0e0/e0e0")
    return _FIXED_ANSWERS[match["csi"]]


@dataclass(frozen=True, slots=True)
class Chunk:
    """What one read of the terminal brought."""

    at: float
    data: bytes


class Program:
    """A running program and its terminal. Close it."""

    def __init__(
        self, arguments: Sequence[str], environment: Mapping[str, str], *, echo: bool = False
    ) -> None:
        """Start it. With ``echo`` the terminal itself shows what is typed, for a program that does not."""
        self.chunks: list[Chunk] = []
        reader, writer = os.pipe()
        self.pid, self._file = pty.fork()
        if self.pid == 0:
            os.close(writer)
            os.read(reader, 1)  # the window has its size now
            os.execvpe(arguments[0], list(arguments), dict(environment))
        os.close(reader)
        size = struct.pack("HHHH", ROWS, COLUMNS, COLUMNS * 9, ROWS * 18)
        fcntl.ioctl(self._file, termios.TIOCSWINSZ, size)
        if not echo:
            modes = termios.tcgetattr(self._file)
            modes[3] &= ~termios.ECHO
            termios.tcsetattr(self._file, termios.TCSANOW, modes)
        self.started_at = time.monotonic()
        os.write(writer, b"x")
        os.close(writer)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._file, 1 << 16)
            except OSError:
                return
            if not data:
                return
            self.chunks.append(Chunk(time.monotonic(), data))
            for match in _QUERY.finditer(data):
                os.write(self._file, answer(match))

    def type(self, text: str) -> None:
        """Type a text."""
        os.write(self._file, text.encode())

    @property
    def bytes_written(self) -> int:
        """What the program wrote so far."""
        return sum(len(chunk.data) for chunk in self.chunks)

    def when_shown(self, text: str, timeout_seconds: float, *, since: int = 0) -> float | None:
        """Return when the chunk came that made a text visible, looking at chunks from ``since`` on."""
        wanted = text.encode()
        deadline = time.monotonic() + timeout_seconds
        seen, tail = since, b""
        while time.monotonic() < deadline:
            while seen < len(self.chunks):
                chunk = self.chunks[seen]
                seen += 1
                tail += _ESCAPE.sub(b"", chunk.data)
                if wanted in tail:
                    return chunk.at
                tail = tail[-len(wanted) - 64 :]
            time.sleep(0.002)
        return None

    def wait_for_silence(self, seconds: float, timeout_seconds: float = 20.0) -> None:
        """Wait until nothing was written for some time."""
        deadline = time.monotonic() + timeout_seconds
        while time.monotonic() < deadline:
            last = self.chunks[-1].at if self.chunks else self.started_at
            if time.monotonic() - last >= seconds:
                return
            time.sleep(0.01)

    def _tree(self) -> list[int]:
        children: dict[int, list[int]] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    status = (entry / "stat").read_text()
                except OSError:
                    continue
                parent = int(status[status.rindex(")") + 2 :].split()[1])
                children.setdefault(parent, []).append(int(entry.name))
        found, waiting = [], [self.pid]
        while waiting:
            pid = waiting.pop()
            found.append(pid)
            waiting.extend(children.get(pid, []))
        return found

    def cpu_seconds(self) -> float:
        """Return user and system time of the program and its children."""
        total = 0
        for pid in self._tree():
            try:
                status = Path(f"/proc/{pid}/stat").read_text()
            except OSError:
                continue
            total += sum(map(int, status[status.rindex(")") + 2 :].split()[11:15]))
        return total / _TICKS

    def worked_milliseconds(self) -> float:
        """Return how long the threads of the program itself have been on a processor."""
        tasks = Path(f"/proc/{self.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e6

    def memory_megabytes(self, field: str = "VmRSS") -> float:
        """Return the resident memory now, or at its peak with ``VmHWM``."""
        total = 0
        for pid in self._tree():
            try:
                status = Path(f"/proc/{pid}/status").read_text()
            except OSError:
                continue
            match = re.search(rf"{field}:\s+(\d+)", status)
            total += int(match[1]) if match else 0
        return total / 1024

    def close(self) -> None:
        """End the program."""
        for pid in self._tree():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        os.waitpid(self.pid, 0)
        os.close(self._file)


def echo_milliseconds(program: Program, key: str, timeout_seconds: float = 5.0) -> float | None:
    """Type a key and return how long it takes until it is visible."""
    since = len(program.chunks)
    typed_at = time.monotonic()
    program.type(key)
    shown_at = program.when_shown(key, timeout_seconds, since=since)
    return None if shown_at is None else (shown_at - typed_at) * 1000


def wait_until(condition: Callable[[], bool], timeout_seconds: float) -> bool:
    """Wait for a condition."""
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False
