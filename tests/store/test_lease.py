from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from tests.store.disk_support import rounds
from tui.store.lease import Lease, LeaseHeldError, acquire_lease, holder_of


def race(path: Path, runners: int) -> list[Lease]:
    """Let threads take one lease at once; return those that got it."""
    won: list[Lease] = []
    barrier = threading.Barrier(runners)

    def run() -> None:
        barrier.wait()
        try:
            won.append(acquire_lease(path, 300))
        except LeaseHeldError:
            return

    threads = [threading.Thread(target=run) for _ in range(runners)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return won


@pytest.mark.parametrize("is_stale", [False, True])
def test_of_many_that_want_a_lease_one_gets_it(tmp_path: Path, is_stale: bool) -> None:
    path = tmp_path / "x.lease"
    for _ in range(rounds(20, 500)):
        if is_stale:
            path.write_text("left by a dead host")
            os.utime(path, (time.time() - 9_999, time.time() - 9_999))
        held = [lease for lease in race(path, 8) if lease.is_held]
        assert len(held) == 1
        held[0].release()
        assert list(tmp_path.iterdir()) == []


def test_a_lease_is_held_until_it_is_released(tmp_path: Path) -> None:
    path = tmp_path / "x.lease"
    lease = acquire_lease(path, 300)
    holder = holder_of(path, 300)
    assert holder is not None
    assert holder.is_this_process
    with pytest.raises(LeaseHeldError):
        acquire_lease(path, 300)
    lease.beat()
    lease.release()
    assert holder_of(path, 300) is None
    lease.release()
    other = acquire_lease(path, 300)
    lease.release()
    assert other.is_held
