"""The app around the screens: themes, animations, quitting, palette, help, size, links, toasts, settings."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.ui.fake_runtime import FakeRuntime
from tui.store.settings import Settings
from tui.ui.app import LmdeckApp
from tui.ui.colours import choose_theme
from tui.ui.providers.screen import ProvidersScreen
from tui.ui.shell.dialogs import ConfirmDialog
from tui.ui.shell.help import HelpScreen
from tui.ui.shell.too_small import TooSmallScreen
from tui.ui.start import ChatStart

Until = Callable[..., Awaitable[None]]


@asynccontextmanager
async def running(
    runtime: FakeRuntime | None = None, environment: dict[str, str] | None = None
) -> AsyncIterator[Pilot[Any]]:
    app = LmdeckApp(runtime or FakeRuntime(), environment=environment or {})
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        yield pilot


def app_of(pilot: Pilot[Any]) -> LmdeckApp:
    assert isinstance(pilot.app, LmdeckApp)
    return pilot.app


def toasts(pilot: Pilot[Any]) -> str:
    return "\n".join(note.message for note in pilot.app._notifications)


def test_a_terminal_of_16_colours_gets_the_theme_for_it() -> None:
    available = frozenset({"dark", "light", "ansi"})
    assert choose_theme(None, available, "standard") == "ansi"
    assert choose_theme(None, available, "truecolor") == "dark"
    assert choose_theme("light", available, "standard") == "light"
    assert choose_theme("no-such", available, "256") == "dark"


@pytest.mark.parametrize("theme", ["dark", "light", "ansi"])
async def test_each_theme_draws_the_list_and_can_be_changed(theme: str) -> None:
    async with running(FakeRuntime(settings=Settings(theme=theme))) as pilot:
        assert pilot.app.theme == theme
        pilot.app.theme = "light"
        await pilot.pause()
        assert "gpu01-vllm" in pilot.app.export_screenshot()


async def test_an_ssh_line_is_calm_unless_the_settings_say_otherwise() -> None:
    ssh = {"SSH_CONNECTION": "1 2 3 4"}
    async with running(FakeRuntime(settings=Settings()), ssh) as pilot:
        assert app_of(pilot).is_calm
        assert pilot.app.animation_level == "none"
    async with running(FakeRuntime(settings=Settings(calm=False)), ssh) as pilot:
        assert not app_of(pilot).is_calm


async def test_settings_that_cannot_be_used_are_said_aloud(until: Until) -> None:
    settings = Settings(theme="pink", keys={"no.such": "x", "providers.add": "n"})
    async with running(FakeRuntime(settings=settings)) as pilot:
        notices = " ".join(app_of(pilot).settings_notices())
        assert "There is no theme pink" in notices
        assert "no.such" in notices
        await pilot.press("n")
        await until(pilot, lambda: not isinstance(pilot.app.screen, ProvidersScreen))


async def test_quit_leaves_at_once_where_nothing_is_lost_and_closes_the_runtime() -> None:
    runtime = FakeRuntime()
    async with running(runtime) as pilot:
        await pilot.press("ctrl+q")
    assert pilot.app.return_code == 0
    assert runtime.is_closed


async def test_ctrl_c_says_how_to_quit(until: Until) -> None:
    async with running() as pilot:
        await pilot.press("ctrl+c")
        await until(pilot, lambda: "Ctrl+Q" in toasts(pilot))


async def test_the_palette_offers_the_commands_of_the_screen(until: Until) -> None:
    async with running() as pilot:
        titles = [command.title for command in pilot.app.get_system_commands(pilot.app.screen)]
        assert {"Show: help", "Use theme: dark", "Turn on: animations", "Quit: lmdeck"} <= set(titles)
        assert {"Add: provider", "Clone: selected provider", "Filter: providers"} <= set(titles)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: pilot.app.screen.__class__.__name__ == "Palette")
        await pilot.press(*"reverse")
        await pilot.press("enter")
        screen = pilot.app.screen_stack[0]
        assert isinstance(screen, ProvidersScreen)
        await until(pilot, lambda: screen.table.is_reversed)


async def test_the_palette_offers_an_action_once_whatever_keys_lead_to_it(until: Until) -> None:
    async with running() as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen.__class__.__name__ == "ChatScreen")
        titles = [command.title for command in pilot.app.get_system_commands(pilot.app.screen)]
        assert {"Change: chat settings", "Fold: all reasoning"} <= set(titles)
        assert len(titles) == len(set(titles))


async def test_f1_opens_help_once_and_closes_it(until: Until) -> None:
    async with running() as pilot:
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProvidersScreen))
        assert len(pilot.app.screen_stack) == 1


async def test_help_and_quit_work_in_a_question_too(until: Until) -> None:
    async with running() as pilot:
        await pilot.press("home", "D")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog))
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog))
        await pilot.press("ctrl+q")
    assert pilot.app.return_code == 0


async def test_the_cover_of_a_small_window_comes_and_goes(until: Until) -> None:
    async with running() as pilot:
        await pilot.resize_terminal(59, 24)
        await until(pilot, lambda: isinstance(pilot.app.screen, TooSmallScreen))
        await pilot.resize_terminal(50, 10)
        await pilot.resize_terminal(60, 16)
        await until(pilot, lambda: isinstance(pilot.app.screen, ProvidersScreen))


async def test_a_small_window_can_be_quit(until: Until) -> None:
    async with running() as pilot:
        await pilot.resize_terminal(30, 8)
        await until(pilot, lambda: isinstance(pilot.app.screen, TooSmallScreen))
        await pilot.press("ctrl+q")
    assert pilot.app.return_code == 0


async def test_a_toast_is_never_markup(until: Until) -> None:
    async with running() as pilot:
        pilot.app.screen.notify("[/] [link='x \x1b]52;c;x\x07")
        await until(pilot, lambda: "[/] [link='x ␛]52" in toasts(pilot))
        await pilot.pause()


async def test_a_link_that_is_no_address_is_not_opened(until: Until) -> None:
    async with running() as pilot:
        pilot.app.open_url("file:///etc/passwd")
        await until(pilot, lambda: "not a plain web address" in toasts(pilot))


async def test_without_a_desktop_a_link_is_copied(until: Until) -> None:
    async with running(environment={"SSH_CONNECTION": "1", "DISPLAY": ":0"}) as pilot:
        pilot.app.open_url("https://example.org/")
        assert pilot.app.clipboard == "https://example.org/"


async def test_a_defect_of_a_background_task_is_said_and_the_program_goes_on(
    until: Until, defects: list[str]
) -> None:
    runtime = FakeRuntime()

    async def broken(provider: object) -> None:
        raise ZeroDivisionError("[/] odd")

    runtime.reach = broken  # type: ignore[assignment, method-assign]
    async with running(runtime) as pilot:
        await until(pilot, lambda: "ZeroDivisionError: [/] odd" in toasts(pilot))
        assert isinstance(pilot.app.screen, ProvidersScreen)
    assert all("ZeroDivisionError: [/] odd" in defect for defect in defects)


async def test_the_program_can_open_in_a_chat(until: Until) -> None:
    app = LmdeckApp(FakeRuntime(), ChatStart("gpu01-vllm"), environment={})
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.__class__.__name__ == "ChatScreen")
        await pilot.press("tab", "q")
        await until(pilot, lambda: isinstance(app.screen, ProvidersScreen))
