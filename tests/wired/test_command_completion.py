"""The list of commands in the prompt: opened by a slash, narrowed by typing, used by Tab or Enter."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.support.fake_api import FakeApi, model_list
from tests.support.fault_server import FaultServer
from tests.support.real_deck import OpenDeck, RealDeck, bodies, replying
from tui.core.commands import COMMANDS
from tui.ui.chat.picker import ModelPicker
from tui.ui.chat.prompt import Prompt
from tui.ui.chat.screen import ChatScreen
from tui.ui.start import ChatStart


@asynccontextmanager
async def chatting(
    deck: RealDeck, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[OpenDeck, Prompt, FaultServer]]:
    api = FakeApi(models=model_list("m", "model-b"), chat=replying("Yes."))
    with FaultServer(api) as server:
        deck.provider(server.base_url)
        deck.provider(server.base_url, "gpu01", compatible_provider="model-b")
        async with deck.opened(ChatStart("main"), size) as opened:
            await opened.until(lambda: isinstance(opened.app.screen, ChatScreen))
            yield opened, opened.screen(ChatScreen).prompt, server


def listed(opened: OpenDeck) -> list[str]:
    """Return the entries of the list that are in sight."""
    rows = opened.text.splitlines()
    top = next((place for place, row in enumerate(rows) if "╭─ Commands" in row or "╭ Commands" in row), None)
    if top is None:
        return []
    bottom = next(place for place, row in enumerate(rows) if place > top and "╰" in row)
    return [row.strip("│› ") for row in rows[top + 1 : bottom]]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_slash_opens_the_list_above_the_prompt_and_typing_narrows_it(
    deck: RealDeck, size: tuple[int, int]
) -> None:
    async with chatting(deck, size) as (opened, prompt, _):
        await opened.press("slash")
        await opened.until(lambda: len(listed(opened)) == 8)
        assert listed(opened)[0].split() == ["/model", "[NAME]", "Choose", "provider", "and", "model"]
        rows = opened.text.splitlines()
        bottom = next(place for place, row in enumerate(rows) if "// sends a leading /" in row)
        assert prompt.region.y == bottom + 1, "it ends where the box of the prompt begins"
        await opened.press(*"re")
        await opened.until(
            lambda: [entry.split()[0] for entry in listed(opened)] == ["/retry", "/rename", "/reasoning"]
        )
        await opened.press("x")
        await opened.until(lambda: listed(opened) == [])
        await opened.press("backspace")
        await opened.until(lambda: len(listed(opened)) == 3)


async def test_the_keys_choose_and_tab_uses(deck: RealDeck) -> None:
    async with chatting(deck) as (opened, prompt, _):
        await opened.press("slash", "up")
        await opened.until(lambda: listed(opened)[-1:] and listed(opened)[-1].startswith("/quit"))
        await opened.press("down", "down", "tab")
        await opened.until(lambda: prompt.value == "/new")
        assert prompt.has_focus
        await opened.press("ctrl+underscore")
        assert prompt.value == "/"


async def test_enter_uses_an_entry_and_sends_a_complete_command(deck: RealDeck) -> None:
    async with chatting(deck) as (opened, prompt, server):
        await opened.press(*"/mod", "enter")
        await opened.until(lambda: prompt.value == "/model ")
        assert not isinstance(opened.app.screen, ModelPicker)
        await opened.press("enter")
        await opened.until(lambda: isinstance(opened.app.screen, ModelPicker))
        await opened.press("escape")
        await opened.until(lambda: isinstance(opened.app.screen, ChatScreen))
        await opened.press(*"/provider", "down", "enter")
        assert prompt.value == "/providers", "what was marked"
        prompt.value = ""
        await opened.press(*"/clear", "enter")
        await opened.until(lambda: prompt.value == "")
        assert bodies(server) == []


async def test_enter_uses_an_entry_also_where_another_key_sends(deck: RealDeck) -> None:
    deck.settings('[keys]\n"prompt.send" = "alt+s"\n')
    async with chatting(deck) as (opened, prompt, _):
        await opened.press(*"/mod", "enter")
        await opened.until(lambda: prompt.value == "/model ")
        await opened.press("alt+s")
        await opened.until(lambda: isinstance(opened.app.screen, ModelPicker))


async def test_what_follows_a_command_is_completed_and_never_forced(deck: RealDeck) -> None:
    async with chatting(deck) as (opened, prompt, _):
        await opened.press(*"/model g")
        await opened.until(lambda: [entry.split() for entry in listed(opened)] == [["gpu01", "model-b"]])
        await opened.press("tab")
        await opened.until(lambda: prompt.value == "/model gpu01")
        await opened.press("enter")
        await opened.until(lambda: "gpu01 · model-b" in opened.text)
        await opened.press(*"/model gp", "enter")
        await opened.until(lambda: "gpu01 · gp" in opened.text, "any name may be typed")
        await opened.press(*"/copy ")
        await opened.until(lambda: listed(opened) == ["code", "reasoning", "all"])


@pytest.mark.parametrize("key", ["escape", "ctrl+g"])
async def test_it_closes_and_the_line_stays(deck: RealDeck, key: str) -> None:
    async with chatting(deck) as (opened, prompt, _):
        await opened.press(*"/re")
        await opened.until(lambda: listed(opened))
        await opened.press(key)
        await opened.until(lambda: not listed(opened))
        assert (prompt.value, prompt.has_focus) == ("/re", True)
        await opened.press("t")
        assert not listed(opened)
        await opened.press("tab")
        assert not prompt.has_focus, "the keys are the chat's again"


async def test_two_slashes_send_one(deck: RealDeck) -> None:
    async with chatting(deck) as (opened, _, server):
        await opened.press(*"//")
        await opened.until(lambda: not listed(opened))
        await opened.press(*"etc", "enter")
        await opened.until(lambda: bodies(server))
        assert bodies(server)[-1]["messages"][-1]["content"] == "/etc"


async def test_a_message_with_a_slash_in_it_opens_nothing(deck: RealDeck) -> None:
    async with chatting(deck) as (opened, prompt, _):
        await opened.press(*"a/", "home", "slash")
        assert prompt.value == "/a/"
        assert not listed(opened)


async def test_a_click_uses_an_entry(deck: RealDeck) -> None:
    async with chatting(deck) as (opened, prompt, _):
        await opened.press("slash")
        await opened.until(lambda: listed(opened))
        await opened.pilot.click("CommandList", offset=(4, 2))
        await opened.until(lambda: prompt.value == "/new")


async def test_every_command_is_in_the_list_with_its_description(deck: RealDeck) -> None:
    async with chatting(deck) as (opened, _, _server):
        seen = set()
        await opened.press("slash")
        for _ in COMMANDS:
            await opened.press("down")
            await opened.pilot.pause()
            seen |= {" ".join(entry.split()) for entry in listed(opened)}
    assert seen == {
        " ".join(f"/{command.name} {command.argument} {command.text}".split()) for command in COMMANDS
    }
