"""Completions of a command being typed."""

from __future__ import annotations

import pytest

from tui.core.commands import COMMANDS, Command
from tui.core.completion import completions


def values(command: Command | None) -> list[tuple[str, str]]:
    if command is None:
        return [("review", "Review code"), ("translate", "")]
    return [("gpu01", "model-a"), ("GPU02", "model-b")] if command.name == "model" else []


def lines(line: str, *, has_screens: bool = True) -> list[str]:
    return [entry.line for entry in completions(line, values, has_screens=has_screens)]


def test_a_slash_may_become_every_command() -> None:
    commands = [f"/{command.name}" for command in COMMANDS]
    assert [line.strip() for line in lines("/")] == [*commands, "/review", "/translate"]
    assert set(lines("/")) - set(lines("/", has_screens=False)) == {"/provider", "/raw", "/mouse", "/notices"}


@pytest.mark.parametrize(
    ("line", "become"),
    [
        ("/re", ["/retry", "/rename ", "/reasoning", "/review "]),
        ("/TRANS", ["/translate "]),
        ("/review ", []),
        ("/PROVIDER", ["/provider", "/providers"]),
        ("/cle", ["/new"]),
        ("/nothing", []),
        ("/model ", ["/model gpu01", "/model GPU02"]),
        ("/model gpu0", ["/model gpu01", "/model GPU02"]),
        ("/model GPU01", []),
        ("/copy r", ["/copy reasoning"]),
        ("/new ", []),
        ("/rename a", []),
        ("//etc", []),
        ("/re\n", []),
        ("re", []),
        ("", []),
    ],
)
def test_what_a_line_may_become(line: str, become: list[str]) -> None:
    assert lines(line) == become
