"""Each fault fails as its cause describes, observed at the socket."""

from __future__ import annotations

import http.client
import json
import socket
from pathlib import Path

import pytest

from tests.demo.demo_client import StartServer, call, chat
from tui.demo.faults import known_faults
from tui.demo.reply_faults import LOADING_SECONDS
from tui.demo.server import DemoServer
from tui.texts.demo import FAULTS


def raw_chat(server: DemoServer, *, until: bytes | None = None) -> bytes:
    """Send a streamed chat over a plain socket; read to its end, or to a piece of text."""
    body = json.dumps({"model": "demo-plain", "messages": [{"role": "user", "content": "x"}], "stream": True})
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
    received = b""
    with socket.create_connection((server.host, server.port), timeout=10) as client:
        client.sendall((head + body).encode())
        while piece := client.recv(65536):
            received += piece
            if until is not None and until in received:
                break
    return received


@pytest.mark.parametrize(
    ("cause", "status", "words"),
    [
        ("auth", 401, "API key"),
        ("forbidden", 403, "not allowed"),
        ("model-not-found", 404, "does not exist"),
        ("wrong-path", 404, "Not Found"),
        ("method-not-allowed", 405, "Not Allowed"),
        ("context-too-long", 400, "maximum context length"),
        ("no-chat-template", 400, "chat template"),
        ("invalid-request", 422, "valid list"),
        ("body-too-large", 413, "Too Large"),
        ("gateway-timeout", 504, "Time-out"),
        ("rate-limited", 429, "Rate limit"),
        ("quota", 429, "insufficient_quota"),
        ("overloaded", 429, "overloaded"),
        ("server-error", 500, "out of memory"),
        ("bad-gateway", 502, "Bad Gateway"),
        ("loading", 503, "Loading model"),
        ("no-model-loaded", 400, "No models loaded"),
        ("unexpected-response", 200, "<title>Model console</title>"),
    ],
)
def test_a_fault_of_the_reply(start_server: StartServer, cause: str, status: int, words: str) -> None:
    reply = chat(start_server(fault=cause))
    assert reply.status == status
    assert words in reply.body.decode()


def test_a_rate_limit_says_when_to_come_back(start_server: StartServer) -> None:
    assert chat(start_server(fault="rate-limited")).headers["Retry-After"] == "30"


def test_loading_ends(start_server: StartServer) -> None:
    server = start_server(fault="loading")
    assert chat(server).status == 503
    server.started_at -= 3600
    assert chat(server).status == 200


def test_auth_scheme_works_without_a_key(start_server: StartServer) -> None:
    server = start_server(fault="auth-scheme")
    assert chat(server, headers={"Authorization": "Bearer x"}).headers["WWW-Authenticate"].startswith("X-Key")
    assert chat(server).status == 200


def test_a_redirect_leads_to_where_it_works(start_server: StartServer) -> None:
    server = start_server(fault="redirect")
    reply = chat(server)
    assert reply.status == 308
    assert reply.headers["Location"] == f"{server.root_url}/moved/v1/chat/completions"
    body = {"model": "demo-plain", "messages": [{"role": "user", "content": "x"}]}
    assert call(f"{server.root_url}/moved/v1", "/chat/completions", body).status == 200


def test_an_unsupported_parameter_can_be_left_out(start_server: StartServer) -> None:
    server = start_server(fault="unsupported-param")
    assert chat(server, stream_options={"include_usage": True}).status == 400
    assert chat(server).status == 200


def test_thinking_can_be_left_out(start_server: StartServer) -> None:
    server = start_server(fault="thinking-unsupported")
    assert chat(server, reasoning_effort="high").status == 400
    assert chat(server).status == 200


def test_model_lists_fail_while_chats_work_and_the_reverse(start_server: StartServer) -> None:
    no_list = start_server(fault="no-model-list")
    assert call(no_list.base_url, "/models").status == 404
    assert chat(no_list).status == 200
    assert call(start_server(fault="no-model-loaded").base_url, "/models").json["data"] == []
    others = call(start_server(fault="model-not-found").base_url, "/models").json["data"]
    assert [model["id"] for model in others] == ["another-model"]


def test_a_truncated_stream_lacks_its_end(start_server: StartServer) -> None:
    received = raw_chat(start_server(fault="stream-truncated"))
    assert b'"content":"You"' in received
    assert not received.endswith(b"0\r\n\r\n")
    assert b'finish_reason":"stop' not in received


