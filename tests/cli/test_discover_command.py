"""``lmdeck discover``: finds the servers of this machine by their ports."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.commands import Call
from tests.support.fake_api import FakeApi, model_list
from tests.support.fake_machine import FakeMachine
from tests.support.fault_server import FaultServer
from tests.support.json_schema import violations
from tests.support.payloads import PAYLOADS, leaks
from tui.cli import main as cli_main
from tui.cli.discover import discovery_json, discovery_lines
from tui.net.discover import Discovered, Discovery
from tui.net.machine.machine import Machine

SCHEMA = json.loads((Path(cli_main.__file__).parent / "schemas" / "discover.schema.json").read_text())


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeMachine:
    """A machine of its own: other servers of this one are none of the test's business."""
    fake = FakeMachine(tmp_path / "root")
    monkeypatch.setattr(
        "tui.net.machine.machine.Machine", lambda environment: Machine(environment, fake.root)
    )
    return fake


def test_who_listens_is_listed(call: Call, machine: FakeMachine) -> None:
    with FaultServer(FakeApi(models=model_list("found-me"))) as server:
        machine.listen("127.0.0.1", server.port, 7)
        machine.run(42, "python3", "-m", "vllm.entrypoints.openai.api_server", sockets=(7,))
        as_json, as_text = call("discover", "--json"), call("discover")
    assert as_json.code == as_text.code == 0
    assert list(violations(as_json.json, SCHEMA)) == []
    (found,) = as_json.json["servers"]
    assert (found["url"], found["models"], found["needs_key"]) == (server.base_url, ["found-me"], False)
    assert found["process"]["pid"] == 42
    row = next(line for line in as_text.out.splitlines() if line.startswith(str(server.port)))
    assert "found-me" in row
    assert "(pid 42)" in row
    assert f"lmdeck check {server.base_url}\n" in as_text.out
    assert "Checked 1 port on loopback." in as_text.out


def test_a_server_that_wants_a_key_says_so(call: Call, machine: FakeMachine) -> None:
    with FaultServer(FakeApi(key="Bearer k")) as server:
        machine.listen("127.0.0.1", server.port, 7)
        done = call("discover")
        assert not any(b"authorization" in request.lower() for request in server.requests)
    row = next(line for line in done.out.splitlines() if line.startswith(str(server.port)))
    assert "needs a key" in row
    assert "unknown kind" in row


def test_a_server_of_unknown_kind_has_none(call: Call, machine: FakeMachine) -> None:
    with FaultServer(FakeApi()) as server:
        machine.listen("127.0.0.1", server.port, 7)
        done = call("discover", "--json")
    assert list(violations(done.json, SCHEMA)) == []
    assert done.json["servers"][0]["server"] is None


def test_a_server_that_starts_is_told(call: Call, machine: FakeMachine) -> None:
    machine.run(43, "python3", "-m", "vllm.entrypoints.openai.api_server", "--port", "8123")
    as_json, as_text = call("discover", "--json"), call("discover")
    assert list(violations(as_json.json, SCHEMA)) == []
    (starting,) = as_json.json["starting"]
    assert (starting["pid"], starting["expected_port"]) == (43, 8123)
    assert "No model server found" in as_text.out
    assert "pid 43" in as_text.out


def test_nothing_found_is_said() -> None:
    nothing = Discovery((), (), 1, is_complete=False)
    assert discovery_lines(nothing) == [
        "No model server found on this machine.",
        "Checked the 1 port that model servers usually use.",
    ]
    printed = {"schema_version": 1, "ok": True, **discovery_json(nothing), "error": None}
    assert list(violations(printed, SCHEMA)) == []


@pytest.mark.parametrize("name", PAYLOADS)
def test_no_payload_passes(name: str) -> None:
    text = PAYLOADS[name]
    found = Discovery((Discovered("http://127.0.0.1:1/v1", 1, text, models=(text,) * 5),), (), 1, True)
    assert not leaks("\n".join(discovery_lines(found)).encode(), text)
