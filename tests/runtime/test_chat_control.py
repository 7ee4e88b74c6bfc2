"""A chat without a screen: its target, what blocks it, and what it stores."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from tests.support.fault_server import FaultServer
from tests.support.real_deck import RealDeck, replying
from tui.core.provider import Provider
from tui.core.turn import Turn, TurnState
from tui.runtime.chat_control import ChatControl
from tui.runtime.obstacles import Obstacle
from tui.runtime.runtime import Runtime, open_runtime
from tui.session.chat_session import ChatSession
from tui.session.prompt_queue import Pause
from tui.texts import chat as texts
from tui.texts import queue as queue_texts


@pytest.fixture
async def runtime(tmp_path: Path) -> AsyncIterator[Runtime]:
    deck = RealDeck(tmp_path)
    with FaultServer(replying("an answer")) as server:
        deck.provider(server.base_url, is_default=True)
        deck.provider(server.base_url, "resting", state="Inactive")
        runtime = open_runtime(deck.environment)
        yield runtime
        await runtime.aclose()


async def test_it_asks_whom_it_was_told_to_ask(runtime: Runtime) -> None:
    control = ChatControl(runtime)
    assert control.blocked() is not None and control.blocked().obstacle is Obstacle.OPENING  # type: ignore[union-attr]
    control.begin(runtime.sessions.begin())
    assert control.no_target().obstacle is Obstacle.NO_PROVIDER
    control.aim("main")
    assert control.blocked() is None
    task = control.send("hello")
    blocked = control.blocked()
    assert blocked is not None and blocked.obstacle is Obstacle.STREAMING
    turn = await task
    assert (turn.state, turn.answer.text) == (TurnState.DONE, "an answer")
    assert control.last is turn
    assert (await control.retry()) is control.last
    assert control.last.variants == [turn] or turn in control.last.variants


@pytest.mark.parametrize("name", ["resting", "unknown"])
async def test_nobody_is_asked_in_place_of_another(runtime: Runtime, name: str) -> None:
    control = ChatControl(runtime)
    control.begin(runtime.sessions.begin())
    control.aim("main")
    control.aim(name)
    blocked = control.blocked()
    assert control.target is None
    assert blocked is not None and blocked.obstacle is Obstacle.REFUSED
    assert blocked.failure is not None and name in blocked.failure.title
    with pytest.raises(RuntimeError):
        control.send("hello")


async def test_a_conversation_that_was_left_can_be_written_to_by_others(runtime: Runtime) -> None:
    control = ChatControl(runtime)
    control.aim("main")
    control.begin(runtime.sessions.begin())
    await control.send("hello")
    await control.leave()
    (summary,) = runtime.conversations.listing.all()
    identity = summary.identity
    assert control.turns == []
    opened = await control.open(identity, is_fork=False)
    control.begin(opened)
    assert not control.is_read_only
    assert control.is_saved
    assert control.loss() is None
    assert control.target is not None and control.target.provider.name == "main"


@pytest.mark.parametrize("is_elsewhere", [False, True])
async def test_an_opening_that_nobody_waits_for_keeps_nobody_from_the_chat(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch, is_elsewhere: bool
) -> None:
    control = ChatControl(runtime)
    control.aim("main")
    control.begin(runtime.sessions.begin())
    await control.send("hello")
    session = control.session
    assert session is not None
    await control.leave()
    if is_elsewhere:
        session.is_elsewhere = True
        control.begin(session)
    held, may_open, open_now = Event(), Event(), runtime.sessions.open

    def slow(identity: str) -> ChatSession:
        may_open.wait()
        opened = open_now(identity)
        held.set()
        return opened

    monkeypatch.setattr(runtime.sessions, "open", slow)
    opening = asyncio.create_task(
        control.take_over() if is_elsewhere else control.open(session.identity, is_fork=False)
    )
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    may_open.set()
    assert await asyncio.to_thread(held.wait, 30)
    async with asyncio.timeout(30):
        while runtime.conversations.is_held(session.identity):
            await asyncio.sleep(0.01)


async def test_an_unsaved_chat_is_a_loss(runtime: Runtime) -> None:
    control = ChatControl(runtime)
    control.aim("main")
    control.begin(runtime.sessions.begin(saved=False))
    assert control.loss() is None
    await control.send("hello")
    assert control.loss() == texts.LOSS_UNSAVED


async def test_a_draft_is_a_loss_unless_it_came_back_from_a_failure(runtime: Runtime) -> None:
    control = ChatControl(runtime)
    control.aim("main")
    control.begin(runtime.sessions.begin())
    assert control.loss("  \n") is None
    assert control.loss("half a thought") == texts.LOSS_DRAFT
    await control.send("hello")
    assert control.loss(" hello ") is None, "it stands in the conversation"
    assert control.loss("hello again") == texts.LOSS_DRAFT


async def test_what_streams_is_the_first_loss(runtime: Runtime) -> None:
    control = ChatControl(runtime)
    control.aim("main")
    control.begin(runtime.sessions.begin(saved=False))
    task = control.send("hello")
    assert control.loss("a draft") == texts.LOSS_STREAMING
    await task
    assert control.loss("a draft") == texts.LOSS_UNSAVED


async def test_a_prompt_without_an_answer_comes_back_once(runtime: Runtime) -> None:
    deck_url = "http://127.0.0.1:9/v1"
    runtime.provider_changes.save(Provider("dead", provider_url=deck_url, model="m"))
    control = ChatControl(runtime)
    control.aim("dead")
    control.begin(runtime.sessions.begin())
    turn = await control.send("hello")
    assert turn.state is TurnState.FAILED
    assert [control.take_unanswered(), control.take_unanswered()] == ["hello", ""]
    await control.retry()
    assert control.take_unanswered() == "", "what is asked again stands in the conversation"


async def test_a_prompt_that_was_answered_does_not_come_back(runtime: Runtime) -> None:
    control = ChatControl(runtime)
    control.aim("main")
    control.begin(runtime.sessions.begin())
    await control.send("hello")
    assert control.take_unanswered() == ""


async def test_the_provider_is_taken_as_the_files_have_it_by_now(runtime: Runtime) -> None:
    control = ChatControl(runtime)
    control.aim("main")
    control.begin(runtime.sessions.begin())
    before = control.target
    assert control.ready() is None
    assert control.target is before, "nothing has changed"
    main = runtime.directory.get("main")
    runtime.provider_changes.save(replace(main, display_name="Another"), None, "main")
    assert control.ready() is None
    assert control.target is not None
    assert control.target.provider.display_name == "Another"
    runtime.provider_changes.delete("main")
    blocked = control.ready()
    assert blocked is not None and blocked.obstacle is Obstacle.REFUSED
    assert blocked.failure is not None and "main" in blocked.failure.title


async def test_something_that_came_is_told_until_the_conversation_is_left(runtime: Runtime) -> None:
    changes: list[int] = []
    control = ChatControl(runtime, lambda: changes.append(1))
    control.aim("main")
    control.begin(runtime.sessions.begin())
    await control.send("hello")
    assert changes
    session = control.session
    assert session is not None
    await control.leave()
    assert session.on_change is None


async def test_notices_of_a_record_are_over_when_something_is_asked(runtime: Runtime) -> None:
    control = ChatControl(runtime)
    control.aim("main")
    session = runtime.sessions.begin()
    session.notices = ("A line of it could not be read.",)
    control.begin(session)
    assert [*control.notices] == ["A line of it could not be read."]
    control.begin_draft()
    await control.send("hello")
    assert [*control.notices] == []
    session.moved("elsewhere", "It goes on elsewhere.")
    assert [*control.notices] == ["It goes on elsewhere."], "what is new is said again"


async def test_a_notice_that_came_while_a_prompt_was_written_outlives_its_sending(runtime: Runtime) -> None:
    control = ChatControl(runtime)
    control.aim("main")
    session = runtime.sessions.begin()
    control.begin(session)
    control.begin_draft()
    session.notices = ("The file was changed.",)
    await control.send("hello")
    assert [*control.notices] == ["The file was changed."], "it may have come with the last key"
    control.begin_draft()
    await control.send("hello")
    assert [*control.notices] == []


async def test_what_waits_is_a_loss_where_the_chat_is_not_saved(runtime: Runtime) -> None:
    runtime.settings = replace(runtime.settings, save_conversations=False)
    control = ChatControl(runtime)
    control.aim("main")
    control.begin(runtime.sessions.begin())
    task = control.send("hello")
    control.queue.add("later")
    control.both()[0].stop()
    await asyncio.wait([task])
    assert control.queue.pause is Pause.STOPPED
    assert control.loss() == queue_texts.LOSS
    assert control.queue.clear() == 1
    assert control.loss() is None


async def test_a_queued_prompt_goes_to_whoever_is_asked_when_its_turn_comes(runtime: Runtime) -> None:
    control = ChatControl(runtime)
    control.aim("main")
    control.begin(runtime.sessions.begin())
    sent: list[asyncio.Task[Turn]] = []
    control.queue.on_sent = sent.append
    task = control.send("hello")
    control.queue.add("later")
    assert control.is_busy
    assert control.ready() is not None
    control.use(runtime.directory.get("main"), "another-model")
    await task
    while not sent:
        await asyncio.sleep(0)
    turn = await sent[0]
    assert (turn.prompt.text, turn.model, turn.state) == ("later", "another-model", TurnState.DONE)


async def test_a_queue_whose_provider_is_gone_waits(runtime: Runtime) -> None:
    paused: list[int] = []
    control = ChatControl(runtime)
    control.aim("main")
    control.begin(runtime.sessions.begin())
    control.queue.on_sent = lambda task: pytest.fail("nobody can be asked")
    control.queue.on_paused = lambda: paused.append(1)
    task = control.send("hello")
    control.queue.add("later")
    runtime.provider_changes.delete("main")
    await task
    while control.is_busy:
        await asyncio.sleep(0)
    assert (control.queue.pause, len(control.queue.prompts), bool(paused)) == (Pause.BLOCKED, 1, True)
    assert control.queue.go() is not None
    assert control.queue.pause is Pause.BLOCKED
