"""A flood of interim responses blocks neither the screens, nor a command, nor quitting."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import tomli_w

from tests.assurance.kit import crash_reports, deck, signal_name
from tests.support.fault_server import Answer, Connection, FaultServer
from tests.support.terminal import TerminalProgram, lmdeck

INTERIM = b"HTTP/1.1 100 Continue\r\n\r\n" * 4_000
LIMIT_SECONDS = 40
LIST = b'{"object":"list","data":[{"id":"m"}]}'


@pytest.fixture
def flood() -> Iterator[FaultServer]:
    def answer(connection: Connection) -> None:
        if not connection.read_request():
            return
        with suppress(OSError):
            while not connection.server.stopping.is_set():
                connection.send(INTERIM)

    with FaultServer(answer) as server:
        yield server


def two(home: Path, url: str, other: str) -> dict[str, str]:
    """Return the environment with a flooding provider, the default, and a good one."""
    environment = deck(home, url)
    records = {
        name: {"provider_url": at, "compatible_provider": "m"}
        for name, at in (("main", url), ("good", other))
    }
    content = {"schema": 1, "defaults": {"Model": "main"}, "providers": records}
    (home / "config" / "lmdeck" / "providers.toml").write_text(tomli_w.dumps(content))
    return environment


@pytest.mark.parametrize(
    "command",
    [("ask", "hi", "--wait", "5"), ("check", "main"), ("discover",)],
    ids=lambda command: command[0],
)
def test_a_command_ends(tmp_path: Path, flood: FaultServer, command: tuple[str, ...]) -> None:
    environment = deck(tmp_path, flood.base_url)
    done = subprocess.run(
        lmdeck(*command),
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=LIMIT_SECONDS,
    )
    assert done.returncode == (0 if command[0] == "discover" else 1)
    assert b"lmdeck crashed" not in done.stderr


def test_the_others_get_their_verdict(tmp_path: Path, flood: FaultServer) -> None:
    with FaultServer(Answer(LIST)) as good:
        done = subprocess.run(
            lmdeck("check", "--all", "--quick", "--json"),
            env=two(tmp_path, flood.base_url, good.base_url),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LIMIT_SECONDS,
        )
    verdicts = {result["provider"]: result["ok"] for result in json.loads(done.stdout)["results"]}
    assert (verdicts["main"], verdicts["good"]) == (False, True)


def test_the_list_goes_on_while_it_looks(tmp_path: Path, flood: FaultServer) -> None:
    with FaultServer(Answer(LIST)) as good:
        environment = two(tmp_path, flood.base_url, good.base_url)
        with TerminalProgram(lmdeck(), environment) as terminal:
            terminal.wait_for(lambda: any(r.startswith(b"GET") for r in flood.requests))
            terminal.send("/")
            terminal.wait_for("Filter by name")
            terminal.send("escape", "ctrl+q")
            assert terminal.wait(10) == 0
    assert crash_reports(tmp_path) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT], ids=signal_name)
def test_a_signal_ends_a_chat_with_it(tmp_path: Path, flood: FaultServer, number: signal.Signals) -> None:
    with TerminalProgram(lmdeck("chat", "main"), deck(tmp_path, flood.base_url)) as terminal:
        terminal.wait_for("Enter to send")
        terminal.send("hello", "enter")
        terminal.wait_for(lambda: any(r.startswith(b"POST") for r in flood.requests))
        terminal.kill(number)
        assert terminal.wait(10) == 128 + number
    assert crash_reports(tmp_path) == []
