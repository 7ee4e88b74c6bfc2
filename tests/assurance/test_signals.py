"""Signals, closed terminals and closed streams: everything ends at once, with the right exit code."""

from __future__ import annotations

import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.assurance.kit import (
    by_length,
    chat,
    crash_reports,
    deck,
    descendants,
    is_alive,
    publish,
    signal_name,
)
from tests.assurance.modes import wrong_modes
from tests.support.fault_server import Connection, FaultServer
from tests.support.stream_samples import delta
from tests.support.terminal import TerminalProgram, lmdeck, private_environment

SIGNALS = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)
ROUNDS = by_length(1, 10)
REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def endless() -> Iterator[FaultServer]:
    """A server that answers a chat with text and then holds the line."""

    def answer(connection: Connection) -> None:
        request = connection.read_request()
        if request.startswith(b"GET"):
            connection.respond(b'{"object":"list","data":[{"id":"m"}]}')
            return
        connection.start_stream()
        connection.send_chunks(delta("Hello "), delta("there\n"))
        connection.hold()

    with FaultServer(answer) as server:
        yield server


def modes_of(terminal: TerminalProgram) -> list[object]:
    """Return the line discipline's settings."""
    return list(termios.tcgetattr(terminal._master)[:4])


@pytest.mark.parametrize("number", SIGNALS, ids=signal_name)
def test_a_signal_ends_the_screens(tmp_path: Path, endless: FaultServer, number: signal.Signals) -> None:
    environment = deck(tmp_path, endless.base_url)
    for _ in range(ROUNDS):
        endless.peer_closed.clear()
        with TerminalProgram(["cat"], environment) as other:
            before = modes_of(other)
        with chat(environment) as terminal:
            terminal.wait_for("Enter to send")
            terminal.send("hello", "enter")
            terminal.wait_for("there")
            terminal.kill(number)
            assert terminal.wait(10) == 128 + number
            assert endless.wait_for_eof(), "the stream was not stopped"
            after = modes_of(terminal)
            terminal.wait_for(lambda: b"\x1b[?1049l" in terminal.raw)
            terminal.drain(1)
            raw = bytes(terminal.raw)
        assert wrong_modes(raw) == []
        assert b"\x1b[?1049h" in raw, "it was on the alternate screen"
        assert after == before
    assert crash_reports(tmp_path) == []
    publish(
        "signals", f"{signal_name(number)} at the screens, {ROUNDS}×: code {128 + number}, terminal as before"
    )


def test_a_closed_terminal_ends_the_screens(tmp_path: Path, endless: FaultServer) -> None:
    """Also where SIGHUP is ignored, as under nohup: the program must not spin on a terminal that is gone."""
    environment = deck(tmp_path, endless.base_url)
    ignoring = "import os, signal, sys; signal.signal(1, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])"
    for arguments in (lmdeck("chat", "main"), [sys.executable, "-c", ignoring, *lmdeck("chat", "main")]):
        for _ in range(ROUNDS):
            endless.peer_closed.clear()
            with TerminalProgram(arguments, environment) as terminal:
                terminal.wait_for("Enter to send")
                terminal.send("hello", "enter")
                terminal.wait_for("there")
                terminal.hang_up()
                assert terminal.wait(10) == 128 + signal.SIGHUP
            assert endless.wait_for_eof()
    assert crash_reports(tmp_path) == []
    publish("signals", f"closed terminal, also with SIGHUP ignored, {2 * ROUNDS}×: code 129, 0 left running")


