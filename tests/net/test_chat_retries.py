"""When a request is retried and, above all, when not: a second charge is worse than an error."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.support.chatting import CALM, REQUEST, Chatter
from tests.support.fault_server import FAULTS, Answer, Connection, FaultServer, Sequence, refused_port
from tests.support.stream_samples import ANSWER_EVENTS, delta, http_error
from tui.core.events import Progress
from tui.net import chat_call
from tui.wire.server_quirks import ServerQuirks

AGAIN = replace(CALM, retries=2)

RETRIED = ["http-408", "http-429", "http-502-nginx", "http-504-nginx", "http-503-loading"]
NEVER_RETRIED = sorted(
    name for name in FAULTS if name.startswith("http-") and name not in (*RETRIED, "http-400-parameter")
)


@pytest.mark.parametrize("fault", RETRIED)
async def test_a_passing_trouble_is_tried_at_most_twice_more(chat: Chatter, fault: str) -> None:
    with FaultServer(fault) as server:
        reply = await chat(server.base_url, timeouts=AGAIN)
    assert len(server.requests) == 3
    assert reply.failure is not None
    assert reply.stages.count("retrying") == 2


@pytest.mark.parametrize("fault", RETRIED)
async def test_a_passing_trouble_ends_in_an_answer(chat: Chatter, fault: str) -> None:
    with FaultServer(Sequence([FAULTS[fault], FAULTS["healthy"]])) as server:
        reply = await chat(server.base_url, timeouts=AGAIN)
    assert len(server.requests) == 2
    assert reply.answer == "Hello there"
    assert reply.cause is None


@pytest.mark.parametrize("fault", NEVER_RETRIED)
async def test_a_lasting_refusal_is_not_tried_again(chat: Chatter, fault: str) -> None:
    with FaultServer(fault) as server:
        reply = await chat(server.base_url, timeouts=AGAIN)
    assert sum(request.startswith(b"POST") for request in server.requests) == 1
    assert reply.failure is not None


@pytest.mark.parametrize(
    "fault",
    [
        "reset-after-request",
        "close-without-answer",
        "half-close",
        "truncated-chunked",
        "truncated-length",
        "truncated-in-event",
        "reset-mid-stream",
        "bad-chunk-size",
        "unfinished",
        "error-mid-stream",
        "huge-event",
        "stream-ignored",
        "http-200-empty",
        "gzip-lie",
    ],
)
async def test_what_the_server_may_have_begun_is_sent_once(chat: Chatter, fault: str) -> None:
    with FaultServer(fault) as server:
        await chat(server.base_url, timeouts=replace(AGAIN, reprobe_seconds=0))
    assert len(server.requests) == 1


@pytest.mark.parametrize("count", range(0, len(b"".join(ANSWER_EVENTS)), 7))
async def test_a_stream_cut_after_any_byte_is_sent_once(chat: Chatter, count: int) -> None:
    body = b"".join(ANSWER_EVENTS)[:count]

    def cut(connection: Connection) -> None:
        connection.read_request()
        connection.start_stream()
        if body:
            connection.send_chunks(body)

    with FaultServer(cut) as server:
        reply = await chat(server.base_url, timeouts=AGAIN)
    assert len(server.requests) == 1
    assert "Hello there".startswith(reply.answer)


async def test_quota_is_not_tried_again_although_it_is_a_429(chat: Chatter) -> None:
    with FaultServer("http-429-quota") as server:
        reply = await chat(server.base_url, timeouts=AGAIN)
    assert (reply.cause, len(server.requests)) == ("quota", 1)


async def test_a_pause_that_is_asked_for_is_kept_and_told(chat: Chatter) -> None:
    body, status, content_type, _ = http_error["429"]
    refusal = Answer(body, status, content_type, {"retry-after-ms": "70"})
    with FaultServer(Sequence([refusal, FAULTS["healthy"]])) as server:
        reply = await chat(server.base_url, timeouts=AGAIN)
    pauses = [e.seconds for e in reply.events if isinstance(e, Progress) and e.stage == "retrying"]
    assert pauses == [0.07]
    assert reply.answer == "Hello there"


async def test_a_pause_that_is_too_long_is_said_at_once(chat: Chatter) -> None:
    body, status, content_type, _ = http_error["429"]
    with FaultServer(Answer(body, status, content_type, {"Retry-After": "3600"})) as server:
        reply = await chat(server.base_url, timeouts=AGAIN)
    assert len(server.requests) == 1
    assert reply.failure is not None
    assert "3,600 s" in reply.failure.advice


async def test_a_refused_connection_is_said_at_once_unless_somebody_waits_for_it(chat: Chatter) -> None:
    with refused_port() as port:
        at_once = await chat(f"http://127.0.0.1:{port}/v1", timeouts=AGAIN)
        waiting = await chat(f"http://127.0.0.1:{port}/v1", timeouts=replace(AGAIN, retry_refused=True))
    assert "retrying" not in at_once.stages
    assert waiting.stages.count("retrying") == 2
    assert at_once.cause == waiting.cause == "connection-refused"


async def test_a_loading_model_is_asked_again_until_it_is_ready(chat: Chatter) -> None:
    loading = [FAULTS["http-503-loading"]] * 6
    with FaultServer(Sequence([*loading, FAULTS["healthy"]])) as server:
        reply = await chat(server.base_url, timeouts=replace(AGAIN, loading_seconds=60))
    assert reply.answer == "Hello there"
    assert len(server.requests) == 7


async def test_a_connection_is_used_again(chat: Chatter) -> None:
    with FaultServer() as server:
        for _ in range(3):
            assert (await chat(server.base_url)).answer == "Hello there"
    assert len(server.requests) == 3
    assert server.connections == 1


async def test_a_kept_connection_that_the_server_closes_is_replaced(chat: Chatter) -> None:
    """The server hangs up just as the second request arrives."""

    def once(connection: Connection) -> None:
        connection.read_request()
        connection.start_stream()
        connection.send_chunks(*ANSWER_EVENTS)
        connection.send(b"0\r\n\r\n")
        connection.socket.recv(1)

    with FaultServer(once) as server:
        for _ in range(8):
            reply = await chat(server.base_url)
            assert reply.answer == "Hello there"
    assert server.connections >= 2


def refuses(parameter: str) -> Answer:
    message = f"Unsupported parameter: '{parameter}'."
    error = {"message": message, "type": "invalid_request_error", "param": parameter}
    return Answer(
        json.dumps({"error": {**error, "code": "unsupported_parameter"}}).encode(), "400 Bad Request"
    )


async def test_a_refused_parameter_is_dropped_said_and_remembered(chat: Chatter) -> None:
    with FaultServer(Sequence([refuses("stream_options"), FAULTS["healthy"]])) as server:
        reply = await chat(server.base_url)
        again = await chat(server.base_url)
    assert reply.answer == again.answer == "Hello there"
    bodies = [json.loads(request.partition(b"\r\n\r\n")[2]) for request in server.requests]
    assert ["stream_options" in body for body in bodies] == [True, False, False]
    assert len(reply.notes) == 1
    assert "stream_options" in reply.notes[0]
    assert again.notes == []
    assert chat.memory.known[server.base_url, "m"] != ServerQuirks()


async def test_several_refused_parameters_are_dropped_one_by_one(chat: Chatter) -> None:
    sampling = replace(REQUEST.sampling, temperature=0.5, max_tokens=10)
    refusals = [refuses("stream_options"), refuses("temperature"), refuses("max_tokens")]
    with FaultServer(Sequence([*refusals, FAULTS["healthy"]])) as server:
        reply = await chat(server.base_url, request=replace(REQUEST, sampling=sampling))
    assert reply.answer == "Hello there"
    assert len(server.requests) == 4
    assert len(reply.notes) == 3
    last = json.loads(server.requests[-1].partition(b"\r\n\r\n")[2])
    assert "temperature" not in last
    assert last["max_completion_tokens"] == 10


async def test_a_server_that_refuses_for_ever_is_not_asked_for_ever(chat: Chatter) -> None:
    with FaultServer(refuses("stream_options")) as server:
        reply = await chat(server.base_url)
    assert reply.cause == "unsupported-param"
    assert len(server.requests) == 2
    assert chat.memory.known == {}, "what did not help is not remembered"


async def test_an_answer_without_stream_is_asked_for_and_read(chat: Chatter) -> None:
    with FaultServer("stream-ignored") as server:
        reply = await chat(server.base_url, request=replace(REQUEST, stream=False))
    assert reply.answer == "Hello there"
    assert json.loads(server.requests[0].partition(b"\r\n\r\n")[2])["stream"] is False


async def test_text_in_a_failing_stream_forbids_another_try(chat: Chatter) -> None:
    def overloaded(connection: Connection) -> None:
        connection.read_request()
        connection.start_stream()
        refusal = b'data: {"error":{"message":"stream_options not supported","param":"stream_options",'
        refusal += b'"code":"unsupported_parameter","type":"invalid_request_error"}}\n\n'
        connection.send_chunks(delta("Hello"), refusal)
        connection.send(b"0\r\n\r\n")

    with FaultServer(overloaded) as server:
        reply = await chat(server.base_url, timeouts=AGAIN)
    assert len(server.requests) == 1
    assert reply.answer == "Hello"
    assert reply.failure is not None


@pytest.mark.parametrize(("has_text", "requests"), [(True, 1), (False, 2)])
async def test_only_a_stream_without_text_is_ever_sent_again(
    chat: Chatter, monkeypatch: pytest.MonkeyPatch, has_text: bool, requests: int
) -> None:
    """Whatever the rules on parameters say of an error in a stream."""
    adapted = (ServerQuirks(system_role="user"), "sent otherwise")
    monkeypatch.setattr(chat_call, "adapt", lambda *_, **__: adapted)

    def fail(connection: Connection) -> None:
        connection.read_request()
        connection.start_stream()
        if has_text:
            connection.send_chunks(delta("Hello"))
        connection.send_chunks(b'data: {"error":{"message":"no","code":400}}\n\n')
        connection.send(b"0\r\n\r\n")

    with FaultServer(fail) as server:
        reply = await chat(server.base_url)
    assert len(server.requests) == requests
    assert reply.failure is not None
