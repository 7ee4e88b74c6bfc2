"""Fixtures for tests of screens: a runtime in memory, a fixed environment, and waiting for conditions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from tests.support.still_pictures import snap_compare as snap_compare
from tests.ui.fake_runtime import FakeRuntime
from tui.ui.shell.readline import CUT_TEXT


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No colour switch, SSH line or terminal of the person who runs the tests may change a screen."""
    for name in ("NO_COLOR", "SSH_CONNECTION", "SSH_TTY", "TMUX", "TEXTUAL_ANIMATIONS", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    yield


@pytest.fixture
def runtime() -> FakeRuntime:
    """A runtime with the example providers."""
    return FakeRuntime()


Until = Callable[..., Awaitable[None]]


@pytest.fixture
def until() -> Until:
    """Wait, a message round at a time, until a condition holds; fail with its source after 10 seconds."""

    async def wait(pilot: Any, condition: Callable[[], object], what: str = "") -> None:
        deadline = asyncio.get_running_loop().time() + 10
        while not condition():
            if asyncio.get_running_loop().time() > deadline:
                pytest.fail(f"never came: {what or condition}")
            await pilot.pause(0.01)

    return wait


@pytest.fixture(autouse=True)
def nothing_is_cut() -> None:
    """What one test has cut is not there for the next one."""
    CUT_TEXT.text = ""
