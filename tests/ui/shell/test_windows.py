"""A dismissed screen closes itself, once, whatever covers it and however fast keys arrive."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.app import ScreenStackError
from textual.screen import Screen

import tui.ui
from tests.ui.fake_runtime import FakeRuntime
from tui.ui.app import LmdeckApp
from tui.ui.providers.form_screen import ProviderFormScreen
from tui.ui.shell.base import ClosesOnce, LmdeckScreen
from tui.ui.shell.dialogs import ConfirmDialog
from tui.ui.textual_compat.palette import Palette


@pytest.mark.parametrize("window", [Palette, lambda: ConfirmDialog("Sure?", "Really.", yes="Yes", no="No")])
async def test_a_second_dismissal_does_nothing(window: Any) -> None:
    app = LmdeckApp(FakeRuntime(), environment={})
    async with app.run_test(size=(80, 24)) as pilot:
        depth = len(app.screen_stack)
        opened = window()
        results: list[object] = []
        await app.push_screen(opened, results.append)
        opened.dismiss(None)
        opened.dismiss(None)
        await pilot.pause()
        assert len(app.screen_stack) == depth
        assert results == [None]


class Upper(LmdeckScreen[str]):
    """A screen with a result."""


def screen_classes() -> Iterator[type[Screen[Any]]]:
    """Return every class of screens of the program."""
    for module in pkgutil.walk_packages(tui.ui.__path__, "tui.ui."):
        importlib.import_module(module.name)
    waiting: list[type[Screen[Any]]] = [Screen]
    while waiting:
        known = waiting.pop()
        waiting += known.__subclasses__()
        if known.__module__.startswith("tui."):
            yield known


def test_every_screen_closes_once() -> None:
    found = {known.__name__: known for known in screen_classes()}
    assert {"ChatScreen", "DiagnosisScreen", "TooSmallScreen", "ConfirmDialog", "HelpScreen"} <= found.keys()
    open_ended = {name for name, known in found.items() if not issubclass(known, ClosesOnce)}
    assert open_ended == {"PlaceholderScreen"}, "which lies below all others and never closes"
    own = {name for name, known in found.items() if "dismiss" in vars(known)}
    assert own == {"ClosesOnce"}


def test_no_screen_closes_whatever_is_on_top() -> None:
    sources = sorted(Path(str(tui.ui.__file__)).parent.rglob("*.py"))
    calls = {path.name for path in sources if re.search(r"\bpop_screen\b", path.read_text())}
    assert calls == set()


async def opened(app: LmdeckApp, results: list[object]) -> tuple[Upper, int]:
    """Open a screen; return it and how many lay below."""
    depth = len(app.screen_stack)
    upper = Upper()
    await app.push_screen(upper, results.append)
    return upper, depth


async def test_a_screen_dismissed_below_another_closes_once_that_is_gone(until: Any) -> None:
    app = LmdeckApp(FakeRuntime(), environment={})
    async with app.run_test(size=(80, 24)) as pilot:
        results: list[object] = []
        upper, depth = await opened(app, results)
        window = ConfirmDialog("Sure?", "Really.", yes="Yes", no="No")
        answers: list[object] = []
        await app.push_screen(window, answers.append)
        upper.dismiss("first")
        upper.dismiss("second")
        await pilot.pause()
        assert app.screen is window, "what the person reads stays"
        assert results == []
        window.dismiss("yes")
        await until(pilot, lambda: len(app.screen_stack) == depth)
        await pilot.pause()
        assert (results, answers) == (["first"], ["yes"])


async def test_a_screen_dismissed_in_a_window_that_is_too_small(until: Any) -> None:
    app = LmdeckApp(FakeRuntime(), environment={})
    async with app.run_test(size=(80, 24)) as pilot:
        results: list[object] = []
        upper, depth = await opened(app, results)
        await pilot.resize_terminal(20, 5)
        await until(pilot, lambda: len(app.screen_stack) == depth + 2)
        upper.dismiss("there")
        await pilot.pause()
        assert len(app.screen_stack) == depth + 2
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: len(app.screen_stack) == depth)
        await pilot.pause()
        assert results == ["there"]


async def test_a_screen_that_closed_otherwise_is_not_dismissed_again() -> None:
    app = LmdeckApp(FakeRuntime(), environment={})
    async with app.run_test(size=(80, 24)) as pilot:
        results: list[object] = []
        upper, depth = await opened(app, results)
        await app.pop_screen()
        upper.dismiss("late")
        await pilot.pause()
        assert len(app.screen_stack) == depth
        assert results == []


async def test_a_screen_dismissed_before_it_is_laid_out(until: Any) -> None:
    app = LmdeckApp(FakeRuntime(), environment={})
    async with app.run_test(size=(80, 24)) as pilot:
        depth = len(app.screen_stack)
        results: list[object] = []
        upper = Upper()
        mounted = app.push_screen(upper, results.append)
        upper.dismiss("early")
        await mounted
        await until(pilot, lambda: len(app.screen_stack) == depth)
        await pilot.pause()
        assert results == ["early"]


async def test_a_screen_dismissed_while_the_program_ends() -> None:
    app = LmdeckApp(FakeRuntime(), environment={})
    async with app.run_test(size=(80, 24)):
        upper, _ = await opened(app, [])
        app.exit(return_code=0)
        upper.dismiss("late")
    assert app.return_code == 0


async def test_a_toast_whose_time_is_due_while_the_program_ends() -> None:
    for step in range(8):
        app = LmdeckApp(FakeRuntime(), environment={})
        async with app.run_test(size=(80, 24)):
            app.notify("Hello", timeout=0.02)
            await asyncio.sleep(0.31 + step * 0.003)
            app.exit(return_code=0)
        app.repaint()  # the timer itself, once no screen is left
        assert app.return_code == 0


async def test_what_a_program_that_is_leaving_does_not_find_is_no_defect() -> None:
    app = LmdeckApp(FakeRuntime(), environment={})
    async with app.run_test(size=(80, 24)):
        app.exit(return_code=0)
        app._handle_exception(ScreenStackError("no screen"))
    assert app.return_code == 0
    with pytest.raises(ScreenStackError):
        app = LmdeckApp(FakeRuntime(), environment={})
        async with app.run_test(size=(80, 24)):
            app._handle_exception(ScreenStackError("no screen"))


@pytest.mark.parametrize("steps", [0, 20, 60, 120, 200, 300, 450, 600])
async def test_a_program_that_ends_while_a_form_opens_ends_well(steps: int) -> None:
    app = LmdeckApp(FakeRuntime(), environment={})
    async with app.run_test(size=(80, 24)):
        app.push_screen(ProviderFormScreen(None))
        for _ in range(steps):
            await asyncio.sleep(0)
    assert app.return_code in (0, None)
