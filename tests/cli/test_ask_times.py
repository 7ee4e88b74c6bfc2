"""``lmdeck ask --timing``: with figures from replies, and only from ``/metrics``."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.commands import Call, Done
from tests.support.fault_server import FaultServer
from tests.support.timed_server import PROMPT_SECONDS, QUEUE_SECONDS, VLLM_NAMES, TimedApi


def ask(call: Call, api: TimedApi, *more: str) -> Done:
    with FaultServer(api) as server:
        return call("ask", "hi", "--url", server.base_url, "--model", "m", *more)


def parts(done: Done) -> dict[str, Any]:
    phases = done.json["phases"]
    assert all(set(phase) == {"name", "ms", "source", "from"} for phase in phases)
    assert abs(sum(phase["ms"] for phase in phases) - done.json["timings"]["total_ms"]) < 1
    return {phase["name"]: phase for phase in phases}


def near(seconds: float, by: float) -> Any:
    return pytest.approx(seconds * 1000, abs=by)


def test_vllms_own_figures_are_told_as_reported(call: Call) -> None:
    api = TimedApi(reports=True)
    found = parts(ask(call, api, "--json"))
    assert found["queue"] == {
        "name": "queue", "ms": near(QUEUE_SECONDS, 5), "source": "reported", "from": "vllm.metrics"
    }  # fmt: skip
    assert found["prompt"]["ms"] == near(PROMPT_SECONDS, 5)
    assert list(found) == ["connect", "queue", "prompt", "unexplained", "answer", "tail"]


def test_the_metrics_alone_tell_the_same_of_a_request_that_was_alone(call: Call) -> None:
    found = parts(ask(call, TimedApi(), "--json"))
    assert (found["queue"]["source"], found["queue"]["from"]) == ("reported", VLLM_NAMES["queue"])
    assert found["queue"]["ms"] == near(QUEUE_SECONDS, 10)
    assert found["prompt"]["ms"] == near(PROMPT_SECONDS, 10)


def test_with_others_the_metrics_are_an_estimate(call: Call) -> None:
    found = parts(ask(call, TimedApi(others=2), "--json"))
    assert found["queue"]["source"] == found["prompt"]["source"] == "estimated"
    assert found["queue"]["from"] == f"{VLLM_NAMES['queue']}, shared with 2 others"


def test_the_metrics_are_read_before_and_after_and_never_with_the_key(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("K", "sk-private-0123456789")
    api = TimedApi()
    ask(call, api, "--json", "--key-env", "K")
    assert api.log == ["GET /metrics", "POST /v1/chat/completions", "GET /metrics"]
    keyed = ["sk-private" in head for head in api.heads]
    assert keyed == [False, True, False]


def test_a_server_that_shows_nothing_is_told_how_to(call: Call) -> None:
    api = TimedApi(is_open=False)
    done = ask(call, api, "--timing")
    assert api.log == ["GET /metrics", "POST /v1/chat/completions"]
    assert "time: " in done.err
    assert " ms. If this is vLLM, --enable-per-request-metrics shows more." in done.err
    assert done.out.startswith("0 1 2")


def test_the_timing_line_names_each_part_and_its_source(call: Call) -> None:
    done = ask(call, TimedApi(reports=True), "--timing")
    line = next(line for line in done.err.splitlines() if line.startswith("time: "))
    assert f"queue {QUEUE_SECONDS * 1000:.0f} ms (reported)" in line
    assert f"prompt {PROMPT_SECONDS * 1000:.0f} ms (reported)" in line
    assert "connect " in line


def test_a_plain_answer_asks_for_nothing_more(call: Call) -> None:
    api = TimedApi()
    ask(call, api)
    assert api.log == ["POST /v1/chat/completions"]


def test_a_check_prints_the_parts_at_its_speed(call: Call) -> None:
    api = TimedApi()
    with FaultServer(api) as server:
        done = call("check", server.base_url, "--model", "m")
        report = call("check", server.base_url, "--model", "m", "--json")
    assert "time: " in done.out
    assert "unexplained" in done.out
    assert report.json["phases"][0]["name"] == "connect"


def test_the_plain_chat_tells_the_parts_of_its_last_answer(program: Call) -> None:
    api = TimedApi(reports=True)
    with FaultServer(api) as server:
        assert program("providers", "add", "p", "--url", server.base_url, "--model", "m").code == 0
        done = program("chat", "p", "--plain", stdin=b"hello\n/info\n/quit\n")
    told = done.out[done.out.index("Where the time went:") :]
    assert [line.split()[0] for line in told.splitlines()[1:7]] == [
        "connect", "queue", "prompt", "unexplained", "answer", "tail"
    ]  # fmt: skip
    assert "reported: vllm.metrics" in told


def test_an_endpoint_that_refuses_include_usage_is_named_as_the_reason(call: Call) -> None:
    api = TimedApi(is_open=False, refuses_usage=True)
    done = ask(call, api, "--json", "--timing")
    assert parts(done)["unexplained"]["from"] == "no-usage"
    assert "let the endpoint accept stream_options.include_usage" in done.err
