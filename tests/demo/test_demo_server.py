"""The demo server speaks the protocol like real servers, deterministically."""

from __future__ import annotations

import json
import socket
import time
from typing import Any

import pytest

from tests.demo.demo_client import StartServer, call, chat
from tui.demo.server import DemoServer


def test_a_reasoner_thinks_first_and_then_answers_in_markdown(server: DemoServer) -> None:
    reply = chat(server, "why is the sky blue?")

    assert reply.status == 200
    assert reply.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    fields = [next(iter(event["choices"][0]["delta"]), None) for event in reply.events]
    assert fields[0] == "role"
    assert fields.index("content") > fields.index("reasoning_content")
    assert "reasoning_content" not in fields[fields.index("content") :]
    assert "`why is the sky blue?`" in reply.text("reasoning_content")
    answer = reply.text()
    for markdown in ("## ", "\n   - ", "| ---", "```python", "> ", "- [x] ", "](https://", "日本語", "🚀"):
        assert markdown in answer
    assert reply.body.endswith(b"data: [DONE]\n\n")
    assert reply.events[-1]["choices"][0]["finish_reason"] == "stop"


def test_the_same_question_gets_the_same_answer_and_another_one_another(server: DemoServer) -> None:
    first, second = chat(server, "tell me"), chat(server, "tell me")
    assert first.text() == second.text()
    assert chat(server, "show me some python").text() != first.text()
    assert chat(server, "compare servers").text() != first.text()
    assert chat(server, "hello").text() != first.text()


def test_a_second_turn_gets_another_answer(server: DemoServer) -> None:
    turns = [{"role": "user", "content": "one"}, {"role": "assistant", "content": "x"}]
    second = chat(server, messages=[*turns, {"role": "user", "content": "tell me"}])
    assert second.text() != chat(server, "tell me").text()


def test_a_request_to_continue_gets_the_rest_of_the_answer(server: DemoServer) -> None:
    whole = chat(server, "tell me").text()
    begun = [{"role": "user", "content": "tell me"}, {"role": "assistant", "content": whole[:100]}]
    rest = chat(server, messages=begun)
    assert rest.text() == whole[100:]
    assert rest.text("reasoning_content") == ""


@pytest.mark.parametrize("prompt", ["a `tick` b", "two\nlines", "x" * 500, "[/] \x1b[31m", "\ud800", ""])
def test_whatever_the_prompt_is_its_quotation_stays_one_line_of_code(server: DemoServer, prompt: str) -> None:
    reply = chat(server, prompt, model="demo-plain")
    quotation = reply.text().removeprefix("You wrote ").split(". This model")[0]
    assert quotation == "nothing" or (quotation.startswith("`") and quotation.endswith("`"))
    assert quotation.count("`") in (0, 2)
    assert quotation.isprintable()
    assert len(quotation) <= 62


def test_usage_comes_only_when_it_is_asked_for(server: DemoServer) -> None:
    assert not any("usage" in event for event in chat(server).events)

    reply = chat(server, stream_options={"include_usage": True})
    usage = reply.events[-1]["usage"]
    assert reply.events[-1]["choices"] == []
    texts = [event["choices"][0]["delta"] for event in reply.events[:-1]]
    reasoning = sum("reasoning_content" in delta for delta in texts)
    answer = sum(bool(delta.get("content")) for delta in texts)
    assert usage["completion_tokens"] == reasoning + answer
    assert usage["completion_tokens_details"]["reasoning_tokens"] == reasoning > 0
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]


def test_without_streaming_the_answer_is_one_object_with_usage(server: DemoServer) -> None:
    streamed, whole = chat(server), chat(server, stream=False).json
    message = whole["choices"][0]["message"]
    assert message["content"] == streamed.text()
    assert message["reasoning_content"] == streamed.text("reasoning_content")
    assert whole["object"] == "chat.completion"
    assert whole["usage"]["completion_tokens"] > 0


@pytest.mark.parametrize("parameter", ["max_tokens", "max_completion_tokens"])
def test_a_token_limit_is_honoured(server: DemoServer, parameter: str) -> None:
    limit: dict[str, Any] = {parameter: 5}
    reply = chat(server, **limit, stream_options={"include_usage": True})
    assert reply.events[-1]["usage"]["completion_tokens"] == 5
    assert reply.text() == ""
    assert reply.events[-2]["choices"][0]["finish_reason"] == "length"


@pytest.mark.parametrize(
    "switch",
    [
        {"reasoning_effort": "none"},
        {"chat_template_kwargs": {"enable_thinking": False}},
        {"thinking": {"type": "disabled"}},
        {"enable_thinking": False},
    ],
)
def test_thinking_can_be_switched_off(server: DemoServer, switch: dict[str, Any]) -> None:
    reply = chat(server, **switch)
    assert reply.text("reasoning_content") == ""
    assert reply.text() == chat(server).text()


