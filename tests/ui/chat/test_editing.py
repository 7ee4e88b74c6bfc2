"""Editing a sent message: it is sent on a new branch, and nothing is lost."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from textual.widgets import OptionList

from tui.core.causes import explain
from tui.core.events import AnswerDelta, Finished, StreamFailed
from tui.ui.chat.branches import BranchesWindow


def reply(text: str) -> list[Any]:
    return [AnswerDelta(text), Finished("stop")]


def title(chat: Any) -> str:
    return str(chat.screen.prompt.border_title)


def sent(chat: Any) -> list[str]:
    _, request = chat.runtime.requests[-1]
    return [message.content.text for message in request.messages]


async def asked(chat: Any, *prompts: str) -> None:
    chat.runtime.scripts = [reply(f"to {prompt}") for prompt in prompts]
    for prompt in prompts:
        await chat.ask(prompt)


async def resend(chat: Any, text: str) -> None:
    """Send what stands in the prompt with a text behind it."""
    chat.runtime.scripts = [reply("to the edited one")]
    await chat.press(*text, "enter")
    await chat.until(lambda: "to the edited one" in "\n".join(chat.rows) and chat.session.live is None)


async def test_the_selected_message_is_edited_and_what_followed_it_comes_back(open_chat: Any) -> None:
    async with open_chat() as chat:
        await asked(chat, "first", "second", "third")
        await chat.press("tab", "g", "j", "j", "j", "e")
        assert chat.screen.prompt.has_focus
        assert (chat.screen.prompt.value, title(chat)) == ("second", "Editing message 2 · Esc to cancel")
        await resend(chat, "!")
        assert sent(chat) == ["first", "to first", "second!"]
        assert (chat.screen.prompt.value, "Editing" in title(chat)) == ("", False)
        assert any("‹ 2/2 ›" in row for row in chat.rows)
        assert not any("third" in row for row in chat.rows)
        await chat.press("tab", "left_square_bracket")
        await chat.until(lambda: any("to third" in row for row in chat.rows))
        assert not any("to the edited one" in row for row in chat.rows)
        await chat.press("right_square_bracket")
        await chat.until(lambda: any("to the edited one" in row for row in chat.rows))
        await chat.press("tab")
        await asked(chat, "more")
        assert sent(chat) == ["first", "to first", "second!", "to the edited one", "more"]


async def test_brackets_stay_with_the_message_that_they_walked(open_chat: Any) -> None:
    async with open_chat() as chat:
        await asked(chat, "first", "second")
        chat.runtime.scripts = [reply("another second")]
        await chat.act("r")
        await chat.until(lambda: any("another second" in row for row in chat.rows))
        await chat.until(lambda: chat.session.live is None)
        await chat.press("tab", "g", "j", "e")
        await resend(chat, "!")
        for _ in range(2):
            await chat.press("tab", "left_square_bracket")
            await chat.until(lambda: any("another second" in row for row in chat.rows))
            await chat.press("right_square_bracket", "tab")
            await chat.until(lambda: any("to the edited one" in row for row in chat.rows))


async def test_esc_gives_the_draft_back(open_chat: Any) -> None:
    async with open_chat() as chat:
        await asked(chat, "first")
        chat.screen.prompt.value = draft = "a draft\nof two lines"
        await chat.press("tab", "e", *" changed")
        assert chat.screen.prompt.value == "first changed"
        await chat.press("escape")
        assert (chat.screen.prompt.value, "Editing" in title(chat)) == (draft, False)
        assert chat.screen.prompt.has_focus
        await chat.press("tab", "e")
        await resend(chat, "!")
        assert chat.screen.prompt.value == draft, "also after it was sent"
        assert [turn.prompt.text for turn in chat.session.turns] == ["first!"]


async def test_the_border_names_the_key_only_where_it_works(open_chat: Any) -> None:
    async with open_chat() as chat:
        await asked(chat, "first")
        await chat.press("tab", "e", "tab")
        assert title(chat) == "Editing message 1"
        await chat.press("escape")
        assert chat.screen.prompt.has_focus
        assert title(chat) == "Editing message 1 · Esc to cancel"
        await chat.press("escape")
        assert chat.screen.prompt.edited is None


@pytest.mark.parametrize(("command", "text"), [("/edit", "second"), ("/edit 1", "first")])
async def test_the_command_edits_the_last_message_or_that_of_a_number(
    open_chat: Any, command: str, text: str
) -> None:
    async with open_chat() as chat:
        await asked(chat, "first", "second")
        chat.screen.prompt.value = command
        await chat.press("enter")
        await chat.until(lambda: chat.screen.prompt.value == text)
        await resend(chat, "!")
        assert sent(chat)[-1] == f"{text}!"


async def test_commands_walk_the_versions_of_a_message(open_chat: Any) -> None:
    async with open_chat() as chat:
        await asked(chat, "first", "second")
        await chat.press("tab", "g", "j", "e")
        await resend(chat, "!")
        for command, text in (("/previous 1", "to second"), ("/next 1", "to the edited one")):
            chat.screen.prompt.value = command
            await chat.press("enter")
            await chat.until(lambda text=text: any(text in row for row in chat.rows))
        for command in ("/edit 2", "/edit 0", "/edit x", "/previous 2"):
            chat.screen.prompt.value = command
            await chat.press("enter")
            await chat.until(lambda: "its messages are 1 to 1" in chat.refusal)
            assert chat.screen.prompt.value == command
            chat.app.clear_notifications()


async def test_the_tree_of_branches_leads_to_each_of_them(open_chat: Any) -> None:
    async with open_chat() as chat:
        chat.screen.prompt.value = "/branches"
        await chat.press("enter")
        await chat.until(lambda: "/edit and /retry start another" in chat.refusal)
        chat.screen.prompt.value = ""
        await asked(chat, "first", "second")
        await chat.press("tab", "g", "j", "e")
        await resend(chat, "!")
        chat.screen.prompt.value = "/branches"
        await chat.press("enter")
        await chat.until(lambda: isinstance(chat.app.screen, BranchesWindow))
        rows = chat.app.screen.query_one(OptionList)
        await chat.until(lambda: rows.option_count)
        assert [str(option.prompt) for option in rows.options] == [
            "1 ○ first  to first",
            "2 ○ second  to second",
            "3 ● first!  to the edited one",
        ]
        await chat.press("up", "enter")
        await chat.until(lambda: any("to second" in row for row in chat.rows))
        assert [turn.prompt.text for turn in chat.session.turns] == ["first", "second"]
        chat.screen.prompt.value = "/branches 3"
        await chat.press("enter")
        await chat.until(lambda: any("to the edited one" in row for row in chat.rows))
        chat.screen.prompt.value = "/branches 4"
        await chat.press("enter")
        await chat.until(lambda: "There is no row 4: /branches lists 1 to 3." in chat.refusal)


async def test_a_row_of_the_tree_that_is_shown_already_is_gone_to(open_chat: Any) -> None:
    async with open_chat(size=(80, 24)) as chat:
        await asked(chat, *(f"message {number}" for number in range(6)))
        await chat.act("r")
        await chat.until(lambda: chat.session.live is None and chat.screen.control.has_variants)
        assert not any("┃ message 0" in row for row in chat.rows)
        chat.screen.prompt.value = "/branches 1"
        await chat.press("enter")
        await chat.until(lambda: any("┃ message 0" in row for row in chat.rows))
        await chat.press("ctrl+down")
        await chat.until(lambda: not any("┃ message 0" in row for row in chat.rows))
        chat.screen.prompt.value = "/branches"
        await chat.press("enter")
        await chat.until(lambda: isinstance(chat.app.screen, BranchesWindow))
        await chat.until(lambda: chat.app.screen.query_one(OptionList).option_count)
        await chat.press("home", "enter")
        await chat.until(lambda: any("┃ message 0" in row for row in chat.rows))


async def test_nothing_is_lost_where_an_edit_ends_otherwise(open_chat: Any) -> None:
    async with open_chat() as chat:
        await asked(chat, "first")
        chat.screen.prompt.value = "draft"
        await chat.press("tab", "e")
        assert chat.screen.unsaved_reason() is not None, "the draft"
        await chat.press(*"!", "ctrl+c")
        assert chat.screen.prompt.value == "draft"
        await chat.press("home", "up")
        assert chat.screen.prompt.value == "first!", "Up brings it back"
        await chat.press("end", "down", "tab", "e", *"?")
        chat.screen.action_new()
        await chat.until(lambda: (new := chat.screen.control.session) and not new.turns)
        assert (chat.screen.prompt.value, chat.screen.prompt.edited is not None) == ("draft", False)


async def test_an_edit_that_fails_keeps_both_messages(open_chat: Any) -> None:
    async with open_chat() as chat:
        await asked(chat, "first")
        await chat.press("tab", "e")
        chat.runtime.scripts = [[StreamFailed(explain("connection-refused"))]]
        await chat.press(*"!", "enter")
        await chat.until(lambda: chat.screen.prompt.value == "first!")
        await chat.until(lambda: any("‹ 2/2 ›" in row for row in chat.rows))
        await chat.press("tab", "left_square_bracket")
        await chat.until(lambda: any("to first" in row for row in chat.rows))


async def test_nothing_is_edited_while_an_answer_streams(open_chat: Any) -> None:
    gate = asyncio.Event()
    async with open_chat() as chat:
        await asked(chat, "first")
        chat.runtime.scripts = [[AnswerDelta("slowly"), gate, Finished("stop")]]
        await chat.press(*"next", "enter")
        await chat.until(lambda: chat.session.live is not None)
        await chat.press("tab", "e")
        assert chat.screen.prompt.edited is None
        gate.set()
        await chat.until(lambda: chat.session.live is None)
        await chat.press("e")
        assert chat.screen.prompt.edited is not None


async def test_up_brings_back_what_esc_took_from_an_edit(open_chat: Any) -> None:
    async with open_chat() as chat:
        await asked(chat, "first")
        await chat.press("tab", "e", *" changed", "escape")
        assert (chat.screen.prompt.value, chat.screen.prompt.edited is not None) == ("", False)
        await chat.press("up")
        assert chat.screen.prompt.value == "first changed"


async def test_esc_stops_what_streams_before_it_cancels_an_edit(open_chat: Any) -> None:
    async with open_chat() as chat:
        await asked(chat, "first")
        await chat.press("tab", "e", *" changed")
        gate = asyncio.Event()
        chat.runtime.scripts = [[AnswerDelta("begun"), gate]]
        await chat.press("tab", "r")
        await chat.until(lambda: chat.session.live is not None and chat.session.live.answer)
        await chat.press("tab", "escape")
        await chat.until(lambda: chat.session.live is None)
        assert (chat.screen.prompt.value, chat.screen.prompt.edited is not None) == ("first changed", True)


async def test_an_emptied_edit_ends_with_its_chat_and_loses_no_draft(open_chat: Any) -> None:
    async with open_chat() as chat:
        await asked(chat, "first")
        chat.screen.prompt.value = "a draft"
        await chat.press("tab", "e", "ctrl+u")
        assert chat.screen.prompt.unsent == "a draft"
        await chat.press("tab", "n")
        await chat.until(lambda: not chat.session.turns)
        assert (chat.screen.prompt.value, chat.screen.prompt.edited is not None) == ("a draft", False)


async def test_an_earlier_version_needs_a_second_branch(open_chat: Any) -> None:
    async with open_chat() as chat:
        await asked(chat, "first")
        await chat.press(*"/previous 1", "enter")
        await chat.until(lambda: "This chat has only one branch" in chat.refusal)
