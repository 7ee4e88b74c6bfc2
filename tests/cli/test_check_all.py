"""``lmdeck check --all`` and ``--watch``: rows as they finish, the worst exit code, changes only."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.support.commands import Call
from tests.support.fake_api import FakeApi, model_list
from tests.support.fault_server import Fault, FaultServer, refused_port
from tests.support.json_schema import violations
from tests.support.terminal import private_environment
from tui.cli import main as cli_main
from tui.cli.check_all import changes_between
from tui.core import diagnosis
from tui.core.causes import explain
from tui.core.diagnosis import CheckId, DiagnosisReport, failed, passed, skipped
from tui.runtime import checks_at_once
from tui.runtime.runtime import open_runtime
from tui.store.endpoint_memory import EndpointMemory

SCHEMA = json.loads((Path(diagnosis.__file__).parent / "check.schema.json").read_text())

ALL_SCHEMA = json.loads((Path(cli_main.__file__).parent / "schemas" / "check-all.schema.json").read_text())


def add(call: Call, name: str, url: str) -> None:
    assert call("providers", "add", name, "--url", url, "--model", "m").code == 0


@pytest.fixture
def without_built_in(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """The built-in providers answer for themselves elsewhere: here every row is of the test's own."""
    monkeypatch.setattr("tui.runtime.builtin.BuiltIns.providers", ())


@pytest.mark.usefixtures("without_built_in")
def test_what_the_checks_cost_is_said_of_each_kind(call: Call) -> None:
    """A check of embeddings sends another amount than one of a chat."""
    chat, vectors = (
        "sends one short chat: about 60 tokens",
        "sends about 50 short texts: about 500 input tokens",
    )
    with refused_port() as port:
        url = f"http://127.0.0.1:{port}/v1"
        add(call, "chat", url)
        alone = call("check", "--all").err
        add(call, "vectors", url)
        assert call("providers", "set", "vectors", "--category", "Embedding").code == 0
        both, quick = call("check", "--all").err, call("check", "--all", "--quick").err
        assert call("providers", "set", "chat", "--inactive").code == 0
        embeddings = call("check", "--all").err
    assert (chat in alone, vectors in alone) == (True, False)
    assert (chat in both, f"; for embeddings, it {vectors}" in both) == (True, True)
    assert (chat in embeddings, vectors in embeddings) == (False, True)
    assert quick.count("uses no tokens") == 1
    assert chat not in quick and vectors not in quick


@pytest.mark.usefixtures("without_built_in")
def test_every_active_provider_has_a_row_and_the_worst_code_counts(call: Call) -> None:
    with (
        FaultServer(FakeApi()) as good,
        FaultServer(FakeApi(key="Bearer k")) as guarded,
        refused_port() as port,
    ):
        add(call, "good", good.base_url)
        add(call, "guarded", guarded.base_url)
        add(call, "gone", f"http://127.0.0.1:{port}/v1")
        assert (
            call("providers", "add", "resting", "--url", good.base_url, "--model", "m", "--inactive").code
            == 0
        )
        as_text = call("check", "--all", "--quick")
        as_json = call("check", "--all", "--quick", "--json")
    report = as_json.json
    assert as_text.code == as_json.code == report["exit_code"] == 1
    assert report["ok"] is False
    assert list(violations(report, ALL_SCHEMA)) == []
    assert [result["provider"] for result in report["results"]] == ["good", "guarded", "gone"]
    for result in report["results"]:
        alone = {name: value for name, value in result.items() if name != "provider"}
        assert list(violations(alone, SCHEMA)) == []
    causes = [(result["verdict"] or {}).get("cause") for result in report["results"]]
    assert causes == [None, "auth", "connection-refused"]
    assert "3 providers" in as_text.err
    rows = {line.split()[1]: line for line in as_text.out.splitlines()[:-1]}
    assert rows.keys() == {"good", "guarded", "gone"}
    for result in report["results"]:
        row = rows[result["provider"]]
        assert row[0] == ("✓" if result["ok"] else "✗")
        assert result["ok"] or result["verdict"]["title"] in row
    assert as_text.out.splitlines()[-1] == "1 of 3 work"


@pytest.mark.usefixtures("without_built_in")
def test_all_run_at_once_and_none_waits_for_another(call: Call) -> None:
    count = 6
    together = threading.Barrier(count)

    class Meeting(FakeApi):
        """Responds only once as many model lists are requested as there are providers."""

        def _route(self, request: bytes) -> Fault:
            if b"/models " in request:
                together.wait(20)
            return super()._route(request)

    with contextlib.ExitStack() as servers:
        for number in range(count):
            add(call, f"p{number}", servers.enter_context(FaultServer(Meeting())).base_url)
        done = call("check", "--all", "--quick", "--json")
    assert not together.broken
    assert (done.code, len(done.json["results"])) == (0, count)


