"""A command that is not possible now explains why, and stays in the prompt."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.ui.chat.test_chat_screen import saved_turn
from tui.core.commands import COMMANDS
from tui.core.events import AnswerDelta, ResponseStarted
from tui.texts import branches, commands
from tui.ui.bindings import BY_IDENTIFIER
from tui.ui.chat.branches import BranchesWindow

EMPTY = {
    "retry": commands.NOTHING_SENT,
    "edit": commands.NOTHING_SENT,
    "edit 1": "its messages are 1 to 0",
    "continue": commands.NOTHING_TO_CONTINUE,
    "fork": commands.NOTHING_SENT,
    "pin": commands.NOTHING_SENT,
    "export": commands.NOTHING_SENT,
    "export chat.md": commands.NOTHING_SENT,
    "previous": branches.NONE,
    "next": branches.NONE,
    "branches": branches.NONE,
    "find": commands.NOTHING_SENT,
    "find word": commands.NOTHING_SENT,
    "info": commands.NOTHING_SENT,
}


_NO_SUCH = {
    "edit": "This chat has no message",
    "previous": "This chat has no message",
    "next": "This chat has no message",
    "branches": "here is no",
}


async def refused(chat: Any, command: str, reason: str) -> None:
    chat.screen.prompt.value = f"/{command}"
    await chat.press("enter")
    await chat.until(lambda: reason in chat.refusal)
    assert chat.screen.prompt.value == f"/{command}"


@pytest.mark.parametrize(("command", "reason"), EMPTY.items())
async def test_in_an_empty_chat(open_chat: Any, command: str, reason: str) -> None:
    async with open_chat() as chat:
        await refused(chat, command, reason)


@pytest.mark.parametrize(
    "command", ["retry", "edit", "continue", "fork", "export", "new", "unsaved", "diagnose"]
)
async def test_while_an_answer_streams(open_chat: Any, command: str) -> None:
    async with open_chat() as chat:
        chat.runtime.scripts = [[ResponseStarted(200), AnswerDelta("half"), asyncio.Event()]]
        await chat.type("go")
        await chat.press("enter")
        await chat.until(lambda: chat.session.live and chat.session.live.answer)
        await refused(chat, command, commands.STREAMING)


async def test_versions_need_a_second_one(open_chat: Any) -> None:
    async with open_chat() as chat:
        await chat.ask("hello")
        for command in ("previous", "next", "branches", "previous 1"):
            await refused(chat, command, branches.NONE)
        chat.screen.prompt.value = "/retry"
        await chat.press("enter")
        await chat.until(lambda: chat.screen.control.has_variants and not chat.screen.control.is_busy)
        chat.screen.prompt.value = "/branches"
        await chat.press("enter")
        await chat.until(lambda: isinstance(chat.app.screen, BranchesWindow))


@pytest.mark.parametrize("number", ["9" * 5000, "0", "-1", "x", "1" * 10])
async def test_a_number_that_means_nothing_is_refused(open_chat: Any, number: str) -> None:
    async with open_chat() as chat:
        await chat.ask("hello")
        chat.screen.prompt.value = "/retry"
        await chat.press("enter")
        await chat.until(lambda: chat.screen.control.has_variants and not chat.screen.control.is_busy)
        for command in ("edit", "previous", "next", "branches"):
            await refused(chat, f"{command} {number}", _NO_SUCH[command])
            assert len(chat.refusal) < 120


async def test_a_complete_answer_is_not_continued(open_chat: Any) -> None:
    async with open_chat() as chat:
        await chat.ask("hello")
        await refused(chat, "continue", commands.IS_COMPLETE)
        await chat.press("escape", "c")
        await chat.pilot.pause()
        assert len(chat.runtime.requests) == 1


async def test_a_chat_that_is_open_elsewhere_keeps_its_name(runtime: Any, open_chat: Any) -> None:
    old = runtime.keep(saved_turn())
    runtime.open_elsewhere(old)
    async with open_chat("demo", conversation=old) as chat:
        await chat.until(lambda: chat.screen.control.is_read_only)
        title = chat.session.title
        await chat.press("escape", "N")
        await chat.pilot.pause()
        assert chat.app.screen is chat.screen
        assert chat.session.title == title


async def test_a_new_chat_begins_with_the_settings_of_its_provider(open_chat: Any) -> None:
    async with open_chat() as chat:
        chat.screen.prompt.value = "/settings temperature 0.77"
        await chat.press("enter")
        await chat.until(lambda: chat.screen.control.target.parameters)
        await chat.ask("hello")
        before = chat.session.identity
        chat.screen.prompt.value = "/new"
        await chat.press("enter")
        await chat.until(lambda: (new := chat.screen.control.session) and new.identity != before)
        assert not chat.screen.control.target.parameters
        await chat.ask("again")
        assert [request.sampling.temperature for _, request in chat.runtime.requests] == [0.77, None]


async def test_an_unsaved_chat_is_neither_pinned_nor_exported(open_chat: Any) -> None:
    async with open_chat() as chat:
        await chat.press("f10")
        await chat.until(lambda: not chat.session.is_saved)
        await chat.ask("hello")
        for command in ("pin", "export", "export chat.md"):
            await refused(chat, command, commands.NOT_SAVED)


async def test_no_command_counts_as_a_draft(open_chat: Any) -> None:
    """A command is not sent, so it has no tokens."""
    async with open_chat() as chat:
        box = chat.screen.query_one("#prompt")
        await chat.type("four words of text")
        await chat.until(lambda: "token" in str(box.border_subtitle))
        chat.screen.prompt.value = "/branches 2"
        await chat.until(lambda: not str(box.border_subtitle))


async def test_the_reason_stays_until_the_text_changes(open_chat: Any) -> None:
    async with open_chat() as chat:
        await refused(chat, "settings temperature 99", "a number from 0 to 2")
        assert not chat.toasts
        chat.screen.transcript.focus()
        await chat.pilot.pause()
        assert "a number from 0 to 2" in chat.refusal, "the focus is elsewhere, the text is there still"
        chat.screen.prompt.focus()
        await chat.pilot.pause()
        await chat.press("end", "backspace")
        await chat.until(lambda: not chat.refusal)
        assert [notice.message for notice in chat.app.notices.newest_first] == [
            "Temperature must be a number from 0 to 2."
        ]


async def test_a_reason_is_never_markup(open_chat: Any) -> None:
    async with open_chat() as chat:
        await refused(chat, "settings [red]x[/red] 1", "[red]x[/red]")


def test_every_command_is_the_action_of_a_key() -> None:
    assert all(command.action in BY_IDENTIFIER for command in COMMANDS)


@pytest.mark.parametrize("text", ["/etc/hosts has no entry", "/^foo.*/g", "/nonsense"])
async def test_what_is_no_command_is_a_message(open_chat: Any, text: str) -> None:
    async with open_chat() as chat:
        turn = await chat.ask(text)
        assert turn.prompt.text == text
        assert ("neither a command nor a preset" in chat.toasts) == (text == "/nonsense")
