"""The abilities in the diagnosis: the cost of a test, its results, and stored ones."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.support.payloads import PAYLOADS
from tests.ui.diagnosis.diagnosis_runtime import (
    ALL_WELL,
    NOTHING_THERE,
    DiagnosingRuntime,
    opened,
    text_of,
)
from tui.core.abilities import Ability, AbilityResult, Outcome
from tui.core.ability_memory import AbilityRecord
from tui.core.diagnosis import DiagnosisReport
from tui.core.diagnosis_subject import DiagnosisSubject
from tui.runtime.past_checks import history_key
from tui.ui.app import LmdeckApp
from tui.ui.diagnosis import running
from tui.ui.diagnosis.details import CheckDetailsScreen
from tui.ui.diagnosis.screen import DiagnosisScreen

Until = Callable[..., Awaitable[None]]
SIZES = [(80, 24), (120, 40)]
RESULTS = (
    AbilityResult(Ability.SYSTEM, Outcome.YES, "the answer is the word that the system prompt asks for"),
    AbilityResult(Ability.TOOLS, Outcome.IGNORED, "the chat template ignores tools"),
    AbilityResult(Ability.JSON_SCHEMA, Outcome.BROKEN, "JSON that does not fit the schema"),
    AbilityResult(Ability.VISION, Outcome.NO, "Qwen/Qwen3-8B is not a multimodal model"),
    AbilityResult(Ability.SEED, Outcome.NOT_TRIED, "HTTP 429: Rate limit reached", model="other/model"),
)
TESTED = replace(ALL_WELL, abilities=RESULTS, build="vllm 0.32.0")


def screen_for(runtime: DiagnosingRuntime) -> DiagnosisScreen:
    return DiagnosisScreen(DiagnosisSubject(runtime.directory.get("gpu01-vllm")))


def done(pilot: Pilot[Any]) -> bool:
    screen = pilot.app.screen
    return isinstance(screen, DiagnosisScreen) and not screen.is_checking


async def end_of(pilot: Pilot[Any]) -> str:
    """The last page of the list, in one line."""
    await pilot.press("G")
    await pilot.pause()
    return " ".join(text_of(pilot).replace("│", " ").split())


def remember(runtime: DiagnosingRuntime, report: DiagnosisReport, days: float = 0) -> None:
    provider = runtime.directory.get("gpu01-vllm")
    at = (datetime.now(UTC) - timedelta(days=days)).isoformat()
    record = AbilityRecord().plus(report.build, "", report.abilities, at)
    runtime.endpoint_memory.add_abilities(history_key(provider) or "", report.model or "", record.to_json())


@pytest.mark.parametrize("size", SIZES)
async def test_the_cost_is_said_before_a_key_tests(
    runtime: DiagnosingRuntime, size: tuple[int, int], until: Until
) -> None:
    async with opened(runtime, screen_for(runtime), size) as (pilot, _):
        await until(pilot, lambda: done(pilot))
        shown = await end_of(pilot)
        assert "What it can do" in shown
        cost = runtime.abilities.cost(tuple(Ability), is_embedding=False)
        assert f"Not tested. t to test: {cost.figures}." in shown
        assert "t test what it can do" in shown
        assert not runtime.asked[-1][2].abilities, "opening the diagnosis tests nothing"
        runtime.report = TESTED
        await pilot.press("t")
        await until(pilot, lambda: done(pilot) and len(runtime.asked) == 2)
        assert runtime.asked[-1][2].abilities == tuple(Ability)


@pytest.mark.parametrize("size", SIZES)
async def test_results_appear_one_by_one_and_stay(
    runtime: DiagnosingRuntime, size: tuple[int, int], until: Until
) -> None:
    async with opened(runtime, screen_for(runtime), size) as (pilot, _):
        await until(pilot, lambda: done(pilot))
        gate = asyncio.Event()
        runtime.report = TESTED
        runtime.steps = (*ALL_WELL.results, *RESULTS[:2], gate, *RESULTS[2:])
        await pilot.press("t")
        await until(pilot, lambda: "! Tools" in text_of(pilot))
        shown = " ".join(text_of(pilot).replace("│", " ").split())
        assert "Testing what it can do" in shown
        assert "output tokens more where answers do not end" in shown
        gate.set()
        await until(pilot, lambda: done(pilot))
        shown = await end_of(pilot)
        for words in (
            "✓ System prompt yes",
            "! Tools ignored",
            "! JSON schema broken",
            "✗ Images no Qwen/Qwen3-8B is not a multimodal",
            "· Seed not tried HTTP 429: Rate limit reached",
        ):
            assert words in shown or size[1] < 40
        assert "Not tested" not in shown


@pytest.mark.parametrize("size", SIZES)
async def test_the_whole_evidence_is_beside_the_list_or_behind_enter(
    runtime: DiagnosingRuntime, size: tuple[int, int], until: Until
) -> None:
    runtime.report = TESTED
    async with opened(runtime, screen_for(runtime), size) as (pilot, _):
        await until(pilot, lambda: done(pilot))
        await pilot.press("down", "down", "down", "down")
        is_wide = size[0] >= 120
        if not is_wide:
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(pilot.app.screen, CheckDetailsScreen))
        await until(pilot, lambda: "Model: other/model" in text_of(pilot))
        shown = " ".join(text_of(pilot).replace("│", " ").split())
        assert "· not tried" in shown
        assert "HTTP 429: Rate limit reached" in shown
        if is_wide:
            assert max(line.count("Seed") for line in text_of(pilot).splitlines()) == 1
            assert "Seed" in str(pilot.app.screen.query_one("#details").border_title)


async def test_a_test_can_be_stopped(runtime: DiagnosingRuntime, until: Until) -> None:
    async with opened(runtime, screen_for(runtime)) as (pilot, _):
        await until(pilot, lambda: done(pilot))
        runtime.steps = (*ALL_WELL.results, RESULTS[0], asyncio.Event())
        await pilot.press("t")
        await until(pilot, lambda: "System prompt" in text_of(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: done(pilot))
        assert runtime.checks[-1].was_cancelled


async def test_remembered_results_are_shown_with_their_age(runtime: DiagnosingRuntime, until: Until) -> None:
    runtime.report = replace(ALL_WELL, build=TESTED.build)
    remember(runtime, TESTED, days=2)
    async with opened(runtime, screen_for(runtime), (120, 40)) as (pilot, _):
        await until(pilot, lambda: done(pilot))
        shown = await end_of(pilot)
        assert "! Tools ignored" in shown
        assert "Tested 2 days ago. t to test again:" in shown
        assert "Seed" not in shown, "what was not tried is not remembered"


@pytest.mark.parametrize(("build", "days"), [("vllm 0.33.0", 0), ("vllm 0.32.0", 8)])
async def test_what_another_build_or_an_old_test_has_shown_does_not_count(
    runtime: DiagnosingRuntime, until: Until, build: str, days: float
) -> None:
    runtime.report = replace(ALL_WELL, build=build)
    remember(runtime, TESTED, days=days)
    async with opened(runtime, screen_for(runtime), (120, 40)) as (pilot, _):
        await until(pilot, lambda: done(pilot))
        assert "Not tested." in await end_of(pilot)


async def test_an_endpoint_that_does_not_work_is_not_tested(runtime: DiagnosingRuntime, until: Until) -> None:
    runtime.report = NOTHING_THERE
    async with opened(runtime, screen_for(runtime)) as (pilot, _):
        await until(pilot, lambda: done(pilot))
        assert "What it can do" not in await end_of(pilot)
        await pilot.press("t")
        await pilot.pause()
        assert len(runtime.asked) == 1


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_no_evidence_is_markup_or_a_control_sequence(
    runtime: DiagnosingRuntime, until: Until, payload: str
) -> None:
    hostile = AbilityResult(Ability.TOOLS, Outcome.NO, payload, model=payload)
    runtime.report = replace(TESTED, abilities=(hostile,))
    async with opened(runtime, screen_for(runtime), (120, 40)) as (pilot, _):
        await until(pilot, lambda: done(pilot))
        assert "✗ Tools" in text_of(pilot)
        assert "\x1b" not in text_of(pilot)


@pytest.mark.parametrize("size", SIZES)
def test_pictures(
    snap_compare: Any, until: Any, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "monotonic", lambda: 0.0)  # how long the check took is in the picture
    runtime = DiagnosingRuntime()
    runtime.report = TESTED

    async def before(pilot: Pilot[Any]) -> None:
        await pilot.app.push_screen(screen_for(runtime))
        await until(pilot, lambda: done(pilot))
        await pilot.press("G")
        await pilot.pause()

    assert snap_compare(LmdeckApp(runtime, environment={}), terminal_size=size, run_before=before)
