"""Security settings in commands: unreadable ones send nothing, weak ones stay marked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.commands import Call
from tests.support.fault_server import Answer, FaultServer, Tls

BLOCKED = [
    "tls = {pinned_sha256 = 5}",
    'tls = {pin_sha256 = "00"}',
    'tls = "x"',
    "tls = [{insecure = false}]",
    'ca_file = "/x"',
]
COMMANDS = [("ask", "hello", "-p", "a"), ("check", "a"), ("check", "a", "--quick")]


def write(home: Path, url: str, *lines: str) -> None:
    folder = home / "config" / "lmdeck"
    folder.mkdir(parents=True, mode=0o700)
    text = ["[providers.a]", f'provider_url = "{url}"', 'compatible_provider = "m"', *lines]
    (folder / "providers.toml").write_text("\n".join(text))


@pytest.mark.parametrize("line", BLOCKED)
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_nothing_is_sent_and_it_is_said(call: Call, home: Path, command: tuple[str, ...], line: str) -> None:
    with FaultServer(Answer(b"{}")) as server:
        write(home, server.base_url, line, 'api_key = "env:SECRET_OF_TEST"')
        done = call(*command)
        assert server.requests == []
        assert server.connections == 0
    assert done.code != 0
    assert "cannot be read" in done.out + done.err


def test_a_chat_sends_nothing_either(program: Call, tmp_path: Path) -> None:
    with FaultServer(Answer(b"{}")) as server:
        write(tmp_path / "home", server.base_url, BLOCKED[0])
        done = program("chat", "a", "--plain", stdin=b"hello\n")
        assert server.connections == 0
    assert "blocked" in done.out.splitlines()[0]
    assert "cannot be read" in done.out + done.err


@pytest.mark.parametrize("line", BLOCKED)
def test_list_and_show_say_it(call: Call, home: Path, line: str) -> None:
    write(home, "https://h/v1", line)
    listed = call("providers", "list")
    assert "blocked" in listed.out
    assert "Nothing is sent to this provider until then." in listed.err
    assert call("providers", "list", "--json").json["providers"][0]["warnings"] == ["blocked"]
    assert call("providers", "show", "a", "--json").json["provider"]["refused"]


def test_an_unverified_connection_is_marked_wherever_it_is_used(call: Call, home: Path) -> None:
    with FaultServer(tls=Tls()) as server:
        write(home, server.base_url, "tls = {insecure = true}")
        asked = call("ask", "hello", "-p", "a")
        assert asked.code == 0, asked.err
        assert "warning: TLS is not verified for a" in asked.err
        assert "TLS is not verified" in call("ask", "hello", "-p", "a", "--json").json["notes"][0]
        chat = call("chat", "a", "--plain")
        assert "TLS not verified" in chat.out
    assert "TLS not verified" in call("providers", "list").out
    assert "TLS not verified" in call("providers", "show", "a").out
    assert call("providers", "show", "a", "--json").json["provider"]["tls"] == {"insecure": True}


def test_a_verified_one_is_not(call: Call, home: Path) -> None:
    write(home, "https://h/v1", 'tls = {ca_file = "/x"}')
    assert "TLS not verified" not in call("providers", "list").out + call("providers", "show", "a").out
