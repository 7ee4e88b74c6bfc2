"""All failures of a connection or stream, simulated by a real server, have the right cause."""

from __future__ import annotations

import socket
from contextlib import aclosing
from dataclasses import replace

import pytest

from tests.support.chatting import CALM, HASTE, REQUEST, Chatter
from tests.support.fault_server import FAULTS, Connection, FaultServer, full_backlog, refused_port
from tests.support.stream_samples import FINISH, delta
from tui.core.chat import Endpoint
from tui.core.events import Progress
from tui.core.failure import Failure
from tui.net import dialer, lookup

BEFORE_THE_ANSWER = {
    "reset-after-request": "connection-reset",
    "reset-at-once": "connection-reset",
    "close-without-answer": "closed-without-answer",
    "half-close": "closed-without-answer",
    "ssh-banner": "not-http",
    "ssh-banner-and-close": "not-http",
    "smtp-banner": "not-http",
    "http2-frames": "http2-only",
    "huge-header": "headers-too-large",
    "bad-status-line": "http-framing",
    "gzip-lie": "bad-encoding",
    "brotli": "bad-encoding",
    "bomb": "answer-too-large",
    "nginx-plain-on-tls": "plain-on-tls-port",
    "http-200-html": "unexpected-response",
    "http-200-empty": "unexpected-response",
    "http-200-other-json": "unexpected-response",
    "http-301": "redirect",
    "http-400-context": "context-too-long",
    "http-400-roles": "roles-refused",
    "http-400-template": "no-chat-template",
    "http-401-openai": "auth",
    "http-401-vllm": "auth",
    "http-403": "forbidden",
    "http-404-model": "model-not-found",
    "http-404-path": "wrong-path",
    "http-405": "method-not-allowed",
    "http-408": "gateway-timeout",
    "http-413": "body-too-large",
    "http-422": "invalid-request",
    "http-429": "rate-limited",
    "http-429-quota": "quota",
    "http-500": "server-error",
    "http-502-nginx": "bad-gateway",
    "http-503-loading": "loading",
    "http-504-nginx": "gateway-timeout",
}

SLOW = {
    "silence": "no-answer",
    "slow-headers": "headers-stalled",
    "stall-after-headers": "stream-stalled",
    "keepalive-only": "stream-keepalive-only",
    "role-then-keepalive": "stream-keepalive-only",
}

IN_THE_ANSWER = {
    "bad-chunk-size": "http-framing",
    "truncated-chunked": "stream-truncated",
    "truncated-length": "stream-truncated",
    "truncated-in-event": "stream-truncated",
    "reset-mid-stream": "stream-reset",
    "unfinished": "stream-unfinished",
}

NO_FAILURE = {
    "healthy",
    "buffered-stream",
    "malformed-events",
    "stream-ignored",
    "never-ending-after-done",
}

ELSEWHERE = {
    "stall-mid-stream",
    "error-mid-stream",
    "huge-event",
    "echo-key",
    "echo-key-in-text",
    "http-400-parameter",
    "plain-http-on-tls",
    "plain-patient",
    "tls-stalled",
}
"""Faults that other tests play."""


def test_no_fault_is_left_out() -> None:
    assert {*BEFORE_THE_ANSWER, *SLOW, *IN_THE_ANSWER, *NO_FAILURE, *ELSEWHERE} == set(FAULTS)


def assert_words(failure: Failure | None) -> None:
    assert failure is not None
    assert failure.title.strip()
    assert failure.advice.strip()
    assert "?" not in failure.title
    assert all(line.strip() for line in failure.chain)


@pytest.mark.parametrize(("fault", "cause"), BEFORE_THE_ANSWER.items())
async def test_a_failure_before_the_answer_has_its_cause(chat: Chatter, fault: str, cause: str) -> None:
    with FaultServer(fault) as server:
        reply = await chat(server.base_url)
    assert reply.cause == cause
    assert reply.answer == ""
    assert_words(reply.failure)


@pytest.mark.parametrize(("fault", "cause"), SLOW.items())
async def test_a_silence_has_its_cause(chat: Chatter, fault: str, cause: str) -> None:
    with FaultServer(fault) as server:
        reply = await chat(server.base_url, timeouts=HASTE)
    assert reply.cause == cause
    assert "waiting" in reply.stages
    assert_words(reply.failure)


@pytest.mark.parametrize(("fault", "cause"), IN_THE_ANSWER.items())
async def test_a_cut_answer_keeps_its_text(chat: Chatter, fault: str, cause: str) -> None:
    with FaultServer(fault) as server:
        reply = await chat(server.base_url)
    assert reply.cause == cause
    assert reply.answer == "Hello there"
    assert_words(reply.failure)


BREAKS = {cause: fault for fault, cause in IN_THE_ANSWER.items() if cause != "http-framing"} | {
    "connection-reset": "reset-after-request",
    "closed-without-answer": "close-without-answer",
}


@pytest.mark.parametrize(("cause", "fault"), BREAKS.items())
@pytest.mark.parametrize("is_gone", [True, False])
async def test_a_server_that_ended_with_its_answer_is_named(
    chat: Chatter, fault: str, cause: str, is_gone: bool
) -> None:
    def serve(connection: Connection) -> None:
        if is_gone:
            connection.server.stop_listening()
        FAULTS[fault](connection)

    with FaultServer(serve) as server:
        reply = await chat(server.base_url)
    assert reply.cause == cause
    assert reply.failure is not None
    assert (f"nothing listens on port {server.port} any more" in reply.failure.title) is is_gone
    assert ("tart the server again" in reply.failure.advice) is is_gone
    assert_words(reply.failure)


