"""A partial update renders only what it touches, and shows the same as a full one."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.strip import Strip
from textual.widgets import Static

from tui.ui.shell.base import ClosesOnce
from tui.ui.textual_compat.honest_app import HonestApp


class Counted(Static):
    """Counts its renderings."""

    rendered = 0

    def render_lines(self, crop: Region) -> list[Strip]:
        self.rendered += 1
        return super().render_lines(crop)


class TwoRows(ClosesOnce[None]):
    """One widget above another."""

    def compose(self) -> ComposeResult:
        yield Counted("one", id="one")
        yield Counted("two", id="two")


class Plain(HonestApp):
    """Uses Textual's own compositor."""

    is_plain = True


@pytest.mark.parametrize(("app", "expected"), [(App(), 0), (Plain(), 1)])
async def test_a_widget_beside_the_change_is_not_rendered(app: App[None], expected: int) -> None:
    async with app.run_test(size=(40, 10)) as pilot:
        await app.push_screen(TwoRows())
        await pilot.pause()
        one, two = app.screen.query_one("#one", Counted), app.screen.query_one("#two", Counted)
        before = one.rendered, two.rendered
        two.update("new")
        await pilot.pause()
        assert (one.rendered - before[0] > 0, two.rendered - before[1] > 0) == (expected > 0, True)
        shown = [strip.text.rstrip() for strip in app.screen._compositor.render_strips()]
        assert shown[:2] == ["one", "new"]
