"""Replies of servers: fields, figures, ends, errors, and unexpected bodies."""

from __future__ import annotations

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.replies import EVENT_STREAM, chunk, read_reply, stream
from tui.core.causes import explain
from tui.core.events import Identified, MalformedEvent, Note, Progress, ToolCallDelta, UsageReport
from tui.core.losses import losses
from tui.core.parts import parts_of
from tui.core.secret import Redactor, Secret
from tui.core.turn import Turn, TurnState
from tui.core.usage import Source
from tui.texts import answers
from tui.wire.limits import Limits
from tui.wire.reply import ReplyReader

JSON = {"content-type": "application/json"}
DONE = b"data: [DONE]\n\n"


def read(data: bytes, **options: object) -> Turn:
    turn, _ = read_reply([data], **options)  # type: ignore[arg-type]
    byte_by_byte, _ = read_reply((data[at : at + 1] for at in range(len(data))), **options)  # type: ignore[arg-type]
    for one in (turn, byte_by_byte):
        one.timings.gaps = []
    assert turn.reasoning.text == byte_by_byte.reasoning.text
    assert turn.answer.text == byte_by_byte.answer.text
    assert turn.failure == byte_by_byte.failure
    assert turn.usage == byte_by_byte.usage
    return turn


def cause_of(turn: Turn) -> str | None:
    return turn.failure.cause if turn.failure else None


@pytest.mark.parametrize(
    "delta",
    [
        {"reasoning_content": "R"},
        {"reasoning": "R"},
        {"thinking": "R"},
        {"reasoning": "R", "reasoning_content": "R"},
        {"reasoning": "R", "reasoning_details": [{"type": "reasoning.text", "text": "R"}]},
        {"reasoning_details": [{"type": "reasoning.summary", "summary": "R"}]},
        {"reasoning": {"text": "R"}, "content": None},
        {"reasoning": [{"text": "R"}], "content": ""},
        {"reasoning_content": "", "reasoning": "R"},
        {"thinking_blocks": [{"type": "thinking", "thinking": "R"}]},
        {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "R"}]}]},
        {"content": [{"type": "thinking", "thinking": "R", "signature": "s"}]},
    ],
)
def test_takes_reasoning_from_wherever_it_is_once(delta: dict[str, object]) -> None:
    turn = read(stream(delta, {"content": "A"}))
    assert (turn.reasoning.text, turn.answer.text) == ("R", "A")
    assert turn.reasoning_source


@pytest.mark.parametrize(
    "content",
    [
        "A",
        [{"type": "text", "text": "A"}],
        ["A"],
        [{"type": "output_text", "text": "A"}, None, 7, {"type": "image_url", "image_url": {}}],
        {"text": "A"},
    ],
)
def test_takes_content_of_every_shape(content: object) -> None:
    assert read(stream({"content": content})).answer.text == "A"


def test_reasoning_and_answer_in_one_delta_keep_their_order() -> None:
    turn = read(stream({"content": "A", "reasoning": "R"}))
    assert (turn.reasoning.text, turn.answer.text) == ("R", "A")


@pytest.mark.parametrize(
    "odd",
    [
        {"choices": None},
        {"choices": []},
        {"choices": [None]},
        {"choices": [{}]},
        {"choices": [{"index": 0, "delta": None}]},
        {"choices": [{"delta": {"content": None, "role": None}}]},
        {"choices": [{"index": 0, "content_filter_offsets": {"check_offset": 1}}]},
        {"choices": [], "prompt_filter_results": [{"prompt_index": 0}], "id": "", "model": ""},
        {"choices": {"0": "x"}},
        {"choices": [{"delta": {"content": 7}}]},
        {"choices": [{"delta": {"tool_calls": [None, {"function": None}, {"function": {"name": None}}]}}]},
        {"usage": None, "timings": None, "choices": []},
        {"choices": [], "usage": {"prompt_tokens": "many", "completion_tokens": -1}},
        {"choices": [], "timings": [1]},
        {"type": "ping"},
    ],
)
def test_bears_missing_and_null_everywhere(odd: dict[str, object]) -> None:
    data = json.dumps(odd).encode()
    turn = read(b"data: " + data + b"\n\n" + stream("A") + b"data: " + data + b"\n\n")
    assert (turn.answer.text, turn.finish_reason, turn.state) == ("A", "stop", TurnState.DONE)
    assert turn.malformed_events == 0


def test_shows_the_first_of_several_answers_and_says_so() -> None:
    other = b'data: {"choices":[{"index":1,"delta":{"content":"B"},"finish_reason":"stop"}]}\n\n'
    turn = read(other + stream("A") + other)
    assert turn.answer.text == "A"
    assert turn.notes == [answers.OTHER_ANSWERS]


def test_collects_tool_calls() -> None:
    turn = read(
        stream(
            {
                "tool_calls": [
                    {"index": 0, "id": "c", "function": {"name": "find<|channel|>x", "arguments": ""}}
                ]
            },
            {"tool_calls": [{"index": 0, "function": {"arguments": '{"a":'}}]},
            {"tool_calls": [{"index": 0, "function": {"name": "find", "arguments": "1}"}}]},
            {"tool_calls": [{"index": 1, "function": {"name": "go", "arguments": {"b": 2}}}]},
            finish="tool_calls",
        )
    )
    assert {at: (call.name, call.arguments) for at, call in turn.tool_calls.items()} == {
        0: ("find", '{"a":1}'),
        1: ("go", '{"b": 2}'),
    }
    assert (turn.state, turn.finish_reason) == (TurnState.DONE, "tool_calls")


def test_reads_the_old_function_call() -> None:
    _, events = read_reply([stream({"function_call": {"name": "f", "arguments": '{"x":1}'}})])
    assert ToolCallDelta(0, "f", '{"x":1}') in events


def test_a_refusal_is_an_answer_with_a_note() -> None:
    turn = read(stream({"refusal": "I can", "content": None}, {"refusal": "not."}))
    assert (turn.answer.text, turn.notes) == ("I cannot.", [answers.REFUSED])


