"""Reasoning is in Textual's Collapsible, the cost in the status bar: with lmdeck's painter and without."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Collapsible

from tests.assurance.kit import chat, crash_reports
from tests.assurance.kit import deck as written_deck
from tests.assurance.test_suspend import shell
from tests.support.fault_server import FaultServer
from tests.support.real_deck import RealDeck, replying
from tests.support.terminal import lmdeck
from tui.ui.chat.status_bar import StatusBar
from tui.ui.start import ChatStart
from tui.ui.textual_compat.driver import TerminalDriver

SWITCHES: dict[str, dict[str, str]] = {"our drawing": {}, "plain Textual": {"LMDECK_COMPAT": "textual"}}
PRICES: dict[str, Any] = {"input_price": 0.5, "output_price": 1.5, "currency": "USD"}


@pytest.mark.parametrize("switch", SWITCHES)
async def test_reasoning_is_in_a_collapsible_above_the_answer(tmp_path: Path, switch: str) -> None:
    deck = RealDeck(tmp_path, SWITCHES[switch])
    with FaultServer(replying("the answer", reasoning="the thought")) as server:
        deck.provider(server.base_url, **PRICES)
        async with deck.opened(ChatStart("main")) as opened:
            await opened.ask("why?")
            fold = opened.app.screen.query_one(Collapsible)
            await opened.until(lambda: "the answer" in opened.text)
            lines = opened.text.split("\n")
            (answered,) = (y for y, line in enumerate(lines) if "the answer" in line)
            assert fold.region.bottom <= answered
            bar = opened.app.screen.query_one(StatusBar).region
            assert "USD" in "\n".join(lines[bar.y : bar.bottom])
            assert (opened.app.get_driver_class() is TerminalDriver) is (switch == "our drawing")
            assert opened.app.is_plain is (switch == "plain Textual"), "the painter asks the program"


@pytest.mark.parametrize("switch", SWITCHES)
def test_a_chat_works_in_a_terminal(tmp_path: Path, switch: str) -> None:
    with FaultServer(replying("the answer", " goes on", reasoning="the thought")) as server:
        environment = {**written_deck(tmp_path, server.base_url, **PRICES), **SWITCHES[switch]}
        with chat(environment) as terminal:
            terminal.wait_for("Enter to send")
            terminal.send("why?", "enter")
            terminal.wait_for("the answer goes on")
            terminal.wait_for("Thought")
            terminal.wait_for(r"USD")
            terminal.send("ctrl+q")
            assert terminal.wait() == 0
    assert crash_reports(tmp_path) == []


@pytest.mark.parametrize("switch", SWITCHES)
def test_ctrl_z_gives_the_terminal_to_the_shell_and_fg_takes_it_back(tmp_path: Path, switch: str) -> None:
    with FaultServer(replying("the answer")) as server:
        environment = {**written_deck(tmp_path, server.base_url), **SWITCHES[switch]}
        with shell(environment) as terminal:
            terminal.wait_for("shell>")
            terminal.send(shlex.join(lmdeck("chat", "main")) + "\n")
            terminal.wait_for("Enter to send")
            terminal.send("a draft")
            terminal.wait_for("a draft")
            begun = len(terminal.raw)
            terminal.send("ctrl+z")
            terminal.wait_for(lambda: b"shell> " in terminal.raw[begun:])
            terminal.send("clear; echo al''ive\n")
            terminal.wait_for("alive")
            terminal.send("fg\n")
            terminal.wait_for("a draft")
            terminal.send(" goes on")
            terminal.wait_for("a draft goes on")
            begun = len(terminal.raw)
            terminal.send("ctrl+q")
            terminal.wait_for("Quit lmdeck")
            terminal.send("y")
            terminal.wait_for(lambda: b"shell> " in terminal.raw[begun:])
    assert crash_reports(tmp_path) == []
