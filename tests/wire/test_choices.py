"""Rare formats of answers: read, or reported as lost, never dropped silently."""

from __future__ import annotations

import json

import pytest

from tests.wire.replies import read_reply, stream
from tui.core.losses import losses
from tui.core.turn import Turn
from tui.core.usage import Source
from tui.texts.answers import FIRST_ONLY_COUNTED, OTHER_ANSWERS

END = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}


def read(*chunks: object, done: bytes = b"data: [DONE]\n\n") -> Turn:
    body = b"".join(b"data: %b\n\n" % json.dumps(chunk).encode() for chunk in chunks)
    return read_reply([body + done])[0]


def choice(finish: str | None = None, **fields: object) -> dict[str, object]:
    return {"choices": [{"index": 0, "finish_reason": finish, **fields}]}


def message(content: str, finish: str | None = None, **fields: object) -> dict[str, object]:
    return choice(finish, message={"role": "assistant", "content": content, **fields})


@pytest.mark.parametrize(
    ("chunks", "answer"),
    [
        ([message("Hel"), message("lo", "stop")], "Hello"),
        ([message("Hel"), message("Hello"), message("Hello", "stop")], "Hello"),
        ([message("ha"), message("ha"), message("", "stop")], "haha"),
        ([message("Hel"), message("lo"), message("Hel", "stop")], "HelloHel"),
        ([choice(text="Hel"), choice("stop", text="lo")], "Hello"),
        ([choice(delta={"content": "Hello"}), message("Hello", "stop")], "Hello"),
        ([choice(delta={"content": ""}, message={"content": "Hello"}), END], "Hello"),
        ([choice(delta="Hel"), choice("stop", delta=[{"content": "lo"}])], "Hello"),
        ([choice(content="Hello"), END], "Hello"),
        ([{"choices": {"index": 0, "delta": {"content": "Hello"}}}, END], "Hello"),
        ([[choice(delta={"content": "Hel"}), choice(delta={"content": "lo"})], END], "Hello"),
        ([{"choices": [{"index": "0", "delta": {"content": "Hello"}}]}, END], "Hello"),
        ([{"choices": [{"index": 1, "delta": {"content": "Hello"}, "finish_reason": "stop"}]}], "Hello"),
        ([choice("stop", delta={"content": [{"type": "refusal", "refusal": "Hello"}]})], "Hello"),
    ],
)
def test_text_is_read_wherever_it_stands(chunks: list[object], answer: str) -> None:
    turn = read(*chunks)
    assert (turn.answer.text, turn.failure, turn.malformed_events, losses(turn)) == (answer, None, 0, ())
    assert OTHER_ANSWERS not in turn.notes


def test_whole_messages_repeat_neither_reasoning_nor_tool_calls() -> None:
    turn = read(
        message("", reasoning_content="Th"),
        message("", reasoning_content="Think"),
        message("Hi", "stop", reasoning_content="Think"),
    )
    assert (turn.reasoning.text, turn.answer.text) == ("Think", "Hi")
    turn = read(choice(delta={"reasoning": "Think"}), message("Hi", "stop", reasoning="Think"))
    assert (turn.reasoning.text, turn.answer.text) == ("Think", "Hi")
    call = {"index": 0, "id": "a", "function": {"name": "f", "arguments": "{}"}}
    turn = read(choice(delta={"tool_calls": [call]}), message("", "tool_calls", tool_calls=[call]))
    assert [(found.name, found.arguments) for found in turn.tool_calls.values()] == [("f", "{}")]


@pytest.mark.parametrize(
    ("chunk", "what"),
    [
        ({"choices": [], "content": "unheard"}, "outside of a choice"),
        ({"choices": "unheard"}, "outside of a choice"),
        ({"candidates": [{"content": {"parts": [{"text": "unheard"}]}}]}, "1 event"),
        (choice(delta={"content": 7}), "not text"),
        (choice(delta={"content": {"parts": ["unheard"]}}), "not text"),
        (choice(delta={"content": [{"type": "tool_use", "name": "f", "input": {}}]}), "“tool_use”"),
    ],
)
def test_text_that_cannot_be_read_is_named(chunk: object, what: str) -> None:
    turn = read(choice(delta={"content": "A"}), chunk, END)
    assert turn.answer.text == "A"
    assert [what in sentence for sentence in losses(turn)] == [True]


@pytest.mark.parametrize("text", [b"x\xf0\x9f", "Grüße".encode("latin-1")])
def test_bytes_that_are_no_utf8_are_named(text: bytes) -> None:
    event = b'data: {"choices":[{"index":0,"delta":{"content":"%b"}}]}\n\ndata: [DONE]\n\n' % text
    assert ["not UTF-8" in sentence for sentence in losses(read_reply([event])[0])] == [True]
    whole = b'{"choices":[{"message":{"content":"%b"},"finish_reason":"stop"}]}' % text
    turn, _ = read_reply([whole], headers={}, streamed=False)
    assert ["not UTF-8" in sentence for sentence in losses(turn)] == [True]
    fine = whole.replace(text, "x\ufffd".encode())
    assert losses(read_reply([fine], headers={}, streamed=False)[0]) == ()


