"""Engines for tests, stopped at the end of a test."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.demo.engine import EngineAddress, EngineProcess


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[EngineProcess]:
    """An engine that is not started yet."""
    process = EngineProcess(tmp_path / "logs" / "engine.log")
    yield process
    process.stop()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineAddress]:
    """A running engine, shared by the tests of a module."""
    process = EngineProcess(tmp_path_factory.mktemp("engine") / "engine.log")
    yield asyncio.run(process.start())
    process.stop()
