"""A failing disk, and the number of repetitions of expensive tests."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tui.store import disk

REPOSITORY = Path(__file__).parents[2]
"""Where child processes of the tests find the package."""
IS_LONG = os.environ.get("LMDECK_ASSURE") == "1"


often = settings(deadline=None, max_examples=2_000 if IS_LONG else 60)
"""For properties: many examples with ``LMDECK_ASSURE=1``."""


def rounds(short: int, long: int) -> int:
    """Return how often a costly test repeats itself: ``long`` with ``LMDECK_ASSURE=1``."""
    return long if IS_LONG else short


class BrokenDisk:
    """Lets the calls that change the disk fail on demand."""

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


def all_files(folder: Path) -> list[Path]:
    """Return every file and folder below a folder, links not followed."""
    return sorted(folder.rglob("*"))


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for a condition, or fail."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.01)):
        if condition():
            return
        pause.wait(0.01)
    raise AssertionError("it did not happen")
