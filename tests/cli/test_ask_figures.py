"""``lmdeck ask`` with contradictory figures, and with an answer of which a part was lost."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.commands import Call
from tests.support.fault_server import Answer, Connection, FaultServer

EVENTS = "text/event-stream"


def chunk(delta: Mapping[str, object], finish: str | None = None, **more: object) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return f"data: {json.dumps({'model': 'm', 'choices': [choice], **more})}\n\n"


def usage(**counts: object) -> str:
    return f"data: {json.dumps({'model': 'm', 'choices': [], 'usage': counts})}\n\n"


def stream(*events: str) -> Answer:
    return Answer("".join((*events, "data: [DONE]\n\n")).encode(), content_type=EVENTS)


def add_provider(home: Path, url: str, **fields: str) -> None:
    folder = home / "config" / "lmdeck"
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        f'provider_url = "{url}"',
        'compatible_provider = "m"',
        *(f'{key} = "{value}"' for key, value in fields.items()),
    ]
    (folder / "providers.toml").write_text("[providers.p]\n" + "\n".join(lines) + "\n")


LOST = [
    chunk({"content": "A"}) + 'data: {"choices":[{"index":0,"delta":{"content":"x}\n\n',
    chunk({"content": "A", "images": [{"type": "image_url", "image_url": {"url": "data:,"}}]}),
    chunk({"content": "A", "output_text": "unheard"}),
]


@pytest.mark.parametrize("events", LOST, ids=["malformed", "image", "unknown field"])
def test_lost_text_is_said_and_ends_with_1(call: Call, events: str) -> None:
    with FaultServer(stream(events, chunk({}, "stop"))) as server:
        done = call("ask", "hi", "--url", server.base_url, "--model", "m")
        report = call("ask", "hi", "--url", server.base_url, "--model", "m", "--json")
    assert (done.code, done.out[:1]) == (1, "A")
    assert "note: " in done.err
    assert (report.code, report.json["ok"], report.json["answer"][:1]) == (1, False, "A")
    assert report.json["error"]["cause"] == "text-lost"
    assert report.json["notes"]


def test_an_answer_of_tool_calls_is_printed_and_ends_with_0(call: Call) -> None:
    calls = [
        {"id": "a", "function": {"name": "weather", "arguments": '{"city":"Bonn"}'}},
        {"id": "b", "function": {"name": "time", "arguments": "{}"}},
    ]
    with FaultServer(
        stream(*(chunk({"tool_calls": [one]}) for one in calls), chunk({}, "tool_calls"))
    ) as server:
        done = call("ask", "hi", "--url", server.base_url, "--model", "m")
        report = call("ask", "hi", "--url", server.base_url, "--model", "m", "--json").json
    assert (done.code, done.out) == (0, 'weather({"city":"Bonn"})\ntime({})\n')
    assert [(found["id"], found["name"], found["arguments"]) for found in report["tool_calls"]] == [
        ("a", "weather", '{"city":"Bonn"}'),
        ("b", "time", "{}"),
    ]


@pytest.mark.parametrize(
    ("prices", "cost"),
    [
        ({"input_price": "0.001"}, ("0.00001", None, None, "unknown")),
        ({"output_price": "0.002"}, (None, "0.00001", None, "unknown")),
        ({"input_price": "0.001", "output_price": "0.002"}, ("0.00001", "0.00001", "0.00002", "reported")),
    ],
)
def test_an_unknown_price_is_unknown(
    call: Call, home: Path, prices: dict[str, str], cost: tuple[str | None, ...]
) -> None:
    counts = usage(prompt_tokens=10, completion_tokens=5, total_tokens=15)
    with FaultServer(stream(chunk({"content": "Hi"}, "stop"), counts)) as server:
        add_provider(home, server.base_url, **prices)
        found = call("ask", "hi", "-p", "p", "--json").json["cost"]
    amounts = tuple(
        None if found[name] is None else Decimal(found[name]) for name in ("input", "output", "total")
    )
    assert amounts == tuple(None if amount is None else Decimal(amount) for amount in cost[:3])
    assert (found["source"], found["lower_bound"]) == (cost[3], cost[3] == "unknown")


def test_an_answer_that_breaks_off_costs_at_least_what_arrived(call: Call, home: Path) -> None:
    with FaultServer(Answer(chunk({"content": "four"}).encode(), content_type=EVENTS)) as server:
        add_provider(home, server.base_url, input_price="0.001", output_price="0.002")
        found = call("ask", "hi", "-p", "p", "--json").json["cost"]
        assert call("costs").out.splitlines()[2].endswith(f"≥ {found['total']} USD")
    assert (found["source"], found["lower_bound"]) == ("estimated", True)
    assert Decimal(found["total"]) == Decimal(found["input"]) + Decimal(found["output"]) > 0


def test_an_estimated_count_marks_what_rests_on_it(call: Call) -> None:
    def paced(connection: Connection) -> None:
        while connection.read_request():
            connection.send(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
            )
            for _ in range(8):
                connection.send(chunk({"content": "word "}).encode())
                time.sleep(0.01)
            connection.send((chunk({}, "stop") + "data: [DONE]\n\n").encode())
            return

    with FaultServer(paced) as server:
        report = call("ask", "hi", "--url", server.base_url, "--model", "m", "--json").json
    assert report["usage"]["source"] == "estimated"
    assert report["timings"]["tpot_ms"] > 0
    assert report["timings"]["source"] == {"tpot_ms": "estimated"}


def test_counts_that_contradict_the_text_are_noted(call: Call) -> None:
    counts = usage(prompt_tokens=10, completion_tokens=5, completion_tokens_details={"reasoning_tokens": 0})
    with FaultServer(stream(chunk({"reasoning": "hm"}), chunk({"content": "Hi"}, "stop"), counts)) as server:
        found = call("ask", "hi", "--url", server.base_url, "--model", "m", "--json").json["usage"]
    assert (found["reasoning_tokens"], found["completion_tokens"]) == (None, 5)
    assert found["notes"] == ["The server reports 0 reasoning tokens, but there was reasoning."]


def test_the_cost_of_the_server_stands_beside_ours(call: Call, home: Path) -> None:
    counts = usage(prompt_tokens=10, completion_tokens=5, total_tokens=15, cost=0.0123)
    with FaultServer(stream(chunk({"content": "Hi"}, "stop"), counts)) as server:
        add_provider(home, server.base_url, input_price="0.001", output_price="0.002")
        report = call("ask", "hi", "-p", "p", "--json").json
    assert report["server_cost"] == {"amount": "0.0123", "currency": None, "from": "usage.cost"}
    assert Decimal(report["cost"]["total"]) == Decimal("0.00002")


@pytest.mark.parametrize(("told", "amount"), [("1e-400", None), ("-0.0", "0.0"), ("1e-9", "0.000000001")])
def test_a_cost_too_small_to_be_read_is_unknown_and_not_0(call: Call, told: str, amount: str | None) -> None:
    counts = usage(prompt_tokens=10, completion_tokens=5, total_tokens=15, cost=7).replace("7", told)
    with FaultServer(stream(chunk({"content": "Hi"}, "stop"), counts)) as server:
        cost = call("ask", "hi", "--url", server.base_url, "-m", "m", "--json").json["server_cost"]
    assert (cost and cost["amount"]) == amount


def test_the_finish_reason_survives_an_answer_without_text(call: Call) -> None:
    counts = usage(prompt_tokens=10, completion_tokens=5, completion_tokens_details={"reasoning_tokens": 5})
    with FaultServer(stream(chunk({"role": "assistant"}), chunk({}, "length"), counts)) as server:
        report = call("ask", "hi", "--url", server.base_url, "--model", "m", "--json").json
    assert (report["error"]["cause"], report["finish_reason"]) == ("thinking-ate-budget", "length")


@pytest.mark.parametrize(
    ("reason", "note"),
    [
        ("stop", ""),
        ("length", "note: The answer was cut off at the token limit.\n"),
        ("repetition", "note: The answer was stopped by the server because it repeated itself.\n"),
        ("pause_turn", "note: The answer was stopped by the server before its end.\n"),
        ("content_filter", "note: The answer was stopped by the server's content filter.\n"),
    ],
)
def test_an_answer_that_ends_early_says_so_beside_its_text(call: Call, reason: str, note: str) -> None:
    with FaultServer(stream(chunk({"content": "Hi"}, reason), usage(completion_tokens=1))) as server:
        done = call("ask", "hi", "--url", server.base_url, "--model", "m")
    assert (done.code, done.out, done.err) == (0, "Hi\n", note)


def test_a_kept_connection_and_a_new_one_are_timed_alike(call: Call) -> None:
    """The answer takes 60 ms each time: on the connection that listed the models, and on a new one."""

    def slow(connection: Connection) -> None:
        while request := connection.read_request():
            if request.startswith(b"GET"):
                connection.respond(b'{"data":[{"id":"m"}]}')
                continue
            time.sleep(0.06)
            body = (chunk({"content": "Hi"}, "stop") + "data: [DONE]\n\n").encode()
            connection.respond(body, content_type=EVENTS)

    with FaultServer(slow) as server:
        kept = call("ask", "hi", "--url", server.base_url, "--json").json["timings"]
        new = call("ask", "hi", "--url", server.base_url, "--model", "m", "--json").json["timings"]
    assert kept["ttfb_ms"] >= 60
    assert new["ttfb_ms"] >= 60
