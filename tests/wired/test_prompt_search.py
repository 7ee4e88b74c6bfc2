"""Ctrl+R in the prompt of a chat searches the prompt history, as in a shell."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.support.fake_api import FakeApi
from tests.support.fault_server import FaultServer
from tests.support.real_deck import OpenDeck, RealDeck, replying
from tui.ui.chat.prompt import Prompt
from tui.ui.chat.screen import ChatScreen
from tui.ui.start import ChatStart

HOSTILE = "ring\x1b]0;evil\x07 [b]bold[/b] \u202etxet\nsecond line"
PROMPTS = ("a ring buffer", "two lines\nof shell", "a ring tone", "a ring tone")


@asynccontextmanager
async def chatted(deck: RealDeck, *prompts: str) -> AsyncIterator[tuple[OpenDeck, Prompt]]:
    """Open a chat in which these prompts were sent, with the draft ``draft`` and the cursor in it."""
    with FaultServer(FakeApi(chat=replying("Yes."))) as server:
        deck.provider(server.base_url)
        async with deck.opened(ChatStart("main")) as opened:
            await opened.until(lambda: isinstance(opened.app.screen, ChatScreen))
            for prompt in prompts:
                await opened.ask(prompt)
            await opened.press(*"draft", "left", "left")
            yield opened, opened.screen(ChatScreen).prompt


def title(opened: OpenDeck) -> str:
    return next(line for line in opened.text.splitlines() if "(reverse search)" in line)


async def test_typing_narrows_ctrl_r_goes_to_older_ones_and_enter_uses_the_match(deck: RealDeck) -> None:
    async with chatted(deck, *PROMPTS) as (opened, prompt):
        await opened.press("ctrl+r", *"ring")
        await opened.until(lambda: "(reverse search) 'ring': a ring tone" in opened.text)
        assert "draft" in opened.text
        await opened.press("ctrl+r")
        await opened.until(lambda: "(reverse search) 'ring': a ring buffer" in opened.text)
        await opened.press("ctrl+r")
        await opened.until(lambda: "(reverse search) 'ring': a ring buffer" in opened.text)
        await opened.press("enter")
        await opened.until(lambda: prompt.value == "a ring buffer")
        assert "(reverse search)" not in opened.text
        assert prompt.cursor_location == (0, 2)
        assert len(opened.screen(ChatScreen).control.turns) == len(PROMPTS), "nothing was sent"
        await opened.press("end", *("down",) * 4)
        assert prompt.value == "draft", "Down returns to it"


@pytest.mark.parametrize("key", ["tab", "up", "down", "left", "ctrl+e"])
async def test_other_keys_use_the_match_too(deck: RealDeck, key: str) -> None:
    async with chatted(deck, *PROMPTS) as (opened, prompt):
        await opened.press("ctrl+r", *"of SHELL", key)
        await opened.until(lambda: prompt.value == "two lines\nof shell")
        assert prompt.has_focus


@pytest.mark.parametrize("key", ["escape", "ctrl+g", "ctrl+c"])
async def test_cancelling_brings_the_draft_back_untouched(deck: RealDeck, key: str) -> None:
    async with chatted(deck, *PROMPTS) as (opened, prompt):
        await opened.press("ctrl+r", *"ring", "ctrl+r")
        await opened.until(lambda: "a ring buffer" in title(opened))
        await opened.press(key)
        await opened.until(lambda: "(reverse search)" not in opened.text)
        assert (prompt.value, prompt.cursor_location, prompt.has_focus) == ("draft", (0, 3), True)
        await opened.press("ctrl+underscore")
        assert prompt.value != "draft", "what can be undone is kept too"


async def test_backspace_takes_back_a_step_and_no_match_keeps_the_draft(deck: RealDeck) -> None:
    async with chatted(deck, *PROMPTS) as (opened, prompt):
        await opened.press("ctrl+r", *"ring", "ctrl+r", *"xy")
        await opened.until(lambda: "'ringxy': no match" in title(opened))
        await opened.press("backspace", "backspace")
        await opened.until(lambda: "'ring': a ring buffer" in title(opened))
        await opened.press("backspace")
        await opened.until(lambda: "'ring': a ring tone" in title(opened))
        await opened.press(*"zz", "enter")
        await opened.until(lambda: "(reverse search)" not in opened.text)
        assert prompt.value == "draft"


async def test_a_hostile_prompt_of_several_lines_is_one_safe_line_and_comes_back_whole(
    deck: RealDeck,
) -> None:
    async with chatted(deck, "before", HOSTILE) as (opened, prompt):
        await opened.press("ctrl+r", *"SECOND")
        await opened.until(lambda: "'SECOND': " in opened.text)
        shown = title(opened)
        assert "␛" in shown or "…" in shown
        assert "[/b]" in shown
        assert not {"\x1b", "\x07", "\u202e"} & set(opened.text)
        await opened.press("enter")
        await opened.until(lambda: prompt.value == HOSTILE)
        assert prompt.cursor_location == (1, 0)


async def test_a_search_where_nothing_was_sent_finds_nothing(deck: RealDeck) -> None:
    async with chatted(deck) as (opened, prompt):
        await opened.press("ctrl+r", "a")
        await opened.until(lambda: "(reverse search) 'a': no match" in opened.text)
        await opened.press("enter")
        assert prompt.value == "draft"


async def test_enter_uses_the_match_also_where_another_key_sends(deck: RealDeck) -> None:
    deck.settings('[keys]\n"prompt.send" = "alt+s"\n')
    async with chatted(deck) as (opened, prompt):
        prompt.remember("a ring buffer")
        await opened.press("ctrl+r", *"ring", "enter")
        assert prompt.value == "a ring buffer"
        await opened.press("enter")
        assert prompt.value == "a ring buffer", "of itself it does nothing"
        await opened.press("alt+s")
        await opened.until(lambda: len(opened.screen(ChatScreen).control.turns) == 1)
