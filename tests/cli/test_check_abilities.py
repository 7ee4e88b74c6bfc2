"""``lmdeck check --deep`` as used by users and scripts."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.store.disk_support import wait_until
from tests.support.ability_server import AbilityServer, answer, call, refusal
from tests.support.commands import Call
from tests.support.fault_server import Connection, FaultServer
from tests.support.json_schema import violations
from tests.support.payloads import PAYLOADS, leaks
from tests.support.real_deck import RealDeck
from tui.core import diagnosis
from tui.core.abilities import Ability
from tui.core.ability_memory import AbilityRecord
from tui.store.endpoint_memory import EndpointMemory
from tui.store.paths import resolve_paths

SCHEMA = json.loads((Path(diagnosis.__file__).parent / "check.schema.json").read_text())
CALL = answer(None, finish="tool_calls", tool_calls=[call()])
FITS = answer('{"word": "blorn", "count": 2}')
REPLIES = [CALL, answer("It is 07:43."), FITS]


def words(text: str) -> str:
    return " ".join(text.split())


def test_the_cost_is_said_first_then_each_ability_in_a_row(program: Call) -> None:
    with FaultServer(AbilityServer(REPLIES)) as server:
        done = program("check", server.base_url, "--only", "json-schema,tools")
    assert (done.code, done.err) == (0, "")
    head, _, rows = done.out.partition("What it can do:\n")
    assert "Tests what it can do: 3 requests, at most 96 output tokens" in words(head.splitlines()[2])
    assert (
        rows.splitlines()[0] == '✓ Tools               yes        calls get_time("Paris") and uses its result'
    )
    assert rows.splitlines()[1].startswith("✓ JSON schema         yes        fits a schema")
    assert max(map(len, done.out.splitlines())) <= 80
    assert "\x1b" not in done.out


def test_the_answer_as_json_follows_the_schema(program: Call) -> None:
    with FaultServer(AbilityServer([*REPLIES, refusal("m is not a multimodal model")])) as server:
        done = program("check", server.base_url, "--only", "tools,json_schema,vision", "--json")
    report = done.json
    assert (done.code, list(violations(report, SCHEMA))) == (0, [])
    assert report["abilities"]["tools"] == {
        "result": "yes",
        "evidence": 'calls get_time("Paris") and uses its result',
        "tokens": 50,
        "requests": 2,
        "model": "m",
        "provider": None,
    }
    assert {name: one["result"] for name, one in report["abilities"].items()} == {
        "tools": "yes",
        "json_schema": "yes",
        "vision": "no",
    }


def test_deep_tests_all_of_them_and_a_plain_check_none(program: Call) -> None:
    with FaultServer(AbilityServer(default=refusal("boom", "500 Internal Server Error"))) as server:
        deep = program("check", server.base_url, "--deep", "--json")
        plain = program("check", server.base_url, "--json")
    assert deep.code == plain.code == 0, "an ability that is missing is no failure"
    assert "tools" in deep.json["abilities"]
    assert [name for name in map(str, Ability) if name in deep.json["abilities"]] == list(
        deep.json["abilities"]
    )
    assert plain.json["abilities"] == {}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--only", "tool"), "there is no ability named tool; the closest is tools"),
        (("--only", "tools,zzz"), "there is no ability named zzz; choose from system, tools, "),
        (("--only", ","), "--only needs a name; choose from system, tools, "),
        (("--deep", "--quick"), "--deep cannot be combined with --quick"),
        (("--deep", "--watch", "5"), "--deep cannot be combined with --watch"),
    ],
)
def test_wrong_usage_names_what_is_right(program: Call, options: tuple[str, ...], said: str) -> None:
    done = program("check", "http://localhost:1/v1", *options)
    assert done.code == 2
    assert said in words(done.err)


def test_the_report_for_a_ticket_has_the_abilities(program: Call, tmp_path: Path) -> None:
    with FaultServer(AbilityServer(REPLIES)) as server:
        done = program("check", server.base_url, "--only", "tools,json_schema", "--report", "-")
    assert "What it can do" in done.out
    assert "Tools" in done.out


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_a_model_answers_commands_no_terminal(program: Call, payload: str) -> None:
    with FaultServer(AbilityServer([answer(f"Hello {PAYLOADS[payload]}")])) as server:
        done = program("check", server.base_url, "--only", "json_object")
    assert leaks(done.out.encode(), payload) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("arguments", [("main",), ("--all",)], ids=["one", "all"])
def test_a_check_that_is_cut_off_remembers_what_it_has_found(
    tmp_path: Path, arguments: tuple[str, ...], number: signal.Signals
) -> None:
    asked = threading.Event()

    def silent(connection: Connection) -> None:
        connection.read_request()
        asked.set()
        connection.hold()

    deck = RealDeck(tmp_path)
    with FaultServer(AbilityServer(REPLIES, default=silent)) as server:
        deck.provider(server.base_url)
        process = subprocess.Popen(
            [sys.executable, "-m", "tui", "check", *arguments, "--only", "tools,json_schema,vision,rerank"],
            env=deck.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert asked.wait(30)
            wait_until(lambda: len(known(deck, server.base_url)) == 2)
        finally:
            process.send_signal(number)
            out, _ = process.communicate(timeout=30)
        assert process.returncode == (-number if number is signal.SIGKILL else 128 + number)
        assert known(deck, server.base_url) == {"tools": "yes", "json_schema": "yes"}
    assert ("Not tried: Images, Rerank." in out) is (arguments == ("main",) and number is not signal.SIGKILL)


def test_what_was_stopped_is_not_tried_in_the_json(tmp_path: Path) -> None:
    asked = threading.Event()

    def silent(connection: Connection) -> None:
        connection.read_request()
        asked.set()
        connection.hold()

    with FaultServer(AbilityServer(REPLIES, default=silent)) as server:
        deck = RealDeck(tmp_path)
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tui",
                "check",
                server.base_url,
                "--only",
                "tools,vision,rerank",
                "--json",
            ],
            env=deck.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )
        assert asked.wait(30)
        process.send_signal(signal.SIGINT)
        report = json.loads(process.communicate(timeout=30)[0])
    assert list(violations(report, SCHEMA)) == []
    results = {name: (one["result"], one["evidence"]) for name, one in report["abilities"].items()}
    assert results["tools"][0] == "yes"
    assert results["vision"] == results["rerank"] == ("not tried", "the tests were stopped before this one")


def known(deck: RealDeck, url: str) -> dict[str, str]:
    """Return what a next run knows of the model, with the words for it."""
    memory = EndpointMemory(resolve_paths(deck.environment))
    record = AbilityRecord.from_json(memory.abilities(url, "m"))
    return {str(ability): str(one.result.outcome) for ability, one in record.known.items()}
