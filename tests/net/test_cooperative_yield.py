"""A server that floods the connection leaves time for all other tasks."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from tests.support.chatting import CALM
from tests.support.stream_samples import delta
from tui.core.chat import Endpoint
from tui.core.events import EventBatch
from tui.core.secret import Redactor
from tui.net import reply_stream
from tui.net.cooperative_yield import CooperativeYield
from tui.net.event_queue import BoundedEventQueue
from tui.net.reply_stream import ReplyStream
from tui.net.request_trace import RequestTrace
from tui.net.streams import PlainStream


class HandClock:
    """A clock that advances with every reading."""

    def __init__(self, step: float = 0.0) -> None:
        self.now, self.step = 0.0, step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


@pytest.fixture
def rests(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The rests that were taken, none of which takes any time."""
    taken: list[float] = []
    sleep = asyncio.sleep

    async def rest(seconds: float) -> None:
        taken.append(seconds)
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", rest)
    return taken


async def test_work_without_a_break_rests_as_long_as_it_took(rests: list[float]) -> None:
    clock = HandClock()
    pace = CooperativeYield(clock)
    for _ in range(8):
        pace.begin()
        clock.now += 0.001
        await pace.rest()
    assert rests == [pytest.approx(0.005)]


async def test_work_with_breaks_gives_way_now_and_then_and_never_waits(rests: list[float]) -> None:
    clock = HandClock()
    pace = CooperativeYield(clock)
    for _ in range(100):
        pace.begin()
        clock.now += 0.003
        await pace.rest()
        clock.now += 0.03
    assert set(rests) == {0}
    assert len(rests) == 100 // 3


async def test_a_rest_has_an_end(rests: list[float]) -> None:
    clock = HandClock()
    pace = CooperativeYield(clock)
    await pace.rest()
    pace.begin()
    clock.now += 60
    await pace.rest()
    assert rests == [0.1]


async def test_the_time_between_two_requests_is_no_work(rests: list[float]) -> None:
    near, far = socket.socketpair()
    near.setblocking(False)
    with near, far:
        stream = PlainStream(near)
        clock = stream._pace._clock = HandClock()
        for _ in range(5):
            await stream.write(b"request")
            far.send(b"answer")
            assert await stream.read(100) == b"answer"
            clock.now += 60
    assert rests == []


async def test_the_first_of_an_answer_may_take_long(rests: list[float]) -> None:
    clock = HandClock()
    pace = CooperativeYield(clock, free=2)
    for _ in range(2):
        for _ in range(3):
            pace.begin()
            clock.now += 0.05
            await pace.rest()
        pace.end()
    assert rests == [0, 0, pytest.approx(0.05)] * 2


async def test_who_reads_a_full_mailbox_gives_way_between_batches(rests: list[float]) -> None:
    mailbox = BoundedEventQueue()
    mailbox._pace = CooperativeYield(HandClock(step=0.001))
    for number in range(20):
        mailbox.put(EventBatch(float(number), ()))
    mailbox.close()
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(others())
    while await mailbox.get() is not None:
        pass
    task.cancel()
    assert len([rest for rest in rests if rest]) >= 3
    assert turns >= 3


class AlwaysReady:
    """A response whose body never makes its reader wait."""

    status_code = 200

    def __init__(self, pieces: list[bytes]) -> None:
        self.extensions: dict[str, object] = {}
        self.headers = {"content-type": "text/event-stream"}
        self.left = pieces

    async def aiter_raw(self) -> AsyncIterator[bytes]:
        while self.left:
            yield self.left.pop(0)


def stream_of(response: AlwaysReady, batches: list[int]) -> ReplyStream:
    stream = ReplyStream(
        response,  # type: ignore[arg-type]
        RequestTrace(),
        endpoint=Endpoint("http://127.0.0.1:1/v1"),
        streamed=True,
        redactor=Redactor(),
        timeouts=CALM,
        emit=lambda *events: batches.append(len(events)),
        clock=lambda: 0.0,
    )
    stream._pace = CooperativeYield(HandClock(step=0.001))
    return stream


async def room() -> None:
    """There is always room."""


async def test_a_large_read_is_decoded_in_slices_with_rests(rests: list[float]) -> None:
    event = delta("word ")
    batches: list[int] = []
    stream = stream_of(AlwaysReady([event * 2_000]), batches)
    await stream.read(room)
    assert sum(batches) >= 2_000
    assert max(batches) <= reply_stream._SLICE // len(event) + 1
    assert len(rests) >= len(batches) // 5


async def test_what_follows_the_end_is_not_read_for_long(rests: list[float]) -> None:
    pieces = [b"a" * 1_000] * 10_000
    stream = stream_of(AlwaysReady(pieces), [])
    await stream.drain()
    assert len(pieces) > 10_000 - reply_stream._DRAIN_BYTES // 1_000 - 2
    assert len(rests) >= 10