@pytest.mark.usefixtures("without_built_in")
@pytest.mark.usefixtures("without_built_in")
def test_the_history_of_all_is_written_once(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []
    add_checks = EndpointMemory.add_checks

    def counted(memory: EndpointMemory, checks: Sequence[tuple[str, Mapping[str, object]]]) -> None:
        written.append(len(checks))
        add_checks(memory, checks)

    monkeypatch.setattr(EndpointMemory, "add_checks", counted)
    with FaultServer(FakeApi()) as one, FaultServer(FakeApi()) as two:
        add(call, "one", one.base_url)
        add(call, "two", two.base_url)
        assert call("check", "--all", "--quick").code == 0
    assert written == [2]
    memory = open_runtime(os.environ).endpoint_memory
    assert [len(memory.checks(server.base_url)) for server in (one, two)] == [1, 1]


async def test_who_only_waits_lets_others_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks_at_once, "AT_ONCE", 2)
    monkeypatch.setattr(checks_at_once, "PATIENCE_SECONDS", 0.01)
    places, done = checks_at_once.ConcurrencyLimiter(), asyncio.Event()

    async def wait() -> None:
        async with places.one():
            await done.wait()

    async def work() -> None:
        async with places.one():
            pass

    slow = [asyncio.create_task(wait()) for _ in range(5)]
    await asyncio.wait_for(asyncio.gather(*(work() for _ in range(20))), 10)
    done.set()
    await asyncio.gather(*slow)
    assert places._working._value == 2


async def test_no_more_work_at_once_than_there_are_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks_at_once, "AT_ONCE", 2)
    monkeypatch.setattr(checks_at_once, "PATIENCE_SECONDS", 60.0)
    places = checks_at_once.ConcurrencyLimiter()
    working, most = 0, 0

    async def work() -> None:
        nonlocal working, most
        async with places.one():
            working += 1
            most = max(most, working)
            await asyncio.sleep(0)
            working -= 1

    await asyncio.gather(*(work() for _ in range(10)))
    assert most == 2


@pytest.mark.usefixtures("without_built_in")
def test_nothing_to_check_is_wrong_usage(call: Call) -> None:
    done = call("check", "--all", "--json")
    assert (done.code, done.json["error"]["cause"]) == (2, "no-provider")


def test_a_watch_tells_the_first_state_changes_only_and_why_it_ended(tmp_path: Path) -> None:
    api = FakeApi(models=model_list("m"))
    with FaultServer(api) as server:
        process = subprocess.Popen(
            [sys.executable, "-m", "tui", "check", server.base_url, "--quick", "--watch", "0.02", "--json"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            env=private_environment(tmp_path / "home"),
            text=True,
        )
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())
        seen = len(server.requests)
        while len(server.requests) < seen + 20:  # some rounds without a change
            assert process.poll() is None
            time.sleep(0.01)
        api.models = model_list("m", "n")
        second = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        last = json.loads(process.stdout.read())
        assert process.wait(30) == 130
        process.stdout.close()
    assert (first["ok"], first["changes"], first["provider"]) == (True, [], None)
    assert (second["models"], second["changes"]) == (["m", "n"], ["newly served: n"])
    assert (last["error"]["cause"], last["exit_code"]) == ("interrupted", 130)
    for report in (first, second, last):
        alone = {name: value for name, value in report.items() if name not in ("at", "provider", "changes")}
        assert list(violations(alone, SCHEMA)) == []


def report_of(*results: diagnosis.CheckResult) -> DiagnosisReport:
    return DiagnosisReport("http://h/v1", "m", None, results)


def test_what_is_skipped_because_of_another_check_is_no_change() -> None:
    well = report_of(passed(CheckId.TCP, "fine"), passed(CheckId.HTTP, "fine"))
    refused = failed(CheckId.TCP, explain("connection-refused", host="h", port="1"))
    ill = report_of(refused, skipped(CheckId.HTTP, "not tried"))
    assert changes_between(well, ill) == ("tcp was ok, is now failed (connection-refused)",)
    assert changes_between(ill, well) == ("tcp was failed (connection-refused), is now ok",)
    assert changes_between(well, well) == ()
