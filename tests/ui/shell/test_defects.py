"""Exceptions of background tasks are reported, even if their window was closed meanwhile."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.dom import DOMNode
from textual.pilot import Pilot
from textual.widgets import Static

import tui.ui
from tests.ui.fake_runtime import FakeRuntime
from tui.ui.app import LmdeckApp
from tui.ui.background import in_background
from tui.ui.shell.base import LmdeckScreen
from tui.ui.textual_compat.palette import Palette


class Upper(LmdeckScreen[None]):
    """A screen with a widget that does not handle workers."""

    def compose(self) -> Any:
        yield Static("text")


@asynccontextmanager
async def opened() -> AsyncIterator[tuple[LmdeckApp, Pilot[Any]]]:
    app = LmdeckApp(FakeRuntime(), environment={})
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(Upper())
        yield app, pilot


def toasts(app: LmdeckApp) -> str:
    return "\n".join(note.message for note in app._notifications)


async def dies() -> None:
    raise ZeroDivisionError("odd")


async def searches(*_: object) -> AsyncIterator[None]:
    await dies()
    yield


PLACES: dict[str, Callable[[LmdeckApp], DOMNode]] = {
    "the app": lambda app: app,
    "a screen": lambda app: app.screen,
    "a screen below": lambda app: app.screen_stack[0],
    "a widget": lambda app: app.screen.query_one(Static),
}


@pytest.mark.parametrize("place", PLACES)
async def test_a_defect_is_told_once_wherever_it_happens(place: str, until: Any, defects: list[str]) -> None:
    async with opened() as (app, pilot):
        in_background(PLACES[place](app), dies, group="test")
        await until(pilot, lambda: toasts(app))
        await pilot.pause()
        assert toasts(app).count("lmdeck crashed: ZeroDivisionError: odd") == 1
        assert isinstance(app.screen, Upper)
    assert len(defects) == 1


async def test_a_defect_of_the_palette_is_told(
    until: Any, defects: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened() as (app, pilot):
        monkeypatch.setattr(Palette, "_search_for", searches)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: "lmdeck crashed" in toasts(app))
        assert isinstance(app.screen, Palette)
    assert defects


async def test_a_defect_is_told_of_a_window_that_was_closed_meanwhile(until: Any, defects: list[str]) -> None:
    async with opened() as (app, pilot):
        screen = app.screen

        async def stubborn() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                raise ZeroDivisionError("at the end")

        in_background(screen, stubborn, group="test")
        await pilot.pause()
        screen.dismiss()
        await until(pilot, lambda: "ZeroDivisionError: at the end" in toasts(app))
    assert len(defects) == 1


@pytest.mark.parametrize("ends", ["its window", "the program"])
async def test_work_that_misses_what_was_closed_is_no_defect(ends: str) -> None:
    async with opened() as (app, pilot):
        screen = app.screen

        async def looks() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                screen.query_one("#gone")

        worker = in_background(screen, looks, group="test")
        await pilot.pause()
        await screen.dismiss() if ends == "its window" else app.exit()
    assert worker.is_cancelled
    assert toasts(app) == ""


async def test_work_that_misses_a_widget_of_an_open_window_is_one(until: Any, defects: list[str]) -> None:
    async with opened() as (app, pilot):

        async def looks() -> None:
            app.screen.query_one("#gone")

        in_background(app.screen, looks, group="test")
        await until(pilot, lambda: "lmdeck crashed: NoMatches" in toasts(app))
    assert len(defects) == 1


def test_every_worker_is_begun_where_its_defect_is_told() -> None:
    folder = Path(str(tui.ui.__file__)).parent
    begun = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.py")
        if re.search(r"\brun_worker\(|@work\b|create_task\(|ensure_future\(", path.read_text())
    }
    assert begun == {"background.py", "textual_compat/palette.py", "type_ahead.py"}
