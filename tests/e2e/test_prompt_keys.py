"""Search and completion in the prompt, in a terminal, and those of the plain chat."""

from __future__ import annotations

import time
from pathlib import Path

from tests.support.fake_api import FakeApi
from tests.support.fault_server import FaultServer
from tests.support.real_deck import RealDeck, bodies, replying
from tests.support.terminal import TerminalProgram, lmdeck, private_environment


def test_the_prompts_are_searched_and_commands_completed_in_a_terminal(tmp_path: Path) -> None:
    arguments = lmdeck("chat", "demo")
    with TerminalProgram(arguments, private_environment(tmp_path), columns=80, rows=24) as terminal:
        terminal.wait_for("Message ")
        terminal.send("first question", "enter")
        terminal.wait_for(r"TTFT \d")  # the answer is complete
        terminal.send("draft", "ctrl+r", "quest")
        terminal.wait_for(r"\(reverse search\) 'quest': first question")
        terminal.send("ctrl+g")
        terminal.wait_for(lambda: "reverse search" not in terminal.text)
        terminal.send("ctrl+u", "/ren")
        terminal.wait_for(r"/rename \[TITLE\] +Rename this chat")
        terminal.send("tab", "all about keys", "enter")
        terminal.wait_for("all about keys")
        terminal.send("ctrl+q")
        assert terminal.wait() == 0


def test_the_plain_chat_completes_commands_and_providers(tmp_path: Path) -> None:
    arguments = lmdeck("chat", "demo", "--plain")
    with TerminalProgram(arguments, private_environment(tmp_path), columns=80, rows=24) as terminal:
        terminal.wait_for("you>")
        terminal.send("/setti\t", "enter")
        terminal.wait_for("thinking: server's default")
        terminal.send("/model dem\t", "enter")
        terminal.wait_for("model: demo-reasoner")
        terminal.send("/prov\t", "enter")
        terminal.wait_for("demo  demo-reasoner")
        prompts = terminal.text.count("you>")
        terminal.send("ctrl+c")
        terminal.wait_for(lambda: terminal.text.count("you>") > prompts)
        terminal.send("/quit", "enter")
        assert terminal.wait() == 0


def test_lines_without_bracketed_paste_are_one_message(tmp_path: Path) -> None:
    deck = RealDeck(tmp_path)
    with FaultServer(FakeApi(chat=replying("Yes."))) as server:
        deck.provider(server.base_url)
        with TerminalProgram(lmdeck("chat", "main"), deck.environment, columns=80, rows=24) as terminal:
            terminal.wait_for("Message ")
            terminal.send_bytes(b"/quit\rsecond line\rthird line\r")
            terminal.wait_for("Several lines came at once")
            terminal.wait_for("third line")
            assert bodies(server) == []
            time.sleep(0.2)  # a person's key: what follows at once is the rest of the paste
            terminal.send("enter")
            terminal.wait_for(lambda: len(bodies(server)) == 1)
            assert bodies(server)[0]["messages"][-1]["content"].rstrip() == "/quit\nsecond line\nthird line"
            terminal.wait_for(r"TTFT \d")
            terminal.send_bytes(b"hello\r")
            terminal.wait_for(lambda: len(bodies(server)) == 2)
            terminal.wait_for(lambda: terminal.text.count("TTFT") == 2)
            terminal.send("ctrl+q")
            assert terminal.wait() == 0


def test_lines_typed_ahead_in_a_list_are_keys(tmp_path: Path) -> None:
    with TerminalProgram(lmdeck(), private_environment(tmp_path), columns=80, rows=24) as terminal:
        terminal.wait_for("demo-reasoner")
        terminal.send("down")
        terminal.send_bytes(b"\rDoes it arrive?\ranother one\r")
        terminal.wait_for("lmdeck › Does it arrive")
        terminal.send("ctrl+q")
