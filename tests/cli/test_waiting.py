"""A starting server on this machine: ``ask``, ``check`` and the chat wait for it, and report it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commands import Call
from tests.support.starting_server import StartingServer
from tests.support.terminal import TerminalProgram, lmdeck, private_environment

ANSWER = "0 1 2 3 4 5 6 7 8 9"
LOADING = 'The model is loading ("Loading model"): waited '

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the real /proc")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[StartingServer]:
    with StartingServer(tmp_path) as started:
        yield started


class Running:
    """A command whose stderr is read as it arrives."""

    def __init__(self, home: Path, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tui", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**private_environment(home), "PYTHONUNBUFFERED": "1"},
            text=True,
        )
        self.err = ""

    def wait_for(self, words: str) -> None:
        assert self._process.stderr is not None
        while words not in self.err:
            line = self._process.stderr.readline()
            assert line, self.err
            self.err += line

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def end(self) -> tuple[int, str]:
        """Wait for the end; return the code and what was printed."""
        guard = threading.Timer(60, self._process.kill)
        guard.start()
        out, err = self._process.communicate()
        guard.cancel()
        self.err += err
        return self._process.returncode, out


def ask(home: Path, server: StartingServer, *options: str) -> Running:
    return Running(home, "ask", "hi", "--url", server.base_url, "--model", "m", *options)


def test_ask_waits_for_it_and_says_so(tmp_path: Path, server: StartingServer) -> None:
    asking = ask(tmp_path / "home", server, "--wait", "60")
    asking.wait_for(f"vLLM (pid {server.pid}) is starting: waited 0 s of at most 60 s (--wait).")
    server.open()
    asking.wait_for(LOADING)
    server.finish()
    code, out = asking.end()
    assert (code, out) == (0, ANSWER + " \n"), asking.err


def test_check_waits_for_it_and_says_so(tmp_path: Path, server: StartingServer) -> None:
    checking = Running(tmp_path / "home", "check", server.base_url, "--wait", "60")
    checking.wait_for(f"vLLM (pid {server.pid}) is starting: waited 0 s of at most 60 s (--wait).")
    server.open()
    checking.wait_for(LOADING)
    server.finish()
    code, out = checking.end()
    assert code == 0, out
    assert "is starting" not in out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("command", ["ask", "check"])
def test_a_signal_ends_the_wait(
    tmp_path: Path, server: StartingServer, command: str, number: signal.Signals
) -> None:
    if command == "ask":
        waiting = ask(tmp_path / "home", server, "--wait", "600")
    else:
        waiting = Running(tmp_path / "home", "check", server.base_url, "--wait", "600")
    waiting.wait_for("is starting")
    waiting.send(number)
    assert waiting.end()[0] == 128 + number


@pytest.mark.parametrize("command", ["ask", "check"])
def test_the_end_of_its_process_ends_the_wait(tmp_path: Path, server: StartingServer, command: str) -> None:
    if command == "ask":
        waiting = ask(tmp_path / "home", server, "--wait", "600")
    else:
        waiting = Running(tmp_path / "home", "check", server.base_url, "--wait", "600")
    waiting.wait_for("is starting")
    server.kill()
    code, out = waiting.end()
    assert code == 1
    assert f"vLLM (pid {server.pid}) exited before it was ready" in re.sub(r"\s+", " ", out + waiting.err)


def test_the_limit_is_told(call: Call, server: StartingServer) -> None:
    done = call("ask", "hi", "--url", server.base_url, "--model", "m", "--wait", "0.3")
    text = " ".join(done.err.split())
    assert done.code == 1
    assert f"port {server.port} is not open yet; gave up after 0.3 s." in text
    assert "Wait longer with --wait SECONDS" in text


def test_no_wait_is_one_answer(call: Call, server: StartingServer) -> None:
    done = call("check", server.base_url, "--wait", "0", "--json")
    assert done.json["verdict"]["cause"] == "starting"
    assert "waited" not in done.err


def test_the_plain_chat_waits_for_it_and_ctrl_c_ends_the_wait(tmp_path: Path, server: StartingServer) -> None:
    environment = private_environment(tmp_path / "home")
    folder = Path(environment["XDG_CONFIG_HOME"]) / "lmdeck"
    folder.mkdir(parents=True)
    (folder / "providers.toml").write_text(
        f'[providers.late]\ncompatible_provider = "m"\nprovider_url = "{server.base_url}"\n'
    )
    with TerminalProgram(lmdeck("chat", "late", "--plain"), environment) as terminal:
        terminal.wait_for("you>")
        terminal.send("hello", "enter")
        terminal.wait_for("is starting: waited 0 s of at most 30 min")
        terminal.send("\x03")
        terminal.wait_for("stopped")
        server.open()
        server.finish()
        terminal.send("again", "enter")
        terminal.wait_for(ANSWER)


@pytest.mark.parametrize("command", [("ask", "hi"), ("embed", "hi")])
@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "soon"])
def test_a_time_that_leaves_none_is_wrong_usage(call: Call, command: tuple[str, ...], seconds: str) -> None:
    done = call(*command, "--url", "http://127.0.0.1:1/v1", "--model", "m", f"--wait={seconds}")
    assert done.code == 2
    assert "--wait" in done.err
