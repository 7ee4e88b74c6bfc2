"""A chat without a screen: whom it asks, what stands in the way, and what it leaves behind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.fault_server import FaultServer
from tests.support.real_deck import RealDeck, replying
from tui.core.turn import TurnState
from tui.runtime.chat_control import ChatControl, Obstacle
from tui.runtime.runtime import Runtime, open_runtime


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
    (summary,) = runtime.conversations.list()
    identity = summary.identity
    await control.leave()
    assert control.turns == []
    opened = await control.open(identity, is_fork=False)
    control.begin(opened)
    assert not control.is_read_only
    assert control.is_saved
    assert control.loss() is None
    assert control.target is not None and control.target.provider.name == "main"


async def test_an_unsaved_chat_is_a_loss(runtime: Runtime) -> None:
    control = ChatControl(runtime)
    control.aim("main")
    control.begin(runtime.sessions.begin(saved=False))
    assert control.loss() is None
    await control.send("hello")
    assert control.loss() == "a chat that is not saved"
