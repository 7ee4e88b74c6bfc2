"""Each fault of ``lmdeck demo`` is reported with its cause, by a check or an answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.support.catalogue_cases import Situation
from tests.support.check_runner import SHORT, endpoint_of, run_check
from tests.support.commands import Call
from tui.demo.faults import known_faults
from tui.demo.script import REASONER
from tui.demo.server import DemoServer
from tui.net.probe.target import ProbeTarget

SLOW = {"headers-stalled", "no-answer", "stream-keepalive-only", "stream-stalled"}
"""Faults that a command tells only after seconds that no test has."""
REFUSES_THINKING = "thinking-unsupported"
"""Lets a check pass, and an answer come: what was refused is left out, and that is told."""


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[DemoServer]:
    """The demo endpoint with a fault."""
    server = DemoServer(fault=request.param)
    server.start()
    yield server
    server.stop()


ALL = sorted(fault.cause for fault in known_faults())


@pytest.mark.parametrize("server", [cause for cause in ALL if cause not in SLOW], indirect=True, ids=str)
def test_by_command(server: DemoServer, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    assert server.fault is not None
    cause = server.fault.cause
    model = () if cause == "no-model-loaded" else ("--model", REASONER)
    options = ("--json", "--wait", "1", "--key-env", "DEMO_KEY", *model)
    monkeypatch.setenv("DEMO_KEY", "sk-0123456789")
    check = call("check", server.base_url, *options)
    told = {check.cause, *(each.get("cause") for each in check.json["checks"])}
    if cause not in told:
        ask = call("ask", "--url", server.base_url, *options, "--thinking", "high", "Hello")
        (note,) = ask.json["notes"] if cause == REFUSES_THINKING else ("",)
        told = {REFUSES_THINKING} if note.startswith("retried without the thinking setting") else {ask.cause}
    assert cause in told


@pytest.mark.parametrize("server", sorted(SLOW), indirect=True, ids=str)
async def test_with_short_limits(server: DemoServer) -> None:
    assert server.fault is not None
    target = ProbeTarget(endpoint_of(Situation(server.base_url)), REASONER)
    report = await run_check(target, limits=replace(SHORT, idle_seconds=3.0))
    assert report.verdict is not None
    assert report.verdict.cause == server.fault.cause
