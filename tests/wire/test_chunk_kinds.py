"""Stream events with and without ``choices``: text, keep-alive, an error, or lost content."""

from __future__ import annotations

import json

import pytest

from tui.core.events import ChunkSeen, Finished, Note, Progress, StreamEvent, StreamFailed
from tui.wire.error_body import is_error_object
from tui.wire.reply import ReplyReader

EVENT_STREAM = {"content-type": "text/event-stream"}
TEXT = {"choices": [{"index": 0, "delta": {"content": "a"}}]}
STOP = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}


def read(*chunks: object) -> list[StreamEvent]:
    reader = ReplyReader(status=200, headers=EVENT_STREAM, streamed=True)
    body = b"".join(b"data: %b\n\n" % json.dumps(chunk).encode() for chunk in chunks)
    return [*reader.feed(body + b"data: [DONE]\n\n"), *reader.finish()]


def failure_of(*chunks: object) -> str | None:
    last = read(*chunks)[-1]
    return last.failure.cause if isinstance(last, StreamFailed) else None


@pytest.mark.parametrize(
    "chunk",
    [
        {"error": {"message": "boom", "code": 500}},
        {"choices": [], "error": {"message": "boom", "code": 500}},
        {"choices": None, "error": "boom", "code": 500},
        {"object": "error", "message": "boom", "code": 500},
        {"message": "boom", "code": 500},
        {"detail": "boom", "code": 500},
    ],
)
def test_an_error_is_one_with_and_without_choices(chunk: object) -> None:
    assert failure_of(TEXT, chunk) == "server-error"


@pytest.mark.parametrize(
    "chunk",
    [
        {"choices": [], "error": None},
        {"choices": [], "error": {}},
        {**TEXT, "error": None},
        {"choices": [], "message": "ok", "code": 0},
        {"choices": [], "detail": "queue position 3"},
        {"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 1}},
    ],
)
def test_a_chunk_with_choices_and_no_error_is_none(chunk: object) -> None:
    events = read(TEXT, chunk, STOP)
    assert isinstance(events[-1], Finished)
    assert not [event for event in events if isinstance(event, Note | Progress)]


def test_a_chunk_without_choices_and_text_is_a_sign_of_life() -> None:
    events = read({"status": "thinking"}, TEXT, STOP)
    assert isinstance(events[-1], Finished)
    assert any(isinstance(event, Progress) for event in events)
    assert not any(isinstance(event, Progress) for event in read(TEXT, STOP))


def test_a_chunk_with_choices_and_no_text_is_seen_as_one() -> None:
    role = {"choices": [{"index": 0, "delta": {"role": "assistant"}}]}
    assert [type(event) for event in read(role, TEXT, STOP)].count(ChunkSeen) == 2, "role and end"
    assert [type(event) for event in read(TEXT, STOP)].count(ChunkSeen) == 1
    assert not any(isinstance(event, Progress) for event in read(role, TEXT, STOP))


@pytest.mark.parametrize(
    ("value", "is_error"),
    [
        ({"message": "x", "code": 1}, True),
        ({"message": "x", "type": "y"}, True),
        ({"msg": "x", "request_id": "y"}, True),
        ({"message": "x"}, False),
        ({"message": {"role": "assistant"}, "code": 1}, False),
        ({"code": 1}, False),
        ({"id": "x", "type": "y"}, False),
    ],
)
def test_a_sentence_is_an_error_where_a_code_stands_beside_it(
    value: dict[str, object], is_error: bool
) -> None:
    assert is_error_object(value) is is_error
