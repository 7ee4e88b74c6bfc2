"""Pictures of the screen of costs."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from tests.ui.costs.spending import NOW, a_month, spent_runtime
from tui.ui.app import LmdeckApp
from tui.ui.costs.screen import CostsScreen
from tui.ui.shell.row_list import RowList


@pytest.mark.parametrize("theme", ["dark", "light", "ansi"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_costs(snap_compare: Any, until: Any, theme: str, size: tuple[int, int]) -> None:
    runtime = spent_runtime(limits=(a_month("12"),), theme=theme)

    async def before(pilot: Pilot[Any]) -> None:
        screen = CostsScreen(now=lambda: NOW)
        await pilot.app.push_screen(screen)
        await until(pilot, lambda: screen.query_one(RowList).rows)
        await pilot.press("down")
        await pilot.pause()

    assert snap_compare(LmdeckApp(runtime, environment={}), terminal_size=size, run_before=before)
