"""Neither the terminal's responses to hostile text nor unsolicited ones are typed into the prompt."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.assurance.kit import by_length, chat, deck, publish
from tests.support.fault_server import Connection, FaultServer
from tests.support.hostile_server import HostileServer
from tests.support.payloads import PAYLOADS
from tests.support.stream_samples import DONE, FINISH, delta
from tests.support.terminal import ANSWERS

REPLIES = [answer for query, answer in ANSWERS.items() if query != b"\x05"]
"""An answerback cannot be told from typing, so nothing may ever ask for it; the others are known by form."""
MORE_REPLIES = (
    b"\x1b]52;c;aGVsbG8=\x1b\\",
    b"\x1b_Gi=1;OK\x1b\\",
    b"\x1b[?1u",
    b"\x1b[8;24;80t",
    b"\x1bP1+r544e=78746572\x1b\\",
    b"\x1b]4;1;rgb:cdcd/0000/0000\x07",
    b"\x1b[?997;1n",
)
ROUNDS = by_length(2, 40)
QUESTION = b"\x1b[c\x1b[>q\x1b]11;?\x1b\\\x1b]10;?\x07\x1bP$qm\x1b\\\x1b[21t\x05".decode()


def asked(server: FaultServer) -> list[str]:
    """The prompts that reached the server, as they stood in the prompt's field."""
    bodies: list[dict[str, Any]] = [
        json.loads(request.partition(b"\r\n\r\n")[2]) for request in server.requests if request[:4] == b"POST"
    ]
    return [body["messages"][-1]["content"] for body in bodies]


def test_hostile_text_makes_the_terminal_say_nothing(tmp_path: Path) -> None:
    text = QUESTION + " ".join(PAYLOADS.values())
    with HostileServer("harmless") as server:
        environment = deck(tmp_path, server.base_url)
        for shown in ("harmless", text):
            server.text = shown
            with chat(environment) as terminal:
                terminal.wait_for("Enter to send")
                terminal.send("hello", "enter")
                terminal.wait_for("TTFT [0-9]")
                terminal.send("fail", "enter")
                terminal.wait_for("/diagnose")
                terminal.send("ctrl+q")
                assert terminal.wait() == 0
                answered = terminal.answered
            assert answered == 0, shown
    publish("prompt", f"{len(PAYLOADS) + 7} questions shown to a terminal that answers: 0 reached it")


@pytest.fixture
def slow_stream() -> Iterator[FaultServer]:
    """A server whose answers arrive in pieces, full of questions to the terminal."""

    def answer(connection: Connection) -> None:
        while connection.read_request():
            connection.start_stream()
            for number in range(12):
                connection.send_chunks(delta(f"piece {number} {QUESTION}\n\n"))
                connection.pause(0.01)
            connection.send_chunks(FINISH, DONE)
            connection.send(b"0\r\n\r\n")

    with FaultServer(answer) as server:
        yield server


def test_answers_that_come_unasked_are_never_typed(tmp_path: Path, slow_stream: FaultServer) -> None:

    chance = random.Random(11)
    pause = threading.Event()
    injected = 0
    with chat(deck(tmp_path, slow_stream.base_url)) as terminal:
        terminal.wait_for("Enter to send")
        for number in range(ROUNDS):
            replies = [*REPLIES, *MORE_REPLIES]
            chance.shuffle(replies)
            terminal.send(f"q{number}")
            for reply in replies[:9]:
                cut = chance.randrange(len(reply) + 1)
                terminal.send_bytes(reply[:cut])
                terminal.send_bytes(reply[cut:])
            terminal.send("enter")
            for reply in replies[9:]:
                pause.wait(chance.random() * 0.02)
                terminal.send_bytes(reply)
            injected += len(replies)
            terminal.wait_for(lambda: len(asked(slow_stream)) > number)  # noqa: B023
            terminal.wait_for(rf"(?s)q{number}.*piece 11.*TTFT [0-9]")
        assert terminal.answered == 0
        terminal.send("ctrl+q")
        assert terminal.wait() == 0
    assert asked(slow_stream) == [f"q{number}" for number in range(ROUNDS)]
    publish("prompt", f"{injected} answers injected unasked, cut in two: 0 characters typed, 0 prompts sent")


@pytest.mark.parametrize("reply", [*REPLIES, *MORE_REPLIES], ids=lambda reply: repr(reply)[2:14])
def test_an_answer_in_single_bytes_is_never_typed(reply: bytes) -> None:
    """Every split at once, without a clock: one byte a read."""
    from tui.ui.textual_compat.terminal_input import TerminalInput

    terminal = TerminalInput()
    assert terminal.feed("a") == ["a"]
    typed = [piece for byte in reply.decode() for piece in terminal.feed(byte)]
    assert typed == ([reply.decode()] if reply == ANSWERS[b"\x1b[6n"] else [])
    assert terminal.feed("b") == ["b"]
