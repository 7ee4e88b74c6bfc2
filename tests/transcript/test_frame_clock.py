"""Frames are drawn on request, never faster than the terminal reads, and never when idle."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest

from tui.ui.transcript import frame_clock
from tui.ui.transcript.frame_clock import FrameClock, writer_is_behind


class Loop:
    """A loop whose time is advanced manually."""

    def __init__(self) -> None:
        self.now = 100.0
        self.waiting: list[tuple[float, Any]] = []

    def call_later(self, delay: float, callback: Any) -> Any:
        entry = (self.now + delay, callback)
        self.waiting.append(entry)
        return SimpleNamespace(cancel=lambda: self.waiting.remove(entry))

    def run(self, seconds: float) -> None:
        end = self.now + seconds
        while self.waiting and min(self.waiting)[0] <= end:
            entry = min(self.waiting, key=lambda one: one[0])
            self.waiting.remove(entry)
            self.now = max(self.now, entry[0])
            entry[1]()
        self.now = end


@pytest.fixture
def loop(monkeypatch: pytest.MonkeyPatch) -> Loop:
    loop = Loop()
    monkeypatch.setattr(asyncio, "get_running_loop", lambda: loop)
    monkeypatch.setattr(frame_clock, "monotonic", lambda: loop.now)
    return loop


def ask_all_the_time(clock: FrameClock, loop: Loop, seconds: float) -> None:
    for _ in range(int(seconds * 200)):
        clock.request()
        loop.run(0.005)


@pytest.mark.parametrize(("calm", "most"), [(False, 12), (True, 8)])
def test_frames_a_second_are_limited(loop: Loop, calm: bool, most: int) -> None:
    frames: list[float] = []
    clock = FrameClock(lambda: frames.append(loop.now), calm=calm)
    ask_all_the_time(clock, loop, 4)
    assert 4 * most - 4 <= len(frames) <= 4 * most + 1


def test_the_first_frame_comes_at_once_and_none_at_rest(loop: Loop) -> None:
    frames: list[float] = []
    clock = FrameClock(lambda: frames.append(loop.now))
    clock.request()
    loop.run(0)
    assert frames == [100.0]
    loop.run(60)
    assert len(frames) == 1
    assert not loop.waiting


def test_a_terminal_that_is_behind_gets_fewer_frames_until_it_keeps_up(loop: Loop) -> None:
    frames: list[float] = []
    behind = True
    clock = FrameClock(lambda: frames.append(loop.now), lambda: behind)
    ask_all_the_time(clock, loop, 3)
    assert frames == []
    behind = False
    ask_all_the_time(clock, loop, 6)
    gaps = [later - earlier for earlier, later in pairwise(frames)]
    assert gaps[0] > gaps[-1]
    assert gaps[-1] < 0.09


def test_what_was_asked_for_can_be_forgotten(loop: Loop) -> None:
    frames: list[float] = []
    clock = FrameClock(lambda: frames.append(loop.now))
    clock.request()
    clock.stop()
    loop.run(5)
    assert frames == []


def test_a_change_of_pace_holds_at_once(loop: Loop) -> None:
    frames: list[float] = []
    clock = FrameClock(lambda: frames.append(loop.now))
    clock.calm = True
    assert clock.calm
    ask_all_the_time(clock, loop, 2)
    assert len(frames) <= 17


def test_the_driver_tells_whether_the_terminal_is_behind() -> None:
    app: Any = SimpleNamespace(_driver=SimpleNamespace(is_behind=False))
    assert not writer_is_behind(app)
    app._driver.is_behind = True
    assert writer_is_behind(app)
    assert not writer_is_behind(SimpleNamespace(_driver=None))  # type: ignore[arg-type]
