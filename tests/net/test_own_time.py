"""The time of an exchange begins with its request: lmdeck's own loading and writing is not included."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import pytest

from tests.support.check_runner import run_check
from tests.support.fake_api import FakeApi, good_chat
from tests.support.fault_server import FAULTS, FaultServer, Sequence
from tui.core.chat import ChatRequest, Endpoint, Message, Role
from tui.core.embedding import EmbeddingRequest
from tui.core.fold import apply, phases_of_turn
from tui.core.observed import ExchangeRecord, Observers, SentExchange
from tui.core.parts import parts_of
from tui.core.phase_sums import milliseconds_of
from tui.core.phases import EARLIER
from tui.core.turn import Turn
from tui.net.chat import ChatClient
from tui.net.client import ClientFactory
from tui.net.deadlines import HEADLESS
from tui.net.embeddings import embed
from tui.net.probe.target import ProbeTarget
from tui.wire.server_quirks import ServerQuirks

OWN = 0.4
"""Seconds of own work, far more than a request over loopback takes even on a busy machine."""


class Nothing:
    def get(self, base_url: str, model: str) -> ServerQuirks | None:
        return None

    def put(self, base_url: str, model: str, quirks: ServerQuirks) -> None:
        pass


class SlowObserver:
    """Takes long to load before the first exchange, and to write when one is sent."""

    def __init__(self, *, is_slow_to_write: bool = False) -> None:
        self.records: list[ExchangeRecord] = []
        self.was_prepared_before: list[bool] = []
        self._is_prepared = False
        self._is_slow_to_write = is_slow_to_write

    def prepare(self) -> None:
        time.sleep(OWN)
        self._is_prepared = True

    def sent(self, exchange: SentExchange) -> None:
        self.was_prepared_before.append(self._is_prepared)
        if self._is_slow_to_write:
            time.sleep(OWN)

    def finished(self, record: ExchangeRecord) -> None:
        self.records.append(record)


Watched = Callable[[SlowObserver], ClientFactory]


@pytest.fixture
async def watched() -> AsyncIterator[Watched]:
    made: list[ClientFactory] = []

    def make(observer: SlowObserver) -> ClientFactory:
        observers = Observers()
        observers.add(observer)
        observers.add_of_sent(observer)
        made.append(ClientFactory({}, observers=observers))
        return made[-1]

    yield make
    for factory in made:
        await factory.aclose()


async def chat(factory: ClientFactory, url: str) -> Turn:
    request = ChatRequest("m", (Message(Role.USER, parts_of("Hello")),))
    client = ChatClient(factory, memory=Nothing(), redactor=factory.redactor)
    turn = Turn("t", parts_of("Hello"))
    async for batch in client.stream(Endpoint(url), request, timeouts=HEADLESS):
        for event in batch.events:
            apply(turn, event, batch.at)
    return turn


async def test_what_is_loaded_before_the_first_request_is_no_time_of_it(watched: Watched) -> None:
    observer = SlowObserver()
    with FaultServer("healthy") as server:
        turn = await chat(watched(observer), server.base_url)
    assert observer.was_prepared_before == [True]
    assert turn.timings.total_ms is not None
    assert turn.timings.total_ms < OWN * 1000


async def test_what_is_written_down_of_a_request_is_no_time_of_its_way(watched: Watched) -> None:
    with FaultServer("healthy") as server:
        turn = await chat(watched(SlowObserver(is_slow_to_write=True)), server.base_url)
    connect = milliseconds_of(phases_of_turn(turn), "connect")
    assert connect is not None
    assert connect < OWN * 1000


async def test_the_time_of_vectors_begins_with_their_request(watched: Watched) -> None:
    observer = SlowObserver()
    with FaultServer(FakeApi()) as server:
        await embed(watched(observer), Endpoint(server.base_url), EmbeddingRequest("m", ("a",)))
    (record,) = observer.records
    assert record.timings.total_ms is not None
    assert record.timings.total_ms < OWN * 1000


async def test_a_chat_of_one_request_has_no_earlier_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prepare = ClientFactory.prepare_exchange

    async def slow(factory: ClientFactory, endpoint: Endpoint) -> None:
        await asyncio.sleep(OWN)
        await prepare(factory, endpoint)

    monkeypatch.setattr(ClientFactory, "prepare_exchange", slow)
    with FaultServer(FakeApi()) as server:
        report = await run_check(ProbeTarget(Endpoint(server.base_url), "m"))
    assert report.ok
    assert sum(phase.milliseconds for phase in report.phases) < OWN * 1000
    assert EARLIER not in {phase.origin for phase in report.phases}


async def test_a_request_that_was_repeated_is_told_however_short_it_was(watched: Watched) -> None:
    with FaultServer(Sequence([FAULTS["http-503-loading"], good_chat])) as server:
        turn = await chat(watched(SlowObserver()), server.base_url)
    assert turn.failure is None
    assert turn.timings.requests == 2
