"""A few pictures of the screens at rest: the list, the form with an error, the help, a question."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.ui.fake_runtime import FakeRuntime, failure
from tui.net.reachability import Reachability
from tui.store.settings import Settings
from tui.ui.app import LmdeckApp
from tui.ui.providers.form_screen import ProviderFormScreen
from tui.ui.providers.reach import Reach
from tui.ui.providers.screen import ProvidersScreen
from tui.ui.shell.dialogs import ConfirmDialog
from tui.ui.shell.help import HelpScreen

Until = Callable[..., Awaitable[None]]


def app_with(theme: str) -> LmdeckApp:
    """The list with one endpoint of each kind: up, down, and one that is still being asked."""
    runtime = FakeRuntime(settings=Settings(theme=theme, calm=True))
    runtime.reachability["cloud"] = Reachability(False, failure(), None)
    runtime.reachability["gpu01-vllm"] = asyncio.Event()
    return LmdeckApp(runtime, environment={})


async def settled(pilot: Pilot[Any], until: Until) -> None:
    """Wait until everything that will be known is shown."""
    screen = pilot.app.screen_stack[0]
    assert isinstance(screen, ProvidersScreen)

    await until(pilot, lambda: screen.query("ProviderTable"))

    def is_known() -> bool:
        reached = {row.provider.name: row.reach for row in screen.table.shown_rows()}
        return reached.get("cloud") is Reach.REFUSED and reached.get("demo") is Reach.UP

    await until(pilot, is_known)
    await pilot.pause()


async def select(pilot: Pilot[Any], name: str) -> None:
    """Put the cursor on a provider."""
    screen = pilot.app.screen_stack[0]
    assert isinstance(screen, ProvidersScreen)
    screen.table.rearrange(name)
    await pilot.pause()


@pytest.mark.parametrize(("theme", "size"), [("dark", (80, 24)), ("light", (120, 40)), ("ansi", (80, 24))])
def test_provider_list(snap_compare: Any, until: Until, theme: str, size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await settled(pilot, until)
        await select(pilot, "cloud")

    assert snap_compare(app_with(theme), terminal_size=size, run_before=before)


@pytest.mark.parametrize(("theme", "size"), [("dark", (80, 24)), ("light", (120, 40))])
def test_form_with_an_error(snap_compare: Any, until: Until, theme: str, size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await settled(pilot, until)
        await select(pilot, "gpu01-vllm")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProviderFormScreen))
        await pilot.pause()
        pilot.app.screen.query_one("#field-provider_url").focus()
        await pilot.press("end", "backspace", "slash", "x", "slash", "v", "1", "slash", "v", "1")
        await pilot.pause()

    assert snap_compare(app_with(theme), terminal_size=size, run_before=before)


def test_help(snap_compare: Any, until: Until) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await settled(pilot, until)
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        await pilot.pause()

    assert snap_compare(app_with("dark"), terminal_size=(120, 40), run_before=before)


def test_question(snap_compare: Any, until: Until) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await settled(pilot, until)
        await select(pilot, "old-embedder")
        await pilot.press("D")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog))
        await pilot.pause()

    assert snap_compare(app_with("dark"), terminal_size=(80, 24), run_before=before)
