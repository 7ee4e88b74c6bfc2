"""A chat open in two windows: the second becomes writable once the first is closed or killed."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.fake_api import FakeApi
from tests.support.fault_server import FaultServer
from tests.support.real_deck import RealDeck, bodies, replying
from tests.support.terminal import TerminalProgram, lmdeck

READ_ONLY = "Read-only. C to continue in a copy."
IS_FREE = "no longer open elsewhere"


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer(FakeApi(chat=replying("the answer"))) as server:
        yield server


@pytest.fixture
def deck(tmp_path: Path, server: FaultServer) -> RealDeck:
    deck = RealDeck(tmp_path)
    deck.provider(server.base_url, is_default=True)
    return deck


def ask(terminal: TerminalProgram, deck: RealDeck, prompt: str) -> None:
    """Ask in the first window, and wait until the other one can read it."""
    terminal.send(prompt, "enter")
    asked = f'"prompt":"{prompt}"'.encode()

    def is_kept() -> bool:
        return any(
            asked in (data := journal.read_bytes()) and b'"state":"done"' in data.rpartition(asked)[2]
            for journal in deck.home.glob("data/lmdeck/conversations/*.jsonl")
        )

    terminal.wait_for(is_kept)


def end(terminal: TerminalProgram, how: str) -> None:
    if how == "killed":
        terminal.kill(signal.SIGKILL)
    else:
        terminal.send("ctrl+q")
    terminal.wait()


@pytest.mark.parametrize("how", ["closed", "killed"])
def test_the_second_window_continues_where_the_first_one_ended(
    deck: RealDeck, server: FaultServer, how: str
) -> None:
    with TerminalProgram(lmdeck("chat"), deck.environment) as first:
        first.wait_for("Enter to send")
        ask(first, deck, "one")
        with TerminalProgram(lmdeck("chat", "--resume", "last"), deck.environment) as second:
            second.wait_for(re.escape(READ_ONLY))
            ask(first, deck, "two")
            assert "two" not in second.text
            end(first, how)
            second.wait_for(IS_FREE)
            second.wait_for("┃ two")
            assert READ_ONLY not in second.text
            second.send("enter", "three", "enter")
            second.wait_for("┃ three")
            second.wait_for(lambda: len(bodies(server)) == 3)
    sent = [message["content"] for message in bodies(server)[-1]["messages"]]
    assert sent == ["one", "the answer", "two", "the answer", "three"]


def test_line_by_line_it_is_seen_with_the_next_message(deck: RealDeck, server: FaultServer) -> None:
    with TerminalProgram(lmdeck("chat"), deck.environment) as first:
        first.wait_for("Enter to send")
        ask(first, deck, "one")
        with TerminalProgram(lmdeck("chat", "--plain", "--resume", "last"), deck.environment) as second:
            second.wait_for(r"you>\s*\Z")
            ask(first, deck, "two")
            second.send("too early", "enter")
            second.wait_for("This chat is read-only here.")
            end(first, "killed")
            second.send("three", "enter")
            second.wait_for(f"(?s){IS_FREE}.*you> two.*the answer.*the answer.*you>\\s*\\Z")
    sent = [message["content"] for message in bodies(server)[-1]["messages"]]
    assert sent == ["one", "the answer", "two", "the answer", "three"]
