"""Pictures of the screen of abilities."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.ui.fake_runtime import FakeRuntime
from tui.core.abilities import Ability, AbilityResult, Outcome
from tui.core.ability_memory import AbilityRecord
from tui.core.provider import Provider
from tui.ui.abilities.screen import AbilitiesScreen
from tui.ui.abilities.windows import EvidenceWindow
from tui.ui.app import LmdeckApp

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
TESTED = (Ability.SYSTEM, Ability.TOOLS, Ability.JSON_SCHEMA, Ability.N, Ability.VISION, Ability.CONTINUE)
OUTCOMES = (Outcome.YES, Outcome.NO, Outcome.IGNORED, Outcome.BROKEN, Outcome.YES, Outcome.YES)


def known_runtime(theme: str = "dark", count: int = 7) -> FakeRuntime:
    """Return a runtime that remembers tests of so many providers, one of them with changes."""
    providers = [
        Provider(f"{name}", provider_url=f"http://127.0.0.1:{9000 + place}/v1", model="m")
        for place, name in enumerate(
            ("gpu01", "gpu02", "显存", "deepseek", "local", "old-gw", "a-long-name-of-a-gateway")[:count]
        )
    ]
    runtime = FakeRuntime(providers)
    runtime.settings = replace(runtime.settings, theme=theme)
    for place, provider in enumerate(providers):
        outcomes = [OUTCOMES[(place + number) % len(OUTCOMES)] for number in range(len(TESTED))]
        results = [
            AbilityResult(ability, outcome, "what the test saw", model="m", tokens=31, requests=1)
            for ability, outcome in zip(TESTED, outcomes, strict=True)
        ]
        record = AbilityRecord().plus("vllm 0.32", "", results, (NOW - timedelta(hours=3)).isoformat())
        if place == 0:
            changed = [AbilityResult(Ability.TOOLS, Outcome.YES, "calls get_time", model="m")]
            record = record.plus("vllm 0.32", "", changed, (NOW - timedelta(hours=2)).isoformat())
        runtime.endpoint_memory.add_abilities(provider.provider_url, "m", record.to_json())
    return runtime


async def shown(pilot: Pilot[Any], until: Any) -> AbilitiesScreen:
    screen = AbilitiesScreen(now=lambda: NOW)
    await pilot.app.push_screen(screen)
    await until(pilot, lambda: screen.grid.rows)
    await pilot.press("down")
    await pilot.pause()
    return screen


@pytest.mark.parametrize("theme", ["dark", "light", "ansi"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_abilities(snap_compare: Any, until: Any, theme: str, size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await shown(pilot, until)

    app = LmdeckApp(known_runtime(theme), environment={})
    assert snap_compare(app, terminal_size=size, run_before=before)


def test_the_evidence_beside_a_table_of_few(snap_compare: Any, until: Any) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await shown(pilot, until)

    app = LmdeckApp(known_runtime(count=3), environment={})
    assert snap_compare(app, terminal_size=(120, 40), run_before=before)


def test_abilities_without_colour(snap_compare: Any, until: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def before(pilot: Pilot[Any]) -> None:
        await shown(pilot, until)

    app = LmdeckApp(known_runtime(), environment={"NO_COLOR": "1"})
    assert snap_compare(app, terminal_size=(80, 24), run_before=before)


def test_evidence(snap_compare: Any, until: Any) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await shown(pilot, until)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, EvidenceWindow))
        await pilot.pause()

    assert snap_compare(LmdeckApp(known_runtime(), environment={}), terminal_size=(80, 24), run_before=before)
