"""``lmdeck demo`` prints its address and the simulated fault, and rejects unknown ones."""

from __future__ import annotations

import pytest

from tests.demo.demo_client import call
from tui.core.failure import UsageError
from tui.core.safe_text import safe_line
from tui.demo.faults import known_faults
from tui.demo.foreground import run_demo
from tui.demo.server import DemoServer


def test_it_serves_until_it_is_interrupted() -> None:
    lines: list[str] = []
    statuses: list[int] = []

    def wait() -> None:
        url = lines[0].split()[2]
        statuses.append(call(url, "/models").status)
        raise KeyboardInterrupt

    run_demo(fault="no-model-list", say=lines.append, wait=wait)

    assert statuses == [404]
    assert "no-model-list" in lines[1]
    assert "has no /models" in lines[1]
    assert any("lmdeck ask --url http://127.0.0.1:" in line for line in lines)
    with pytest.raises(ConnectionRefusedError):
        call(lines[0].split()[2], "/models")


@pytest.mark.parametrize("name", ["teapot", "", "\x1b[2J"])
def test_an_unknown_fault_is_refused_with_those_that_there_are(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        run_demo(fault=name, say=print)
    assert repr(safe_line(name)) in caught.value.failure.title
    for fault in known_faults():
        assert fault.cause in caught.value.failure.advice


def test_a_taken_port_is_said_plainly(server: DemoServer) -> None:
    with pytest.raises(UsageError) as caught:
        run_demo(port=server.port, say=print)
    assert f"port {server.port}" in caught.value.failure.title
    assert "--port" in caught.value.failure.advice
