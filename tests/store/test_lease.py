from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.store.disk_support import rounds
from tui.store import disk
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


# -- a stale lease, and many that want it -------------------------------------------------------------

CALLS = ("open_file", "write", "fsync", "link", "replace", "unlink")


def left_behind(path: Path) -> None:
    """Leave a lease of a dead host."""
    path.write_text('{"host": "other", "machine": "m", "process": 1, "token": "dead"}')
    os.utime(path, (time.time() - 9_999, time.time() - 9_999))


class Interrupting:
    """Lets others try to acquire the lease before and after every disk call of a holder."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
        self.won: list[Lease] = []
        self.seen_free = 0
        self._path = path
        self._is_inside = False
        for name in CALLS:
            monkeypatch.setattr(disk, name, self._around(getattr(disk, name)))

    def _around(self, call: Callable[..., object]) -> Callable[..., object]:
        def wrapped(*arguments: object) -> object:
            self._others()
            try:
                return call(*arguments)
            finally:
                self._others()

        return wrapped

    def _others(self) -> None:
        if self._is_inside:
            return
        self._is_inside = True
        self.seen_free += not self._path.exists()
        try:
            self.won.append(acquire_lease(self._path, 300))
        except LeaseHeldError:
            pass
        finally:
            self._is_inside = False


@pytest.mark.parametrize("with_mark", [False, True])
def test_of_a_stale_lease_there_is_one_holder_whoever_comes_when(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, with_mark: bool
) -> None:
    path = tmp_path / "x.lease"
    left_behind(path)
    if with_mark:  # one died while it took the lease over
        left_behind(tmp_path / f".{hashlib.sha256(b'x.lease dead').hexdigest()[:32]}.break")
    others = Interrupting(monkeypatch, path)
    mine: list[Lease] = []
    with suppress(LeaseHeldError):
        mine.append(acquire_lease(path, 300))
    assert len([lease for lease in (*mine, *others.won) if lease.is_held]) == 1
    assert len(mine) + len(others.won) == 1, "nobody was told to have it and lost it"
    assert others.seen_free == 0, "the name is never free meanwhile"
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.lease"]


@pytest.mark.parametrize("call", CALLS)
def test_one_that_dies_at_taking_a_lease_over_keeps_it_from_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    class Killed(BaseException):
        pass

    path = tmp_path / "x.lease"
    real = getattr(disk, call)
    for count in range(20):  # dies at this call, however many came before it
        left_behind(path)
        left = [count]

        def die(*arguments: object, left: list[int] = left) -> object:
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            return real(*arguments)

        with monkeypatch.context() as patch:
            patch.setattr("tui.store.files.disk.unlink", lambda path: None)  # nothing is tidied up
            patch.setattr(disk, call, die)
            with suppress(Killed):
                acquire_lease(path, 300)
        for name in tmp_path.iterdir():
            os.utime(name, (time.time() - 9_999, time.time() - 9_999))
        lease = acquire_lease(path, 300)
        assert lease.is_held
        lease.release()


def test_a_folder_in_the_place_of_a_lease_is_moved_away(tmp_path: Path) -> None:
    path = tmp_path / "x.lease"
    path.mkdir()
    assert acquire_lease(path, 300).is_held


@pytest.mark.parametrize("token", ["../../x", "", "a" * 300, "A/b"])
def test_what_a_lease_says_names_no_other_file(tmp_path: Path, token: str) -> None:
    path = tmp_path / "folder" / "x.lease"
    path.parent.mkdir()
    left_behind(path)
    path.write_text(path.read_text().replace("dead", token))
    os.utime(path, (time.time() - 9_999, time.time() - 9_999))
    assert acquire_lease(path, 300).is_held
    assert [entry.name for entry in path.parent.iterdir()] == ["x.lease"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["folder"]
