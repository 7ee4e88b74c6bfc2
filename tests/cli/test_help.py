"""The help of all commands; ``python -m tests.cli.test_help`` updates the expected output."""

from __future__ import annotations

import argparse
import inspect
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commands import Call
from tui.cli.command import Command, load
from tui.cli.parser import build_parser, every_command
from tui.demo.faults import known_faults

HELP = Path(__file__).with_name("help.txt")
COLUMNS = "80"


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from parsers(below)


def every_help() -> str:
    return "\n".join(f"$ {parser.prog} --help\n{parser.format_help()}" for parser in parsers(build_parser()))


def flattened(commands: tuple[Command, ...]) -> Iterator[Command]:
    for command in commands:
        yield command
        yield from flattened(command.actions)


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="argparse lays its help out in another way since")
def test_every_help_is_as_it_was_written_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", COLUMNS)
    assert every_help() == HELP.read_text("utf-8")


@pytest.mark.parametrize("prog", [parser.prog for parser in parsers(build_parser())])
def test_a_command_line_shows_the_help_of_the_whole(
    prog: str, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the command that is called is built."""
    monkeypatch.setenv("COLUMNS", COLUMNS)
    whole = next(parser for parser in parsers(build_parser()) if parser.prog == prog)
    names = prog.split()[1:]
    assert call(*names, "--help").out == whole.format_help()


@pytest.mark.parametrize("parser", parsers(build_parser()), ids=lambda parser: parser.prog)
def test_a_description_fits(parser: argparse.ArgumentParser) -> None:
    assert max(map(len, (parser.description or "").splitlines())) <= int(COLUMNS)


def test_the_help_of_the_demo_lists_every_cause(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", COLUMNS)
    lines = call("demo", "--help").out.splitlines()
    listed = [line.split()[0] for line in lines[lines.index("causes for --fault:") + 1 :]]
    assert listed == [fault.cause for fault in known_faults()]
    assert max(map(len, lines)) <= int(COLUMNS)


def test_every_command_runs_something() -> None:
    commands = list(flattened(tuple(every_command())))
    assert len(commands) >= 19
    for command in commands:
        assert bool(command.run) != bool(command.actions), command.name
        if command.run:
            assert list(inspect.signature(load(command.run)).parameters)[-1] == "output", command.name


if __name__ == "__main__":
    os.environ["COLUMNS"] = COLUMNS
    HELP.write_text(every_help(), "utf-8")
