"""Each setting of ``config.toml`` changes what a person sees, or what a server is sent.

A setting that is added without a line in ``WALK`` fails ``test_no_setting_is_left_out``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import fields
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from tests.support.fake_api import FakeApi, model_list
from tests.support.fault_server import FaultServer
from tests.support.real_deck import OpenDeck, RealDeck, bodies, replying
from tests.support.terminal import TerminalProgram, lmdeck
from tui.runtime.runtime import open_runtime
from tui.store.settings import Settings
from tui.ui.chat.screen import ChatScreen
from tui.ui.shell.help import HelpScreen
from tui.ui.start import ChatStart

LONG_CODE = "```\n" + "x" * 300 + "END\n```\n"
Walk = Callable[[RealDeck], Awaitable[None]]


def chatting(deck: RealDeck, url: str, **fields: Any) -> AbstractAsyncContextManager[OpenDeck]:
    deck.provider(url, **fields)
    return deck.opened(ChatStart("main"))


def _is_wrapped_now(opened: OpenDeck, is_wanted: bool) -> bool:
    return ("END" in opened.text) is is_wanted


def _is_called(opened: OpenDeck, title: str) -> bool:
    session = opened.screen(ChatScreen).control.session
    return session is not None and session.title == title


async def theme(deck: RealDeck) -> None:
    pictures = []
    for name in ("dark", "light"):
        deck.settings(f'theme = "{name}"\n')
        async with deck.opened() as opened:
            pictures.append(opened.app.export_screenshot())
    assert pictures[0] != pictures[1]


async def calm(deck: RealDeck) -> None:
    for value, level in (("true", "none"), ("false", "full")):
        deck.settings(f"calm = {value}\n")
        async with deck.opened(ChatStart("demo")) as opened:
            assert opened.app.animation_level == level
            assert opened.screen(ChatScreen).transcript.calm is (value == "true")


async def plain(deck: RealDeck) -> None:
    deck.settings("plain = true\n")
    done = deck.run("chat", "demo", stdin="/quit\n")
    assert (done.code, "Type /help for help." in done.out) == (0, True), done.err
    deck.settings("plain = false\n")
    assert deck.run("chat", "demo", stdin="/quit\n").code == 2, "screens need a terminal"


async def mouse(deck: RealDeck) -> None:
    for value in ("true", "false"):
        deck.settings(f"mouse = {value}\n")
        with TerminalProgram(lmdeck(), deck.environment) as terminal:
            terminal.wait_for("demo")
            terminal.send("\x11")
            assert terminal.wait() == 0
            assert (b"\x1b[?1000h" in bytes(terminal.raw)) is (value == "true")


async def reasoning(deck: RealDeck) -> None:
    with FaultServer(FakeApi(chat=replying("It is four.", reasoning="two and two"))) as server:
        deck.provider(server.base_url)
        for value, is_shown in (("live", False), ("collapsed", False), ("open", True)):
            deck.settings(f'reasoning = "{value}"\n')
            async with deck.opened(ChatStart("main")) as opened:
                await opened.ask("sum?")
                assert "It is four." in opened.text
                assert ("two and two" in opened.text) is is_shown, value
            done = deck.run("ask", "sum?", "-p", "main")
            assert done.out.strip() == "It is four."
            assert ("two and two" in done.err) is (value != "collapsed"), value
            lines = deck.run("chat", "main", "--plain", stdin="sum?\n/quit\n")
            assert ("two and two" in lines.err) is (value != "collapsed"), value
            assert ("Thought" in lines.err) is (value == "collapsed"), value


async def code_wrap(deck: RealDeck) -> None:
    with FaultServer(FakeApi(chat=replying(LONG_CODE))) as server:
        deck.provider(server.base_url)
        for text, is_wrapped in (("", False), ("code_wrap = false\n", False), ("code_wrap = true\n", True)):
            deck.settings(text)
            async with deck.opened(ChatStart("main")) as opened:
                await opened.ask("code?")
                assert ("END" in opened.text) is is_wrapped
                assert ("x…" in opened.text) is not is_wrapped
                await opened.press("ctrl+p", *"wrap code", "enter")
                await opened.until(partial(_is_wrapped_now, opened, not is_wrapped))


async def raw(deck: RealDeck) -> None:
    with FaultServer(FakeApi(chat=replying("It is **four**."))) as server:
        deck.provider(server.base_url)
        for value in ("false", "true"):
            deck.settings(f"raw = {value}\n")
            async with deck.opened(ChatStart("main")) as opened:
                await opened.ask("sum?")
                assert ("**four**" in opened.text) is (value == "true")
            assert deck.run("ask", "sum?", "-p", "main").out.strip() == "It is **four**."


async def save_conversations(deck: RealDeck) -> None:
    with FaultServer(FakeApi()) as server:
        deck.provider(server.base_url)
        for value, count in (("false", 0), ("true", 1)):
            deck.settings(f"save_conversations = {value}\n")
            async with deck.opened(ChatStart("main")) as opened:
                await opened.ask("hello")
            assert len(list((deck.home / "data").rglob("*.jsonl"))) == count
            deck.run("chat", "main", "--plain", stdin="hello\n/quit\n")
            assert len(list((deck.home / "data").rglob("*.jsonl"))) == 2 * count


async def titles(deck: RealDeck) -> None:
    for value, title, requests in (("prompt", "hello there", 1), ("model", "A ring buffer", 2)):
        deck.settings(f'titles = "{value}"\n')
        with FaultServer(FakeApi(chat=replying('**"A ring buffer."**\n\x1b[2J'))) as server:
            deck.provider(server.base_url, value)
            async with deck.opened(ChatStart(value)) as opened:
                await opened.ask("hello there")
                await opened.until(partial(_is_called, opened, title))
            assert len(bodies(server)) == requests
            assert ("title" in str(bodies(server)[-1])) is (value == "model")


async def check_reachability(deck: RealDeck) -> None:
    with FaultServer(FakeApi(models=model_list("m"))) as server:
        deck.provider(server.base_url)
        deck.settings("check_reachability = false\n")
        async with deck.opened() as opened:
            await opened.until(lambda: opened.app.is_warm)
            await opened.pilot.pause(0.2)
            assert server.requests == []
            await opened.press("R")  # asked for by the person: that is no look in the background
            await opened.until(lambda: server.requests)
        server.requests.clear()
        deck.settings("check_reachability = true\n")
        async with deck.opened() as opened:
            await opened.until(lambda: server.requests)


async def max_tokens(deck: RealDeck) -> None:
    deck.settings("max_tokens = 77\n")
    with FaultServer(FakeApi()) as server:
        deck.provider(server.base_url)
        deck.provider(server.base_url, "own", max_tokens=5)
        deck.provider(server.base_url, "extra", extra_body={"max_completion_tokens": 6})
        async with deck.opened(ChatStart("main")) as opened:
            await opened.ask("hello")
        deck.run("chat", "main", "--plain", stdin="hello\n/quit\n")
        deck.run("ask", "hello", "-p", "main")
        deck.run("ask", "hello", "-p", "main", "--temperature", "1")
        deck.run("ask", "hello", "--url", server.base_url)
        assert [body["max_tokens"] for body in bodies(server)] == [77] * 5
        server.requests.clear()
        deck.run("ask", "hello", "-p", "own")
        deck.run("ask", "hello", "-p", "main", "--max-tokens", "9")
        deck.run("ask", "hello", "-p", "extra")
        own, flag, extra = bodies(server)
        assert (own["max_tokens"], flag["max_tokens"]) == (5, 9)
        assert "max_tokens" not in extra
        assert extra["max_completion_tokens"] == 6


async def send_back(deck: RealDeck) -> None:
    def reasoning_sent(turn_count: int = 2) -> bool:
        body = bodies(server)[-1]
        assert len(body["messages"]) == 2 * turn_count - 1
        return any("reasoning_content" in message for message in body["messages"])

    with FaultServer(FakeApi(chat=replying("Four.", reasoning="two and two"))) as server:
        deck.provider(server.base_url)
        deck.provider(server.base_url, "own", send_back="never")
        for value, is_sent in (("never", False), ("when-demanded", False), ("always", True)):
            deck.settings(f'send_back = "{value}"\n')
            async with deck.opened(ChatStart("main")) as opened:
                await opened.ask("sum?")
                await opened.ask("sure?")
                assert reasoning_sent() is is_sent, value
        deck.run("chat", "main", "--plain", stdin="sum?\nsure?\n/quit\n")
        assert reasoning_sent()
        deck.run("chat", "own", "--plain", stdin="sum?\nsure?\n/quit\n")
        assert not reasoning_sent(), "the provider's own setting wins"


async def budget(deck: RealDeck) -> None:
    with FaultServer(FakeApi()) as server:
        deck.provider(server.base_url, input_price="0.5", output_price="2", currency="EUR")
        deck.settings('[budget]\nmonth = "0.01 EUR"\nday = "9 EUR"\n[budget.providers]\nmain = "0.02 EUR"\n')
        assert deck.run("ask", "hello", "-p", "main").code == 0
    runtime = open_runtime(deck.environment)
    states = {state.limit.scope.value: state.level.value for state in runtime.costs.budgets()}
    assert states == {"month": "exceeded", "day": "within", "provider": "exceeded"}


async def rates(deck: RealDeck) -> None:
    with FaultServer(FakeApi()) as server:
        deck.provider(server.base_url, input_price="0.5", output_price="2", currency="EUR")
        deck.settings('[budget]\nmonth = "0.03 USD"\n[rates]\ndate = 2026-11-01\nEUR = "2"\n')
        assert deck.run("ask", "hello", "-p", "main").code == 0
    (state,) = open_runtime(deck.environment).costs.budgets()
    assert (state.spent.amount, state.spent.is_estimate, state.level.value) == (
        Decimal("0.049"),
        True,
        "exceeded",
    )


async def keys(deck: RealDeck) -> None:
    deck.settings('[keys]\n"app.help" = "f8"\n')
    async with deck.opened() as opened:
        await opened.press("f8")
        await opened.until(lambda: isinstance(opened.app.screen, HelpScreen))
        await opened.press(*"keys of this place")
        await opened.until(lambda: "F8 " in opened.text)


WALK: dict[str, Walk] = {
    "theme": theme,
    "calm": calm,
    "plain": plain,
    "mouse": mouse,
    "reasoning": reasoning,
    "code_wrap": code_wrap,
    "raw": raw,
    "save_conversations": save_conversations,
    "titles": titles,
    "check_reachability": check_reachability,
    "max_tokens": max_tokens,
    "send_back": send_back,
    "budget": budget,
    "rates": rates,
    "keys": keys,
}


def test_no_setting_is_left_out() -> None:
    assert {*WALK, "unread_budget"} == {item.name for item in fields(Settings)}


@pytest.mark.parametrize("name", WALK)
async def test_a_setting_has_its_effect(name: str, deck: RealDeck) -> None:
    await WALK[name](deck)


@pytest.mark.parametrize(
    "arguments",
    [("ask", "hello", "-p", "main"), ("chat", "main", "--plain"), ("ask", "x", "--json", "-p", "main")],
)
def test_a_setting_that_cannot_be_used_is_told_where_it_would_have_held(
    arguments: tuple[str, ...], deck: RealDeck
) -> None:
    deck.settings('max_tokens = "many"\nmax_token = 5\n')
    with FaultServer(FakeApi()) as server:
        deck.provider(server.base_url)
        done = deck.run(*arguments, stdin="hello\n/quit\n" if arguments[0] == "chat" else "")
    assert done.code == 0
    assert "max_tokens must be a whole number above 0" in done.err
    assert "max_token is not a setting; use max_tokens." in done.err


async def test_a_budget_of_nobody_is_told_in_the_list(deck: RealDeck) -> None:
    deck.provider("http://127.0.0.1:9/v1")
    deck.settings('[budget.providers]\nmain = "5 EUR"\nnosuch = "5 EUR"\n')
    async with deck.opened() as opened:
        await opened.until(lambda: "the budget of nosuch counts nothing" in " ".join(opened.text.split()))
        assert "the budget of main" not in opened.text
