"""Endless responses: the program stays responsive, ends them, and names the responsible server."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from tests.support.chatting import CALM, HASTE, Chatter
from tests.support.fault_server import Connection, FaultServer
from tests.support.stream_samples import delta
from tui.core.chat import Endpoint
from tui.core.failure import LmdeckError
from tui.net import reply_stream
from tui.net.client import ClientFactory
from tui.net.fetch import fetch

OK = b"HTTP/1.1 200 OK\r\n"
STREAM = OK + b"Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
DOCUMENT = OK + b"Content-Type: application/json\r\n\r\n"
INTERIM = b"HTTP/1.1 100 Continue\r\n\r\n"


def endless(head: bytes, block: bytes, pause: float = 0.0) -> Callable[[Connection], None]:
    """Return an answer that begins with ``head`` and goes on with ``block`` until the client hangs up."""

    def answer(connection: Connection) -> None:
        if not connection.read_request():
            return
        with contextlib.suppress(OSError):
            connection.send(head)
            while not connection.server.stopping.is_set():
                connection.send(block)
                if pause and not connection.pause(pause):
                    break

    return answer


def chunk(data: bytes, extension: bytes = b"") -> bytes:
    return b"%x%b\r\n%b\r\n" % (len(data), extension, data)


FAST = {
    "100 Continue": (endless(b"", INTERIM * 4_000), "interim-flood"),
    "102 Processing": (endless(b"", b"HTTP/1.1 102 Processing\r\n\r\n" * 4_000), "interim-flood"),
    "103 with headers": (
        endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 500),
        "interim-flood",
    ),
    "headers": (endless(OK, b"X-More: yes\r\n" * 4_000), "headers-too-large"),
    "one header": (endless(OK + b"X: ", b"a" * 60_000), "headers-too-large"),
    "white space before JSON": (endless(DOCUMENT, b" \n" * 30_000), "answer-too-large"),
    "white space in JSON": (endless(DOCUMENT + b'{"choices":', b" " * 60_000), "answer-too-large"),
    "brackets": (endless(DOCUMENT, b"[" * 60_000), "answer-too-large"),
    "comments": (endless(STREAM, chunk(b": alive\n\n" * 6_000)), "answer-too-large"),
    "empty events": (endless(STREAM, chunk(b"\n" * 60_000)), "answer-too-large"),
    "identifiers": (endless(STREAM, chunk(b"id: 1\nretry: 1\nevent: x\n\n" * 2_500)), "answer-too-large"),
    "empty deltas": (endless(STREAM, chunk(delta("") * 500)), "answer-too-large"),
    "chunks of a byte": (endless(STREAM, chunk(b":") * 10_000), "answer-too-large"),
    "chunk extensions": (endless(STREAM, b"1;" + b"a" * 60_000), "http-framing"),
    "chunks with extensions": (
        endless(STREAM, chunk(b"\n", b";" + b"a" * 60_000)),
        "answer-too-large",
    ),
    "trailers": (endless(STREAM + chunk(delta("Hi.")) + b"0\r\n", b"X: y\r\n" * 9_000), "http-framing"),
}
"""What never ends, as fast as it can be sent, and what is said of it in a chat."""

SLOW = {
    "100 Continue": endless(b"", INTERIM, 0.02),
    "headers": endless(OK, b"X-More: yes\r\n", 0.02),
    "a line": endless(b"", b"H", 0.02),
    "white space before JSON": endless(DOCUMENT, b" ", 0.02),
    "white space in JSON": endless(DOCUMENT + b'{"choices":', b"\n", 0.02),
    "JSON": endless(DOCUMENT, b"[", 0.02),
    "comments": endless(STREAM, chunk(b": alive\n\n"), 0.02),
    "empty deltas": endless(STREAM, chunk(delta("")), 0.02),
    "an error": endless(b"HTTP/1.1 500 Oops\r\n\r\n", b"x", 0.02),
    "loading": endless(b"HTTP/1.1 503 Loading\r\n\r\n{", b"x", 0.02),
}
"""What never ends, a byte or a line at a time."""


async def longest_gap(work: Awaitable[object]) -> float:
    """Return the longest time, in seconds, in which nothing else had a turn."""
    task = asyncio.ensure_future(work)
    longest, last = 0.0, time.perf_counter()
    while not task.done():
        await asyncio.sleep(0)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
        await asyncio.sleep(0.001)
        last = time.perf_counter()
    await task
    return longest


@pytest.mark.parametrize("name", FAST)
async def test_what_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch, chat: Chatter, name: str) -> None:
    monkeypatch.setattr(reply_stream, "_MOST_WITHOUT_TEXT", 300_000)
    answer, cause = FAST[name]
    timeouts = replace(CALM, headers_seconds=None, unstreamed_seconds=None, idle_seconds=None)
    with FaultServer(answer) as server:
        async with asyncio.timeout(60):
            reply = await chat(server.base_url, timeouts=timeouts)
    assert reply.cause == cause


@pytest.mark.parametrize("name", FAST)
async def test_a_flood_leaves_a_turn_to_everybody_else(factory: ClientFactory, name: str) -> None:
    answer, _ = FAST[name]

    async def look() -> None:
        with contextlib.suppress(LmdeckError):
            endpoint = Endpoint(server.base_url)
            await fetch(factory, endpoint, f"{server.base_url}/models", seconds=0.5, reprobe_seconds=0)

    with FaultServer(answer) as server:
        assert await longest_gap(look()) < 2.0


@pytest.mark.parametrize("name", SLOW)
async def test_the_wait_for_a_first_word_is_kept(chat: Chatter, name: str) -> None:
    timeouts = replace(
        CALM, headers_seconds=0.6, unstreamed_seconds=0.6, idle_seconds=0.6, first_text_seconds=0.6, retries=2
    )
    with FaultServer(SLOW[name]) as server:
        async with asyncio.timeout(8):
            reply = await chat(server.base_url, timeouts=timeouts)
    assert reply.cause is not None


async def test_the_wait_spans_headers_and_body(chat: Chatter) -> None:
    def answer(connection: Connection) -> None:
        connection.read_request()
        connection.pause(0.6)
        with contextlib.suppress(OSError):
            connection.send(STREAM)
            while connection.pause(0.05):
                connection.send(chunk(b": alive\n\n"))

    timeouts = replace(HASTE, headers_seconds=1.0, idle_seconds=1.0, first_text_seconds=1.0)
    with FaultServer(answer) as server:
        begun = time.perf_counter()
        reply = await chat(server.base_url, timeouts=timeouts)
    assert reply.cause == "stream-keepalive-only"
    assert time.perf_counter() - begun < 1.5, "the wait began anew with the body"


async def test_a_slow_answer_goes_on_once_it_has_begun(chat: Chatter) -> None:
    def answer(connection: Connection) -> None:
        connection.read_request()
        connection.send(STREAM)
        for word in ("one ", "two ", "three ", "four"):
            connection.pause(0.3)
            connection.send(chunk(delta(word)))
        connection.send(b"0\r\n\r\n")

    timeouts = replace(CALM, idle_seconds=0.8, first_text_seconds=0.8)
    with FaultServer(answer) as server:
        reply = await chat(server.base_url, timeouts=timeouts)
    assert reply.answer == "one two three four"


async def test_an_answer_that_comes_whole_and_slowly_is_read(chat: Chatter) -> None:
    body = b'{"choices":[{"message":{"content":"here"},"finish_reason":"stop"}]}'

    def answer(connection: Connection) -> None:
        connection.read_request()
        connection.send(DOCUMENT)
        for start in range(0, len(body), 8):
            connection.pause(0.1)
            connection.send(body[start : start + 8])

    with FaultServer(answer) as server:
        reply = await chat(server.base_url, timeouts=replace(CALM, idle_seconds=0.5))
    assert reply.answer == "here"
