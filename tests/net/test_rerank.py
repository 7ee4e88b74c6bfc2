"""Reranking over real sockets, on every known route."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from tests.support.fake_api import FakeApi, refusal
from tests.support.fault_server import Answer, FaultServer
from tui.core.chat import Endpoint
from tui.core.observed import ExchangeRecord, Observers, Origin, Purpose
from tui.core.rerank import RerankOutcome, RerankRequest
from tui.core.secret import Redactor, Secret
from tui.net.client import ClientFactory
from tui.net.deadlines import RequestTimeouts
from tui.net.rerank import rerank

REQUEST = RerankRequest("m", "cat", ("rates", "kitten"))
RESULTS = Answer(
    json.dumps(
        {
            "model": "m",
            "results": [{"index": 1, "relevance_score": 0.9}, {"index": 0, "relevance_score": -3.5}],
            "usage": {"total_tokens": 12},
        }
    ).encode()
)
BARE = Answer(b'[{"index":1,"score":0.9},{"index":0,"score":0.1}]')
QUICK = RequestTimeouts(unstreamed_seconds=2.0, retries=1, backoff_seconds=0.01, reprobe_seconds=0.1)


class Seen:
    def __init__(self) -> None:
        self.records: list[ExchangeRecord] = []

    def finished(self, record: ExchangeRecord) -> None:
        self.records.append(record)


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
async def factory(seen: Seen) -> AsyncIterator[ClientFactory]:
    observers = Observers()
    observers.add(seen)
    made = ClientFactory({}, redactor=Redactor(), observers=observers)
    yield made
    await made.aclose()


def paths(server: FaultServer) -> list[str]:
    return [request.split(b" ")[1].decode() for request in server.requests]


async def ask(factory: ClientFactory, server: FaultServer, path: str = "") -> RerankOutcome:
    endpoint = Endpoint(server.base_url, Secret("sk-4f9c2b7e81d0aa"), "env:K")
    origin = Origin(Purpose.EMBED, "ranker")
    return await rerank(factory, endpoint, REQUEST, timeouts=QUICK, origin=origin, path=path)


@pytest.mark.parametrize(
    ("route", "asked"),
    [
        ("/v1/rerank", ["/v1/rerank"]),
        ("/rerank", ["/v1/rerank", "/rerank"]),
        ("/v2/rerank", ["/v1/rerank", "/rerank", "/v2/rerank"]),
    ],
)
async def test_the_route_is_found_and_told_as_one_exchange(
    factory: ClientFactory, seen: Seen, route: str, asked: list[str]
) -> None:
    with FaultServer(FakeApi(routes={route: RESULTS})) as server:
        outcome = await ask(factory, server)
        assert paths(server) == asked
        assert all(b"sk-4f9c2b7e81d0aa" in request for request in server.requests)
    assert outcome.scores is not None
    assert (outcome.scores.values, outcome.path) == ((-3.5, 0.9), route)
    assert outcome.milliseconds is not None
    (record,) = seen.records
    assert (record.route, record.requests, record.origin.purpose) == ("/rerank", len(asked), Purpose.EMBED)
    assert record.usage is not None
    assert record.usage.prompt_tokens == 12


async def test_a_route_that_answered_before_is_asked_at_once(factory: ClientFactory) -> None:
    with FaultServer(FakeApi(routes={"/rerank": RESULTS})) as server:
        assert (await ask(factory, server, "/rerank")).failure is None
        assert paths(server) == ["/rerank"]


async def test_tei_gets_texts(factory: ClientFactory) -> None:
    def tei(connection) -> None:  # type: ignore[no-untyped-def]
        request = connection.read_request()
        body = json.loads(request.partition(b"\r\n\r\n")[2])
        missing = b'{"error":"missing field `texts`","error_type":"Validation"}'
        if "texts" in body:
            connection.respond(BARE.body)
        else:
            connection.respond(missing, status="422 Unprocessable Entity")

    with FaultServer(FakeApi(routes={"/rerank": tei})) as server:  # type: ignore[dict-item]
        outcome = await ask(factory, server)
    assert outcome.scores is not None
    assert outcome.scores.values == (0.1, 0.9)
    assert outcome.usage is not None
    assert outcome.usage.source == "estimated"


@pytest.mark.parametrize(
    ("answer", "cause", "requests"),
    [
        (None, "rerank-missing", 3),
        (
            refusal("This server does not support reranking.", "501 No"),
            "rerank-missing",
            1,
        ),
        (refusal("The model `m` does not exist.", "404 Not Found"), "model-not-found", 1),
        (refusal("The model `bge-reranker` does not exist.", "404 Not Found"), "model-not-found", 1),
        (refusal("Too many requests for bge-reranker", "429 Too Many Requests"), "rate-limited", 2),
        (refusal("wrong key", "401 Unauthorized"), "auth", 1),
        (refusal("slow down", "429 Too Many Requests"), "rate-limited", 2),
        (Answer(b"{}"), "rerank-unexpected", 1),
    ],
)
async def test_what_is_wrong_has_its_cause(
    factory: ClientFactory, seen: Seen, answer: Answer | None, cause: str, requests: int
) -> None:
    with FaultServer(FakeApi(routes={} if answer is None else {"/v1/rerank": answer})) as server:
        outcome = await ask(factory, server)
        assert len(server.requests) == requests
    assert outcome.failure is not None
    assert (outcome.failure.cause, seen.records[0].cause) == (cause, cause)
