"""Search and completion in the prompt, through a terminal; and those of the chat without screens."""

from __future__ import annotations

from pathlib import Path

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
