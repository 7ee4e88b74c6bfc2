"""Fixtures for tests of the disk: one user's folders, and a failing disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.disk_support import BrokenDisk
from tui.store.paths import Paths, resolve_paths


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


@pytest.fixture
def broken_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[BrokenDisk]:
    """A disk that can be told to refuse."""
    yield BrokenDisk(monkeypatch)