@pytest.mark.parametrize(
    ("pieces", "calls"),
    [
        (
            [
                [{"index": "0", "id": "a", "function": {"name": "f", "arguments": '{"x"'}}],
                [{"index": "1", "id": "b", "function": {"name": "g", "arguments": '{"y"'}}],
                [{"index": "0", "function": {"arguments": ":1}"}}],
                [{"index": "1", "function": {"arguments": ":2}"}}],
            ],
            [("f", '{"x":1}'), ("g", '{"y":2}')],
        ),
        ([{"index": 0, "id": "a", "function": {"name": "f", "arguments": "{}"}}], [("f", "{}")]),
        ([[{"id": "a", "type": "custom", "custom": {"name": "sh", "input": "ls"}}]], [("sh", "ls")]),
    ],
)
def test_tool_calls_are_read_in_every_shape(pieces: list[object], calls: list[tuple[str, str]]) -> None:
    turn = read(*(choice(delta={"tool_calls": piece}) for piece in pieces), choice("tool_calls", delta={}))
    assert [(call.name, call.arguments) for call in turn.tool_calls.values()] == calls


def test_a_function_call_beside_an_empty_list_of_tool_calls_is_read() -> None:
    turn = read(choice(delta={"tool_calls": [], "function_call": {"name": "f", "arguments": "{}"}}), END)
    assert [(call.name, call.arguments) for call in turn.tool_calls.values()] == [("f", "{}")]


@pytest.mark.parametrize("mark", [b"[done]", b"DONE", b'"[DONE]"', b"[DONE]\r"])
def test_the_end_mark_is_read_as_servers_write_it(mark: bytes) -> None:
    turn = read(choice(delta={"content": "A"}), done=b"data: " + mark + b"\n\n")
    assert (turn.failure, losses(turn)) == (None, ())


def test_the_last_words_of_a_stream_are_the_servers() -> None:
    turn = read(choice(delta={"content": "A"}), done=b"data: Worker 3 died\n\n")
    assert turn.failure is not None
    assert (turn.failure.cause, turn.failure.server_message) == ("stream-unfinished", "Worker 3 died")


def test_a_line_for_each_chunk_is_an_answer() -> None:
    lines = [choice(delta={"content": "Hel"}), choice("stop", delta={"content": "lo"})]
    body = "\n".join(map(json.dumps, lines)).encode()
    turn, _ = read_reply([body], headers={"content-type": "application/x-ndjson"})
    assert (turn.answer.text, turn.failure) == ("Hello", None)


@pytest.mark.parametrize("reason", ["content_filter", "SAFETY", "unheard_of"])
def test_an_answer_without_text_tells_the_servers_reason(reason: str) -> None:
    failure = read(choice(reason, delta={})).failure
    assert failure is not None
    assert reason in failure.title
    assert ("content filter" in failure.title) == (reason != "unheard_of")


@pytest.mark.parametrize(
    ("figures", "source"),
    [
        ({"timings": {"prompt_n": 9, "prompt_ms": 4.0, "predicted_n": 4, "predicted_ms": 40.0}}, "estimated"),
        ({"metrics": {"queue_time_ms": 1.0}}, "reported"),
    ],
)
def test_llama_cpp_counts_the_first_of_several_answers_alone(figures: object, source: str) -> None:
    """Measured on llama.cpp b11549, n = 2: two answers of 4 tokens each, completion_tokens 4; vLLM: 8."""
    assert isinstance(figures, dict)
    counts = {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 4}, **figures}
    answers = [choice(delta={"content": "A"}), {"choices": [{"index": 1, "delta": {"content": "B"}}]}]
    usage = read(*answers, END, counts).usage
    assert usage is not None
    assert (usage.completion_tokens, usage.source) == (4, Source(source))
    assert usage.notes == ((FIRST_ONLY_COUNTED,) if source == "estimated" else ())
    alone = read(answers[0], END, counts).usage
    assert alone is not None
    assert alone.source is Source.REPORTED


HITS = [
    {"x-litellm-cache-key": "586bf3f3"},
    {"x-openrouter-cache-status": "HIT"},
    {"cf-aig-cache-status": "HIT"},
    {"x-portkey-cache-status": "SEMANTIC HIT"},
    {"X-Cache": "Hit from cloudfront"},
]


@pytest.mark.parametrize("headers", HITS, ids=lambda headers: next(iter(headers)))
def test_a_reply_out_of_a_gateways_cache_is_marked(headers: dict[str, str]) -> None:
    reply = stream("Hi", usage={"prompt_tokens": 9, "completion_tokens": 4})
    turn, _ = read_reply([reply], headers={"content-type": "text/event-stream", **headers})
    assert turn.usage is not None
    assert (turn.usage.is_replay, turn.usage.source) == (True, Source.REPORTED)
    assert [next(iter(headers)).lower() in note for note in turn.notes] == [True]


@pytest.mark.parametrize("state", ["MISS", "BYPASS", "", "DISABLED"])
def test_a_reply_that_a_gateway_did_not_have_is_none_of_its_cache(state: str) -> None:
    reply = stream("Hi", usage={"prompt_tokens": 9, "completion_tokens": 4})
    turn, _ = read_reply([reply], headers={"cf-aig-cache-status": state, "x-litellm-cache-key": ""})
    assert turn.usage is not None
    assert (turn.usage.is_replay, turn.notes) == (False, [])
