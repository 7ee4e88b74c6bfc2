"""Keys typed faster than screens open reach the screen that they were meant for."""

from __future__ import annotations

from pathlib import Path

from tests.support.terminal import TerminalProgram, lmdeck, private_environment


def test_a_question_typed_right_behind_the_key_that_opens_the_chat_is_sent(tmp_path: Path) -> None:
    with TerminalProgram(lmdeck(), private_environment(tmp_path)) as terminal:
        terminal.wait_for("demo-reasoner")
        terminal.send("down", "enter", "asdf Does it arrive?", "enter")
        terminal.wait_for("lmdeck › asdf Does it arrive")
        terminal.wait_for("Thought")
        terminal.send("ctrl+q")


def test_a_name_typed_right_behind_the_key_that_opens_the_form_is_in_its_first_field(tmp_path: Path) -> None:
    with TerminalProgram(lmdeck(), private_environment(tmp_path)) as terminal:
        terminal.wait_for("demo-reasoner")
        terminal.send("a", "gpu01Dus")
        terminal.wait_for("gpu01Dus")


def test_keys_behind_one_another_walk_through_screens(tmp_path: Path) -> None:
    with TerminalProgram(lmdeck(), private_environment(tmp_path)) as terminal:
        terminal.wait_for("demo-reasoner")
        terminal.send("f1", "f1", "down", "enter", "all the way", "enter")
        terminal.wait_for("lmdeck › all the way")