def test_a_reset_stream_ends_in_a_reset(start_server: StartServer) -> None:
    with pytest.raises(ConnectionResetError):
        raw_chat(start_server(fault="stream-reset"))


def test_an_unfinished_stream_ends_in_good_order(start_server: StartServer) -> None:
    server = start_server(fault="stream-unfinished")
    reply = chat(server)
    assert reply.text("reasoning_content")
    assert all(event["choices"][0]["finish_reason"] is None for event in reply.events)
    assert b"[DONE]" not in reply.body


@pytest.mark.parametrize(
    ("cause", "until"), [("stream-stalled", b'"content":" This"'), ("stream-keepalive-only", b": keep-alive")]
)
def test_a_stream_that_says_no_more_stays_open(start_server: StartServer, cause: str, until: bytes) -> None:
    server = start_server(fault=cause)
    raw_chat(server, until=until)
    assert not server.requests[-1].is_complete


def test_a_buffered_stream_is_whole(start_server: StartServer) -> None:
    reply = chat(start_server(fault="stream-buffered"))
    assert reply.text() == chat(start_server()).text()


def test_an_ignored_stream_is_one_object(start_server: StartServer) -> None:
    reply = chat(start_server(fault="stream-ignored"))
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.json["choices"][0]["message"]["content"]


def test_an_empty_answer_and_one_that_only_thought(start_server: StartServer) -> None:
    empty = chat(start_server(fault="empty-answer"))
    assert (empty.text(), empty.text("reasoning_content")) == ("", "")
    assert empty.events[-1]["choices"][0]["finish_reason"] == "stop"
    thought = chat(start_server(fault="thinking-ate-budget"))
    assert thought.text() == ""
    assert thought.text("reasoning_content")
    assert thought.events[-1]["choices"][0]["finish_reason"] == "length"


def test_malformed_events_stand_alone_or_between_good_ones(start_server: StartServer) -> None:
    assert b"finish_reason" not in raw_chat(start_server(fault="malformed-event"), until=b"[DONE]")
    received = raw_chat(start_server(fault="text-lost"), until=b"[DONE]")
    assert received.count(b"\xff\xfe") >= 2
    assert b"data: [DONE]" in received


def test_a_line_without_end_goes_on_until_the_client_leaves(start_server: StartServer) -> None:
    server = start_server(fault="answer-too-large")
    assert raw_chat(server, until=b"x" * 100_000).count(b"\n\n") == 0
    assert not server.requests[-1].is_complete


def test_broken_framing_and_a_false_encoding(start_server: StartServer) -> None:
    with pytest.raises(http.client.IncompleteRead):
        chat(start_server(fault="http-framing"))
    assert chat(start_server(fault="bad-encoding")).headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize(
    ("cause", "received"),
    [
        ("closed-without-answer", b""),
        ("not-http", b"SSH-2.0-OpenSSH_9.6\r\n"),
        ("http2-only", b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"),
    ],
)
def test_what_is_not_http(start_server: StartServer, cause: str, received: bytes) -> None:
    assert raw_chat(start_server(fault=cause)) == received


def test_a_reset_instead_of_an_answer(start_server: StartServer) -> None:
    with pytest.raises(ConnectionResetError):
        raw_chat(start_server(fault="connection-reset"))


def test_headers_that_do_not_end_and_headers_too_large(start_server: StartServer) -> None:
    assert raw_chat(start_server(fault="headers-stalled"), until=b"H") == b"H"
    assert len(raw_chat(start_server(fault="headers-too-large"), until=b"\r\n\r\n")) > 200_000


def test_no_answer_holds_the_connection(start_server: StartServer) -> None:
    server = start_server(fault="no-answer")
    with socket.create_connection((server.host, server.port), timeout=10) as client:
        client.sendall(b"GET /v1/models HTTP/1.1\r\nHost: x\r\n\r\n")
        client.shutdown(socket.SHUT_WR)  # the server reads the request, then sees that nobody waits
        assert client.recv(10) == b""
    assert server.requests[-1].path == "/v1/models"


def test_every_fault_has_its_test_here() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    missing = [fault.cause for fault in known_faults() if f'"{fault.cause}"' not in source]
    assert missing == []


def test_every_fault_is_a_cause_of_the_catalogue() -> None:
    from tui.core.causes import CATALOGUE

    assert {fault.cause for fault in known_faults()} <= set(CATALOGUE)


def test_the_words_of_the_loading_server_have_its_seconds() -> None:
    assert f" {LOADING_SECONDS:.0f} seconds" in FAULTS["loading"]
