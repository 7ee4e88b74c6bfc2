"""A command that cannot be obeyed now says why, and stays in the prompt."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

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
    "previous": branches.NONE,
    "next": branches.NONE,
    "branches": branches.NONE,
    "find": commands.NOTHING_SENT,
    "find word": commands.NOTHING_SENT,
    "info": commands.NOTHING_SENT,
}


async def refused(chat: Any, command: str, reason: str) -> None:
    chat.screen.prompt.value = f"/{command}"
    await chat.press("enter")
    await chat.until(lambda: reason in chat.toasts)
    assert chat.screen.prompt.value == f"/{command}"


@pytest.mark.parametrize(("command", "reason"), EMPTY.items())
async def test_in_an_empty_chat(open_chat: Any, command: str, reason: str) -> None:
    async with open_chat() as chat:
        await refused(chat, command, reason)


@pytest.mark.parametrize("command", ["retry", "edit", "continue", "fork", "new", "unsaved", "diagnose"])
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
            chat.app.clear_notifications()
        chat.screen.prompt.value = "/retry"
        await chat.press("enter")
        await chat.until(lambda: chat.screen.control.has_variants and not chat.screen.control.is_busy)
        chat.screen.prompt.value = "/branches"
        await chat.press("enter")
        await chat.until(lambda: isinstance(chat.app.screen, BranchesWindow))


async def test_no_command_counts_as_a_draft(open_chat: Any) -> None:
    """A command is not sent, so it has no tokens."""
    async with open_chat() as chat:
        box = chat.screen.query_one("#prompt")
        await chat.type("four words of text")
        await chat.until(lambda: "token" in str(box.border_subtitle))
        chat.screen.prompt.value = "/branches 2"
        await chat.until(lambda: not str(box.border_subtitle))


def test_every_command_is_the_action_of_a_key() -> None:
    assert all(command.action in BY_IDENTIFIER for command in COMMANDS)


@pytest.mark.parametrize("text", ["/etc/hosts has no entry", "/^foo.*/g", "/nonsense"])
async def test_what_is_no_command_is_a_message(open_chat: Any, text: str) -> None:
    async with open_chat() as chat:
        turn = await chat.ask(text)
        assert turn.prompt.text == text
        assert ("no command and no preset" in chat.toasts) == (text == "/nonsense")
