"""What the tests of the disk share: one person's folders, and a disk that refuses."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tui.store import disk
from tui.store.paths import Paths, resolve_paths

settings.register_profile(
    "store", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
settings.register_profile(
    "store-long",
    deadline=None,
    max_examples=2_000,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
IS_LONG = os.environ.get("LMDECK_ASSURE") == "1"
settings.load_profile("store-long" if IS_LONG else "store")


def rounds(short: int, long: int) -> int:
    """Return how often a costly test repeats itself: ``long`` with ``LMDECK_ASSURE=1``."""
    return long if IS_LONG else short


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A person's environment, with nothing of the real one in it."""
    home = tmp_path / "home"
    home.mkdir()
    return {"HOME": str(home), "PATH": os.environ["PATH"], "XDG_CONFIG_DIRS": str(tmp_path / "site")}


@pytest.fixture
def paths(environment: dict[str, str]) -> Paths:
    """The folders of that person; none exists yet."""
    return resolve_paths(environment)


class BrokenDisk:
    """Makes the calls that change the disk fail, for as long as it is told."""

    CALLS = ("open_file", "write", "fsync", "flock", "replace", "link", "unlink", "make_directory", "touch")

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.errors: dict[str, int] = {}
        self.countdown = 0
        """How many calls still succeed before the errors begin."""
        self.refused = 0
        for name in self.CALLS:
            monkeypatch.setattr(disk, name, self._wrapped(name, getattr(disk, name)))

    def refuse(self, number: int, *calls: str, after: int = 0) -> None:
        """Answer with an error number from now on, to the named calls or to all."""
        self.errors = dict.fromkeys(calls or self.CALLS, number)
        self.countdown = after

    def recover(self) -> None:
        """Work again."""
        self.errors = {}

    def _wrapped(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            number = self.errors.get(name)
            if number is not None:
                if self.countdown <= 0:
                    self.refused += 1
                    raise OSError(number, os.strerror(number))
                self.countdown -= 1
            return real(*arguments)

        return call


@pytest.fixture
def broken_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[BrokenDisk]:
    """A disk that can be told to refuse."""
    yield BrokenDisk(monkeypatch)


def all_files(folder: Path) -> list[Path]:
    """Return every file and folder below a folder, links not followed."""
    return sorted(folder.rglob("*"))
