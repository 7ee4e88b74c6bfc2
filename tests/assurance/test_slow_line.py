"""Sequences split by a slow connection, through the whole program: never typed, and no escape acts."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.assurance.kit import chat, crash_reports, deck
from tests.support.fault_server import Connection, FaultServer
from tests.support.stream_samples import delta
from tests.support.terminal import TerminalProgram

PARTED = (
    (b"\x1b", b"[<35;10;10M"),
    (b"\x1b", b"]11;rgb:1414/1919/1f1f\x07"),
    (b"\x1b]11;rgb:14", b"14/1919/1f1f\x1b\\"),
    (b"\x1b[<35;", b"10;10M"),
    (b"\x1b", b"[12;40R"),
    (b"\x1b", b"[I"),
    (b"\x1b", b"[O"),
    (b"\x1b[", b"99;98;97z"),
    (b"\x1b", b"[120;1;120u"),
    (b"\x1b[200", b"~y\x1b[201~"),
    (b"\x1b", b"[200~z\x1b[201~"),
)
TYPED = "xyz"
"""By the last three: kitty's key, and two pastes."""
LINES: dict[str, tuple[dict[str, str], float]] = {
    "local": ({}, 0.15),
    "ssh": ({"SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22", "SSH_TTY": "/dev/pts/0"}, 0.8),
}


@pytest.fixture
def endless() -> Iterator[FaultServer]:
    """A server that answers a chat with text and then holds the line."""

    def answer(connection: Connection) -> None:
        if connection.read_request().startswith(b"GET"):
            connection.respond(b'{"object":"list","data":[{"id":"m"}]}')
            return
        connection.start_stream()
        connection.send_chunks(delta("Hello there\n"))
        connection.hold()

    with FaultServer(answer) as server:
        yield server


def send_parted(terminal: TerminalProgram, pause: float) -> None:
    for first, rest in PARTED:
        terminal.send_bytes(first)
        time.sleep(pause)
        terminal.send_bytes(rest)
        time.sleep(0.05)


@pytest.mark.parametrize("line", LINES)
def test_parted_sequences_neither_stop_an_answer_nor_close_a_dialog_nor_are_typed(
    tmp_path: Path, endless: FaultServer, line: str
) -> None:
    extra, pause = LINES[line]
    with chat({**deck(tmp_path, endless.base_url), **extra}) as terminal:
        terminal.wait_for("Enter to send")
        terminal.send("hello", "enter")
        terminal.wait_for("there")
        send_parted(terminal, pause)
        terminal.wait_for(TYPED)
        assert "Stopped" not in terminal.text
        assert not endless.peer_closed.is_set(), "an escape stopped the answer"
        terminal.send("ctrl+q")
        terminal.wait_for("Quit lmdeck")
        send_parted(terminal, pause)
        assert "Quit lmdeck" in terminal.text
        terminal.send("escape")
        terminal.wait_for(lambda: "Quit lmdeck" not in terminal.text)
        assert not endless.peer_closed.is_set()
        terminal.send("escape")
        assert endless.wait_for_eof(), "escape alone must stop the answer"
        terminal.send("enter")
        terminal.wait_for(lambda: prompts(endless)[1:])
    assert prompts(endless) == ["hello", TYPED]
    assert crash_reports(tmp_path) == []


def prompts(server: FaultServer) -> list[str]:
    bodies = [
        json.loads(request.partition(b"\r\n\r\n")[2]) for request in server.requests if request[:4] == b"POST"
    ]
    return [body["messages"][-1]["content"] for body in bodies]