@pytest.mark.engine
@pytest.mark.parametrize(
    "number", [signal.SIGHUP, signal.SIGTERM, None], ids=["SIGHUP", "SIGTERM", "hang-up"]
)
def test_the_engine_ends_with_the_screens(tmp_path: Path, number: signal.Signals | None) -> None:
    with TerminalProgram(lmdeck("chat", "smollm2"), private_environment(tmp_path)) as terminal:
        terminal.wait_for("Enter to send")
        terminal.send("Count to a hundred.", "enter")
        terminal.wait_for("answering|TTFT [0-9]")
        children = descendants(terminal.pid)
        assert children
        terminal.hang_up() if number is None else terminal.kill(number)
        assert terminal.wait(15) == 128 + (number or signal.SIGHUP)
        terminal.wait_for(lambda: not any(map(is_alive, children)))
    publish(
        "signals",
        f"{'closed terminal' if number is None else signal_name(number)} with the engine at work: 0 orphans",
    )


COMMANDS = {
    "ask": ("ask", "hello", "-p", "main"),
    "ask --json": ("ask", "hello", "-p", "main", "--json"),
    "check": ("check", "main"),
}


def start(environment: dict[str, str], *arguments: str, **options: object) -> subprocess.Popen[bytes]:
    """Start a command without a terminal."""
    return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
        lmdeck(*arguments), env=environment, cwd=REPOSITORY, stdin=subprocess.DEVNULL, **options
    )


@pytest.mark.parametrize("number", SIGNALS, ids=signal_name)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_signal_ends_a_command(
    tmp_path: Path, endless: FaultServer, command: str, number: signal.Signals
) -> None:
    environment = deck(tmp_path, endless.base_url)
    for _ in range(ROUNDS):
        endless.peer_closed.clear()
        endless.requests.clear()
        process = start(environment, *COMMANDS[command], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        wait_for_chat(endless, process)
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
        assert process.returncode == 128 + number, err
        assert b"Traceback" not in err + out
        if command == "ask":
            assert b"Hello there" in out, "what came is kept"
        assert endless.wait_for_eof()
    publish(
        "signals",
        f"{signal_name(number)} at {command}, {ROUNDS}×: code {128 + number}, the partial answer is shown",
    )


def wait_for_chat(server: FaultServer, process: subprocess.Popen[bytes]) -> None:
    """Wait until the answer's first bytes are on their way."""
    import time

    deadline = time.monotonic() + 30
    while not any(request.startswith(b"POST") for request in server.requests):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.01)
    time.sleep(0.3)


SHELLS = {
    "stdout closed": ">&-",
    "stderr closed": "2>&-",
    "stdin closed": "<&-",
    "all closed": "<&- >&- 2>&-",
    "stdout full": "> /dev/full",
    "both full": "> /dev/full 2>&1",
    "stdout a pipe that nobody reads": "| true",
    "stderr a pipe that nobody reads": "2>&1 >/dev/null | true",
}
CLOSED = (
    ("paths",),
    ("providers", "list"),
    ("ask", "hello"),
    ("ask", "hello", "--json"),
    ("check", "main"),
    (),
)


@pytest.mark.parametrize("shell", SHELLS)
def test_streams_that_are_closed_or_full_end_a_command_in_order(tmp_path: Path, shell: str) -> None:
    from tests.support.fault_server import stream_answer

    with FaultServer(stream_answer(delta("Hello there"))) as server:
        environment = deck(tmp_path, server.base_url)
        for arguments in by_length(CLOSED[:3], CLOSED):
            command = " ".join(f"'{word}'" for word in lmdeck(*arguments))
            done = subprocess.run(
                ["bash", "-c", f"set -o pipefail; {command} {SHELLS[shell]}"],
                env=environment,
                cwd=REPOSITORY,
                capture_output=True,
                timeout=60,
                check=False,
            )
            assert b"Traceback" not in done.stderr + done.stdout, (arguments, done)
            assert b"Exception ignored" not in done.stderr + done.stdout, (arguments, done)
            assert done.returncode in (0, 1, 2, 128 + signal.SIGPIPE), (arguments, done)
    assert crash_reports(tmp_path) == []
    publish("signals", f"{shell}: {len(CLOSED)} commands end in order, 0 tracebacks")
