"""Many parallel checks share one inspection of this machine."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

import pytest

from tui.net.machine import machine as machines
from tui.net.machine.machine import Machine
from tui.net.machine.snapshot import Snapshot


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[int | None]:
    """The ports that were looked for, one for each look at the machine."""
    seen: list[int | None] = []

    def snapshot(self: Machine, port: int | None = None) -> Snapshot:
        seen.append(port)
        return Snapshot((), ())

    monkeypatch.setattr(Machine, "snapshot", snapshot)
    return seen


def test_checks_that_ask_at_the_same_time_share_one_look(
    looks: list[int | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machines, "FRESH_SECONDS", 600.0)
    machine = Machine({}, Path("/nowhere")).shared()
    threads = [Thread(target=machine.snapshot, args=(port,)) for port in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert looks == [None], "one look, for every port"


def test_an_old_look_is_taken_again(looks: list[int | None], monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine({}, Path("/nowhere")).shared()
    machine.snapshot(1)
    monkeypatch.setattr(machines, "FRESH_SECONDS", -1.0)
    machine.snapshot(1)
    assert len(looks) == 2
