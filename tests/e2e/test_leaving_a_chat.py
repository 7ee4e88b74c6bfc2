"""A chat opened at startup has the provider list below it."""

from __future__ import annotations

from pathlib import Path

from tests.support.terminal import TerminalProgram, lmdeck, private_environment


def test_the_list_is_there_when_the_chat_is_left(tmp_path: Path) -> None:
    with TerminalProgram(lmdeck("chat", "demo"), private_environment(tmp_path)) as terminal:
        terminal.wait_for("Enter to send")
        terminal.send("/providers", "enter")
        terminal.wait_for("Providers ─")
        terminal.wait_for("● ready")
        terminal.send("enter")
        terminal.wait_for("Enter to send")
        terminal.send("/providers", "enter")
        terminal.wait_for("Providers ─")
        terminal.send("ctrl+q")
        assert terminal.wait() == 0
