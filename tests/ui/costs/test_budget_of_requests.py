"""Paid requests require confirmation if a budget is used up: tests, repeated tests, and diagnoses."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.ui.costs.spending import a_month, spent_runtime
from tests.ui.diagnosis.diagnosis_runtime import DiagnosingRuntime
from tui.core.diagnosis_subject import DiagnosisSubject
from tui.ui.app import LmdeckApp
from tui.ui.diagnosis.screen import DiagnosisScreen
from tui.ui.providers.form_screen import ProviderFormScreen
from tui.ui.providers.screen import ProvidersScreen
from tui.ui.providers.test_dialog import ProviderTestScreen
from tui.ui.shell.dialogs import ConfirmDialog


@asynccontextmanager
async def opened(runtime: Any, until: Any) -> AsyncIterator[tuple[LmdeckApp, Pilot[Any], Callable[..., Any]]]:
    app = LmdeckApp(runtime, environment={})
    async with app.run_test(size=(100, 40)) as pilot:

        async def shows(kind: type, condition: Callable[[], object] = lambda: True) -> None:
            await until(pilot, lambda: isinstance(app.screen, kind) and condition())

        await shows(ProvidersScreen, lambda: app.screen.query("ProviderTable"))
        yield app, pilot, shows


async def test_tests_of_the_list_and_the_form_ask_once_for_both(until: Any) -> None:
    runtime = spent_runtime(limits=(a_month("0"),))
    async with opened(runtime, until) as (app, pilot, shows):
        await pilot.press("t")
        await shows(ConfirmDialog)
        assert runtime.tested == []
        await pilot.press("n")
        await shows(ProvidersScreen)
        assert runtime.tested == []
        app.push_screen(ProviderFormScreen(runtime.directory.get("deepseek")))
        await shows(ProviderFormScreen, lambda: app.screen.focused)
        await pilot.press("f5")
        await shows(ConfirmDialog)
        assert runtime.tested == []
        await pilot.press("y")
        await until(pilot, lambda: len(runtime.tested) == 1)
        await app.pop_screen()
        await pilot.press("t")
        await shows(ProviderTestScreen)
        await until(pilot, lambda: len(runtime.tested) == 2)


async def test_a_test_is_not_repeated_beyond_a_budget_that_is_spent_by_then(until: Any) -> None:
    runtime = spent_runtime(limits=(a_month("1000"),))
    async with opened(runtime, until) as (_, pilot, shows):
        await pilot.press("t")
        await shows(ProviderTestScreen)
        await until(pilot, lambda: len(runtime.tested) == 1)
        runtime.costs._limits = (a_month("0"),)
        await pilot.press("t")
        await shows(ConfirmDialog)
        await pilot.press("n")
        await shows(ProviderTestScreen)
        assert len(runtime.tested) == 1


async def test_what_is_free_is_within_every_budget(until: Any) -> None:
    runtime = spent_runtime(limits=(a_month("0"),))
    async with opened(runtime, until) as (app, pilot, shows):
        app.push_screen(ProviderTestScreen(runtime.directory.get("local")))
        await until(pilot, lambda: len(runtime.tested) == 1)
        await shows(ProviderTestScreen)


@pytest.mark.parametrize("answer", ["y", "n"])
async def test_a_diagnosis_asks_before_it_checks(answer: str, until: Any) -> None:
    spent = spent_runtime(limits=(a_month("0"),))
    runtime = DiagnosingRuntime(spent.directory.providers())
    runtime.settings = spent.settings
    async with opened(runtime, until) as (app, pilot, shows):
        app.router.diagnosis(DiagnosisSubject(runtime.directory.get("deepseek")))
        await shows(ConfirmDialog)
        assert runtime.asked == []
        await pilot.press(answer)
        if answer == "n":
            await shows(ProvidersScreen)
            assert runtime.asked == []
            return
        await shows(DiagnosisScreen)
        await until(pilot, lambda: len(runtime.asked) == 1)
        screen = app.screen
        assert isinstance(screen, DiagnosisScreen)
        await until(pilot, lambda: not screen.is_checking)
        screen.action_again()
        await until(pilot, lambda: len(runtime.asked) == 2)
