"""Exchanges appear on the screen of costs, in a real terminal, with real files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.fake_api import FakeApi
from tests.support.fault_server import FaultServer
from tests.support.real_deck import RealDeck, replying
from tests.support.terminal import TerminalProgram, lmdeck

MONTH = f"{datetime.now(UTC).astimezone():%B %Y}"


@pytest.fixture
def deck(tmp_path: Path) -> Iterator[RealDeck]:
    with FaultServer(FakeApi(chat=replying("An answer."))) as server:
        deck = RealDeck(tmp_path)
        deck.settings('check_reachability = false\n[budget]\nmonth = "5 EUR"\n')
        deck.provider(server.base_url, is_default=True, input_price="1", output_price="10", currency="EUR")
        deck.provider(server.base_url, "old-gw")
        yield deck


@pytest.mark.parametrize("ascii_only", [False, True])
def test_every_way_to_ask_is_paid_and_shown(deck: RealDeck, ascii_only: bool) -> None:
    assert deck.run("ask", "Why?", "-p", "main").code == 0
    assert deck.run("ask", "Why?", "-p", "old-gw").code == 0
    extra = {"LC_ALL": "C", "NO_COLOR": "1"} if ascii_only else {}
    with TerminalProgram(lmdeck("chat", "main"), {**deck.environment, **extra}) as terminal:
        terminal.wait_for("Enter to send")
        terminal.send("hello", "enter")
        terminal.wait_for("An answer.")
        terminal.send("/costs", "enter")
        terminal.wait_for("By provider")
        terminal.wait_for(MONTH)
        terminal.wait_for(f"{'>' if ascii_only else '≥'} 0.218 EUR {'-' if ascii_only else '─'}")
        terminal.wait_for("Not priced: old-gw .1 answer.")
        terminal.wait_for("Budget this month:")
        terminal.wait_for("#" if ascii_only else "█")
        terminal.send("tab", "tab", "tab")
        terminal.wait_for("By chat")
        terminal.wait_for("hello")
        terminal.send("tab")
        terminal.wait_for("lmdeck ask")
        if ascii_only:
            assert terminal.text.isascii()


def test_the_plain_chat_says_that_the_budget_is_spent_before_it_sends(deck: RealDeck) -> None:
    deck.settings('check_reachability = false\n[budget]\nmonth = "0.1 EUR"\n')
    assert deck.run("ask", "Why?", "-p", "main").code == 0
    with TerminalProgram(lmdeck("chat", "main", "--plain"), deck.environment) as terminal:
        terminal.wait_for("you>")
        terminal.send("hello", "enter")
        terminal.wait_for("Budget this month: 0.109 EUR of 0.10 EUR .109 %.")
        terminal.wait_for("Send it again to send it anyway.")
        assert "An answer." not in terminal.text
        terminal.send("enter")
        terminal.wait_for("An answer.")
        terminal.send("/costs", "enter")
        terminal.wait_for("Total: 0.218 EUR")


def test_a_script_is_told_and_not_held_up(deck: RealDeck) -> None:
    deck.settings('[budget]\nmonth = "0.1 EUR"\n')
    assert deck.run("ask", "Why?", "-p", "main").code == 0
    done = deck.run("chat", "main", "--plain", stdin="hello\n")
    assert "Budget this month" in done.out + done.err
    assert "An answer." in done.out
