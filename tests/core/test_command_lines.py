"""Which lines are commands: only those with a name; paths and patterns are messages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.commands import COMMANDS, message_of, request_of


@pytest.mark.parametrize(
    "line",
    [
        "/etc/hosts",
        "/etc/hosts has no entry",
        "/usr/bin/env: not found",
        "/^foo.*/g",
        "/^a+$/",
        "/model/x",
        "/größe",
        "/ model",
        " /model",
        "/* a comment */",
        "//model",
        "/" + "x" * 41,
    ],
)
def test_a_path_or_a_pattern_is_a_message(line: str) -> None:
    assert request_of(line) is None
    assert message_of(line) == line.removeprefix("/" if line.startswith("//") else "")


@pytest.mark.parametrize("space", [" ", "\n", "\t", "  "])
def test_what_follows_a_name_is_its_argument(space: str) -> None:
    request = request_of(f"/Model{space}qwen 3 ")
    assert request is not None
    assert request.command is not None
    assert (request.command.name, request.argument, request.problem) == ("model", "qwen 3", "")


@pytest.mark.parametrize(
    ("line", "nearest"), [("/retyr", "retry"), ("/mod", "model"), ("/setings", "settings"), ("/", "help")]
)
def test_a_slip_is_not_sent(line: str, nearest: str) -> None:
    request = request_of(line)
    assert request is not None
    assert request.command is None
    assert f"Did you mean /{nearest}?" in request.problem


@pytest.mark.parametrize("line", ["/nonsense", "/tmp", "/etc", "/42", "/x y"])
def test_a_name_that_resembles_no_command_may_be_a_preset_or_a_message(line: str) -> None:
    request = request_of(line)
    assert request is not None
    assert (request.command, request.problem) == (None, "")


def test_a_command_that_takes_no_text_says_what_it_does() -> None:
    for command in COMMANDS:
        request = request_of(f"/{command.name} more")
        assert request is not None
        assert (request.command is None) == (not command.argument)
        assert command.argument or command.text in request.problem


def test_every_command_is_known_by_all_its_names() -> None:
    for command in COMMANDS:
        for name in (command.name, *command.others):
            request = request_of(f"/{name.upper()}")
            assert request is not None
            assert request.command is command


@given(st.text().filter(lambda text: not text.startswith("/")))
def test_without_a_slash_everything_is_a_message(text: str) -> None:
    assert request_of(text) is None
    assert message_of(text) == text