USAGE = {"prompt_tokens": 3, "completion_tokens": 2}


@pytest.mark.parametrize(
    "data",
    [
        chunk({"content": "A"}, "stop")
        + b"data: "
        + json.dumps({"choices": [], "usage": USAGE}).encode()
        + b"\n\n",
        chunk({"content": "A"}) + chunk({}, "stop", usage=USAGE),
        chunk({"content": "A"}, usage={"prompt_tokens": 3, "completion_tokens": 1})
        + chunk({}, "stop", usage=USAGE)
        + chunk({}, None, usage=None),
        chunk({"content": "A"})
        + b'data: {"choices":[{"finish_reason":"stop","delta":{},"usage":'
        + json.dumps(USAGE).encode()
        + b"}]}\n\n",
        chunk({"content": "A"}, "stop", x_groq={"usage": USAGE}),
        chunk({"content": "A"}, "stop", usage={"prompt_tokens": 0, "completion_tokens": 0})
        + chunk({}, None, usage=USAGE),
        chunk({"content": "A"}, "stop", usage={"input_tokens": 3, "output_tokens": 2}),
        chunk({"content": "A"}, "stop") + DONE + chunk({}, None, usage=USAGE),
    ],
)
def test_finds_usage_wherever_it_stands(data: bytes) -> None:
    usage = read(data + DONE).usage
    assert usage is not None
    assert (usage.prompt_tokens, usage.completion_tokens) == (3, 2)
    assert usage.cached_tokens is None


def test_usage_of_zeros_is_no_usage() -> None:
    assert read(stream({"content": "A"}) + chunk({}, usage={"prompt_tokens": 0})).usage is None


@pytest.mark.parametrize(
    ("details", "reasoning", "cached"),
    [
        ({"completion_tokens_details": {"reasoning_tokens": 7}}, 7, None),
        ({"reasoning_tokens": 7, "completion_tokens_details": None}, 7, None),
        ({"output_tokens_details": {"reasoning_tokens": 7}}, 7, None),
        ({"prompt_tokens_details": {"cached_tokens": 5}}, None, 5),
        ({"prompt_cache_hit_tokens": 5}, None, 5),
        ({"cached_tokens": 5}, None, 5),
        ({"prompt_tokens_details": {"cached_tokens": True}}, None, None),
        ({"completion_tokens_details": [1]}, None, None),
    ],
)
def test_finds_reasoning_and_cached_tokens(
    details: dict[str, object], reasoning: int | None, cached: int | None
) -> None:
    usage = read(chunk({"content": "A"}, "stop", usage={**USAGE, **details})).usage
    assert usage is not None
    assert (usage.reasoning_tokens, usage.cached_tokens) == (reasoning, cached)


def test_cumulative_usage_is_told_only_when_it_changes() -> None:
    _, events = read_reply([chunk({"content": "A"}, usage=USAGE) * 3])
    assert sum(isinstance(event, UsageReport) for event in events) == 1


def test_reads_the_timings_of_llama_cpp() -> None:
    timings = {
        "cache_n": 7,
        "prompt_n": 10,
        "prompt_ms": 251.5,
        "predicted_n": 9,
        "predicted_per_second": 68.7,
        "draft_n": 4,
        "draft_n_accepted": 3,
        "predicted_ms": "fast",
    }
    server = read(chunk({"content": "A"}, "stop", timings=timings)).server_timings
    assert server is not None
    assert (server.cached_tokens, server.prompt_tokens, server.prompt_ms) == (7, 10, 251.5)
    assert (server.predicted_tokens, server.predicted_per_second, server.predicted_ms) == (9, 68.7, None)
    assert (server.draft_tokens, server.draft_accepted) == (4, 3)


@pytest.mark.parametrize(
    ("more", "field", "value"),
    [
        ({"metrics": {"mean_itl_ms": 20}}, "predicted_per_second", 50),
        ({"stats": {"tokens_per_second": 50}}, "predicted_per_second", 50),
        ({"usage": {**USAGE, "timing_token_generation": 48.9}}, "predicted_ms", 48.9),
    ],
)
def test_reads_the_timings_of_others(more: dict[str, object], field: str, value: float) -> None:
    assert getattr(read(chunk({"content": "A"}, "stop", **more)).server_timings, field) == value


def test_identifies_its_maker_once() -> None:
    first = chunk({"content": "A"}, model="m", system_fingerprint=None)
    second = chunk({"content": "B"}, model="m", system_fingerprint="b9554-d403f00ec")
    _, events = read_reply([first * 2 + second * 2])
    assert [event for event in events if isinstance(event, Identified)] == [
        Identified(model="m"),
        Identified(system_fingerprint="b9554-d403f00ec"),
    ]


# How it ends


