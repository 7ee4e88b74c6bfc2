"""Stopping closes the socket at once, whenever it happens."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import aclosing, suppress
from dataclasses import replace

import pytest

from tests.support.chatting import CALM, HASTE, REQUEST, Chatter
from tests.support.fault_server import FaultServer, Tls
from tui.core.chat import Endpoint
from tui.core.events import AnswerDelta, Progress, StreamEvent, StreamFailed
from tui.core.provider import TlsSettings

PATIENT = replace(CALM, headers_seconds=None, idle_seconds=None)


async def gather(chat: Chatter, url: str, events: list[StreamEvent], tls: TlsSettings) -> None:
    stream = chat.client.stream(Endpoint(url, tls=tls), REQUEST, timeouts=PATIENT)
    async with aclosing(stream) as batches:
        async for batch in batches:
            events += batch.events


async def until(condition: object) -> None:
    assert callable(condition)
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.005)


@pytest.mark.parametrize("encrypted", [False, True])
@pytest.mark.parametrize("fault", ["silence", "stall-after-headers", "stall-mid-stream"])
async def test_cancelling_the_task_closes_the_socket(chat: Chatter, fault: str, encrypted: bool) -> None:
    with FaultServer(fault, tls=Tls() if encrypted else None) as server:
        events: list[StreamEvent] = []
        task = asyncio.create_task(gather(chat, server.base_url, events, TlsSettings(insecure=encrypted)))
        await until(lambda: server.requests and any(isinstance(e, Progress) for e in events))
        if fault == "stall-mid-stream":
            await until(lambda: any(isinstance(e, AnswerDelta) for e in events))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.to_thread(server.wait_for_eof)


async def test_leaving_the_loop_closes_the_socket_before_it_returns(chat: Chatter) -> None:
    with FaultServer("stall-mid-stream") as server:
        stream = chat.client.stream(Endpoint(server.base_url), REQUEST, timeouts=PATIENT)
        async with aclosing(stream) as batches:
            async for batch in batches:
                if any(isinstance(event, AnswerDelta) for event in batch.events):
                    break
        assert await asyncio.to_thread(server.wait_for_eof)
    assert [task for task in asyncio.all_tasks() if task.get_name() == "chat"] == []


async def test_a_stream_that_is_never_begun_sends_nothing(chat: Chatter) -> None:
    with FaultServer() as server:
        await chat.client.stream(Endpoint(server.base_url), REQUEST).aclose()
        assert server.connections == 0


async def test_a_countdown_can_be_cancelled(chat: Chatter) -> None:
    timeouts = replace(CALM, retries=2, backoff_seconds=3600, longest_backoff_seconds=3600)
    with FaultServer("http-502-nginx") as server:
        stream = chat.client.stream(Endpoint(server.base_url), REQUEST, timeouts=timeouts)
        async with aclosing(stream) as batches:
            async for batch in batches:
                if any(isinstance(e, Progress) and e.stage == "retrying" for e in batch.events):
                    break
    assert len(server.requests) == 1


async def test_a_reader_that_lags_slows_the_server_and_loses_nothing(chat: Chatter) -> None:
    from tests.support.fault_server import Connection
    from tests.support.stream_samples import FINISH, delta

    sent = 0

    def pour(connection: Connection) -> None:
        nonlocal sent
        connection.read_request()
        connection.start_stream()
        with suppress(OSError):
            for number in range(60):
                connection.send_chunks(*(delta(f"{number},{part} " + "x" * 900) for part in range(40)))
                sent = number
            connection.send_chunks(FINISH)
            connection.send(b"0\r\n\r\n")

    with FaultServer(pour) as server:
        stream = chat.client.stream(Endpoint(server.base_url), REQUEST, timeouts=PATIENT)
        text = ""
        async with aclosing(stream) as batches:
            async for batch in batches:
                text += "".join(e.text for e in batch.events if isinstance(e, AnswerDelta))
    assert sent == 59
    assert text.count("x") == 60 * 40 * 900
    assert text.endswith("59,39 " + "x" * 900)


async def test_a_name_that_is_looked_up_for_ever_can_be_cancelled(
    chat: Chatter, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, answered = threading.Event(), threading.Event()

    def hang(*_: object, **__: object) -> list[object]:
        asked.set()
        answered.wait(10)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    events: list[StreamEvent] = []
    task = asyncio.create_task(gather(chat, "http://models.localhost:1/v1", events, TlsSettings()))
    await until(asked.is_set)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(5):
        await asyncio.get_running_loop().shutdown_default_executor()
    answered.set()


async def test_a_name_server_that_does_not_answer_is_named(
    chat: Chatter, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [answered.wait(10)][1:])
    stream = chat.client.stream(
        Endpoint("http://models.localhost:1/v1"), REQUEST, timeouts=replace(HASTE, connect_seconds=0.05)
    )
    async with aclosing(stream) as batches:
        last = [event async for batch in batches for event in batch.events][-1]
    answered.set()
    assert isinstance(last, StreamFailed)
    assert last.failure.cause == "dns-unavailable"
