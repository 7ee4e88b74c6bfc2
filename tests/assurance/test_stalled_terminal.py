"""A terminal or reader that reads nothing does not prevent quitting, with the answer saved."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.assurance.kit import crash_reports, deck, signal_name
from tests.benchmarks.terminal import wait_until
from tests.support.fault_server import Connection, FaultServer
from tests.support.stream_samples import delta
from tests.support.terminal import lmdeck
from tui.store.conversations import ConversationStore
from tui.store.paths import resolve_paths

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LIMIT_SECONDS = 6.0
"""Two are promised; the machine may be busy with other tests."""


@pytest.fixture
def chatty() -> Iterator[FaultServer]:
    """A server that answers without an end, more than any buffer between it and a reader holds."""

    def answer(connection: Connection) -> None:
        while (request := connection.read_request()).startswith(b"GET"):
            connection.respond(b'{"object":"list","data":[{"id":"m"}]}')
        if not request:
            return
        connection.start_stream()
        with suppress(OSError):
            while connection.pause(0.001):
                connection.send_chunks(delta("Words and words and words.\n" * 20))

    with FaultServer(answer) as server:
        yield server


class Unread:
    """A program on a terminal whose output is only read on request."""

    def __init__(self, arguments: list[str], environment: dict[str, str], columns: int, rows: int) -> None:
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.execvpe(arguments[0], arguments, environment)
        self.raw = b""

    def read_until(self, text: bytes, limit: float = 30.0) -> None:
        end = time.monotonic() + limit
        while text not in self.raw:
            assert time.monotonic() < end, self.raw[-500:]
            self.raw += os.read(self.master, 65536)

    def stall(self) -> None:
        """Type until the program waits for its terminal, which takes nothing: each key is drawn."""
        end = time.monotonic() + 30
        while not is_stalled(self.pid):
            assert time.monotonic() < end
            for _ in range(10):
                os.write(self.master, b"x")
                time.sleep(0.02)

    def ends(self, limit: float = LIMIT_SECONDS) -> int | None:
        """Return the exit code (negative for a signal), ``None`` where it lives on."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.pid = 0
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.02)
        return None


@contextmanager
def unread(
    arguments: list[str], environment: dict[str, str], size: tuple[int, int] = (100, 30)
) -> Iterator[Unread]:
    program = Unread(arguments, environment, *size)
    try:
        yield program
    finally:
        if program.pid:
            os.kill(program.pid, signal.SIGKILL)
            os.waitpid(program.pid, 0)
        with suppress(OSError):
            os.close(program.master)


def was_asked(server: FaultServer) -> bool:
    return any(request.startswith(b"POST") for request in server.requests)


def is_stalled(pid: int) -> bool:
    """Whether a process waits for its terminal: nothing moves for a while."""
    ticks = Path(f"/proc/{pid}/stat").read_text().split()[13:15]
    time.sleep(0.3)
    return Path(f"/proc/{pid}/stat").read_text().split()[13:15] == ticks


def saved_text(environment: dict[str, str]) -> str:
    store = ConversationStore(resolve_paths(environment))
    turns = [turn for summary in store.listing.all() for turn in store.open(summary.identity).turns]
    return "".join(turn.answer.text for turn in turns)


@pytest.mark.parametrize("number", SIGNALS, ids=signal_name)
def test_the_screens_end_on_a_terminal_that_is_not_read(
    tmp_path: Path, chatty: FaultServer, number: signal.Signals
) -> None:
    environment = deck(tmp_path, chatty.base_url)
    with unread(lmdeck("chat", "main"), environment) as program:
        program.read_until(b"Enter")
        before = termios.tcgetattr(program.master)
        os.write(program.master, b"hello\r")
        assert wait_until(lambda: was_asked(chatty), 20)
        program.stall()
        os.kill(program.pid, number)
        assert program.ends() == 128 + number
        assert termios.tcgetattr(program.master)[3] & termios.ICANON, "the line discipline was not restored"
        assert before[3] & termios.ICANON == 0
        with suppress(OSError):
            while b"\x1b[?1049l" not in program.raw:
                program.raw += os.read(program.master, 65536)
        assert program.raw.endswith((b"\x1b[?1004l", b"\x1b[?25h")) or b"\x1b[?1049l" in program.raw
    assert "Words and words" in saved_text(environment)
    assert crash_reports(tmp_path) == []


@pytest.mark.parametrize("number", SIGNALS, ids=signal_name)
def test_the_screens_end_in_a_window_of_one_cell(
    tmp_path: Path, chatty: FaultServer, number: signal.Signals
) -> None:
    environment = deck(tmp_path, chatty.base_url)
    with unread(lmdeck("chat", "main"), environment, (1, 1)) as program:
        program.read_until(b"\x1b[?1049h")
        time.sleep(0.5)
        os.kill(program.pid, number)
        assert program.ends() == 128 + number
    assert crash_reports(tmp_path) == []


@pytest.mark.parametrize("size", [(100, 30), (1, 1)])
def test_the_screens_end_when_a_stalled_terminal_goes(
    tmp_path: Path, chatty: FaultServer, size: tuple[int, int]
) -> None:
    environment = deck(tmp_path, chatty.base_url)
    with unread(lmdeck("chat", "main"), environment, size) as program:
        program.read_until(b"\x1b[?1049h")
        os.write(program.master, b"hello\r")
        time.sleep(1)
        os.close(program.master)
        assert program.ends() == 128 + signal.SIGHUP
    assert crash_reports(tmp_path) == []


@pytest.mark.parametrize("number", SIGNALS, ids=signal_name)
def test_a_plain_chat_ends_on_a_terminal_that_is_not_read(
    tmp_path: Path, chatty: FaultServer, number: signal.Signals
) -> None:
    environment = deck(tmp_path, chatty.base_url)
    with unread(lmdeck("chat", "main", "--plain"), environment) as program:
        program.read_until(b"you> ")
        os.write(program.master, b"hello\r")
        assert wait_until(lambda: was_asked(chatty), 20)
        assert wait_until(lambda: is_stalled(program.pid), 30)
        os.kill(program.pid, number)
        assert program.ends() == 128 + number
    assert "Words and words" in saved_text(environment)
    assert crash_reports(tmp_path) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=signal_name)
def test_a_plain_chat_that_waits_for_a_prompt_ends(
    tmp_path: Path, chatty: FaultServer, number: signal.Signals
) -> None:
    environment = deck(tmp_path, chatty.base_url)
    with unread(lmdeck("chat", "main", "--plain"), environment) as program:
        program.read_until(b"you> ")
        os.kill(program.pid, number)
        assert program.ends() == 128 + number


@pytest.mark.parametrize("number", SIGNALS, ids=signal_name)
@pytest.mark.parametrize("flags", [(), ("--json",)], ids=["text", "json"])
def test_ask_ends_while_nobody_reads_what_it_prints(
    tmp_path: Path, chatty: FaultServer, number: signal.Signals, flags: tuple[str, ...]
) -> None:
    environment = deck(tmp_path, chatty.base_url)
    program = subprocess.Popen(
        lmdeck("ask", "hello", *flags), env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    )
    try:
        assert wait_until(lambda: was_asked(chatty), 20)
        if not flags:
            assert wait_until(lambda: is_stalled(program.pid), 30)
        else:
            time.sleep(1.5)  # more than a pipe holds has come: it is printed at the end
        program.send_signal(number)
        assert program.wait(LIMIT_SECONDS) == 128 + number
    finally:
        program.kill()
        program.wait()
        assert program.stdout is not None
        program.stdout.close()