@pytest.mark.parametrize(
    ("data", "cause", "finish"),
    [
        (stream("A"), None, "stop"),
        (stream("A", finish="weird_reason"), None, "weird_reason"),
        (stream("A", finish="length"), None, "length"),
        (chunk({"content": "A"}, "stop"), None, "stop"),
        (chunk({"content": "A"}) + DONE, None, None),
        (chunk({"content": "A"}) + b"data:[DONE]", None, None),
        (chunk({"content": "A"}), "stream-unfinished", None),
        (chunk({"content": "A"}) + b'data: {"cho', "stream-truncated", None),
        (chunk({"content": "A"}) + b"dat", "stream-truncated", None),
        (chunk({"content": "A"}, "stop") + b"data: [DO", None, "stop"),
        (stream({"reasoning": "R"}, finish="length"), "thinking-ate-budget", "length"),
        (stream(finish="length"), "thinking-ate-budget", "length"),
        (stream(finish="stop"), "empty-answer", "stop"),
        (stream("", {"content": None}), "empty-answer", "stop"),
        (stream(finish="content_filter"), "empty-answer", "content_filter"),
        (stream("<think>all</think>"), None, "stop"),
        (DONE, "empty-answer", None),
        (b"", "empty-answer", None),
        (chunk({"role": "assistant"}), "stream-unfinished", None),
        (stream("A", finish="error"), "server-error", "error"),
        (stream("A", finish="abort"), "server-error", "abort"),
        (stream("A", finish="network_error"), "server-error", "network_error"),
        (stream("A", finish="timeout"), "server-error", "timeout"),
        (stream("A", finish="sensitive"), None, "sensitive"),
        (stream(finish="sensitive"), "empty-answer", "sensitive"),
        (stream("A", finish="repetition"), None, "repetition"),
        (stream({"reasoning": "R, R"}, finish="repetition"), "empty-answer", "repetition"),
        (stream("  ", "\n"), "empty-answer", "stop"),
        (stream(" \n\t", finish="length"), "empty-answer", "length"),
        (stream("<think>R</think>", " \n"), None, "stop"),
        (stream(" ", {"tool_calls": [{"function": {"name": "f"}}]}), None, "stop"),
        (stream("A", finish="insufficient_system_resource"), "overloaded", "insufficient_system_resource"),
        (b": keep-alive\n\n", "empty-answer", None),
        (b"data: nonsense\n\n", "malformed-event", None),
        (b'data: {"type":"content_block_delta"}\n\n', "unexpected-response", None),
    ],
)
def test_the_end_is_said_for_what_it_is(data: bytes, cause: str | None, finish: str | None) -> None:
    turn = read(data)
    assert (cause_of(turn), turn.finish_reason) == (cause, finish)


@pytest.mark.parametrize("reason", ["repetition", "pause_turn"])
def test_a_server_that_stops_an_answer_ends_it_by_no_unknown_word(reason: str) -> None:
    assert read(stream("A", finish=reason)).notes == []
    failure = read(stream({"reasoning": "R"}, finish=reason)).failure
    assert failure is not None
    assert failure.title == f"The server stopped the answer before any text came (finish reason: {reason})."


def test_a_later_null_does_not_undo_the_finish_reason() -> None:
    assert read(chunk({"content": "A"}, "stop") + chunk({"content": ""}, None)).finish_reason == "stop"


def test_an_answer_that_came_whole_as_reasoning_is_shown_as_the_answer() -> None:
    turn = read(stream({"reasoning_content": "Hello "}, {"reasoning_content": "there"}))
    assert (turn.reasoning.text, turn.answer.text) == ("", "Hello there")
    assert turn.notes == [answers.ALL_REASONING]
    assert turn.state is TurnState.DONE


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("<think>Hello there", "<think>"),
        ("[THINK]Hello there[/THINK]\n", "[THINK]"),
        ("Hello there</think>", "</think>"),
        ("<|channel|>analysis<|message|>Hello there<|end|>", "<|channel|>analysis"),
    ],
)
def test_no_parser_is_blamed_where_tags_in_the_text_mark_the_reasoning(text: str, mark: str) -> None:
    turn = read(stream(*text))
    assert turn.answer.text == "Hello there"
    assert turn.notes == [answers.NO_ANSWER_AFTER.format(mark=mark)]
    assert turn.notes[0].startswith(answers.ONLY_TAGGED)


def test_an_unknown_finish_reason_is_told_and_harmless() -> None:
    turn = read(stream("A", finish="odd\x1b[31m reason"))
    (note,) = turn.notes
    assert note.startswith("The server gave an unknown reason")
    assert "\x1b" not in note
    assert read(stream("A", finish="STOP")).notes == []


def test_a_lost_connection_after_the_end_does_not_matter() -> None:
    lost = explain("stream-truncated")
    assert read(stream("A"), transport=lost).failure is None
    assert read(chunk({"content": "A"}, "stop"), transport=lost).failure is None
    turn = read(chunk({"content": "A"}), transport=lost)
    assert (turn.failure, turn.answer.text) == (lost, "A")
    assert read(b"", transport=lost).failure == lost
    assert read(b"", transport=lost, headers={}).failure == lost


def test_text_in_a_cut_event_is_kept() -> None:
    turn = read(
        chunk({"content": "One "}) + b'data: {"choices":[{"index":0,"delta":{"content":"two \\u00e9\\u00'
    )
    assert (turn.answer.text, cause_of(turn)) == ("One two é", "stream-truncated")
    other = read(chunk({"content": "One "}) + b'data: {"choices":[{"index":1,"delta":{"content":"two')
    assert other.answer.text == "One "


# Errors inside of a stream


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (b'data: {"error":{"message":"boom","type":"InternalServerError","code":500}}\n\n', "server-error"),
        (
            b'data: {"error":{"object":"error","message":"boom","type":"BadRequestError","code":400}}\n\n',
            "invalid-request",
        ),
        (b'data: {"object":"error","message":"The request queue is full.","code":503}\n\n', "overloaded"),
        (b'data: {"error":"boom"}\n\n', "server-error"),
        (b'event: error\ndata: {"error":{"message":"boom"},"message":"boom"}\n\n', "server-error"),
        (b'event: error\ndata: {"message":"boom"}\n\n', "server-error"),
        (b"event: error\ndata: boom\n\n", "server-error"),
        (b'error: {"code":500,"message":"boom"}\n\n', "server-error"),
        (b'data: {"error":{"message":"boom","http_status_code":422}}\n\n', "invalid-request"),
        (
            b'data: {"error":{"code":429,"message":"slow down"},"choices":[{"delta":{"content":""},'
            b'"finish_reason":"error"}]}\n\n',
            "rate-limited",
        ),
        (b'data: {"detail":"boom"}\n\n', "server-error"),
        (b'data: {"code":"x","msg":"boom"}\n\n', "server-error"),
    ],
)
@pytest.mark.parametrize("after", [b"", DONE, chunk({}, None, usage=USAGE) + DONE])
def test_an_error_in_the_stream_keeps_the_text(error: bytes, cause: str, after: bytes) -> None:
    turn = read(chunk({"content": "Par"}) + error + after)
    assert (turn.answer.text, cause_of(turn)) == ("Par", cause)
    assert turn.failure is not None
    if cause == "server-error":
        assert turn.failure.server_message == "boom"


