"""Windows close once, however fast the keys come."""

from __future__ import annotations

from typing import Any

import pytest
from fake_runtime import FakeRuntime

from tui.ui.app import LmdeckApp
from tui.ui.screens.dialogs import ConfirmDialog
from tui.ui.screens.modal import Palette


@pytest.mark.parametrize("window", [Palette, lambda: ConfirmDialog("Sure?", "Really.", yes="Yes", no="No")])
async def test_a_second_dismissal_does_nothing(window: Any) -> None:
    app = LmdeckApp(FakeRuntime(), environment={})  # type: ignore[arg-type]
    async with app.run_test(size=(80, 24)) as pilot:
        depth = len(app.screen_stack)
        opened = window()
        results: list[object] = []
        await app.push_screen(opened, results.append)
        opened.dismiss(None)
        opened.dismiss(None)
        await pilot.pause()
        assert len(app.screen_stack) == depth
        assert results == [None]
