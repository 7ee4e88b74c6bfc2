"""Judging any reply never raises, and gives an outcome with its evidence."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.core.abilities import Finding
from tui.core.embedding import EmbeddingRequest
from tui.wire.abilities import (
    cached,
    continuing,
    rerank,
    routes,
    sampling,
    streamed_call,
    structured,
    system,
    tools,
    vectors,
    vision,
)
from tui.wire.abilities.reply import Reply, read_reply

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**400), 10**400)
    | st.floats(allow_nan=False)
    | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def some(**fields: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    """Objects with any of these fields, each with anything in place of what belongs there."""
    return st.fixed_dictionaries({}, optional={name: value | JSON for name, value in fields.items()})


ARGUMENTS = st.sampled_from(['{"city": "Paris"}', "{}", '"Paris"', '{"city": 1}', "{", ""])
FUNCTION = some(name=st.just("get_time"), arguments=ARGUMENTS)
CALL = some(id=st.just("c"), index=st.integers(0, 2), function=FUNCTION)
TEXT = st.sampled_from(
    ["red", "PAPAYA", '{"word": "blorn", "count": 1}', "1,2,3,4", "day", "<tool_call>", ""]
)
MESSAGE = some(content=TEXT, tool_calls=st.lists(CALL, max_size=2), reasoning_content=TEXT)
TOP = some(content=st.lists(some(top_logprobs=st.lists(some(logprob=st.floats()), max_size=6)), max_size=2))
CHOICE = some(
    message=MESSAGE,
    delta=MESSAGE,
    logprobs=TOP,
    finish_reason=st.sampled_from(["stop", "length", "tool_calls"]),
)
USAGE = some(
    prompt_tokens=st.integers(0, 2000),
    completion_tokens=st.integers(0, 50),
    prompt_tokens_details=some(cached_tokens=st.integers(0, 3000)),
)
ENTRY = some(
    index=st.integers(0, 1),
    embedding=st.lists(st.floats(-1, 1), min_size=2, max_size=2) | st.just("AACAPwAAgD8="),
    relevance_score=st.floats(-9, 9),
)
ENTRIES = st.lists(ENTRY, max_size=2)
ANSWER = some(
    choices=st.lists(CHOICE, max_size=3),
    usage=USAGE,
    model=st.just("m"),
    error=JSON,
    data=ENTRIES,
    results=ENTRIES,
    object=st.just("response"),
    output=st.lists(JSON, max_size=1),
    type=st.just("message"),
    content=st.lists(JSON, max_size=1),
    id=st.just("r"),
)
STATUS = st.sampled_from([200, 400, 404, 500, 503])


def whole(status: int, value: object) -> Reply:
    return read_reply(status, {}, json.dumps(value).encode())


def streamed(status: int, values: list[object]) -> Reply:
    body = "".join(f"data: {json.dumps(value)}\n\n" for value in values)
    return read_reply(status, {"content-type": "text/event-stream"}, body.encode())


def forced(reply: Reply) -> Finding:
    return tools.join_choices(tools.judge_choice(reply), tools.judge_choice(reply))


def continued(reply: Reply) -> Finding:
    return continuing.join(continuing.judge(reply), continuing.judge(reply))


def embedded(reply: Reply) -> Finding | None:
    outcome = vectors.read(reply, EmbeddingRequest("m", ("a", "b")))
    return None if outcome.failure is None else vectors.judge_failure(reply, outcome.failure)


JUDGES: tuple[Callable[[Reply], object], ...] = (
    system.judge,
    system.lacks_word,
    tools.lacks_call,
    tools.read,
    lambda reply: tools.judge_forced_try(reply, reply),
    lambda reply: tools.judge_round_trip(tools.Call("c", "get_time", "{}", "Paris"), reply),
    forced,
    streamed_call.judge,
    structured.judge_object,
    structured.judge_schema,
    sampling.judge_logprobs,
    sampling.judge_n,
    lambda reply: sampling.judge_seed([reply, reply, reply] if not sampling.is_settled(reply) else [reply]),
    sampling.judge_stop,
    sampling.judge_limit,
    vision.judge_reply,
    lambda reply: vision.judge_colours([reply, reply], reply),
    lambda reply: cached.judge([reply, reply] if reply.is_ok else [reply]),
    continued,
    embedded,
    lambda reply: rerank.judge(reply, "/rerank"),
    routes.judge_completion,
    lambda reply: routes.judge_response(reply, reply),
    routes.judge_message,
)


def all_judged(reply: Reply) -> None:
    for judge in JUDGES:
        found = judge(reply)
        if isinstance(found, Finding):
            assert found.evidence
            assert len(found.evidence) < 1_000


@given(STATUS, ANSWER | JSON)
@settings(max_examples=200, deadline=None)
def test_no_answer_breaks_a_judge(status: int, value: object) -> None:
    all_judged(whole(status, value))


@given(STATUS, st.lists(ANSWER | JSON, max_size=4))
@settings(max_examples=150, deadline=None)
def test_no_stream_breaks_a_judge(status: int, values: list[object]) -> None:
    all_judged(streamed(status, values))


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"<html></html>", b"data: {", b"{" * 5000, b"null"])
@pytest.mark.parametrize("status", [200, 400, 500])
def test_no_bytes_break_a_judge(status: int, body: bytes) -> None:
    all_judged(read_reply(status, {}, body))