@pytest.mark.parametrize("fault", sorted(NO_FAILURE))
async def test_an_oddity_is_no_failure(chat: Chatter, fault: str) -> None:
    with FaultServer(fault) as server:
        reply = await chat(server.base_url)
    assert reply.cause is None
    assert reply.answer == "Hello there"
    assert reply.finish == "stop"


async def test_a_stall_keeps_its_text(chat: Chatter) -> None:
    with FaultServer("stall-mid-stream") as server:
        reply = await chat(server.base_url, timeouts=HASTE)
    assert reply.cause == "stream-stalled"
    assert reply.answer == "Hello there"
    assert reply.failure is not None
    assert reply.failure.facts["seconds"] == "0.6"


async def test_an_error_in_the_stream_keeps_the_text_before_it(chat: Chatter) -> None:
    with FaultServer("error-mid-stream") as server:
        reply = await chat(server.base_url)
    assert reply.cause == "server-error"
    assert reply.answer == "Hello "
    assert reply.failure is not None
    assert "CUDA" in (reply.failure.server_message or "")


async def test_a_huge_event_is_stopped_and_the_text_before_it_kept(chat: Chatter) -> None:
    with FaultServer("huge-event") as server:
        reply = await chat(server.base_url)
    assert reply.cause == "answer-too-large"
    assert reply.answer == "Hello"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_closed_port_refuses(chat: Chatter, host: str) -> None:
    with refused_port() as port:
        reply = await chat(f"http://{host}:{port}/v1")
    assert reply.cause == "connection-refused"
    assert reply.failure is not None
    assert str(port) in reply.failure.title
    assert any("Connection refused" in line or "Errno 111" in line for line in reply.failure.chain)


async def test_an_unanswered_connection_is_a_timeout_and_no_refusal(chat: Chatter) -> None:
    with full_backlog() as port:
        reply = await chat(f"http://127.0.0.1:{port}/v1", timeouts=HASTE)
    assert reply.cause == "connect-timeout"
    assert reply.failure is not None
    assert reply.failure.facts["seconds"] == "0.4"


async def test_the_other_ip_version_is_tried_and_named(chat: Chatter) -> None:
    with FaultServer(host="::1") as server:
        reply = await chat(f"http://127.0.0.1:{server.port}/v1")
    assert reply.cause == "wrong-ip-family"
    assert reply.failure is not None
    assert reply.failure.facts["repair"] == f"http://[::1]:{server.port}/v1"


@pytest.mark.parametrize("order", [("::1", "127.0.0.1"), ("127.0.0.1", "::1")])
async def test_every_address_of_a_name_is_tried(
    chat: Chatter, monkeypatch: pytest.MonkeyPatch, order: tuple[str, str]
) -> None:
    async def resolve(host: str, port: int) -> list[lookup.Address]:
        assert host == "localhost"
        return [address for literal in order for address in await real(literal, port)]

    real = lookup.resolve
    monkeypatch.setattr(dialer, "resolve", resolve)
    with FaultServer(host="::1") as six, FaultServer() as four:
        assert (await chat(f"http://localhost:{six.port}/v1")).answer == "Hello there"
        assert (await chat(f"http://localhost:{four.port}/v1")).answer == "Hello there"


async def test_an_address_that_does_not_answer_does_not_delay_the_next(
    chat: Chatter, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def resolve(host: str, port: int) -> list[lookup.Address]:
        return [(socket.AF_INET, ("127.0.0.1", silent)), (socket.AF_INET, ("127.0.0.1", server.port))]

    monkeypatch.setattr(dialer, "resolve", resolve)
    with full_backlog() as silent, FaultServer() as server:
        reply = await chat(f"http://localhost:{server.port}/v1")
    assert reply.answer == "Hello there"


async def test_a_screen_waits_on_and_tells_how_long(chat: Chatter) -> None:
    """Without limits the request lives on until somebody stops it."""
    timeouts = replace(CALM, headers_seconds=None, idle_seconds=None, notice_seconds=0.05)
    with FaultServer("stall-mid-stream") as server:
        seconds: list[float] = []
        stream = chat.client.stream(Endpoint(server.base_url), REQUEST, timeouts=timeouts)
        async with aclosing(stream) as batches:
            async for batch in batches:
                seconds += [
                    e.seconds for e in batch.events if isinstance(e, Progress) and e.stage == "waiting"
                ]
                if len(seconds) >= 3:
                    break
        assert server.wait_for_eof()
    assert seconds == sorted(seconds)
    assert seconds[0] >= 0.05


async def test_a_server_that_does_not_exist_by_name(chat: Chatter) -> None:
    """``.invalid`` never resolves (RFC 6761); without a resolver the other cause is right."""
    reply = await chat("http://nowhere.invalid/v1")
    assert reply.cause in ("dns-unknown-host", "dns-unavailable")
    assert_words(reply.failure)


@pytest.mark.parametrize(
    ("url", "cause"),
    [
        ("localhost:8000/v1", "url-no-scheme"),
        ("http://127.0.0.1:99999/v1", "url-bad-port"),
        ("", "url-empty"),
    ],
)
async def test_an_unusable_url_is_a_failure_and_no_crash(chat: Chatter, url: str, cause: str) -> None:
    reply = await chat(url)
    assert reply.cause == cause


async def test_the_idle_limit_counts_from_the_last_text(chat: Chatter) -> None:
    """An answer may take many times the limit, as long as its text keeps coming."""

    def slow(connection: Connection) -> None:
        connection.read_request()
        connection.start_stream()
        for _ in range(12):
            connection.send_chunks(delta("a"))
            connection.pause(0.05)
        connection.send_chunks(FINISH)
        connection.send(b"0\r\n\r\n")

    with FaultServer(slow) as server:
        reply = await chat(server.base_url, timeouts=replace(CALM, idle_seconds=0.5))
    assert reply.cause is None
    assert reply.answer == "a" * 12
