"""A test message asks first where a budget is spent, in the list and in the form."""

from __future__ import annotations

from typing import Any

from tests.ui.costs.spending import a_month, spent_runtime
from tui.ui.app import LmdeckApp
from tui.ui.providers.form_screen import ProviderFormScreen
from tui.ui.providers.screen import ProvidersScreen
from tui.ui.providers.test_dialog import ProviderTestScreen
from tui.ui.shell.dialogs import ConfirmDialog


async def test_it_is_asked_once_for_both(until: Any) -> None:
    runtime = spent_runtime(limits=(a_month("0"),))
    app = LmdeckApp(runtime, environment={})
    async with app.run_test(size=(100, 40)) as pilot:
        await until(
            pilot, lambda: isinstance(app.screen, ProvidersScreen) and app.screen.query("ProviderTable")
        )
        await pilot.press("t")
        await until(pilot, lambda: isinstance(app.screen, ConfirmDialog))
        assert runtime.tested == []
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, ProvidersScreen))
        app.push_screen(ProviderFormScreen(runtime.directory.get("deepseek")))
        await until(pilot, lambda: isinstance(app.screen, ProviderFormScreen) and app.screen.focused)
        await pilot.press("f5")
        await until(pilot, lambda: isinstance(app.screen, ConfirmDialog))
        assert runtime.tested == []
        await pilot.press("y")
        await until(pilot, lambda: len(runtime.tested) == 1)
        await app.pop_screen()
        await pilot.press("t")
        await until(pilot, lambda: isinstance(app.screen, ProviderTestScreen))