def test_reading_can_stop_at_the_end_mark_or_an_error() -> None:
    for end in (DONE, b'data: {"error":"boom"}\n\n'):
        reader = ReplyReader(status=200, headers=EVENT_STREAM, streamed=True)
        reader.feed(chunk({"content": "A"}, "stop"))
        assert not reader.is_over
        reader.feed(end)
        assert reader.is_over


def test_keys_in_errors_are_redacted() -> None:
    reader = ReplyReader(
        status=200, headers=EVENT_STREAM, streamed=True, redactor=Redactor([Secret("sk-very-secret-key")])
    )
    reader.feed(b'data: {"error":{"message":"bad key sk-very-secret-key"}}\n\ndata: sk-very-secret-key\n\n')
    events = reader.finish()
    assert "secret-key" not in repr(events)


# Odd bytes


def test_malformed_events_are_skipped_counted_and_shown() -> None:
    data = stream("A").replace(DONE, b'data: {"a":"b}\n\ndata: null\n\ndata: {oops\n\n' + DONE)
    turn, events = read_reply([data])
    assert (turn.answer.text, turn.malformed_events, turn.failure) == ("A", 2, None)
    found = [event for event in events if isinstance(event, MalformedEvent)]
    assert [(event.position, event.excerpt) for event in found] == [(3, '{"a":"b}'), (5, "{oops")]
    assert losses(turn) == ("2 events of the answer could not be read; text may be missing.",)


@pytest.mark.parametrize(
    "event",
    [
        b'{"choices":[{"index":0,"delta":{"content":"x\ty"}}]}',
        b'{"choices":[{"index":0,"delta":{"content":"x"}}]}{"choices":[{"index":0,"delta":{"content":"y"}}]}',
        b'data: {"choices":[{"index":0,"delta":{"content":"xy"},"logprobs":{"logprob":-Infinity}}]}',
        b'{"choices":[{"delta":{"content":"x"}}]},data: {"choices":[{"delta":{"content":"y"}}]}',
    ],
    ids=["raw-control", "doubled", "data-twice-and-infinity", "line-feed-lost"],
)
def test_an_event_that_is_nearly_json_loses_no_text(event: bytes) -> None:
    turn = read(stream("A").replace(DONE, b"data: " + event + b"\n\n" + DONE))
    assert turn.answer.text.replace("\t", "") == "Axy"
    assert losses(turn) == ()


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize(
    ("event", "answer", "cause"),
    [
        ("[DONE]", "A", None),
        (": keep-alive", "A", "stream-unfinished"),
        ("", "A", "stream-unfinished"),
        ("[ERROR]: boom", "A", "server-error"),
        ('{"error":{"message":"boom"}}', "A", "server-error"),
        ('{"choices":[{"delta":{"content":"B"},"finish_reason":"stop"}]}', "AB", None),
        ('{"choices":[{"delta":{"content":"B"}}]}data: [DONE]', "AB", None),
        ('{"choices":[{"delta":{"content":"B"}}]} [DONE]', "AB", None),
    ],
)
@pytest.mark.parametrize("end", ["\n\n", "\n", ""])
def test_a_field_name_that_is_there_twice_changes_no_event(
    event: str, answer: str, cause: str | None, times: int, end: str
) -> None:
    if cause == "stream-unfinished" and (not end or (event and end == "\n")):
        cause = "stream-truncated"
    turn = read(chunk({"content": "A"}) + ("data: " * times + event + end).encode())
    assert (turn.answer.text, cause_of(turn), losses(turn)) == (answer, cause, ())


