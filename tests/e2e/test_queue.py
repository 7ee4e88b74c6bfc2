"""Queued messages survive a kill, an interruption and quitting, in the screens and the plain chat."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.fake_api import FINISH_EVENT, STREAM_END, USAGE_EVENT, FakeApi
from tests.support.fault_server import Connection, FaultServer
from tests.support.real_deck import RealDeck, bodies
from tests.support.stream_samples import delta
from tests.support.terminal import TerminalProgram, lmdeck

LIMIT = 60
ALT_UP = "\x1b[1;3A"


@pytest.fixture
def gate() -> threading.Event:
    """Answers come to their end once it is set."""
    return threading.Event()


@pytest.fixture
def server(gate: threading.Event) -> Iterator[FaultServer]:
    def reply(connection: Connection) -> None:
        connection.read_request()
        connection.start_stream()
        connection.send_chunks(delta("It begins. "))
        if gate.wait(LIMIT):
            connection.send_chunks(delta("It ends."), FINISH_EVENT, USAGE_EVENT, STREAM_END)
            connection.send(b"0\r\n\r\n")

    with FaultServer(FakeApi(chat=reply)) as server:
        yield server
        gate.set()


@pytest.fixture
def deck(tmp_path: Path, server: FaultServer) -> RealDeck:
    deck = RealDeck(tmp_path)
    deck.settings("check_reachability = false\n")
    deck.provider(server.base_url, is_default=True)
    return deck


def asked(server: FaultServer) -> list[str]:
    return [body["messages"][-1]["content"] for body in bodies(server)]


def kill(terminal: TerminalProgram) -> None:
    terminal.kill(signal.SIGKILL)


def hang_up(terminal: TerminalProgram) -> None:
    terminal.hang_up()


@pytest.mark.parametrize("end", [kill, hang_up])
def test_what_waits_is_there_after_the_program_died(
    deck: RealDeck, server: FaultServer, gate: threading.Event, end: Callable[[TerminalProgram], None]
) -> None:
    with TerminalProgram(lmdeck("chat"), deck.environment) as terminal:
        terminal.wait_for("Enter to send")
        terminal.send("first", "enter")
        terminal.wait_for("It begins")
        terminal.send("second", "enter")
        terminal.wait_for("queued 1: second")
        terminal.send("third", "enter")
        terminal.wait_for("queued 2: third")
        terminal.send(ALT_UP)
        terminal.wait_for(lambda: "queued 2" not in terminal.text and "third" in terminal.text)
        terminal.send(" edited", "enter")
        terminal.wait_for("queued 2: third edited")
        end(terminal)
        terminal.wait()
    with TerminalProgram(
        lmdeck("chat", "--resume", "last"), deck.environment, columns=80, rows=24
    ) as terminal:
        terminal.wait_for(r"Queue paused \(the chat was closed\)")
        terminal.wait_for("queued 2: third edited")
        assert asked(server) == ["first"]
        gate.set()
        terminal.send("/queue go", "enter")
        terminal.wait_for(lambda: asked(server) == ["first", "second", "third edited"])
        terminal.wait_for(lambda: "queued" not in terminal.text and terminal.text.count("It ends.") >= 2)
        terminal.send("ctrl+q")
        assert terminal.wait() == 0


def test_line_by_line_what_is_typed_meanwhile_is_sent_after_the_answer(
    deck: RealDeck, server: FaultServer, gate: threading.Event
) -> None:
    with TerminalProgram(lmdeck("chat", "--plain"), deck.environment) as terminal:
        terminal.wait_for("you>")
        terminal.send("first", "enter")
        terminal.wait_for("It begins")
        terminal.send(
            "second", "enter", "more \\", "enter", "of it", "enter", "/info", "enter", "last", "enter"
        )
        terminal.wait_for(lambda: "last" in terminal.text)
        gate.set()
        terminal.wait_for(lambda: asked(server) == ["first", "second", "more \nof it", "last"])
        terminal.wait_for(lambda: terminal.text.count("It ends.") == 4)
        order = [terminal.text.rindex(f"you> {text}") for text in ("second", "more", "/info", "last")]
        assert order == sorted(order)
        terminal.wait_for(lambda: terminal.text.rstrip().endswith("you>"))
        terminal.send("/quit", "enter")
        assert terminal.wait() == 0


def test_line_by_line_ctrl_c_pauses_the_queue_and_it_is_there_again(
    deck: RealDeck, server: FaultServer, gate: threading.Event
) -> None:
    with TerminalProgram(lmdeck("chat", "--plain"), deck.environment) as terminal:
        terminal.wait_for("you>")
        terminal.send("first", "enter")
        terminal.wait_for("It begins")
        terminal.send("second", "enter", "third", "enter", "fourth", "enter")
        terminal.wait_for(lambda: deck_has(deck, '"prompt":"fourth"'))
        terminal.send("ctrl+c")
        terminal.wait_for(r"Queue paused \(stopped\)\. 3 in it")
        assert asked(server) == ["first"]
        terminal.send("/queue remove 1", "enter")
        terminal.wait_for("Removed from the queue: second")
        terminal.send("/queue edit 2", "enter")
        terminal.wait_for("you> fourth")
        terminal.send(" edited", "enter")
        gate.set()
        terminal.wait_for(lambda: asked(server) == ["first", "fourth edited"])
        terminal.wait_for("It ends.")
        terminal.kill(signal.SIGKILL)
        terminal.wait()
    with TerminalProgram(lmdeck("chat", "--plain", "--resume", "last"), deck.environment) as terminal:
        terminal.wait_for(r"Queue paused \(the chat was closed\)\. 1 in it")
        terminal.send("/queue", "enter")
        terminal.wait_for("queued 1: third")
        terminal.send("/queue go", "enter")
        terminal.wait_for(lambda: asked(server)[-1] == "third")
        terminal.wait_for(lambda: terminal.text.rstrip().endswith("you>"))
        terminal.send("/queue", "enter")
        terminal.wait_for("No message is queued.")
        terminal.send("/quit", "enter")
        assert terminal.wait() == 0


def deck_has(deck: RealDeck, text: str) -> bool:
    """Whether a conversation on the disk has a text."""
    return any(text in path.read_text() for path in deck.home.glob("data/lmdeck/conversations/*.jsonl"))
