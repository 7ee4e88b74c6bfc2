"""Common promises of all commands: JSON, exit codes, and what ``ask --url`` stores."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commands import Call
from tui.cli.parser import build_parser
from tui.demo.server import DemoServer

URL = "URL"
"""Stands for the address of the demo."""
ARGUMENTS = {
    "ask": ("ask", "Why is the sky blue?", "-p", "demo"),
    "check": ("check", URL, "--model", "demo-plain"),
    "discover": ("discover",),
    "providers list": ("providers", "list"),
    "providers show": ("providers", "show", "demo"),
    "history list": ("history", "list"),
    "history search": ("history", "search", "sky"),
    "history show": ("history", "show", "last"),
    "costs": ("costs",),
    "embed": ("embed", "sky", "-p", "demo", "-m", "demo-embedding"),
    "paths": ("paths",),
}
"""A call of each command that prints JSON."""


def with_json(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Yield the commands that have ``--json``."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                yield from with_json(child)
        elif "--json" in action.option_strings:
            yield parser.prog.removeprefix("lmdeck ")


def test_no_command_with_json_is_left_out() -> None:
    assert set(with_json(build_parser())) == set(ARGUMENTS)


def test_the_exit_codes(call: Call, demo_url: str) -> None:
    assert call("ask", "hi", "-p", "demo").code == 0
    assert call("check", "http://127.0.0.1:9/v1", "--model", "m").code == 1
    assert call("ask", "hi", "-p", "nobody").code == 2
    assert call("ask", "--no-such-option").code == 2


def test_ask_with_a_url_saves_no_provider_and_no_chat(call: Call, home: Path, demo_url: str) -> None:
    assert call("ask", "hi", "--url", demo_url).code == 0
    assert not list((home / "config").rglob("*.toml"))
    assert not list((home / "data").rglob("*.jsonl"))


@pytest.fixture
def demo_url() -> Iterator[str]:
    """The address of a running demo."""
    server = DemoServer(rate=1000)
    yield server.start()
    server.stop()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("--help",), "estimated (~) or unknown (-)."),
        (("providers", "list"), "Active - built in (read-only)"),
        (("check", "demo", "--quick"), "Checking Demo: built in - model demo-reasoner"),
    ],
)
def test_an_output_without_unicode_gets_plain_signs(
    program: Call, arguments: tuple[str, ...], line: str
) -> None:
    done = program(*arguments, PYTHONIOENCODING="ascii", LC_ALL="C")
    assert (done.code, done.err) == (0, "")
    assert line in done.out