@pytest.mark.parametrize("before", [b"", b"data: x\n", b": c\n\n", b"event: error\n"])
@pytest.mark.parametrize("after", [b"", b"\n", b"\n\n", b"\n" + DONE])
@pytest.mark.parametrize(
    "error",
    [
        {"error": {"message": "boom"}},
        [{"error": {"message": "boom", "code": 500}}],
        {"error": "boom"},
        {"object": "error", "message": "boom", "code": 500},
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_an_error_without_a_field_name_is_the_servers(
    error: object, before: bytes, after: bytes, indent: int | None
) -> None:
    body = before.replace(b"x", chunk({"content": "B"})[6:-2])
    turn = read(chunk({"content": "A"}) + body + json.dumps(error, indent=indent).encode() + after)
    assert turn.answer.text == "A" + "B" * (b"x" in before)
    assert turn.failure is not None
    assert (turn.failure.cause, turn.failure.server_message) == ("server-error", "boom")


def test_chunks_without_a_field_name_are_read_and_other_lines_are_not() -> None:
    bare = chunk({"content": "B"}, "stop")[6:]
    turn = read(chunk({"content": "A"}) + b'[INFO] done\n{"level":"info"}\n' + bare + b"[DONE]\n")
    assert (turn.answer.text, turn.failure, losses(turn)) == ("AB", None, ())


@pytest.mark.parametrize("word", [b"null", b"ping", b": keep-alive", b"[]", b"HEARTBEAT"])
def test_an_event_that_only_says_that_the_server_lives_loses_nothing(word: bytes) -> None:
    turn = read(b"data: " + word + b"\n\n" + stream("A"))
    assert (turn.answer.text, losses(turn)) == ("A", ())


@pytest.mark.parametrize(
    ("delta", "sentence"),
    [
        ({"images": [{"type": "image_url", "image_url": {"url": "data:,"}}]}, "an image"),
        ({"content": [{"type": "image_url", "image_url": {"url": "data:,"}}]}, "an image"),
        ({"output_text": "unheard"}, "“output_text”"),
        ({"channel": {"text": "unheard"}}, "“channel”"),
    ],
)
def test_what_cannot_be_shown_is_named(delta: dict[str, object], sentence: str) -> None:
    turn = read(stream({"content": "A"}, delta))
    assert turn.answer.text == "A"
    assert [sentence in what for what in losses(turn)] == [True]


def test_the_transcript_of_an_audio_answer_is_the_answer() -> None:
    turn = read(
        stream({"audio": {"id": "a", "transcript": "Hel"}}, {"audio": {"transcript": "lo", "data": "UklG"}})
    )
    assert (turn.answer.text, losses(turn), turn.notes) == ("Hello", (), [answers.AUDIO])


@pytest.mark.parametrize("field", ["reasoning_text", "thought", "thinking_content", "reasoning_summary"])
def test_reasoning_is_found_by_the_name_of_its_field(field: str) -> None:
    turn = read(stream({field: "R", "content": ""}, {"content": "A"}))
    assert (turn.reasoning.text, turn.answer.text, turn.reasoning_source) == ("R", "A", field)


@pytest.mark.parametrize(
    "field", ["reasoning_signature", "thought_id", "message_id", "logprobs", "citations"]
)
def test_what_tells_about_the_text_is_not_missed(field: str) -> None:
    turn = read(stream({field: "abc", "content": "A"}))
    assert (turn.reasoning.text, turn.answer.text, losses(turn)) == ("", "A", ())


def _calls(*pieces: list[dict[str, object]]) -> list[tuple[str, str]]:
    turn = read(stream(*({"tool_calls": piece} for piece in pieces), finish="tool_calls"))
    return [(call.name, call.arguments) for _, call in sorted(turn.tool_calls.items())]


def _call(name: str = "", arguments: str = "", **fields: object) -> dict[str, object]:
    return {**fields, "function": {"name": name, "arguments": arguments}}


@pytest.mark.parametrize(
    "pieces",
    [
        ([_call("f", "{}", id="a")], [_call("g", '{"x":1}', id="b")]),
        ([_call("f", "{}", id="a", index=0)], [_call("g", '{"x":1}', id="b", index=0)]),
        ([_call("f", "{}")], [_call("g", '{"x":1}')]),
        ([_call("f", "{}", id="a"), _call("g", '{"x":1}', id="b")],),
        ([_call("f", "{}", id="a"), _call("g", '{"x":', id="b")], [_call("", "1}")]),
        ([_call("f", "", id="a", index=0)], [_call("g", '{"x":', id="b", index=1)],
         [_call("", "{}", index=0)], [_call("", "1}", index=1)]),
        ([_call("f", "{", id="a")], [_call("g", '{"x":1}', id="b")], [_call("", "}", id="a")]),
    ],
)  # fmt: skip
def test_tool_calls_are_joined_by_id_or_index(pieces: tuple[list[dict[str, object]], ...]) -> None:
    assert _calls(*pieces) == [("f", "{}"), ("g", '{"x":1}')]


@pytest.mark.parametrize("again", ['{"x":1}', '{ "x": 1 }'])
@pytest.mark.parametrize(
    "fields", [{"id": "a", "index": 0}, {"id": "a"}, {"index": 0}], ids=["both", "id", "index"]
)
@pytest.mark.parametrize("name", ["", "f"])
def test_arguments_that_come_again_whole_are_taken_once(
    again: str, fields: dict[str, object], name: str
) -> None:
    first = [_call("f", '{"x":', id="a", index=0)], [_call("", "1}", index=0)]
    assert _calls(*first, [_call(name, again, **fields)]) == [("f", '{"x":1}')]
    assert _calls([_call("f", "{}", id="a", index=0)], [_call(name, "{}", **fields)]) == [("f", "{}")]


@pytest.mark.parametrize("empty", [["{}"], ["{", "}"], [" { } "], ["{}", "{}"]])
@pytest.mark.parametrize("pieces", [['{"x":1}'], ["{", '"x":', "1}"]])
@pytest.mark.parametrize("name", ["", "f"])
def test_an_empty_object_before_the_arguments_is_left_out(
    empty: list[str], pieces: list[str], name: str
) -> None:
    first, *rest = (*empty, *pieces)
    begun = [_call("f", first, id="a", index=0)]
    assert _calls(begun, *([_call("", piece, index=0)] for piece in rest)) == [("f", '{"x":1}')]
    if len(pieces) == 1 and len(empty) == 1:
        assert _calls(begun, [_call(name, pieces[0], index=0)]) == [("f", '{"x":1}')]


def test_other_arguments_behind_whole_ones_are_kept_and_told() -> None:
    pieces = ['{"x":1}', '{"x":true}', '{"x":1}']
    calls = (
        {"tool_calls": [_call("f" * (not at), piece, id="a", index=0)]} for at, piece in enumerate(pieces)
    )
    turn = read(stream(*calls, finish="tool_calls"))
    assert turn.tool_calls[0].arguments == "".join(pieces)
    assert turn.notes == [answers.ARGUMENTS_TWICE]


JSON_VALUES = st.recursive(
    st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
)


@given(
    st.dictionaries(st.text(max_size=2), JSON_VALUES, max_size=3),
    st.lists(st.integers(0, 60), max_size=5),
    st.booleans(),
)
def test_arguments_arrive_as_they_were_sent_however_they_are_cut(
    value: object, cuts: list[int], is_repeated: bool
) -> None:
    text = json.dumps(value)
    places = sorted({min(cut, len(text)) for cut in cuts} | {0, len(text)})
    pieces = [text[start:end] for start, end in itertools.pairwise(places)] + [text] * is_repeated
    first, *rest = pieces
    later = ([_call("", piece, index=0)] for piece in rest)
    assert _calls([_call("f", first, id="a", index=0)], *later) == [("f", text)]


@given(
    st.dictionaries(st.text(max_size=4), JSON_VALUES, min_size=1, max_size=3),
    st.lists(st.integers(1, 60), max_size=6),
    st.sampled_from([{"id": "a", "index": 0}, {"id": "a"}, {"index": 0}]),
    st.booleans(),
    st.booleans(),
)
def test_arguments_that_grow_with_every_piece_are_taken_once(
    value: object, cuts: list[int], fields: dict[str, object], is_named: bool, is_repeated: bool
) -> None:
    text = json.dumps(value)
    ends = [
        *sorted({min(cut, len(text)) for cut in cuts} | {len(text)}),
        *[len(text)] * (is_repeated and "id" in fields),
    ]
    calls = [_call("f" * (is_named or not at), text[:end], **fields) for at, end in enumerate(ends)]
    assert _calls(*([call] for call in calls)) == [("f", text)]


NESTED = ['{"a":', '{"a":', '{"a":', "1}}}"]


@pytest.mark.parametrize(
    "pieces",
    [
        NESTED,
        ['{"a":', '{"a":1}}'],
        ['{"a": [', '{"a": []}]}'],
        ['{"a":"', '{"', '"}'],
        [" ", "  {", '"a":1}'],
        ['{"a":1', '{"a":1'],
        ["x", "xy", "xyz"],
        ['{"code":"ab', "ab", 'abc"}'],
    ],
)
def test_pieces_that_look_alike_are_joined_as_they_are(pieces: list[str]) -> None:
    calls = ([_call("f" * (not at), piece, id="a", index=0)] for at, piece in enumerate(pieces))
    assert _calls(*calls) == [("f", "".join(pieces))]


def test_two_calls_that_grow_at_once_stay_apart() -> None:
    first, second = '{"city": "Paris"}', '{"city": "Rome", "unit": "C"}'
    ends = (4, 11, 17, 29)
    pieces = [
        [_call("f", first[:end], id="a", index=0), _call("g", second[:end], id="b", index=1)] for end in ends
    ]
    assert _calls(*pieces) == [("f", first), ("g", second)]


def test_arguments_that_grow_are_passed_on_as_they_come() -> None:
    reader = ReplyReader(status=200, headers=EVENT_STREAM, streamed=True)
    text = '{"place": {"city": "Paris"}, "unit": "C"}'
    new = []
    for end in (8, 20, 30, len(text)):
        events = reader.feed(chunk({"tool_calls": [_call("f", text[:end], id="a", index=0)]}))
        new += [event.arguments for event in events if isinstance(event, ToolCallDelta)]
    assert new == ['{"place"', ': {"city": "', 'Paris"}, "', 'unit": "C"}']


def test_a_new_id_with_every_piece_is_one_call() -> None:
    pieces = (
        [_call("f", "{", id="a", index=0)],
        [_call("", '"x":', id="b", index=0)],
        [_call("", "1}", index=0)],
    )
    assert _calls(*pieces) == [("f", '{"x":1}')]


@pytest.mark.parametrize(
    ("usage", "prompt", "completion", "reasoning", "cached", "is_exact"),
    [
        ({"prompt_tokens": 32, "completion_tokens": 9, "total_tokens": 135,
          "completion_tokens_details": {"reasoning_tokens": 94}}, 32, 103, 94, None, True),
        ({"prompt_tokens": 32, "completion_tokens": 9,
          "completion_tokens_details": {"reasoning_tokens": 94}}, 32, 103, 94, None, False),
        ({"prompt_tokens": 32, "completion_tokens": 9, "total_tokens": 41,
          "completion_tokens_details": {"reasoning_tokens": 94}}, 32, 9, None, None, True),
        ({"input_tokens": 1, "output_tokens": 9, "cache_read_input_tokens": 32}, 33, 9, None, 32, True),
        ({"prompt_tokens": 5, "completion_tokens": 9, "total_tokens": 46,
          "prompt_tokens_details": {"cached_tokens": 32}}, 37, 9, None, 32, True),
        ({"prompt_tokens": 5, "completion_tokens": 9, "total_tokens": 14,
          "prompt_tokens_details": {"cached_tokens": 32}}, 5, 9, None, None, True),
        ({"prompt_tokens": 5, "completion_tokens": 9, "total_tokens": 99}, 5, 94, 85, None, False),
        ({"prompt_tokens": 5, "completion_tokens": 9, "total_tokens": 10}, 5, 9, None, None, False),
        ({"prompt_tokens": 50, "completion_tokens": 9, "total_tokens": 99,
          "prompt_tokens_details": {"cached_tokens": 40}}, 90, 9, None, 40, True),
        ({"prompt_tokens": 5, "total_tokens": 14}, 5, 9, None, None, True),
        ({"prompt_tokens": 5, "completion_tokens": 0, "total_tokens": 5}, 5, 1, None, None, False),
    ],
)  # fmt: skip
def test_counts_that_contradict_each_other_are_corrected_or_marked(
    usage: dict[str, object], prompt: int, completion: int, reasoning: int | None, cached: int | None,
    is_exact: bool,
) -> None:  # fmt: skip
    turn = read(stream("Hi", usage=usage))
    found = turn.usage
    assert found is not None
    counts = (found.prompt_tokens, found.completion_tokens, found.reasoning_tokens, found.cached_tokens)
    assert counts == (prompt, completion, reasoning, cached)
    assert (found.source is Source.REPORTED) == is_exact


def test_no_reasoning_tokens_beside_reasoning_are_unknown() -> None:
    usage = {"prompt_tokens": 5, "completion_tokens": 9, "completion_tokens_details": {"reasoning_tokens": 0}}
    turn = read(stream({"reasoning": "R"}, {"content": "A"}, usage=usage))
    assert turn.usage is not None
    assert turn.usage.reasoning_tokens is None
    assert turn.usage.notes == ("The server reports 0 reasoning tokens, but there was reasoning.",)


@pytest.mark.parametrize(
    ("usage", "headers", "expected"),
    [
        ({"cost": 0.0123}, {}, ("0.0123", None, "usage.cost")),
        ({"cost": 0.0104745, "is_byok": False, "cost_details": {"upstream_inference_cost": 0.0104745}}, {},
         ("0.0104745", None, "usage.cost")),
        ({"cost": 0.0104745, "cost_details": {"upstream_inference_cost": 0.0104745}}, {},
         ("0.0104745", None, "usage.cost")),
        ({"cost": 0, "is_byok": False, "cost_details": {"upstream_inference_cost": 0.01}}, {},
         ("0", None, "usage.cost")),
        ({"cost": 0, "is_byok": True, "cost_details": {"upstream_inference_cost": 0.0001601}}, {},
         ("0.0001601", None, "usage.cost + upstream_inference_cost")),
        ({"cost": 0.01, "is_byok": True, "cost_details": {"upstream_inference_cost": 0.2}}, {},
         ("0.21", None, "usage.cost + upstream_inference_cost")),
        ({"cost": 0.00048, "is_byok": True}, {}, ("0.00048", None, "usage.cost")),
        ({"cost": 0, "cost_details": {"upstream_inference_cost": 0.01}}, {},
         ("0.01", None, "usage.cost_details.upstream_inference_cost")),
        ({"cost": 1.2e-05}, {}, ("0.000012", None, "usage.cost")),
        ({"cost_in_usd_ticks": 123_000_000}, {}, ("0.0123", "USD", "usage.cost_in_usd_ticks")),
        ({}, {"x-litellm-response-cost": "0.0123"}, ("0.0123", "USD", "x-litellm-response-cost")),
        ({"cost": 0.5}, {"x-litellm-response-cost": "0.0123"}, ("0.5", None, "usage.cost")),
        ({}, {"x-litellm-response-cost": "0.0"}, None),
        ({"cost": "NaN"}, {"x-litellm-response-cost": "1e999"}, None),
    ],
)  # fmt: skip
def test_the_cost_that_the_server_reports_is_read(
    usage: dict[str, object], headers: dict[str, str], expected: tuple[str, str | None, str] | None
) -> None:
    counts = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
    turn = read(stream("Hi", usage={**counts, **usage}), headers={**EVENT_STREAM, **headers})
    cost = turn.server_cost
    assert (None if cost is None else (format(cost.amount, "f"), cost.currency, cost.origin)) == expected


def test_chunks_without_blank_lines_between_them_are_read() -> None:
    data = stream("A", "B").replace(b"\n\n", b"\n")
    assert read(data).answer.text == "AB"


def test_other_events_are_signs_of_life() -> None:
    data = b'event: ping\ndata: {"type":"ping"}\n\nevent: sglext_ids\ndata: 1,2\n\n'
    turn, events = read_reply([data + stream("A")])
    assert (turn.answer.text, turn.malformed_events) == ("A", 0)
    assert events[0] == Progress("keep-alive")


def test_blank_lines_and_comments_are_signs_of_life() -> None:
    reader = ReplyReader(status=200, headers=JSON, streamed=False)
    assert reader.feed(b"\n\n") == [Progress("keep-alive")]
    reader = ReplyReader(status=200, headers=EVENT_STREAM, streamed=True)
    assert reader.feed(b": keep-alive\n\n" * 5) == [Progress("keep-alive")]


def test_a_character_cut_into_two_escapes_is_whole() -> None:
    data = b'data: {"choices":[{"delta":{"content":"%s"}}]}\n\n'
    turn = read(data % b"a \\ud83d" + data % b"\\ude00 b \\ud83d" + stream("c"))
    assert turn.answer.text == "a 😀 b \ufffdc"
    turn = read(data.replace(b"content", b"reasoning") % b"\\ud83d" + stream("c"))
    assert (turn.reasoning.text, turn.answer.text) == ("\ufffd", "c")


# Other kinds of bodies than asked for


WHOLE = {
    "choices": [
        {"message": {"role": "assistant", "content": "A", "reasoning": "R"}, "finish_reason": "stop"}
    ],
    "usage": USAGE,
}


@pytest.mark.parametrize("headers", [JSON, EVENT_STREAM, {}])
@pytest.mark.parametrize("before", [b"", b"\n\n \r\n", b"\xef\xbb\xbf"])
def test_json_where_a_stream_was_asked_for(headers: dict[str, str], before: bytes) -> None:
    turn = read(before + json.dumps(WHOLE).encode(), headers=headers)
    assert (turn.reasoning.text, turn.answer.text, turn.failure) == ("R", "A", None)
    assert turn.notes == [answers.SENT_WHOLE]
    assert turn.usage is not None


def test_a_stream_where_json_was_asked_for() -> None:
    turn = read(stream({"reasoning": "R"}, "A"), headers=JSON, streamed=False)
    assert (turn.reasoning.text, turn.answer.text, turn.notes) == ("R", "A", [answers.SENT_STREAM])


def test_plain_words_are_not_taken_for_a_stream() -> None:
    turn = read(b"Ollama is running", headers={"content-type": "text/plain"}, streamed=False)
    assert turn.notes == []
    assert turn.failure is not None
    assert turn.failure.server_message == "Ollama is running"


def test_a_whole_answer_inside_of_a_stream() -> None:
    turn = read(b"data: " + json.dumps(WHOLE).encode() + b"\n\n" + DONE)
    assert (turn.reasoning.text, turn.answer.text) == ("R", "A")


def test_a_whole_answer_that_repeats_the_stream_is_not_added() -> None:
    repeated = {"choices": [{"delta": {}, "message": {"content": "AB"}, "finish_reason": "stop"}]}
    turn = read(
        chunk({"content": "A"})
        + chunk({"content": "B"})
        + b"data: "
        + json.dumps(repeated).encode()
        + b"\n\n"
    )
    assert turn.answer.text == "AB"


def test_inline_tags_in_a_whole_answer_are_split() -> None:
    body = {"choices": [{"message": {"content": "hm</think>\n\nA"}, "finish_reason": "stop"}]}
    turn = read(json.dumps(body).encode(), streamed=False, headers=JSON)
    assert (turn.reasoning.text, turn.answer.text) == ("hm", "A")


@pytest.mark.parametrize(
    ("body", "headers", "cause"),
    [
        (b"<html><title>Open WebUI</title></html>", {"content-type": "text/html"}, "unexpected-response"),
        (b"Ollama is running", {"content-type": "text/plain"}, "unexpected-response"),
        (b"", {}, "unexpected-response"),
        (b'{"object":"list","data":[]}', JSON, "unexpected-response"),
        (b'{"model":"m","done":false}\n{"model":"m","done":true}\n', JSON, "unexpected-response"),
        (b"[]", JSON, "unexpected-response"),
        (b'"hello"', JSON, "unexpected-response"),
        (b'[{"error":{"message":"x","code":429}}]', JSON, "rate-limited"),
        (b'{"choices":[]}', JSON, "empty-answer"),
        (b'{"choices":[{"message":{"content":"Hel', JSON, "stream-truncated"),
        (b'{"choices":[{"message":{"content":"A"}}]}', JSON, None),
    ],
)
def test_documents_are_judged_by_what_they_are(
    body: bytes, headers: dict[str, str], cause: str | None
) -> None:
    assert cause_of(read(body, headers=headers, streamed=False)) == cause


def test_the_title_of_a_web_page_is_told_and_its_markup_is_not() -> None:
    turn = read(
        b"<!doctype html><title>Open &amp; WebUI</title><b>x</b>", headers={"content-type": "text/html"}
    )
    assert turn.failure is not None
    assert turn.failure.facts["content"] == 'a web page titled "Open & WebUI"'
    assert "<b>" not in repr(turn.failure)


def test_the_text_of_a_cut_document_is_kept() -> None:
    body = json.dumps(WHOLE).encode()
    turn = read(body[: body.index(b"finish_reason")], headers=JSON, transport=explain("stream-reset"))
    assert (turn.reasoning.text, turn.answer.text, cause_of(turn)) == ("R", "A", "stream-reset")


# Limits


SMALL = Limits(line=2000, event=2000, answer=100, body=2000, error_body=500)


def read_small(data: bytes, status: int = 200, headers: dict[str, str] = EVENT_STREAM) -> Turn:
    from tui.core.fold import apply

    reader = ReplyReader(status=status, headers=headers, streamed=True, limits=SMALL)
    turn = Turn("t", parts_of("p"))
    for at in range(0, len(data), 50):
        for event in reader.feed(data[at : at + 50]):
            apply(turn, event, 0.0)
    for event in reader.finish():
        apply(turn, event, 0.0)
    return turn


@pytest.mark.parametrize(
    "data",
    [
        stream(*["0123456789"] * 20),
        stream(*[{"reasoning": "0123456789"}] * 20),
        stream("0123456789") + b"data: " + b"x" * 3000,
        stream("0123456789") + b"data: 1234567890\n" * 300,
        stream("0123456789") + stream({"tool_calls": [{"function": {"name": "f", "arguments": "x" * 101}}]}),
        b'{"choices":[{"message":{"content":"0123456789","x":"' + b"y" * 3000,
        stream("<think>" + "x" * 90) + stream("y" * 90),
    ],
    ids=["answer", "reasoning", "line", "event", "tool-call", "document", "tags"],
)
def test_what_is_too_large_is_stopped_and_what_came_is_kept(data: bytes) -> None:
    turn = read_small(data)
    assert cause_of(turn) == "answer-too-large"
    assert 10 <= len(turn.answer) + len(turn.reasoning) <= 110


def test_a_large_error_body_is_classified_by_its_start() -> None:
    turn = read_small(b'{"error":"Unauthorized"}' + b" " * 1000, status=401, headers=JSON)
    assert cause_of(turn) == "auth"


def test_notes_are_told_once() -> None:
    _, events = read_reply([stream({"refusal": "a"}, {"refusal": "b"})])
    assert sum(isinstance(event, Note) for event in events) == 1


@pytest.mark.parametrize(
    "envelope",
    [
        {"code": 200, "message": "success", "data": WHOLE},
        {"code": 0, "msg": "ok", "data": WHOLE, "request_id": "1"},
        {"success": True, "result": WHOLE},
        {"data": WHOLE},
        [WHOLE],
    ],
)
def test_an_answer_in_an_envelope_is_taken_out(envelope: object) -> None:
    turn = read(json.dumps(envelope).encode(), headers=JSON, streamed=False)
    assert (turn.reasoning.text, turn.answer.text, turn.failure, turn.notes) == ("R", "A", None, [])
    assert turn.usage is not None


@pytest.mark.parametrize("data", [{}, {"choices": []}, {"choices": None}, [WHOLE, WHOLE], "choices", None])
def test_an_envelope_without_an_answer_is_none(data: object) -> None:
    turn = read(json.dumps({"code": 200, "message": "success", "data": data}).encode(), headers=JSON)
    assert cause_of(turn) == "unexpected-response"


def test_an_envelope_that_tells_of_an_error_is_one() -> None:
    turn = read(json.dumps({"code": 500, "message": "it broke", "data": WHOLE}).encode(), headers=JSON)
    assert (cause_of(turn), turn.answer.text) == ("server-error", "")


def test_an_error_in_place_of_the_answer_is_not_an_answer_in_one_piece() -> None:
    body = {"choices": None, "base_resp": {"status_code": 1004, "status_msg": "login fail"}}
    turn = read(json.dumps(body).encode(), headers=JSON)
    assert (cause_of(turn), turn.notes) == ("auth", [])


def test_each_piece_of_a_tool_call_is_told_once() -> None:
    """Also of arguments that are an empty object, which may be all of them."""
    reader = ReplyReader(status=200, headers=EVENT_STREAM, streamed=True)
    calls = (_call("get_weather", "{}", id="a"), _call("get_time", "{}", id="b"))
    events = reader.feed(stream(*({"tool_calls": [call]} for call in calls))) + reader.finish()
    deltas = [event for event in events if isinstance(event, ToolCallDelta)]
    assert [(delta.index, delta.arguments) for delta in deltas] == [(0, "{}"), (1, "{}")]