def test_the_list_of_models_names_those_that_answer(server: DemoServer) -> None:
    models = call(server.base_url, "/models").json["data"]
    assert [model["id"] for model in models] == [
        "demo-reasoner",
        "demo-plain",
        "demo-hostile",
        "demo-embedding",
    ]
    for model in models[:3]:
        assert chat(server, model=model["id"]).text()


def test_an_unknown_model_is_refused_as_real_servers_do(server: DemoServer) -> None:
    reply = chat(server, model="gpt-nope")
    assert reply.status == 404
    assert "The model `gpt-nope` does not exist." in reply.json["error"]["message"]
    assert reply.json["error"]["type"] == "NotFoundError"


def test_a_key_is_asked_for_where_one_is_set(start_server: StartServer) -> None:
    server = start_server(key="sk-demo-1234")
    assert chat(server).status == 401
    assert call(server.base_url, "/models").status == 401
    assert chat(server, headers={"Authorization": "Bearer wrong"}).status == 401
    assert chat(server, headers={"Authorization": "Bearer sk-demo-1234"}).status == 200
    assert call(server.root_url, "/health").status == 200
    assert "sk-demo" not in repr(server.requests)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"model": "demo-plain"}, 422),
        ({"model": "demo-plain", "messages": []}, 422),
        ({"model": "demo-plain", "messages": ["x"]}, 422),
        ([], 400),
        ({"model": "demo-plain", "messages": [{"role": "user", "content": "x"}], "max_tokens": 0}, 400),
    ],
)
def test_a_wrong_body_is_refused(server: DemoServer, body: object, status: int) -> None:
    assert call(server.base_url, "/chat/completions", body).status == status


@pytest.mark.parametrize(("path", "api"), [("/embeddings", "Embeddings"), ("/rerank", "Rerank")])
def test_a_model_for_chats_makes_no_vectors_and_ranks_nothing(
    server: DemoServer, path: str, api: str
) -> None:
    body = {"model": "demo-plain", "input": ["a"], "query": "q", "documents": ["a", "b"]}
    reply = call(server.base_url, path, body)
    assert reply.status == 400
    assert reply.json["error"]["message"] == f"The model does not support {api} API"
    assert call(server.base_url, path, body | {"model": "demo-embedding"}).status == 200


def test_a_body_that_is_not_json_is_refused(server: DemoServer) -> None:
    with socket.create_connection((server.host, server.port), timeout=10) as client:
        client.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nnope")
        assert client.recv(100).startswith(b"HTTP/1.1 400 ")


def test_a_prompt_beyond_the_context_window_is_refused(server: DemoServer) -> None:
    reply = chat(server, "word " * 40_000)
    assert reply.status == 400
    assert "maximum context length is 32768" in reply.json["error"]["message"]


def test_other_paths_and_methods_are_refused(server: DemoServer) -> None:
    assert call(server.base_url, "/nothing").status == 404
    assert call(server.base_url, "/chat/completions").status == 405


def test_a_connection_serves_several_requests(server: DemoServer) -> None:
    with socket.create_connection((server.host, server.port), timeout=10) as client:
        stream = client.makefile("rb")
        for _ in range(3):
            client.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
            head = b"".join(iter(stream.readline, b"\r\n"))
            assert head.startswith(b"HTTP/1.1 200")
            assert json.loads(stream.read(len(b'{"status": "ok"}'))) == {"status": "ok"}


def test_tokens_keep_their_schedule(start_server: StartServer) -> None:
    server = start_server(rate=500.0)
    reply = chat(server, model="demo-plain")
    record = server.requests[-1]
    assert record.first_token_at is not None
    assert record.last_token_at is not None
    tokens = sum(bool(event["choices"][0]["delta"].get("content")) for event in reply.events)
    assert record.tokens_sent == tokens
    assert record.last_token_at - record.first_token_at >= (tokens - 2) / 500.0


def test_a_client_that_leaves_is_noticed_while_the_server_waits(start_server: StartServer) -> None:
    server = start_server(rate=0.001)
    body = json.dumps({"model": "demo-plain", "messages": [{"role": "user", "content": "x"}], "stream": True})
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection((server.host, server.port), timeout=10) as client:
        client.sendall((head + body).encode())
        received = b""
        while b'"content":"You' not in received:
            received += client.recv(4096)
    deadline = time.monotonic() + 10
    while server._connections and time.monotonic() < deadline:
        time.sleep(0.005)
    assert not server._connections
    assert not server.requests[-1].is_complete


def test_stopping_frees_the_port_and_ends_what_streams(start_server: StartServer) -> None:
    server = start_server(rate=0.001)
    with socket.create_connection((server.host, server.port), timeout=10) as client:
        client.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.recv(10)
        server.stop()
        while client.recv(4096):
            pass
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((server.host, server.port), timeout=10)
    server.stop()


def test_it_listens_on_the_other_family_too(start_server: StartServer) -> None:
    try:
        server = start_server(host="::1")
    except OSError:
        pytest.skip("this machine has no ::1")
    assert server.base_url.startswith("http://[::1]:")
    assert call(server.base_url, "/models").status == 200
