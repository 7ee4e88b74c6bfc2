"""The output and exit codes of ``lmdeck ask`` for unusual servers and gateways."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.commands import Call, Done
from tests.support.fake_api import FakeApi
from tests.support.fault_server import Answer, FaultServer
from tests.wire.replies import chunk, stream

pytestmark = pytest.mark.usefixtures("home")

COUNTS = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
HALF = chunk({"content": "Half an"})


def ask(call: Call, body: bytes, *more: str, encoding: str = "") -> Done:
    headers = {"Content-Encoding": encoding} if encoding else {}
    answer = Answer(body, content_type="text/event-stream", headers=headers)
    with FaultServer(FakeApi(chat=answer)) as server:
        return call("ask", "hello", "--url", server.base_url, "--model", "m", *more)


@pytest.mark.parametrize(
    ("reason", "code", "words"),
    [
        ("network_error", 1, "reports that the model failed during the answer"),
        ("function_call_filter: MALFORMED_FUNCTION_CALL", 1, "tool call that the server could not read"),
        ("sensitive", 0, "stopped by the server's content filter"),
        ("content_filter: PROHIBITED_CONTENT", 0, "stopped by the server's content filter"),
        ("MAX_TOKENS", 0, "cut off at the token limit"),
        ("repetition", 0, "stopped by the server because it repeated itself"),
        ("STOP", 0, ""),
    ],
)
def test_how_an_answer_ended_is_told(call: Call, reason: str, code: int, words: str) -> None:
    done = ask(call, stream("Half an", finish=reason))
    assert (done.code, done.out) == (code, "Half an\n")
    assert words in done.err
    assert bool(done.err) == bool(words)


@pytest.mark.parametrize(
    ("reason", "code"), [("network_error", 1), ("sensitive", 1), ("repetition", 1), ("odd", 0), ("STOP", 0)]
)
def test_json_that_ended_badly_is_not_taken(call: Call, tmp_path: Path, reason: str, code: int) -> None:
    schema = tmp_path / "any.json"
    schema.write_text('{"type": "object"}')
    done = ask(call, stream('{"a": 1}', finish=reason), "--schema", str(schema))
    assert done.code == code
    assert ("(“odd”)" in done.err) == (reason == "odd")


def test_white_space_is_no_answer(call: Call) -> None:
    done = ask(call, stream("  ", "\n"), "--json")
    assert (done.code, done.json["error"]["cause"]) == (1, "empty-answer")


def test_a_field_name_twice_loses_nothing(call: Call) -> None:
    done = ask(call, stream("Hello", finish=None).replace(b"data: ", b"data: data: "))
    assert (done.code, done.out, done.err) == (0, "Hello\n", "")


def test_an_error_without_a_field_name_is_told(call: Call) -> None:
    done = ask(call, HALF + b'{"error":{"message":"boom"}}\n')
    assert (done.code, done.out) == (1, "Half an\n")
    assert "boom" in done.err


@pytest.mark.parametrize("encoding", ["br", "zstd"])
def test_a_compression_that_cannot_be_undone_is_named(call: Call, encoding: str) -> None:
    done = ask(call, b"\x28\xb5\x2f\xfd", encoding=encoding)
    assert done.code == 1
    assert f"compressed with {encoding}, which lmdeck did not request and cannot read" in done.err
    assert f"Turn off compression with {encoding}" in done.err


@pytest.mark.parametrize("first", ["{}", '{"x":1}'])
def test_arguments_are_told_once(call: Call, first: str) -> None:
    deltas = [
        {"tool_calls": [{"index": 0, "id": "a", "function": {"name": "f", "arguments": first}}]},
        {"tool_calls": [{"index": 0, "function": {"arguments": '{"x":1}'}}]},
    ]
    done = ask(call, stream(*deltas, finish="tool_calls"), "--json")
    assert (done.code, done.json["notes"]) == (0, [])
    assert done.json["tool_calls"] == [{"id": "a", "name": "f", "arguments": '{"x":1}'}]


def test_tags_that_never_close_are_not_the_parsers_fault(call: Call) -> None:
    done = ask(call, stream("<think>", "Four."))
    assert done.code == 0
    assert "parser" not in done.err
    assert "raise max tokens, or check the model's chat template" in done.err


def test_the_cost_of_an_account_is_not_doubled(call: Call) -> None:
    details = {"upstream_inference_cost": 0.0104745}
    usage = {**COUNTS, "cost": 0.0104745, "is_byok": False, "cost_details": details}
    done = ask(call, stream("Hi", usage=usage), "--json")
    assert done.json["server_cost"] == {"amount": "0.0104745", "currency": None, "from": "usage.cost"}


def test_thinking_that_stands_in_the_sum_alone_is_counted(call: Call) -> None:
    done = ask(call, stream("Hi", usage={**COUNTS, "total_tokens": 115}), "--json")
    usage = done.json["usage"]
    assert (usage["completion_tokens"], usage["reasoning_tokens"], usage["source"]) == (105, 100, "estimated")
    assert json.dumps(usage["notes"]).count("100 are counted as output") == 1
