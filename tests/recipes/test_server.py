"""A new server is one entry in ``wire/dialects.py``: it is recognised, used, named and documented."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.recipes.acme_server import ACME
from tests.support.check_runner import run_check
from tests.support.fake_api import FakeApi, model_list
from tests.support.fault_server import Answer, FaultServer
from tools.dialects_page import PAGE, filled
from tui.core.chat import ChatRequest, Endpoint, Message, Role
from tui.core.diagnosis import CheckId, DiagnosisReport
from tui.core.parts import parts_of
from tui.core.provider import ReasoningReplay, Thinking
from tui.net.probe.target import ProbeTarget
from tui.wire import dialects
from tui.wire.errors import classify_error
from tui.wire.fingerprint import identify
from tui.wire.request import build_chat_body
from tui.wire.server_quirks import ServerQuirks
from tui.wire.servers import Dialect
from tui.wire.thinking import EFFORT

ROOT = Path(__file__).parents[2]
ABOUT = {"/acme/about": Answer(b'{"acme": "7.1", "limits": {"window": 4096}}')}


@pytest.fixture(autouse=True)
def one_entry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(dialects, "DIALECTS", (*dialects.DIALECTS, ACME))
    yield


def sent_to_chat(server: FaultServer) -> dict[str, Any]:
    (request,) = [each for each in server.requests if each.startswith(b"POST /v1/chat/completions")]
    body: dict[str, Any] = json.loads(request.partition(b"\r\n\r\n")[2])
    return body


def titles(report: DiagnosisReport) -> str:
    return "\n".join(result.title for result in report.results)


async def test_its_probe_tells_it_and_it_is_spoken_to_in_its_way() -> None:
    routes = {**ABOUT, "/metrics": Answer(b"acme_running 3\n", content_type="text/plain")}
    with FaultServer(FakeApi(models=model_list("m"), routes=routes)) as server:
        target = ProbeTarget(Endpoint(server.base_url), "m", thinking=Thinking.MINIMAL)
        report = await run_check(target)
        body = sent_to_chat(server)
    assert report.server is not None
    assert (report.server.kind, report.server.version) == ("acme", "7.1")
    assert "acme 7.1." in titles(report)
    speed = report.result(CheckId.SPEED)
    assert speed is not None
    assert "the server's requests: 3 running" in speed.facts
    assert body["ponder"] == "tiny"
    assert "max_completion_tokens" in body
    assert not {"max_tokens", "stream_options", "reasoning_effort", "chat_template_kwargs"} & body.keys()


async def test_it_is_told_by_what_its_list_says() -> None:
    with FaultServer(FakeApi(models=model_list("other", owned_by="acme"))) as server:
        report = await run_check(ProbeTarget(Endpoint(server.base_url), "m"), quick=True)
    assert report.server is not None
    assert (report.server.kind, report.server.evidence) == ("acme", "owned_by")
    assert not report.ok  # it refuses what it does not list, so the chat is not needed for the verdict
    assert report.verdict is not None
    assert report.verdict.cause == "model-not-found"


async def test_it_is_told_behind_a_key() -> None:
    locked = Answer(b'{"acme": "locked"}', "401 Unauthorized")
    routes = {**ABOUT, "/v1/models": locked, "/v1/chat/completions": locked}
    with FaultServer(FakeApi(routes=routes)) as server:
        report = await run_check(ProbeTarget(Endpoint(server.base_url), "m"))
    assert report.server is not None
    assert (report.server.kind, report.server.version) == ("acme", "7.1")


@pytest.mark.parametrize(
    ("evidence", "version"),
    [
        ({"host": "eu.api.acme.example"}, None),
        ({"headers": {"X-Acme": "acme/7.1"}}, "7.1"),
        ({"system_fingerprint": "acme-71"}, "71"),
        ({"error_body": b'{"error": "acme says no"}'}, None),
    ],
)
def test_it_is_told_by_each_of_its_marks(evidence: dict[str, Any], version: str | None) -> None:
    found = identify(**evidence)
    assert (found.kind, found.version) == (ACME, version)


def test_its_gateway_is_named_where_it_passes_an_error_on() -> None:
    failure = classify_error(502, {"X-Acme": "acme/7.1", "Server": "uvicorn"}, b"Bad Gateway")
    assert failure.cause == "bad-gateway"
    assert failure.facts["gateway"] == "Acme"


def test_past_reasoning_travels_in_its_field() -> None:
    past = (
        Message(Role.ASSISTANT, parts_of("Hi"), reasoning="A greeting."),
        Message(Role.USER, parts_of("Bye")),
    )
    request = ChatRequest("m", past, reasoning_replay=ReasoningReplay.ALWAYS)
    body: dict[str, Any] = build_chat_body(request, ServerQuirks(), ACME)
    assert body["messages"][0] == {"role": "assistant", "content": "Hi", "pondered": "A greeting."}


def test_a_refused_form_is_dropped_though_no_other_server_has_it() -> None:
    assert {"ponder", EFFORT.field} <= dialects.thinking_field_names()
    request = ChatRequest("m", (), thinking=Thinking.HIGH)
    assert build_chat_body(request, ServerQuirks(), ACME)["ponder"] == "high"
    refused = ServerQuirks(dropped=dialects.thinking_field_names())
    assert "ponder" not in build_chat_body(request, refused, ACME)


def test_the_page_gets_its_row() -> None:
    page = PAGE.read_text(encoding="utf-8")
    row = "| Acme Serve | `ponder` | never | `/acme/about` | `ponder`, always | run |"
    assert row not in page
    assert row in filled(page)


def run_program(tmp_path: Path, *arguments: str) -> dict[str, Any]:
    homes = {f"XDG_{kind}_HOME": str(tmp_path / kind) for kind in ("CONFIG", "DATA", "STATE", "CACHE")}
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(ROOT), **homes}
    done = subprocess.run(
        [sys.executable, "-m", "tests.recipes.acme_server", *arguments],
        env=environment, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def test_the_program_names_it(tmp_path: Path) -> None:
    with FaultServer(FakeApi(models=model_list("m"), routes=ABOUT)) as server:
        report = run_program(tmp_path, "check", server.base_url, "--json")
    assert (report["server"]["kind"], report["server"]["version"]) == ("acme", "7.1")


def test_its_process_and_its_port_are_known() -> None:
    code = (
        "from tests.recipes import acme_server; acme_server.add()\n"
        "from tui.net.discover import USUAL_PORTS\n"
        "from tui.net.machine.known_servers import recognise\n"
        "print(recognise(['/opt/acme', 'serve', '--fast']).label, 7171 in USUAL_PORTS)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["Acme", "Serve", "True"]


@pytest.mark.parametrize("row", dialects.DIALECTS, ids=str)
def test_every_server_has_its_name_and_a_row_in_the_readme(row: Dialect) -> None:
    assert row.name
    assert row.readme
    assert all(line.count(" | ") == 5 and "{}" in line for line in row.readme)
    assert bool(row.gateway) == bool(row.gateway_marks)
    assert len({each.name for each in dialects.DIALECTS}) == len(dialects.DIALECTS)
