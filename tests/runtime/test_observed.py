"""Every exchange that may cost money is reported to the observers once, however it ends."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.runtime.seen import Seen
from tests.support.fake_api import FINISH_EVENT, STREAM_END, Embedder, FakeApi, good_chat
from tests.support.fault_server import (
    FAULTS,
    Answer,
    Connection,
    FaultServer,
    Sequence,
    refused_port,
    stall_mid_stream,
)
from tests.support.stream_samples import delta
from tui.core.check_options import CheckOptions
from tui.core.observed import ExchangeRecord, Outcome, Purpose
from tui.core.provider import Category, Provider
from tui.core.usage import Source
from tui.runtime.runtime import Runtime
from tui.session.target import ChatTarget

KEY = "sk-0123456789abcdefghij"
EMBEDDINGS = Embedder()


def ignore(_: object) -> None:
    """Take what nobody wants to see."""


def provider_at(url: str, **changes: object) -> Provider:
    money = {"input_price": Decimal("0.5"), "output_price": Decimal(2), "currency": "EUR"}
    made = Provider("gpu", provider_url=url, model="m", **money)  # type: ignore[arg-type]
    return replace(made, **changes)  # type: ignore[arg-type]


def assert_chat(record: ExchangeRecord, purpose: Purpose, url: str) -> None:
    """Hold a record against what ``good_chat`` sends: 9 prompt and 10 completion tokens."""
    assert record.origin.purpose is purpose
    assert (record.origin.provider, record.model, record.route) == ("gpu", "m", "/chat/completions")
    assert record.server == url.removesuffix("/v1")
    assert (record.outcome, record.cause, record.requests, record.status) == (Outcome.DONE, None, 1, 200)
    assert record.usage is not None
    assert (record.usage.prompt_tokens, record.usage.completion_tokens) == (9, 10)
    assert record.usage.source is Source.REPORTED
    assert record.cost is not None
    assert (record.cost.total, record.cost.currency) == (Decimal("0.0245"), "EUR")
    assert record.timings.ttft_ms is not None
    assert record.timings.total_ms is not None
    assert record.timings.total_ms >= record.timings.ttft_ms
    assert {"send", "headers", "body"} <= set(record.phases)
    assert record.bytes_sent > 0
    assert record.bytes_received > 0


@pytest.mark.parametrize("saved", [True, False])
async def test_a_chat_is_told_with_the_figures_of_its_turn(runtime: Runtime, seen: Seen, saved: bool) -> None:
    with FaultServer(FakeApi()) as server:
        session = runtime.sessions.begin(saved)
        turn = await session.send("hello", ChatTarget(provider_at(server.base_url)))
        await runtime.sessions.release(session)
        record = seen.only
        assert_chat(record, Purpose.CHAT, server.base_url)
    assert record.origin.conversation == session.identity
    assert (record.usage, record.cost) == (turn.usage, turn.cost)
    assert record.timings.first_text == turn.timings.first_text
    assert record.timings.ended == turn.timings.ended


async def test_each_answer_of_a_conversation_is_told(runtime: Runtime, seen: Seen) -> None:
    with FaultServer(FakeApi()) as server:
        target = ChatTarget(provider_at(server.base_url))
        session = runtime.sessions.begin()
        await session.send("hello", target)
        await session.regenerate(target)
        await session.continue_turn(target)
    assert [record.origin.purpose for record in seen.records] == [Purpose.CHAT] * 3


async def test_ask_and_the_test_of_a_provider_are_told(runtime: Runtime, seen: Seen) -> None:
    with FaultServer(FakeApi()) as server:
        provider = provider_at(server.base_url)
        session = runtime.sessions.for_command(10)
        await session.send("hello", ChatTarget(provider))
        await runtime.sessions.release(session)
        await runtime.test(provider)
        asked, tested = seen.records
        assert_chat(asked, Purpose.ASK, server.base_url)
        assert_chat(tested, Purpose.TEST, server.base_url)


@pytest.mark.parametrize("is_one_of_many", [False, True])
async def test_the_chat_of_a_check_is_told(runtime: Runtime, seen: Seen, is_one_of_many: bool) -> None:
    options = CheckOptions(is_one_of_many=is_one_of_many)
    with FaultServer(FakeApi()) as server:
        provider = provider_at(server.base_url)
        check = runtime.check(provider, None, options, on_result=ignore, on_progress=ignore)
        report = await check.run()
        assert report.ok
        assert_chat(seen.only, Purpose.CHECK, server.base_url)


async def test_what_costs_nothing_is_not_told(runtime: Runtime, seen: Seen) -> None:
    with FaultServer(FakeApi()) as server:
        provider = provider_at(server.base_url)
        await runtime.reach(provider)
        await runtime.list_models(provider)
        quick = CheckOptions(is_quick=True)
        await runtime.check(provider, None, quick, on_result=ignore, on_progress=ignore).run()
        assert (await runtime.test(provider, "env:NOT_SET_ANYWHERE")).failure is not None
    assert seen.records == []


async def test_vectors_are_told_by_test_and_check(runtime: Runtime, seen: Seen) -> None:
    before = len(EMBEDDINGS.bodies)
    with FaultServer(FakeApi(embeddings=EMBEDDINGS)) as server:
        provider = provider_at(server.base_url, category=Category.EMBEDDING)
        outcome = await runtime.test_vectors(provider, on_progress=ignore)
        assert outcome.failure is None
        report = await runtime.check(provider, on_result=ignore, on_progress=ignore).run()
        assert report.ok
        asked = len(EMBEDDINGS.bodies) - before
        assert [record.origin.purpose for record in seen.records] == [
            Purpose.TEST,
            *(Purpose.CHECK,) * (asked - 1),
        ]
        for record, body in zip(seen.records, EMBEDDINGS.bodies[before:], strict=True):
            assert record.server == server.base_url.removesuffix("/v1")
            assert (record.origin.provider, record.model, record.route) == ("gpu", "m", "/embeddings")
            assert (record.outcome, record.requests, record.status) == (Outcome.DONE, 1, 200)
            assert record.usage is not None
            assert record.usage.prompt_tokens == 4 * len(body["input"])
            assert record.cost is not None
            assert record.cost.total == Decimal("0.002") * len(body["input"])
            assert record.timings.total_ms is not None
            assert record.timings.ttfb_ms is not None


@pytest.mark.parametrize("is_embedding", [False, True])
async def test_a_failure_is_told_once_with_its_cause(
    runtime: Runtime, seen: Seen, is_embedding: bool
) -> None:
    refusing = FAULTS["http-401-vllm"]
    with FaultServer(FakeApi(chat=refusing, embeddings=refusing)) as server:
        provider = provider_at(server.base_url)
        if is_embedding:
            await runtime.test_vectors(replace(provider, category=Category.EMBEDDING), on_progress=ignore)
        else:
            await runtime.test(provider)
    record = seen.only
    assert (record.outcome, record.cause, record.status) == (Outcome.FAILED, "auth", 401)
    assert (record.usage, record.cost) == (None, None)


@pytest.mark.parametrize("is_embedding", [False, True])
async def test_a_connection_that_is_refused_is_told_without_a_status(
    runtime: Runtime, seen: Seen, is_embedding: bool
) -> None:
    with refused_port() as port:
        provider = provider_at(f"http://127.0.0.1:{port}/v1")
        if is_embedding:
            await runtime.test_vectors(replace(provider, category=Category.EMBEDDING), on_progress=ignore)
        else:
            await runtime.test(provider)
    record = seen.only
    assert (record.outcome, record.cause, record.status) == (Outcome.FAILED, "connection-refused", None)
    assert "send" not in record.phases
    assert record.bytes_sent == 0


async def test_an_answer_that_is_cut_costs_what_came(runtime: Runtime, seen: Seen) -> None:
    with FaultServer("reset-mid-stream") as server:
        turn = await runtime.test(provider_at(server.base_url))
    record = seen.only
    assert record.outcome is Outcome.FAILED
    assert record.cause == (turn.failure.cause if turn.failure else "")
    assert record.usage is not None
    assert record.usage.source is Source.ESTIMATED
    assert (record.usage, record.cost) == (turn.usage, turn.cost)


def refuses(parameter: str) -> Answer:
    message = f"Unsupported parameter: '{parameter}'."
    error = {"message": message, "type": "invalid_request_error", "param": parameter}
    body = {"error": {**error, "code": "unsupported_parameter"}}
    return Answer(json.dumps(body).encode(), "400 Bad Request")


@pytest.mark.parametrize("first", [refuses("stream_options"), FAULTS["http-429"]], ids=["refused", "busy"])
async def test_an_exchange_that_took_two_requests_is_told_once(
    runtime: Runtime, seen: Seen, first: Callable[[Connection], None]
) -> None:
    with FaultServer(Sequence([first, good_chat])) as server:
        provider = provider_at(server.base_url)
        turn = await runtime.test(provider)
        assert turn.failure is None
    record = seen.only
    assert (record.outcome, record.requests, record.status) == (Outcome.DONE, 2, 200)
    assert record.usage == turn.usage


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.005)


async def test_an_answer_that_is_stopped_costs_what_came(runtime: Runtime, seen: Seen) -> None:
    with FaultServer(stall_mid_stream) as server:
        session = runtime.sessions.begin()
        task = session.start("hello", ChatTarget(provider_at(server.base_url)))
        await until(lambda: session.turns[-1].answer)
        session.stop()
        turn = await task
    record = seen.only
    assert (record.outcome, record.cause, record.status) == (Outcome.STOPPED, None, 200)
    assert record.usage is not None
    assert record.usage.source is Source.ESTIMATED
    assert (record.usage, record.cost) == (turn.usage, turn.cost)
    assert record.timings.ended is not None


@pytest.mark.parametrize("is_embedding", [False, True])
async def test_what_is_stopped_before_an_answer_is_told(
    runtime: Runtime, seen: Seen, is_embedding: bool
) -> None:
    with FaultServer("silence") as server:
        provider = provider_at(server.base_url)
        task: asyncio.Future[object]
        if is_embedding:
            vectors_of = replace(provider, category=Category.EMBEDDING)
            task = asyncio.ensure_future(runtime.test_vectors(vectors_of, on_progress=ignore))
        else:
            task = asyncio.ensure_future(runtime.test(provider))
        await until(lambda: server.requests)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    record = seen.only
    assert (record.outcome, record.status) == (Outcome.STOPPED, None)
    assert record.usage is not None
    assert record.usage.prompt_tokens
    assert (record.usage.completion_tokens, record.usage.source) == (None, Source.ESTIMATED)
    assert record.requests == 1
    assert "send" in record.phases


async def test_a_check_that_is_stopped_in_its_chat_is_told(runtime: Runtime, seen: Seen) -> None:
    with FaultServer(FakeApi(chat="silence")) as server:
        check = runtime.check(provider_at(server.base_url), on_result=ignore, on_progress=ignore)
        task = asyncio.ensure_future(check.run())
        await until(lambda: any(request.startswith(b"POST") for request in server.requests))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert (seen.only.origin.purpose, seen.only.outcome) == (Purpose.CHECK, Outcome.STOPPED)


async def test_an_observer_that_raises_harms_nobody_and_is_named(runtime: Runtime) -> None:
    class Broken:
        def finished(self, record: ExchangeRecord) -> None:
            raise KeyError(KEY)

    behind = Seen()
    runtime.observers.add(Broken())
    runtime.observers.add(behind)
    with FaultServer(FakeApi(embeddings=EMBEDDINGS)) as server:
        turn = await runtime.test(provider_at(server.base_url))
        outcome = await runtime.test_vectors(
            provider_at(server.base_url, category=Category.EMBEDDING), on_progress=ignore
        )
    assert turn.failure is None
    assert outcome.failure is None
    assert len(behind.records) == 2
    assert runtime.optional.notices == ("Broken could not record a request: KeyError.",)


REPEATING = Answer(json.dumps({"error": {"message": f"bad {KEY}", "code": KEY}}).encode(), status="500 Oops")


def echoes_everything(connection: Connection) -> None:
    """Send the request back wherever a reply has room for it."""
    head = connection.read_request().decode("latin-1")
    key = next(line.split()[-1] for line in head.splitlines() if line.lower().startswith("authorization"))
    connection.start_stream(f"X-Request-Id: {key}")
    named = FINISH_EVENT.replace(b'"m"', f'"{key}"'.encode()).replace(b'"stop"', f'"{key}"'.encode())
    connection.send_chunks(delta(key), named, STREAM_END)
    connection.send(b"0\r\n\r\n")


@pytest.mark.parametrize(
    "chat",
    [echoes_everything, REPEATING],
    ids=["200", "500"],
)
async def test_no_key_is_in_a_record(
    runtime: Runtime, seen: Seen, chat: Callable[[Connection], None]
) -> None:
    with FaultServer(FakeApi(chat=chat, embeddings=chat)) as server:
        provider = provider_at(server.base_url, name=KEY, model=KEY)
        await runtime.test(provider, KEY)
        await runtime.test_vectors(replace(provider, category=Category.EMBEDDING), KEY, on_progress=ignore)
    assert len(seen.records) == 2
    for record in seen.records:
        assert KEY not in repr(dataclasses.asdict(record))
        assert KEY not in repr(record)
