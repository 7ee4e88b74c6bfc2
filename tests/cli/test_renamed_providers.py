"""Chats and costs follow a renamed provider, and no other one that reuses its old name."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commands import Call
from tests.support.fake_api import FakeApi, good_chat
from tests.support.fault_server import FaultServer
from tests.support.real_deck import RealDeck, replying
from tui.ui.chat.screen import ChatScreen
from tui.ui.start import ChatStart


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer(FakeApi(chat=good_chat)) as found:
        yield found


def chat(call: Call, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> str:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"hello\n")))
    done = call("chat", "--plain", *arguments)
    assert done.code == 0, done.err
    return done.out


@pytest.fixture
def renamed(call: Call, monkeypatch: pytest.MonkeyPatch, server: FaultServer) -> FaultServer:
    """One chat with a1, which is b1 now."""
    add = ("providers", "add", "a1", "--url", server.base_url, "--model", "m")
    assert call(*add, "--input-price", "1", "--output-price", "1").code == 0
    chat(call, monkeypatch, "a1")
    assert call("providers", "set", "a1", "--rename", "b1").code == 0
    return server


def listed(call: Call, name: str) -> int:
    return len(call("history", "list", "--provider", name, "--json").json["conversations"])


def test_filters_find_the_chats_by_either_name(call: Call, renamed: FaultServer) -> None:
    assert renamed.requests
    assert (listed(call, "b1"), listed(call, "a1")) == (1, 1)
    assert call("history", "search", "hello provider:b1").code == 0
    assert call("providers", "list").err == ""


def test_a_chat_is_resumed_with_it(call: Call, monkeypatch: pytest.MonkeyPatch, renamed: FaultServer) -> None:
    before = len(renamed.requests)
    assert "0 1 2" in chat(call, monkeypatch, "--resume", "last")
    assert len(renamed.requests) > before


def test_costs_are_counted_as_its_own(call: Call, home: Path, renamed: FaultServer) -> None:
    assert renamed.requests
    (row,) = call("costs", "--json").json["rows"]
    assert row["key"] == "b1"
    assert call("costs", "--provider", "b1", "--json").json["rows"]
    (home / "config" / "lmdeck" / "config.toml").write_text('[budget.providers]\nb1 = "0.001 USD"\n')
    assert call("costs", "--budget").code == 4


def test_what_the_files_say_of_it_is_said_of_it_still(
    call: Call, monkeypatch: pytest.MonkeyPatch, home: Path, renamed: FaultServer
) -> None:
    config = home / "config" / "lmdeck"
    (config / "config.toml").write_text('[budget.providers]\na1 = "0.001 USD"\n')
    (config / "presets").mkdir()
    (config / "presets" / "p.toml").write_text('provider = "a1"\nprompt = "{{input}} please"\n')
    assert call("providers", "add", "other", "--url", "http://127.0.0.1:9/v1", "--model", "m").code == 0
    assert call("providers", "default", "other").code == 0
    spent = call("costs", "--budget")
    assert (spent.code, "b1" in spent.out, spent.err) == (4, True, "")
    assert call("ask", "-t", "p", "x", "--within-budget").code == 4
    assert call("ask", "-t", "p", "x").code == 0
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"/p hello\n")))
    assert "0 1 2" in call("chat", "--plain", "other").out
    assert "b1" in call("ask", "-p", "a1", "x").err, "a command is told the name of today"


def test_what_the_files_say_is_said_of_whoever_has_the_name(
    call: Call, home: Path, renamed: FaultServer
) -> None:
    assert call("providers", "add", "a1", "--url", renamed.base_url, "--model", "m").code == 0
    (home / "config" / "lmdeck" / "config.toml").write_text('[budget.providers]\na1 = "0.001 USD"\n')
    assert call("costs", "--budget").code == 0


def test_its_key_and_that_it_is_the_default_go_with_it(
    call: Call, monkeypatch: pytest.MonkeyPatch, server: FaultServer
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"sk-of-a1-0123456789\n")))
    assert call("providers", "add", "a1", "--url", server.base_url, "--model", "m", "--key-stdin").code == 0
    assert call("providers", "default", "a1").code == 0
    assert call("providers", "set", "a1", "--rename", "b1").code == 0
    assert call("ask", "x").code == 0
    assert any(b"POST" in request and b"sk-of-a1-0123456789" in request for request in server.requests)


def test_it_may_be_renamed_again_and_back(call: Call, renamed: FaultServer) -> None:
    assert renamed.requests
    assert call("providers", "set", "b1", "--rename", "c1").code == 0
    assert (listed(call, "c1"), listed(call, "b1")) == (1, 1)
    assert call("providers", "set", "c1", "--rename", "a1").code == 0
    assert listed(call, "a1") == 1
    assert call("costs", "--json").json["rows"][0]["key"] == "a1"


async def test_the_screens_call_it_by_its_name_of_today(tmp_path: Path) -> None:
    deck = RealDeck(tmp_path)
    with FaultServer(replying("an answer")) as server:
        deck.provider(server.base_url, "a1", is_default=True)
        assert deck.run("chat", "--plain", stdin="hello\n").code == 0
        assert deck.run("providers", "set", "a1", "--rename", "b1").code == 0
        async with deck.opened(size=(140, 40)) as opened:
            await opened.until(lambda: "hello" in opened.text)
            assert re.search(r"hello +b1 ", opened.text), opened.text
            assert "a1" not in opened.text
            await opened.press("h")
            await opened.until(lambda: re.search(r"hello +1 +\w+ +b1 ", opened.text))
            assert "a1" not in opened.text


def test_whoever_takes_the_old_name_inherits_nothing(
    call: Call, monkeypatch: pytest.MonkeyPatch, renamed: FaultServer
) -> None:
    assert call("providers", "add", "a1", "--url", renamed.base_url, "--model", "m").code == 0
    assert (listed(call, "a1"), listed(call, "b1")) == (0, 1)
    assert [row["key"] for row in call("costs", "--json").json["rows"]] == ["b1"]
    chat(call, monkeypatch, "a1")
    assert (listed(call, "a1"), listed(call, "b1")) == (1, 1)


@pytest.mark.parametrize("is_taken", [False, True], ids=["free", "taken"])
async def test_an_open_chat_follows_it(tmp_path: Path, is_taken: bool) -> None:
    deck = RealDeck(tmp_path)
    deck.settings("check_reachability = false\n")
    with FaultServer(replying("mine")) as mine, FaultServer(replying("not mine")) as other:
        deck.provider(mine.base_url, "a1")
        async with deck.opened(ChatStart("a1")) as opened:
            control = opened.screen(ChatScreen).control
            await opened.until(lambda: control.target is not None)
            assert deck.run("providers", "set", "a1", "--rename", "b1").code == 0
            if is_taken:
                assert deck.run("providers", "add", "a1", "--url", other.base_url, "--model", "m").code == 0
            turn = await opened.ask("hello")
            assert (turn.provider, turn.answer.text) == ("b1", "mine")
            assert "b1 · m" in opened.text
        assert not other.requests
