"""Every screen, opened on the real runtime: its files on disk, its server on loopback, by keys.

A screen that is added without a walk fails ``test_no_screen_is_left_out``.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual.screen import Screen
from textual.widgets import Input

import tui.ui
from tests.support.contrast import pale_texts
from tests.support.fake_api import FakeApi, model_list
from tests.support.fake_machine import FakeMachine
from tests.support.fault_server import FaultServer
from tests.support.real_deck import OpenDeck, RealDeck, replying
from tui.net.machine.machine import Machine
from tui.store.providers import ProviderStore
from tui.ui.abilities.screen import AbilitiesScreen
from tui.ui.abilities.windows import EvidenceWindow
from tui.ui.chat.branches import BranchesWindow
from tui.ui.chat.figures import FiguresScreen
from tui.ui.chat.picker import ModelPicker
from tui.ui.chat.rename import RenameDialog
from tui.ui.chat.screen import ChatScreen
from tui.ui.chat.settings import ChatSetup
from tui.ui.conversations.screen import ConversationsScreen
from tui.ui.costs.screen import CostsScreen
from tui.ui.diagnosis.details import CheckDetailsScreen
from tui.ui.diagnosis.discover_screen import DiscoverScreen
from tui.ui.diagnosis.screen import DiagnosisScreen
from tui.ui.exporting import ExportDialog
from tui.ui.providers.form_screen import ProviderFormScreen
from tui.ui.providers.screen import ProvidersScreen
from tui.ui.providers.test_dialog import ProviderTestScreen
from tui.ui.shell.dialogs import ChoiceDialog, ConfirmDialog
from tui.ui.shell.help import HelpScreen
from tui.ui.shell.modal import Window
from tui.ui.shell.model_choice import ModelChoice
from tui.ui.shell.notices import NoticesWindow
from tui.ui.shell.placeholder import PlaceholderScreen
from tui.ui.shell.too_small import TooSmallScreen
from tui.ui.start import ChatStart, Start
from tui.ui.textual_compat.palette import Palette

ANSWER = "It is **four**."


class Visit:
    """The program with one provider, ``main``, and its server."""

    def __init__(self, deck: RealDeck, server: FaultServer, root: Path) -> None:
        self.deck = deck
        self.server = server
        self.root = root

    @asynccontextmanager
    async def opened(self, start: Start = "providers", *keys: str) -> AsyncIterator[OpenDeck]:
        async with self.deck.opened(start) as opened:
            await opened.press(*keys)
            yield opened

    def chat(self, *keys: str) -> Any:
        return self.opened(ChatStart("main"), *keys)

    def was_asked_since(self, count: int) -> bool:
        return len(self.server.requests) > count

    def file(self) -> str:
        return (self.deck.config / "providers.toml").read_text()


async def shows(opened: OpenDeck, kind: type[Screen[Any]], *texts: str) -> None:
    await opened.until(lambda: isinstance(opened.app.screen, kind), str(kind))
    if issubclass(kind, Window):
        is_opaque = opened.app.screen.styles.background.a == 1
        assert is_opaque is (kind is TooSmallScreen), "the screen below a window shows through"
    await opened.until(lambda: all(text in opened.text for text in texts), str(texts))
    for theme in ("light", "dark"):
        opened.app.theme = theme
        await opened.pilot.pause()
        assert pale_texts(opened.app.screen) == [], f"hard to read in the theme {theme}"
    if kind not in (HelpScreen, TooSmallScreen):
        await opened.press("f1")
        await opened.until(lambda: isinstance(opened.app.screen, HelpScreen), f"help over {kind}")
        await opened.press("escape")
        await opened.until(lambda: isinstance(opened.app.screen, kind))


async def providers(visit: Visit) -> None:
    async with visit.opened() as opened:
        await shows(opened, ProvidersScreen, "main", "demo")
        await opened.until(lambda: visit.server.requests, "it looks who answers")


async def form(visit: Visit) -> None:
    async with visit.opened("providers", "home", "e") as opened:
        await shows(opened, ProviderFormScreen, "Provider URL")
        await opened.press("f5")
        await opened.until(lambda: "It is four." in opened.text or "It is **four**." in opened.text)
        editor = opened.screen(ProviderFormScreen).row("display_name").editor
        assert isinstance(editor, Input)
        editor.value = "Renamed"
        await opened.press("f2")
        await shows(opened, ProvidersScreen, "Renamed")
    assert 'display_name = "Renamed"' in visit.file()


async def provider_test(visit: Visit) -> None:
    async with visit.opened("providers", "home", "t") as opened:
        await shows(opened, ProviderTestScreen, "It is **four**.")


async def diagnosis(visit: Visit) -> None:
    async with visit.opened("providers", "home", "d") as opened:
        await shows(opened, DiagnosisScreen, "The text streams")


async def check_details(visit: Visit) -> None:
    async with visit.opened("providers", "home", "d") as opened:
        await shows(opened, DiagnosisScreen, "The text streams")
        await opened.press("home", "enter")
        await shows(opened, CheckDetailsScreen, visit.server.base_url)


async def discover(visit: Visit) -> None:
    port = visit.server.port
    machine = FakeMachine(visit.root)
    machine.listen("127.0.0.1", port, 1)
    async with visit.deck.opened() as opened:
        opened.runtime.machine = Machine({}, visit.root)  # only the list of sockets is the test's own
        await opened.press("f")
        await shows(opened, DiscoverScreen, str(port), "model-a")
        for key in ("R", "f5"):
            asked = len(visit.server.requests)
            await opened.press(key)
            await opened.until(partial(visit.was_asked_since, asked), f"{key} asks again")
            await opened.until(lambda: str(port) in opened.text)
        await opened.press("escape")
        await shows(opened, ProvidersScreen)
        for key in ("enter", "a"):
            (visit.deck.config / "providers.toml").unlink(missing_ok=True)
            opened.runtime.directory.reload()
            await opened.press("f")
            await shows(opened, DiscoverScreen, str(port), "model-a")
            await opened.press(key)
            await shows(opened, ModelChoice, "model-a", "model-b")
            await opened.press("down", "enter")
            await shows(opened, ProviderFormScreen, f"server-{port}", "model-a")
            assert not ProviderStore(opened.runtime.paths).load().providers, "nothing is added before"
            await opened.press("f2")
            await opened.until(lambda: ProviderStore(opened.runtime.paths).load().providers, f"{key} adds it")
            await opened.until(lambda: isinstance(opened.app.screen, ProvidersScreen))
    assert f"http://127.0.0.1:{port}/v1" in visit.file()
    assert 'compatible_provider = "model-a"' in visit.file()


async def model_choice(visit: Visit) -> None:
    visit.deck.provider(visit.server.base_url, "moved", compatible_provider="gone")
    async with visit.opened() as opened:
        opened.screen(ProvidersScreen).table.rearrange("moved")
        await shows(opened, ProvidersScreen, "model gone", "The server offers m, model-a, model-b.")
        await opened.press("A")
        await shows(opened, ModelChoice, "model-b")
        await opened.press("down", "down", "enter")
        await opened.until(lambda: 'compatible_provider = "model-b"' in visit.file())
        await shows(opened, ProvidersScreen, "Reachable in", "offers model-b")


async def chat(visit: Visit) -> None:
    async with visit.chat() as opened:
        await opened.ask("sum?")
        await shows(opened, ChatScreen, "sum?", "It is four.")
    assert list((visit.deck.home / "data").rglob("*.jsonl"))


async def figures(visit: Visit) -> None:
    async with visit.chat() as opened:
        await opened.ask("sum?")
        await opened.press("f9")
        await shows(opened, FiguresScreen, "TTFT", "9")


async def branches(visit: Visit) -> None:
    async with visit.chat() as opened:
        await opened.ask("sum?")
        await opened.press(*"/retry", "enter")
        chat = opened.screen(ChatScreen).control
        await opened.until(lambda: chat.has_variants and chat.live is None)
        await opened.press(*"/branches", "enter")
        await shows(opened, BranchesWindow, "1 ○ sum?", "2 ● sum?")
        await opened.press("up", "enter")
        await shows(opened, ChatScreen, "1/2")


async def rename(visit: Visit) -> None:
    async with visit.chat() as opened:
        await opened.ask("sum?")
        await opened.press("f7")
        await shows(opened, RenameDialog, "sum?")
        await opened.press("ctrl+u", *"Sums", "enter")
        await shows(opened, ChatScreen, "Sums")
    (journal,) = (visit.deck.home / "data").rglob("*.jsonl")
    assert "Sums" in journal.read_text()


async def setup(visit: Visit) -> None:
    async with visit.chat("f6") as opened:
        await shows(opened, ChatSetup, "Thinking")
        await opened.press("ctrl+s")
        await shows(opened, ChatScreen)


async def picker(visit: Visit) -> None:
    async with visit.chat("f2") as opened:
        await shows(opened, ModelPicker, "main", "Demo", "model-b")
        await opened.press("escape")
        await shows(opened, ChatScreen)


async def conversations(visit: Visit) -> None:
    async with visit.chat() as opened:
        await opened.ask("a question to keep")
    async with visit.opened("providers", "h") as opened:
        await shows(opened, ConversationsScreen, "a question to keep")
        await opened.press("enter")
        await shows(opened, ChatScreen, "a question to keep", "It is four.")


async def export(visit: Visit) -> None:
    async with visit.chat() as opened:
        await opened.ask("a question to keep")
    async with visit.opened("providers", "h") as opened:
        await shows(opened, ConversationsScreen, "a question to keep")
        await opened.press("x")
        await shows(opened, ExportDialog)
        await opened.press("escape")
        await shows(opened, ConversationsScreen, "a question to keep")


async def confirm(visit: Visit) -> None:
    async with visit.opened("providers", "home", "D") as opened:
        await shows(opened, ConfirmDialog, "main")
        await opened.press("y")
        await shows(opened, ProvidersScreen)
        await opened.until(lambda: "[providers.main]" not in visit.file())


async def choice(visit: Visit) -> None:
    async with visit.opened("providers", "home", "e") as opened:
        await shows(opened, ProviderFormScreen)
        editor = opened.screen(ProviderFormScreen).row("display_name").editor
        assert isinstance(editor, Input)
        editor.value = "Not kept"
        await opened.press("escape")
        await opened.until(lambda: isinstance(opened.app.screen, ChoiceDialog))
        await opened.press("escape")
        await shows(opened, ProviderFormScreen, "Not kept")
    assert "Not kept" not in visit.file()


async def ground(visit: Visit) -> None:
    async with visit.chat() as opened:
        assert isinstance(opened.app.screen_stack[0], PlaceholderScreen)
        await opened.press("tab", "q")
        await shows(opened, ProvidersScreen, "main", " ms")  # it is checked here as at a start


async def help_(visit: Visit) -> None:
    async with visit.opened("providers", "f1") as opened:
        await shows(opened, HelpScreen, "Help")
        await opened.press("escape")
        await shows(opened, ProvidersScreen)


async def notices(visit: Visit) -> None:
    async with visit.opened() as opened:
        await opened.press("unbound.app.notices")
        await shows(opened, NoticesWindow, "No notices yet")
        await opened.press("escape")
        opened.app.notify("an [b]older[/b] one\x1b[2J", severity="warning")
        opened.app.notify("the same")
        opened.app.notify("a newer one", severity="error")
        opened.app.notify("the same")
        opened.app.clear_notifications()
        await opened.press("unbound.app.notices")
        await shows(opened, NoticesWindow, "an [b]older[/b] one")
        text = opened.text
        assert "\x1b" not in text
        assert text.count("the same") == 1
        assert text.index("the same") < text.index("✗ a newer one") < text.index("⚠ an [b]older[/b]")
        await opened.press("q")
        await shows(opened, ProvidersScreen)
    async with visit.chat() as opened:
        chat = opened.screen(ChatScreen)
        chat.prompt.insert("/notices")
        await opened.press("enter", "enter")
        await shows(opened, NoticesWindow)


async def palette(visit: Visit) -> None:
    async with visit.opened("providers", "ctrl+p") as opened:
        await opened.until(lambda: isinstance(opened.app.screen, Palette))
        await opened.press(*"Find")
        await opened.until(lambda: "model servers" in opened.text)


async def costs(visit: Visit) -> None:
    async with visit.chat() as opened:
        await opened.ask("two and two?")
        await opened.press("tab", "dollar_sign")
        await shows(opened, CostsScreen, "By provider", "main")


async def costs_export(visit: Visit) -> None:
    async with visit.chat() as opened:
        await opened.ask("two and two?")
        await opened.press("tab", "dollar_sign")
        await shows(opened, CostsScreen, "By provider", "main")
        await opened.press("x")
        await shows(opened, ExportDialog, "csv")
        dialog = opened.screen(ExportDialog)
        target = visit.deck.home / "costs.json"
        dialog.query_one(Input).value = str(target)
        await opened.press("enter")
        await opened.until(target.exists, "the export is written")


async def abilities(visit: Visit) -> None:
    async with visit.opened("providers", "M") as opened:
        await shows(opened, AbilitiesScreen, "Nothing has been tested yet")


async def evidence(visit: Visit) -> None:
    visit.deck.run("check", "main", "--only", "max_tokens")
    async with visit.opened("providers", "M") as opened:
        await shows(opened, AbilitiesScreen, "Token limit")
        await opened.press("enter")
        await shows(opened, EvidenceWindow, "Token limit · main")


async def abilities_export(visit: Visit) -> None:
    visit.deck.run("check", "main", "--only", "max_tokens")
    async with visit.opened("providers", "M") as opened:
        await shows(opened, AbilitiesScreen, "Token limit")
        await opened.press("x")
        await shows(opened, ExportDialog, ".md")
        await opened.press("escape")
        await shows(opened, AbilitiesScreen)


async def too_small(visit: Visit) -> None:
    async with visit.opened() as opened:
        await opened.pilot.resize_terminal(40, 10)
        await shows(opened, TooSmallScreen, "60")
        await opened.pilot.resize_terminal(100, 30)
        await shows(opened, ProvidersScreen, "main")


async def exports(visit: Visit) -> None:
    for walk in (export, abilities_export, costs_export):
        await walk(visit)


WALK: dict[type[Screen[Any]], Callable[[Visit], Awaitable[None]]] = {
    ProvidersScreen: providers,
    ProviderFormScreen: form,
    ProviderTestScreen: provider_test,
    DiagnosisScreen: diagnosis,
    CheckDetailsScreen: check_details,
    DiscoverScreen: discover,
    ModelChoice: model_choice,
    ChatScreen: chat,
    FiguresScreen: figures,
    BranchesWindow: branches,
    RenameDialog: rename,
    ChatSetup: setup,
    ModelPicker: picker,
    ConversationsScreen: conversations,
    ExportDialog: exports,
    AbilitiesScreen: abilities,
    EvidenceWindow: evidence,
    CostsScreen: costs,
    ConfirmDialog: confirm,
    ChoiceDialog: choice,
    PlaceholderScreen: ground,
    HelpScreen: help_,
    NoticesWindow: notices,
    Palette: palette,
    TooSmallScreen: too_small,
}


def every_screen() -> set[type[Screen[Any]]]:
    """Return the screens of the program; what others are only made from has another one below it."""
    for module in pkgutil.walk_packages(tui.ui.__path__, "tui.ui."):
        importlib.import_module(module.name)
    found: list[type[Screen[Any]]] = [Screen]
    for kind in found:
        found += kind.__subclasses__()
    ours = {kind for kind in found if kind.__module__.startswith("tui.ui.")}
    return {kind for kind in ours if not set(kind.__subclasses__()) & ours} | {ChoiceDialog}


def test_no_screen_is_left_out() -> None:
    assert set(WALK) == every_screen()


@pytest.mark.parametrize("kind", WALK, ids=lambda kind: kind.__name__)
async def test_a_screen_works_on_the_real_runtime(
    kind: type[Screen[Any]], deck: RealDeck, tmp_path: Path
) -> None:
    api = FakeApi(
        models=model_list("m", "model-a", "model-b"), chat=replying(ANSWER, reasoning="two and two")
    )
    with FaultServer(api) as server:
        deck.provider(server.base_url)
        await WALK[kind](Visit(deck, server, tmp_path / "root"))
