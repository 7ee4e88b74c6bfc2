"""Queued messages: shown, edited, removed, sent one after the other, and never lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from tui.core.causes import explain
from tui.core.events import AnswerDelta, Finished, StreamFailed
from tui.core.queued_prompt import QUEUE_LIMIT
from tui.core.turn import TurnState
from tui.session.prompt_queue import Pause
from tui.texts import queue as texts
from tui.ui.chat.queue_lines import QueueLines
from tui.ui.shell.binding_bar import BindingBar
from tui.ui.shell.dialogs import ChoiceDialog

FAILURE = StreamFailed(explain("connection-refused", address="127.0.0.1", port="9", host="127.0.0.1"))


def lines(chat: Any) -> list[str]:
    """The lines above the prompt."""
    widget = chat.screen.query_one(QueueLines)
    return [" ".join(line.split()) for line in str(widget.render()).splitlines()] if widget.display else []


def footer(chat: Any) -> str:
    return str(chat.screen.query_one(BindingBar).render())


def waiting(chat: Any) -> list[str]:
    return [prompt.content.text for prompt in chat.session.queue.prompts]


def sent(chat: Any, place: int = -1) -> list[str]:
    _, request = chat.runtime.requests[place]
    return [message.content.text for message in request.messages]


async def enter(chat: Any, *prompts: str) -> None:
    for prompt in prompts:
        chat.screen.prompt.value = prompt
        await chat.press("enter")
        await chat.pilot.pause()


@asynccontextmanager
async def streaming(open_chat: Any, *end: Any, **options: Any) -> AsyncIterator[tuple[Any, asyncio.Event]]:
    """A chat whose answer streams until the event is set."""
    gate = asyncio.Event()
    async with open_chat(**options) as chat:
        chat.runtime.scripts = [[AnswerDelta("part"), gate, *(end or (Finished("stop"),))]]
        await enter(chat, "first")
        await chat.until(lambda: chat.session.live and chat.session.live.answer.text == "part")
        yield chat, gate


async def test_messages_wait_in_sight_and_go_out_one_after_the_other(open_chat: Any) -> None:
    async with streaming(open_chat) as (chat, gate):
        await enter(chat, "and for HAProxy?", "and for Caddy?")
        assert lines(chat) == [
            "queued 1: and for HAProxy?",
            "queued 2: and for Caddy? to demo-reasoner · Alt+Up to edit",
        ]
        assert chat.screen.prompt.value == ""
        assert "(Enter to queue it," in str(chat.screen.prompt.placeholder)
        assert "Enter Queue" in footer(chat)
        assert len(chat.runtime.requests) == 1
        gate.set()
        await chat.until(lambda: len(chat.session.turns) == 3 and chat.session.live is None)
        answer = "Hello! I am **well**."
        assert sent(chat) == ["first", "part", "and for HAProxy?", answer, "and for Caddy?"]
        await chat.until(lambda: lines(chat) == [])
        assert "Enter Send" in footer(chat)
        await chat.press("up")
        assert chat.screen.prompt.value == "and for Caddy?", "it is among the earlier messages"


async def test_a_ninth_message_stays_in_the_prompt(open_chat: Any) -> None:
    async with streaming(open_chat) as (chat, _):
        await enter(chat, *(f"message {number}" for number in range(1, 10)))
        assert len(waiting(chat)) == QUEUE_LIMIT
        assert chat.screen.prompt.value == "message 9"
        assert texts.FULL.format(count=8) in chat.refusal
        assert lines(chat)[-1] == "6 more · /queue to demo-reasoner · Alt+Up to edit"


async def test_alt_up_takes_the_last_one_back_and_a_draft_is_not_lost(open_chat: Any) -> None:
    async with streaming(open_chat) as (chat, gate):
        await enter(chat, "one", "two")
        await chat.type("a draft")
        await chat.press("alt+up")
        assert (chat.screen.prompt.value, waiting(chat)) == ("two", ["one"])
        await chat.press(*" edited", "enter")
        assert waiting(chat) == ["one", "two edited"]
        await chat.press("up", "up")
        assert chat.screen.prompt.value == "a draft"
        await chat.press("tab", "alt+up")
        assert chat.screen.prompt.has_focus
        assert chat.screen.prompt.value == "two edited", "it works while the transcript has the focus"
        gate.set()
        await chat.until(lambda: len(chat.session.turns) == 2 and chat.session.live is None)
        assert chat.screen.prompt.value == "two edited", "what was taken back is not sent"


async def test_a_message_that_begins_with_a_slash_comes_back_as_it_was_typed(open_chat: Any) -> None:
    async with streaming(open_chat) as (chat, _):
        await enter(chat, "//etc/hosts?")
        assert waiting(chat) == ["/etc/hosts?"]
        await chat.press("alt+up")
        assert chat.screen.prompt.value == "//etc/hosts?"


async def test_stopping_holds_the_rest_and_says_how_to_continue(open_chat: Any) -> None:
    async with streaming(open_chat) as (chat, _):
        await enter(chat, "one", "two")
        await chat.press("escape")
        await chat.until(lambda: chat.session.live is None and len(lines(chat)) == 3)
        assert lines(chat)[0] == "Queue paused (stopped). /queue go to send · /queue clear to remove"
        assert waiting(chat) == ["one", "two"]
        assert len(chat.runtime.requests) == 1
        await chat.press("tab")
        await chat.pilot.pause()
        assert lines(chat)[0] == "Queue paused (stopped). Tab, then /queue go or /queue clear"
        await chat.press("tab", *"/queue go", "enter")
        await chat.until(lambda: len(chat.session.turns) == 3 and chat.session.live is None)
        assert sent(chat)[-1] == "two"
        await chat.until(lambda: lines(chat) == [])


@pytest.mark.parametrize(
    ("end", "reason"),
    [((FAILURE,), texts.HAS_FAILED), ((Finished("length"),), texts.WAS_CUT)],
)
async def test_an_answer_that_ends_badly_holds_the_rest(open_chat: Any, end: Any, reason: str) -> None:
    async with streaming(open_chat, *end) as (chat, gate):
        await enter(chat, "one")
        gate.set()
        await chat.until(lambda: lines(chat) and lines(chat)[0].startswith(f"Queue paused ({reason})."))
        assert len(chat.runtime.requests) == 1
        await enter(chat, "/queue clear")
        await chat.until(lambda: lines(chat) == [])
        assert texts.CLEARED_ONE in chat.toasts
        await chat.press("up", "up")
        assert chat.screen.prompt.value == "one", "it is among the earlier messages"


async def test_a_queued_message_that_fails_comes_back_and_the_rest_waits(open_chat: Any) -> None:
    async with streaming(open_chat) as (chat, gate):
        await enter(chat, "one", "two")
        chat.runtime.scripts = [[FAILURE]]
        gate.set()
        await chat.until(lambda: chat.screen.prompt.value == "one")
        assert (waiting(chat), chat.session.queue.pause) == (["two"], Pause.FAILED)
        await chat.press("enter")
        await chat.until(lambda: len(chat.session.turns) == 3 and chat.session.live is None)
        assert waiting(chat) == ["two"], "nothing goes out without a key"


async def test_it_is_sent_with_the_model_and_the_settings_of_that_moment(open_chat: Any) -> None:
    async with streaming(open_chat) as (chat, gate):
        await enter(chat, "one", "/model cloud", "/settings temperature 0.25")
        assert lines(chat) == ["queued 1: one to deepseek-r1 · Alt+Up to edit"]
        gate.set()
        await chat.until(lambda: len(chat.session.turns) == 2 and chat.session.live is None)
        target, request = chat.runtime.requests[-1]
        assert (target.provider.name, request.model) == ("cloud", "deepseek-r1")
        assert request.sampling.temperature == 0.25


async def test_the_hint_names_the_model_where_there_is_one_and_room_for_it(open_chat: Any) -> None:
    async with streaming(open_chat) as (chat, _):
        await enter(chat, "one", *["another message of some length"] * 4)
        assert "to demo-reasoner" in lines(chat)[-1]
        target = chat.screen.control.target
        for model in ("", "meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8"):
            chat.screen.control.target = replace(
                target, model=model, provider=replace(target.provider, model="")
            )
            await chat.pilot.resize_terminal(60, 24)
            await chat.until(lambda: " to " not in lines(chat)[-1].removesuffix("to edit"))
            assert lines(chat)[-1].endswith("more · /queue Alt+Up to edit")
            await chat.pilot.resize_terminal(80, 24)


async def test_commands_edit_and_remove_by_number(open_chat: Any) -> None:
    async with streaming(open_chat) as (chat, _):
        await enter(chat, "one", "two", "three", "/queue remove 2")
        assert waiting(chat) == ["one", "three"]
        assert "two" in chat.toasts
        await enter(chat, "/queue edit 1")
        await chat.until(lambda: chat.screen.prompt.value == "one")
        assert waiting(chat) == ["three"]
        for command, said in (
            ("/queue edit 7", texts.NO_SUCH.format(number=7, count=1)),
            ("/queue remove x", texts.NO_SUCH.format(number="x", count=1)),
            ("/queue later", texts.USAGE),
        ):
            await enter(chat, command)
            assert said in chat.toasts + chat.refusal
            assert (chat.screen.prompt.value, waiting(chat)) == (command, ["three"])


async def test_the_window_lists_sends_and_removes(open_chat: Any) -> None:
    async with streaming(open_chat) as (chat, _):
        await enter(chat, "/queue")
        assert texts.EMPTY in chat.toasts
        await enter(chat, "one", "two")
        await chat.press("escape")
        await chat.until(lambda: chat.session.live is None)
        for _ in range(2):
            await enter(chat, "/queue")
            await chat.until(lambda: isinstance(chat.app.screen, ChoiceDialog))
            shown = str(chat.app.screen.query_one("#dialog-body").render())
            assert "queued 1: one" in shown
            assert "Queue paused (stopped)." in shown
            await chat.press("escape")
            assert len(waiting(chat)) == 2
        await enter(chat, "/queue")
        await chat.until(lambda: isinstance(chat.app.screen, ChoiceDialog))
        await chat.press("s")
        await chat.until(lambda: len(chat.session.turns) == 3 and chat.session.live is None)
        assert sent(chat)[-1] == "two"


async def test_whoever_reads_further_up_stays_there_when_the_next_one_goes_out(open_chat: Any) -> None:
    async with open_chat() as chat:
        long = "\n\n".join(f"Paragraph {number}." for number in range(60))
        chat.runtime.scripts = [[AnswerDelta(long), Finished("stop")]]
        await chat.ask("first")
        gate = asyncio.Event()
        chat.runtime.scripts = [[AnswerDelta("part"), gate, Finished("stop")]]
        await enter(chat, "second")
        await chat.until(lambda: chat.session.live and chat.session.live.answer)
        await enter(chat, "third")
        await chat.press("tab", "g")
        await chat.pilot.pause()
        before = chat.rows[:5]
        gate.set()
        await chat.until(lambda: len(chat.session.turns) == 3 and chat.session.live is None)
        await chat.pilot.pause()
        assert chat.rows[:5] == before


async def closed_with_one(runtime: Any, open_chat: Any) -> str:
    """Close a chat in which a message waits, and return its identity."""
    async with streaming(open_chat) as (chat, _):
        identity: str = chat.session.identity
        await enter(chat, "one")
        await chat.act("q")
        await chat.press("y")
        await chat.until(lambda: runtime.released == [identity])
    return identity


@pytest.mark.parametrize(
    ("size", "how"),
    [
        ((100, 24), "/queue go to send · /queue clear to remove"),
        ((80, 24), "/queue go · /queue clear"),
        ((60, 16), "/queue"),
    ],
)
async def test_why_it_waits_fits_the_screen(
    runtime: Any, open_chat: Any, size: tuple[int, int], how: str
) -> None:
    identity = await closed_with_one(runtime, open_chat)
    async with open_chat(conversation=identity, size=size) as chat:
        shown = chat.screen.query_one(QueueLines)
        words = f"Queue paused (the chat was closed). {how}"
        await chat.until(lambda: str(shown.render()).splitlines()[:1] and words in str(shown.render()))
        assert str(shown.render()).splitlines()[0].strip() == words
        await chat.press("tab")
        await chat.until(lambda: "Tab, then /queue" in str(shown.render()))
        assert "…" not in str(shown.render()).splitlines()[0]


async def test_a_reopened_chat_shows_what_waits_and_sends_nothing(runtime: Any, open_chat: Any) -> None:
    async with streaming(open_chat) as (chat, _):
        identity = chat.session.identity
        await enter(chat, "one", "two")
        await chat.act("q")
        await chat.press("y")
        await chat.until(lambda: runtime.released == [identity])
    async with open_chat(conversation=identity) as chat:
        await chat.until(lambda: chat.session.identity == identity)
        assert chat.session.turns[0].state is TurnState.STOPPED
        await chat.until(
            lambda: (
                lines(chat)[:1]
                == ["Queue paused (the chat was closed). /queue go to send · /queue clear to remove"]
            )
        )
        assert waiting(chat) == ["one", "two"]
        await chat.press("up")
        assert chat.screen.prompt.value == "two", "it is among the earlier messages"
        chat.screen.prompt.value = ""
        await enter(chat, "/queue go")
        await chat.until(lambda: len(chat.session.turns) == 3 and chat.session.live is None)
        assert sent(chat)[-1] == "two"


async def test_a_chat_that_is_open_elsewhere_shows_nothing_that_it_cannot_send(
    runtime: Any, open_chat: Any
) -> None:
    identity = await closed_with_one(runtime, open_chat)
    runtime.open_elsewhere(identity)
    async with open_chat(conversation=identity) as chat:
        await chat.until(lambda: chat.session.identity == identity)
        assert (lines(chat), chat.screen.control.is_read_only) == ([], True)


async def test_hostile_text_that_waits_commands_nothing(open_chat: Any) -> None:
    async with streaming(open_chat) as (chat, _):
        await enter(chat, "a\x1b]0;x\x07b [bold]c[/] \u202ed")
        (line,) = lines(chat)
        assert "\x1b" not in line and "\u202e" not in line
        assert "[bold]c[/]" in line


@pytest.mark.parametrize(("size", "shown"), [((80, 24), 3), ((120, 40), 5)])
async def test_what_waits_takes_a_few_rows_alone(open_chat: Any, size: tuple[int, int], shown: int) -> None:
    async with streaming(open_chat, size=size) as (chat, _):
        await enter(chat, *("x" * 200 for _ in range(8)))
        assert len(lines(chat)) == shown
        widget = chat.screen.query_one(QueueLines)
        assert widget.size.height == shown
        assert all(len(row.strip()) <= 100 for row in str(widget.render()).splitlines())
        assert f"{8 - shown + 1} more" in lines(chat)[-1]
