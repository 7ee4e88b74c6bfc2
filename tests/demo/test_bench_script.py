"""Benchmark answers: exactly the tokens asked for, and an end that can be seen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.demo.demo_client import call, chat
from tui.demo.bench_script import bench_script
from tui.demo.server import DemoServer
from tui.demo.tokens import count_tokens, tokenise


@given(st.text())
def test_tokens_join_to_the_text(text: str) -> None:
    assert "".join(tokenise(text)) == text
    assert count_tokens(text) == len(tokenise(text))


@pytest.mark.parametrize("shape", ["", "-mixed", "-para"])
@pytest.mark.parametrize("count", [2, 10, 500, 2000])
def test_the_answer_has_the_tokens_that_the_name_asks_for(shape: str, count: int) -> None:
    script = bench_script(f"bench-n{count}-r200{shape}", "go q1")
    assert script is not None
    assert len(script.answer) == count
    assert script.rate == 200
    assert script.reasoning == ()


@pytest.mark.parametrize("shape", ["list", "table", "code"])
def test_shapes_that_cannot_be_filled_come_close(shape: str) -> None:
    script = bench_script(f"bench-n1000-r0-{shape}-think50", "go q1")
    assert script is not None
    assert 900 <= len(script.answer) <= 1000
    assert len(script.reasoning) == 50


def test_code_is_closed_before_the_marker() -> None:
    script = bench_script("bench-n300-r0-code", "go q1")
    assert script is not None
    assert "".join(script.answer).endswith("\n```\n\nFINq1Z")


@pytest.mark.parametrize(
    ("prompt", "marker"),
    [
        ("go q1", "FINq1Z"),
        ("x", "FINxZ"),
        ("", "FIN0Z"),
        ("say \x1b[31m!", "FIN31mZ"),
        ("…", "FIN0Z"),
        ("a b-7", "FINb7Z"),
    ],
)
def test_the_marker_is_the_prompts_last_word(prompt: str, marker: str) -> None:
    script = bench_script("bench-n10-r0", prompt)
    assert script is not None
    assert script.marker == script.answer[-1] == marker


def test_a_warm_up_is_short_whatever_the_name_says() -> None:
    script = bench_script("bench-n50000-r10-think900", "warm q1")
    assert script is not None
    assert (len(script.answer), script.reasoning, script.rate) == (30, (), 0)


@pytest.mark.parametrize(
    "name", ["bench", "bench-n5", "bench-n5-r5-poem", "xbench-n5-r5", "bench-n5-r5-think"]
)
def test_other_names_are_no_benchmarks(name: str) -> None:
    assert bench_script(name, "go") is None


def test_the_server_tells_when_the_last_token_went_out(server: DemoServer) -> None:
    reply = chat(server, "go q7", model="bench-n500-r5000-think20", stream_options={"include_usage": True})
    assert reply.text().endswith("FINq7Z")
    assert reply.events[-1]["usage"]["completion_tokens"] == 520
    last = call(server.root_url, "/bench/last").json
    assert last["marker"] == "FINq7Z"
    assert last["tokens_sent"] == 520
    assert last["is_complete"] is True
    assert last["request_arrived_at"] < last["first_token_at"] < last["last_token_at"]
    assert last["last_token_at"] - last["request_arrived_at"] >= 518 / 5000, "the schedule is absolute"
