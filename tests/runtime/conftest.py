"""A real runtime with its own files, and an observer of its exchanges."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.runtime.seen import Seen
from tests.support.terminal import private_environment
from tui.runtime.runtime import Runtime, open_runtime


@pytest.fixture
async def runtime(tmp_path: Path) -> AsyncIterator[Runtime]:
    opened = open_runtime(private_environment(tmp_path / "home"))
    yield opened
    await opened.aclose()


@pytest.fixture
def seen(runtime: Runtime) -> Seen:
    observer = Seen()
    runtime.observers.add(observer)
    return observer
