"""Variants on screen: the mark, keys and mouse, and a palette that spends nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from textual.command import CommandList
from textual.widgets import Input

from tui.core.events import AnswerDelta, Finished
from tui.ui.app import LmdeckApp
from tui.ui.bindings import KEYS, RISKY
from tui.ui.palette import PaletteAction
from tui.ui.textual_compat.palette import Palette


def reply(text: str) -> list[Any]:
    return [AnswerDelta(text), Finished("stop")]


def rows(chat: Any) -> list[str]:
    transcript = chat.screen.transcript
    return [line.text for line in transcript.rows_of_view(0, transcript.size.height)]


async def retried(chat: Any) -> None:
    chat.runtime.scripts = [reply("```\nfirst\n```"), reply("```\nsecond\n```")]
    await chat.ask("go")
    first = chat.session.turns[-1]
    await chat.act("r")
    await chat.until(lambda: chat.session.turns[-1] is not first and chat.session.live is None)
    await chat.until(lambda: any("‹ 2/2 ›" in row for row in rows(chat)))


async def test_brackets_walk_the_answers_and_copy_and_send_follow(open_chat: Any) -> None:
    async with open_chat() as chat:
        await retried(chat)
        await chat.press("tab", "left_square_bracket")
        await chat.until(lambda: any("‹ 1/2 ›" in row for row in rows(chat)))
        assert any("first" in row for row in rows(chat))
        assert not any("second" in row for row in rows(chat))
        await chat.press("f4")
        await chat.until(lambda: chat.runtime.clipboard.texts)
        assert chat.runtime.clipboard.texts == ["first"]
        assert chat.screen.transcript.search("second") == 0
        assert chat.screen.transcript.search("first") == 1
        await chat.press("left_square_bracket")
        await chat.until(lambda: "no earlier version" in chat.toasts)
        await chat.press("tab")
        await chat.ask("next")
        _, request = chat.runtime.requests[-1]
        assert [message.content.text for message in request.messages] == ["go", "```\nfirst\n```", "next"]


async def test_a_click_on_the_mark_walks_too(open_chat: Any) -> None:
    async with open_chat() as chat:
        await retried(chat)
        for sign, place in (("‹", "‹ 1/2 ›"), ("›", "‹ 2/2 ›")):
            (y,) = [y for y, row in enumerate(rows(chat)) if "/2 ›" in row]
            await chat.pilot.click(chat.screen.transcript, offset=(rows(chat)[y].index(sign), y))
            await chat.until(lambda place=place: any(place in row for row in rows(chat)))


async def test_brackets_are_typed_in_the_prompt(open_chat: Any) -> None:
    async with open_chat() as chat:
        await retried(chat)
        await chat.press("left_square_bracket")
        assert chat.screen.prompt.value == "["
        assert chat.session.turns[-1].answer.text == "```\nsecond\n```"


async def test_an_answer_of_another_model_says_whose_it_is(open_chat: Any) -> None:
    async with open_chat() as chat:
        await chat.ask("hello")
        assert any("TTFT" in row for row in chat.rows)
        assert not any("demo-reasoner" in row for row in chat.rows), "the header names it"
        assert chat.screen.control.target is not None
        chat.screen.control.target = replace(chat.screen.control.target, model="another-model")
        chat.screen.show_state()
        await chat.until(lambda: "another-model" in chat.header)
        assert "TTFT" not in chat.status
        assert any(row.strip() == "demo · demo-reasoner" for row in chat.rows), "its answer says whose it is"


def test_an_action_has_the_same_flags_wherever_it_stands() -> None:
    for group in KEYS.values():
        for action in {key.action for key in group}:
            flags = {(key.deletes, key.spends) for key in group if key.action == action}
            assert len(flags) == 1, action
    deleting = {key.identifier for group in KEYS.values() for key in group if key.action == "delete"}
    assert deleting <= RISKY


OPENED = ["providers", "form", "discover", "conversations", "chat", "retried"]


async def _show(chat: Any, what: str) -> None:
    screens = {"form": "a", "discover": "f", "conversations": "h"}
    if what == "retried":
        await retried(chat)
    elif what != "chat":
        await chat.act("q")
        await chat.until(lambda: chat.app.screen.__class__.__name__ == "ProvidersScreen")
        if what in screens:
            await chat.press(screens[what])
            await chat.until(lambda: chat.app.screen.__class__.__name__ != "ProvidersScreen")
    await chat.pilot.pause()


@pytest.mark.parametrize("what", OPENED)
async def test_enter_in_a_palette_just_opened_runs_nothing_that_deletes_or_spends(
    open_chat: Any, what: str
) -> None:
    async with open_chat(kind=LmdeckApp) as chat:
        await _show(chat, what)
        origin = chat.app.screen
        commands = list(chat.app.get_system_commands(chat.app.screen))
        requests = len(chat.runtime.requests)
        await chat.press("ctrl+p")
        await chat.until(lambda: isinstance(chat.app.screen, Palette))
        palette = chat.app.screen
        await chat.until(lambda: palette.query_one(CommandList).option_count)
        listed = palette.query_one(CommandList)
        chosen = None if listed.highlighted is None else listed.options[listed.highlighted]
        assert chosen is None or not getattr(chosen.hit.command, "is_risky", False)
        await chat.press("enter")
        await chat.pilot.pause()
        assert len(chat.runtime.requests) == requests
        await _show_again(chat, origin, what)
        for command in commands:
            if isinstance(command.callback, PaletteAction) and command.callback.is_risky:
                await _try(chat, command.title)


async def _show_again(chat: Any, origin: object, what: str) -> None:
    """Go back to where the palette was opened, whatever the entry did."""
    if isinstance(chat.app.screen, Palette) and chat.app.screen.is_attached:
        await chat.press("escape")  # Enter only marked an entry that deletes or spends
    await chat.until(lambda: not isinstance(chat.app.screen, Palette))
    while origin in chat.app.screen_stack and chat.app.screen is not origin:
        await chat.app.pop_screen()
    if origin not in chat.app.screen_stack:
        await chat.press("h" if what == "conversations" else "f")
        await chat.until(lambda: chat.app.screen.__class__.__name__ != "ProvidersScreen")


async def _try(chat: Any, title: str) -> None:
    """Look for a risky entry by its whole name: it is not selected, and one Enter only marks it."""
    if not isinstance(chat.app.screen, Palette):
        await chat.press("ctrl+p")
        await chat.until(lambda: isinstance(chat.app.screen, Palette))
    palette = chat.app.screen
    listed = palette.query_one(CommandList)
    palette.query_one(Input).value = title
    await chat.until(
        lambda: (
            getattr(getattr(listed.options[0] if listed.option_count else None, "hit", None), "text", "")
            == title
        )
    )
    await chat.pilot.pause()
    first = listed.options[0]
    if getattr(first.hit.command, "is_risky", False):
        assert listed.highlighted is None
        await chat.press("enter")
        assert chat.app.screen is palette
        assert listed.highlighted == 0
