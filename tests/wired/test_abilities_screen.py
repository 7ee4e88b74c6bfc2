"""The screen of abilities on the real runtime: stored results, tests, evidence, export."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.support.fault_server import refused_port
from tests.support.matrix_server import ONLY, Talent, serving
from tests.support.real_deck import OpenDeck, RealDeck
from tui.texts.budget import TITLE as BEYOND
from tui.ui.abilities.screen import AbilitiesScreen
from tui.ui.abilities.windows import EvidenceWindow
from tui.ui.diagnosis.screen import DiagnosisScreen
from tui.ui.exporting import ExportDialog
from tui.ui.providers.screen import ProvidersScreen
from tui.ui.shell.dialogs import ConfirmDialog


@pytest.fixture(autouse=True)
def without_built_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.runtime.builtin.BuiltIns.providers", ())


@pytest.fixture
def talent(deck: RealDeck) -> Iterator[Talent]:
    """A server that the deck knows as ``one``; ``gone`` cannot be reached."""
    talent, server = serving(n="yes", json_object="yes")
    with server, refused_port() as port:
        deck.provider(server.base_url, "one")
        deck.provider(f"http://127.0.0.1:{port}/v1", "gone")
        yield talent


async def to_screen(opened: OpenDeck) -> AbilitiesScreen:
    await opened.until(lambda: isinstance(opened.app.screen, ProvidersScreen) and opened.app.screen.focused)
    await opened.press("M")
    await opened.until(lambda: isinstance(opened.app.screen, AbilitiesScreen))
    return opened.screen(AbilitiesScreen)


async def all_tested(opened: OpenDeck, talent: Talent) -> None:
    before = talent.tests
    await opened.press("t")
    await opened.until(lambda: isinstance(opened.app.screen, ConfirmDialog))
    await opened.press("y")
    await opened.until(lambda: talent.tests > before)
    await opened.until(lambda: isinstance(opened.app.screen, AbilitiesScreen))
    await opened.until(lambda: "testing" not in opened.text and "tested just now" in opened.text)


def row(opened: OpenDeck, label: str) -> str:
    return next(line for line in opened.text.splitlines() if label in line)


async def test_the_cost_is_said_before_and_the_table_fills(deck: RealDeck, talent: Talent) -> None:
    async with deck.opened() as opened:
        await to_screen(opened)
        await opened.until(lambda: "Nothing has been tested yet. Press t" in opened.text)
        await opened.press("t")
        await opened.until(lambda: isinstance(opened.app.screen, ConfirmDialog))
        assert "Tests what 2 providers can do: at most" in " ".join(opened.text.split())
        await opened.press("n")
        await opened.until(lambda: isinstance(opened.app.screen, AbilitiesScreen))
        assert talent.tests == 0
        await all_tested(opened, talent)
        assert talent.tests > 10
        assert "✓ yes" in row(opened, "Several choices")
        assert "▸ one" in row(opened, "Ability")
        assert "gone" not in row(opened, "Ability")
        assert "gone: Connection refused" in opened.text


async def test_beyond_a_budget_it_is_asked_first(deck: RealDeck, talent: Talent) -> None:
    deck.settings('[budget]\nday = "0 EUR"\n')
    command = ("providers", "set", "one", "--input-price", "1", "--output-price", "1", "--currency", "EUR")
    assert deck.run(*command).code == 0
    async with deck.opened() as opened:
        await to_screen(opened)
        await opened.until(lambda: "Nothing has been tested yet" in opened.text)
        for answer in ("n", "y"):
            await opened.press("t")
            await opened.until(lambda: "Tests what 2 providers can do" in " ".join(opened.text.split()))
            await opened.press("y")
            await opened.until(lambda: BEYOND in opened.text)
            assert talent.tests == 0
            await opened.press(answer)
            await opened.until(lambda: isinstance(opened.app.screen, AbilitiesScreen))
        await opened.until(lambda: talent.tests > 0)


async def test_what_is_remembered_is_there_at_once_and_changes_are_marked(
    deck: RealDeck, talent: Talent
) -> None:
    done = deck.run("check", "--all", "--only", ONLY)
    assert "✓ yes" in done.out
    async with deck.opened() as opened:
        await to_screen(opened)
        await opened.until(lambda: "Several choices" in opened.text)
        assert "tested just now" in opened.text
        talent.can = {"n": "ignored", "json_object": "yes"}
        await all_tested(opened, talent)
        assert "! ignored (was yes)" in row(opened, "Several choices")
        assert "was" not in row(opened, "JSON object")
        assert "one: Several choices was yes, is now ignored" in opened.text
    async with deck.opened() as opened:
        await to_screen(opened)
        await opened.until(lambda: "! ignored (was yes)" in opened.text)


async def test_r_reads_what_another_program_tested(deck: RealDeck, talent: Talent) -> None:
    async with deck.opened() as opened:
        await to_screen(opened)
        await opened.until(lambda: "Nothing has been tested yet" in opened.text)
        deck.run("check", "--all", "--only", ONLY)
        await opened.press("R")
        await opened.until(lambda: "✓ yes" in opened.text)


async def test_enter_shows_the_evidence_and_d_diagnoses(deck: RealDeck, talent: Talent) -> None:
    deck.run("check", "--all", "--only", ONLY)
    async with deck.opened() as opened:
        await to_screen(opened)
        await opened.until(lambda: "Several choices" in opened.text)
        await opened.press("down", "enter")
        await opened.until(lambda: isinstance(opened.app.screen, EvidenceWindow))
        assert "Several choices · one" in opened.text
        assert "n = 2 gives 2 choices" in opened.text
        assert "Tested: 20" in opened.text
        await opened.press("escape", "d")
        await opened.until(lambda: isinstance(opened.app.screen, DiagnosisScreen))


async def test_the_evidence_is_beside_the_table_where_all_providers_fit(
    deck: RealDeck, talent: Talent
) -> None:
    deck.run("check", "--all", "--only", ONLY)
    async with deck.opened(size=(120, 40)) as opened:
        await to_screen(opened)
        await opened.until(lambda: "─ JSON object · one ─" in opened.text)
        await opened.press("down")
        await opened.until(lambda: "─ Several choices · one ─" in opened.text)
        assert "n = 2 gives 2 choices" in opened.text
        await opened.pilot.resize_terminal(100, 40)
        await opened.until(lambda: "Several choices · one" not in opened.text)


@pytest.mark.parametrize(("name", "begins"), [("table.md", "| Ability | one<br>m |"), ("table.json", "{")])
async def test_it_is_exported(deck: RealDeck, talent: Talent, tmp_path: Path, name: str, begins: str) -> None:
    deck.run("check", "--all", "--only", ONLY)
    target = tmp_path / name
    async with deck.opened() as opened:
        await to_screen(opened)
        await opened.until(lambda: "Several choices" in opened.text)
        await opened.press("x")
        await opened.until(lambda: isinstance(opened.app.screen, ExportDialog))
        await opened.press("ctrl+u", *str(target), "enter")
        await opened.until(lambda: str(target) in opened.toasts)
        await opened.press("x")
        await opened.until(lambda: isinstance(opened.app.screen, ExportDialog))
        await opened.press("ctrl+u", *str(tmp_path / "table.txt"), "enter")
        await opened.until(lambda: "it does not end with .md or .json" in opened.toasts)
    text = target.read_text()
    assert text.startswith(begins)
    if name.endswith("json"):
        found = json.loads(text)
        assert found["schema_version"] == 1
        assert found["providers"][0]["abilities"]["n"]["result"] == "yes"
        assert found["changes"] == []
    else:
        assert "| Several choices | ✓ yes |" in text
        assert "Tested 20" in text


async def test_escape_stops_the_tests_and_keeps_what_ended(deck: RealDeck, talent: Talent) -> None:
    async with deck.opened() as opened:
        screen = await to_screen(opened)
        await opened.until(lambda: "Nothing has been tested yet" in opened.text)
        talent.holds_after = 3
        await opened.press("t")
        await opened.until(lambda: isinstance(opened.app.screen, ConfirmDialog))
        await opened.press("y")
        await opened.until(lambda: talent.tests > 3)
        await opened.press("escape")
        await opened.until(lambda: "tested just now" in opened.text)
        assert opened.app.screen is screen
        assert "System prompt" in opened.text
        await opened.press("escape")
        await opened.until(lambda: isinstance(opened.app.screen, ProvidersScreen))
        await to_screen(opened)
        await opened.until(lambda: "System prompt" in opened.text)


def is_current(opened: OpenDeck, name: str) -> bool:
    return f"▸ {name}" in row(opened, "Ability")


@pytest.mark.parametrize("width", [80, 120])
async def test_other_providers_come_into_sight(deck: RealDeck, width: int) -> None:
    _, server = serving(n="yes", json_object="yes")
    names = [f"provider-{number}" for number in range(9)]
    with server:
        for name in names:
            deck.provider(server.base_url, name)
        deck.run("check", "--all", "--only", ONLY)
        async with deck.opened(size=(width, 24)) as opened:
            await to_screen(opened)
            await opened.until(lambda: "▸ provider-0" in opened.text)
            assert "provider-8" not in row(opened, "Ability")
            assert "JSON object · " not in opened.text, "no provider gives way to the evidence"
            for name in names[1:]:
                await opened.press("right")
                await opened.until(partial(is_current, opened, name))
            assert "provider-0" not in row(opened, "Ability")
            await opened.press("right", *["left_square_bracket"] * 8)
            await opened.until(lambda: "▸ provider-0" in row(opened, "Ability"))
