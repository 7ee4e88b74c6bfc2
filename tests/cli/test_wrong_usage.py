"""Errors in a command line: what is wrong, and where the help is."""

from __future__ import annotations

import socket

import pytest

from tests.support.commands import Call


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (("costs", "--since", "lastweek"), "costs"),
        (("history", "list", "--since", "lastweek"), "history list"),
        (("history", "search", " "), "history search"),
        (("check",), "check"),
        (("ask", "hi", "--strict"), "ask"),
        (("embed", "hi", "--rerank"), "embed"),
    ],
)
def test_it_names_the_help_of_the_command(call: Call, words: tuple[str, ...], command: str) -> None:
    done = call(*words)
    assert done.code == 2
    assert "lmdeck: Invalid command: " in done.err
    assert f"Run lmdeck {command} --help to see its usage." in done.err


def test_an_advice_of_its_own_is_kept(call: Call) -> None:
    done = call("demo", "--fault", "nope")
    assert done.code == 2
    assert "has no fault 'nope'" in done.err
    assert "Choose one of: " in done.err
    assert "--help" not in done.err


def test_a_port_that_is_taken_is_told_in_a_few_words(call: Call) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = call("demo", "--port", str(port))
    assert done.code == 2
    assert f"cannot listen on 127.0.0.1 port {port}: Address already in use.\n" in done.err


@pytest.mark.parametrize(
    ("words", "command", "reason"),
    [
        (("history", "list", "--json", "--limit", "0"), "history list", "argument --limit"),
        (("history", "list", "--json", "--model", ""), "history list", "the value is empty"),
        (("costs", "--json", "--by", "nonsense"), "costs", "invalid choice"),
        (("ask", "hi", "-p", "", "--json"), "ask", "the value is empty"),
        (("ask", "--json", "--bogus"), "ask", "--bogus"),
        (("check", "", "--js"), "check", "the value is empty"),
        (("embed", "--json", "-m"), "embed", "expected one argument"),
        (("nonsense", "--json"), "", "invalid choice"),
        (("providers", "--json"), "providers", "ACTION"),
    ],
)
def test_json_tells_of_a_command_line_that_cannot_be_read(
    call: Call, words: tuple[str, ...], command: str, reason: str
) -> None:
    done = call(*words)
    assert done.code == 2
    assert done.json["ok"] is False
    error = done.json["error"]
    assert error["cause"] == "usage"
    assert reason in error["title"]
    assert error["advice"] == f"Run {' '.join(filter(None, ('lmdeck', command)))} --help to see its usage."
    assert done.err.startswith("usage: lmdeck")


def test_without_json_nothing_is_on_stdout(call: Call) -> None:
    assert call("ask", "--bogus").out == ""
    assert call("ask", "--bogus", "--", "--json").out == ""
