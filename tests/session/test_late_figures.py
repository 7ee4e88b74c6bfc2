"""Late figures of an answer: nothing waits for them, and they are stored."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from tui.core.chat import ChatRequest
from tui.core.events import AnswerDelta, EventBatch, FiguresFollow, Finished, Progress, StreamEvent
from tui.core.phases import REPORTED, STOPPED, Learned, Phase
from tui.core.provider import Provider
from tui.core.turn import Turn, TurnState
from tui.session.chat_session import ChatSession
from tui.session.target import ChatTarget
from tui.store.journal import MemoryJournal

QUEUE = Phase("queue", 400, REPORTED, "vllm:request_queue_time_seconds")
TARGET = ChatTarget(Provider(name="p", provider_url="http://localhost/v1", model="m"))


class Journal(MemoryJournal):
    def __init__(self) -> None:
        super().__init__()
        self.ends: list[tuple[Phase, ...]] = []

    def end_turn(self, turn: Turn) -> None:
        self.ends.append(turn.phases)


class Stream:
    """An answer from 1 s to 2 s; late figures are available once ``told`` is set."""

    def __init__(self) -> None:
        self.told = asyncio.Event()
        self.asked = 0
        self.is_endless = False

    async def read(self) -> Learned:
        self.asked += 1
        await self.told.wait()
        return Learned(queue=QUEUE)

    async def __call__(self, target: ChatTarget, request: ChatRequest) -> AsyncGenerator[EventBatch]:
        events: list[tuple[float, StreamEvent]] = [
            (0.0, FiguresFollow(self.read)),
            (0.0, Progress("connecting")),
            (0.1, Progress("connected")),
            (1.0, AnswerDelta("Yes, ")),
        ]
        for at, event in events:
            yield EventBatch(at, (event,))
        if self.is_endless:
            await asyncio.Event().wait()
        yield EventBatch(2.0, (AnswerDelta("it is."), Finished("stop")))


def begin() -> tuple[ChatSession, Stream, Journal]:
    stream, journal = Stream(), Journal()
    return ChatSession(stream, journal, identity="c", clock=lambda: 5.0), stream, journal


def names(turn: Turn) -> list[str]:
    return [phase.name for phase in turn.phases]


async def test_an_answer_ends_before_its_last_figures_and_is_completed_by_them() -> None:
    session, stream, journal = begin()
    turn = await session.send("Is it?", TARGET)
    assert turn.state is TurnState.DONE
    assert names(turn) == ["connect", "unexplained", "answer", "tail"]
    changes = 0

    def changed() -> None:
        nonlocal changes
        changes += 1

    session.on_change = changed
    stream.told.set()
    await session.wait_for_figures(5)
    assert turn.phases[1] == QUEUE
    assert sum(phase.milliseconds for phase in turn.phases) == 2000
    assert changes == 1
    assert [len(phases) for phases in journal.ends] == [4, 5]


async def test_a_stopped_answer_is_not_asked_about() -> None:
    session, stream, journal = begin()
    stream.is_endless = True
    task = session.start("Is it?", TARGET)
    while not session.turns[-1].answer:
        await asyncio.sleep(0)
    session.stop()
    turn = await task
    assert stream.asked == 0
    assert turn.state is TurnState.STOPPED
    assert turn.phases[1].origin == STOPPED
    assert len(journal.ends) == 1


async def test_the_end_of_a_conversation_waits_shortly_for_them() -> None:
    session, stream, journal = begin()
    await session.send("Is it?", TARGET)
    asyncio.get_running_loop().call_later(0.01, stream.told.set)
    await session.aclose()
    assert [len(phases) for phases in journal.ends] == [4, 5]


async def test_figures_that_never_come_hold_nothing_up() -> None:
    session, _, journal = begin()
    await session.send("Is it?", TARGET)
    await session.aclose()
    assert len(journal.ends) == 1
