"""A wrong command line says what is wrong, and where to read on."""

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
