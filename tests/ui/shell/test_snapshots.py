"""Some pictures of the screens at rest."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from tests.ui.diagnosis.diagnosis_runtime import DiagnosingRuntime
from tests.ui.diagnosis.test_discover_screen import GUARDED, KNOWN, LOADING, VLLM, found
from tests.ui.fake_runtime import FakeRuntime, example_providers, failure, refused
from tests.ui.shell.test_providers_screen import embedding
from tui.core.causes import explain
from tui.core.diagnosis_subject import DiagnosisSubject
from tui.core.provider import Provider
from tui.net.reachability import Reachability
from tui.store.settings import Settings
from tui.store.summaries import ConversationSummary
from tui.ui.app import LmdeckApp
from tui.ui.conversations.screen import ConversationsScreen
from tui.ui.diagnosis.discover_screen import DiscoverScreen
from tui.ui.diagnosis.screen import DiagnosisScreen
from tui.ui.providers.form_screen import ProviderFormScreen
from tui.ui.providers.reach import Reach
from tui.ui.providers.screen import ProvidersScreen
from tui.ui.providers.test_dialog import ProviderTestScreen
from tui.ui.shell.binding_bar import BindingBar
from tui.ui.shell.dialogs import ConfirmDialog
from tui.ui.shell.help import HelpScreen
from tui.ui.shell.row_list import RowList

Until = Callable[..., Awaitable[None]]

LOOKS = [
    ("dark", (80, 24)),
    ("light", (120, 40)),
    ("ansi", (80, 24)),
    ("light", (80, 24)),
    ("dark", (120, 40)),
]


def app_with(theme: str, providers: Sequence[Provider] | None = None) -> LmdeckApp:
    """The list with one endpoint of each kind: up, down, and one that is still being asked."""
    runtime = FakeRuntime(providers, settings=Settings(theme=theme, calm=True))
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


@pytest.mark.parametrize(("theme", "size"), LOOKS)
def test_provider_list(snap_compare: Any, until: Until, theme: str, size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await settled(pilot, until)
        await select(pilot, "cloud")

    assert snap_compare(app_with(theme), terminal_size=size, run_before=before)


@pytest.mark.parametrize(("theme", "size"), LOOKS)
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


@pytest.mark.parametrize(("theme", "size"), [("light", (80, 24)), ("dark", (120, 40)), ("ansi", (80, 24))])
def test_form(snap_compare: Any, until: Until, theme: str, size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await settled(pilot, until)
        await pilot.press("a")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProviderFormScreen))
        await pilot.pause()

    assert snap_compare(app_with(theme), terminal_size=size, run_before=before)


@pytest.mark.parametrize(("theme", "size"), [("dark", (80, 24)), ("light", (120, 40)), ("ansi", (80, 24))])
def test_failed_test(snap_compare: Any, until: Until, theme: str, size: tuple[int, int]) -> None:
    app = app_with(theme)
    app.runtime.scripts = [refused()]  # type: ignore[attr-defined]

    async def before(pilot: Pilot[Any]) -> None:
        await settled(pilot, until)
        await select(pilot, "cloud")
        await pilot.press("t")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProviderTestScreen))
        await until(pilot, lambda: "✗" in str(pilot.app.screen.query_one("#trial-result", Static).visual))
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=before)


@pytest.mark.parametrize(("theme", "size"), [("dark", (80, 24)), ("light", (120, 40))])
def test_test_of_an_embedding_provider(
    snap_compare: Any, until: Until, theme: str, size: tuple[int, int]
) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await settled(pilot, until)
        await select(pilot, "bge")
        await pilot.press("t")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProviderTestScreen))
        shown = pilot.app.screen.query_one("#trial-result", Static)
        await until(pilot, lambda: "Plausible" in str(shown.visual))
        await pilot.pause()

    app = app_with(theme, (*example_providers(), embedding()))
    assert snap_compare(app, terminal_size=size, run_before=before)


@pytest.mark.parametrize(("theme", "size"), [("dark", (80, 24)), ("light", (120, 40)), ("ansi", (80, 24))])
def test_discover(snap_compare: Any, until: Until, theme: str, size: tuple[int, int]) -> None:
    app = app_with(theme)
    app.runtime.discovery = found(VLLM, GUARDED, LOADING, KNOWN)  # type: ignore[attr-defined]

    async def before(pilot: Pilot[Any]) -> None:
        await settled(pilot, until)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(pilot.app.screen, DiscoverScreen))
        await until(pilot, lambda: pilot.app.screen.query_one(RowList).line_count == 4)
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=before)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_help(snap_compare: Any, until: Until, size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await settled(pilot, until)
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        await pilot.pause()

    assert snap_compare(app_with("dark"), terminal_size=size, run_before=before)


def test_question(snap_compare: Any, until: Until) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await settled(pilot, until)
        await select(pilot, "old-embedder")
        await pilot.press("D")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog))
        await pilot.pause()

    assert snap_compare(app_with("dark"), terminal_size=(80, 24), run_before=before)


@pytest.mark.parametrize(("theme", "size"), LOOKS)
def test_diagnosis(snap_compare: Any, until: Until, theme: str, size: tuple[int, int]) -> None:
    runtime = DiagnosingRuntime(settings=Settings(theme=theme, calm=True))
    subject = DiagnosisSubject(runtime.directory.get("gpu01-vllm"), known=explain("auth", status=401))

    async def before(pilot: Pilot[Any]) -> None:
        screen = DiagnosisScreen(subject)
        await pilot.app.push_screen(screen)
        await until(pilot, lambda: screen.query_one(BindingBar).size.width)
        await pilot.pause()

    assert snap_compare(LmdeckApp(runtime, environment={}), terminal_size=size, run_before=before)


@pytest.mark.parametrize(("theme", "size"), LOOKS)
def test_conversations(
    snap_compare: Any, until: Until, monkeypatch: pytest.MonkeyPatch, theme: str, size: tuple[int, int]
) -> None:
    runtime = FakeRuntime(settings=Settings(theme=theme, calm=True))
    saved = [
        ConversationSummary(
            str(number),
            f"Conversation {number} " + "with a long title " * (number % 4),
            updated_at=f"20{20 - number // 9}-0{9 - number % 9}-01T12:00:00+00:00",
            turns=number,
            provider="gpu01-vllm",
            model="Qwen/Qwen3-8B",
            is_open_elsewhere=number == 1,
        )
        for number in range(30)
    ]
    monkeypatch.setattr(runtime.conversations.listing, "all", lambda on_read: saved)

    async def before(pilot: Pilot[Any]) -> None:
        pilot.app.push_screen(ConversationsScreen())
        await until(
            pilot, lambda: bool(pilot.app.screen.query(RowList)) and pilot.app.screen.query_one(RowList).rows
        )
        await until(pilot, lambda: pilot.app.screen.query_one(RowList).size.height > 5)  # it is laid out
        await pilot.press("down")
        await pilot.pause()

    assert snap_compare(LmdeckApp(runtime, environment={}), terminal_size=size, run_before=before)
