"""A request stopped before any text arrived costs at least its prompt."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.fake_api import FakeApi
from tests.support.fault_server import Connection, FaultServer
from tests.support.real_deck import RealDeck
from tui.core.ledger import LedgerLine
from tui.core.observed import Outcome
from tui.core.usage import estimate_tokens
from tui.runtime.runtime import open_runtime
from tui.ui.chat.screen import ChatScreen
from tui.ui.start import ChatStart

PROMPT = "why is the sky blue over the sea"
TOKENS = estimate_tokens(PROMPT) + 4


class Thinking:
    """A server that accepts a request and sends nothing."""

    def __init__(self) -> None:
        self.was_asked = threading.Event()

    def __call__(self, connection: Connection) -> None:
        connection.read_request()
        self.was_asked.set()
        connection.hold()


@pytest.fixture
def thinking() -> Thinking:
    return Thinking()


@pytest.fixture
def deck(tmp_path: Path, thinking: Thinking) -> Iterator[RealDeck]:
    with FaultServer(FakeApi(chat=thinking)) as server:
        deck = RealDeck(tmp_path)
        deck.provider(server.base_url, is_default=True, input_price="1", output_price="10", currency="EUR")
        yield deck


def only_line(deck: RealDeck) -> LedgerLine:
    (line,) = open_runtime(deck.environment).costs.lines()
    assert line.usage.prompt_tokens == TOKENS
    assert line.usage.completion_tokens is None
    assert (line.amount, line.is_at_least) == (Decimal(TOKENS) / 1000, True)
    return line


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ask_that_is_stopped(deck: RealDeck, thinking: Thinking, number: signal.Signals) -> None:
    command = [sys.executable, "-m", "tui", "ask", PROMPT]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, env=deck.environment)
    assert thinking.was_asked.wait(30)
    process.send_signal(number)
    assert process.wait(30) == 128 + number
    assert only_line(deck).outcome is Outcome.STOPPED


def test_ask_that_gives_up(deck: RealDeck) -> None:
    assert deck.run("ask", PROMPT, "--wait", "1").code == 1
    assert only_line(deck).outcome is Outcome.FAILED


async def test_a_chat_that_is_stopped(deck: RealDeck, thinking: Thinking) -> None:
    async with deck.opened(ChatStart("main"), (120, 30)) as opened:
        opened.screen(ChatScreen).prompt.insert(PROMPT)
        await opened.press("enter")
        await opened.until(thinking.was_asked.is_set)
        await opened.until(lambda: "waiting" in opened.text)
        await opened.press("escape")
        await opened.until(lambda: "Stopped by you" in opened.text)
        await opened.until(
            lambda: f"~{TOKENS} tokens (~{TOKENS} in, — out) · ≥ 0.0{TOKENS} EUR" in opened.text
        )
    assert only_line(deck).outcome is Outcome.STOPPED


def test_one_that_was_never_sent_costs_nothing(tmp_path: Path) -> None:
    deck = RealDeck(tmp_path)
    deck.provider("http://127.0.0.1:9/v1", is_default=True, input_price="1")
    assert deck.run("ask", PROMPT).code == 1
    assert open_runtime(deck.environment).costs.lines() == []
