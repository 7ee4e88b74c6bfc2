"""Toasts expire in time, and the palette reopens at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from textual.pilot import Pilot

from tests.ui.fake_runtime import FakeRuntime
from tui.ui import app as app_module
from tui.ui.app import LmdeckApp
from tui.ui.textual_compat.palette import Palette

Until = Callable[..., Awaitable[None]]


def toasts(pilot: Pilot[Any]) -> list[str]:
    return [toast.message for toast in pilot.app._notifications]


async def test_equal_toasts_are_one(runtime: FakeRuntime, until: Until) -> None:
    app = LmdeckApp(runtime, environment={})
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(3):
            app.screen.notify("Saved qwen.")
        app.screen.notify("Deleted qwen.")
        app.screen.notify("Saved qwen.")
        await until(pilot, lambda: toasts(pilot) == ["Deleted qwen.", "Saved qwen."])
        app.screen.notify("Saved qwen.", severity="error")
        await until(pilot, lambda: len(toasts(pilot)) == 3)


async def test_a_toast_ends_with_its_screen(runtime: FakeRuntime, until: Until, monkeypatch: Any) -> None:
    app = LmdeckApp(runtime, environment={})
    async with app.run_test(size=(80, 24)) as pilot:
        app.screen.notify("Deleted qwen.")
        await until(pilot, lambda: toasts(pilot) == ["Deleted qwen."])
        await pilot.press("a")
        await pilot.pause()
        assert toasts(pilot) == ["Deleted qwen."]  # it is of just now
        monkeypatch.setattr(app_module, "_JUST_NOW_SECONDS", 0.0)
        await pilot.press("escape")
        await until(pilot, lambda: toasts(pilot) == [])


async def test_the_palette_opens_again_while_the_one_before_closes(runtime: FakeRuntime) -> None:
    app = LmdeckApp(runtime, environment={})
    async with app.run_test(size=(80, 24)) as pilot:
        app.action_command_palette()
        app.pop_screen()  # it is off the stack, and not yet gone
        app.action_command_palette()
        await pilot.pause()
        assert isinstance(app.screen, Palette)
