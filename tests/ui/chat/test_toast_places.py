"""Toasts never cover an input."""

from __future__ import annotations

from typing import Any

import pytest
from textual.widget import Widget
from textual.widgets._toast import Toast

from tests.ui.fake_runtime import FakeRuntime
from tui.ui.app import LmdeckApp
from tui.ui.chat.status_bar import StatusBar
from tui.ui.providers.form_row import FormRow
from tui.ui.providers.form_screen import ProviderFormScreen
from tui.ui.shell.binding_bar import BindingBar
from tui.ui.shell.dialogs import ConfirmDialog
from tui.ui.shell.filter_line import FilterLine

LONG = "A sentence that needs more than one line of a toast. " * 3


def are_shown(screen: Widget) -> bool:
    """Whether there is a toast, laid out."""
    toasts = list(screen.query(Toast))
    return bool(toasts) and all(toast.region.area for toast in toasts)


def covered(screen: Widget, *widgets: Widget) -> list[Widget]:
    """The widgets that a toast lies over."""
    toasts = list(screen.query(Toast))
    return [widget for widget in widgets if any(toast.region.overlaps(widget.region) for toast in toasts)]


async def test_a_toast_leaves_a_prompt_free_however_high_it_is(open_chat: Any) -> None:
    async with open_chat("demo", size=(80, 24)) as chat:
        await chat.type("\n".join(map(str, range(20))))
        await chat.until(lambda: chat.screen.prompt.region.height > 5)
        chat.screen.notify(LONG)
        await chat.until(lambda: are_shown(chat.screen))
        shown = (chat.screen.prompt, chat.screen.query_one(StatusBar), chat.screen.query_one(BindingBar))
        assert covered(chat.screen, *shown) == []


async def test_a_toast_leaves_the_filter_of_the_list_free(runtime: Any, until: Any) -> None:
    app = LmdeckApp(runtime, environment={})
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("slash", "x")
        app.screen.notify(LONG)
        await until(pilot, lambda: are_shown(app.screen))
        shown = (app.screen.query_one(FilterLine), app.screen.query_one(BindingBar))
        assert covered(app.screen, *shown) == []


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 40), (200, 50)])
async def test_toasts_leave_the_fields_of_the_form_free(
    runtime: FakeRuntime, until: Any, size: tuple[int, int]
) -> None:
    app = LmdeckApp(runtime, environment={})
    async with app.run_test(size=size, notifications=True) as pilot:
        form = ProviderFormScreen(runtime.directory.get("gpu01-vllm"))
        app.push_screen(form)
        await until(pilot, lambda: form.is_mounted and app.screen is form)
        app.notify("Copied.")
        app.notify(LONG * 2)
        await until(pilot, lambda: len(form.query(Toast)) == 2 and form.query(Toast).last().region.area)
        rows = form.query_one("#form").region
        fields = [row.editor for row in form.query(FormRow) if row.editor.region.overlaps(rows)]
        assert len(fields) > 5
        for toast in form.query(Toast):
            in_sight = form.find_widget(toast).visible_region if toast.region.area else toast.region
            assert in_sight.area or toast is not form.query(Toast).last()
            for field in fields:
                assert not in_sight.overlaps(field.region.intersection(rows)), field
            assert not in_sight.overlaps(form.query_one(BindingBar).region)


async def test_a_toast_stands_once_on_the_screen_whatever_window_opens(open_chat: Any) -> None:
    def count() -> int:
        rows = chat.app.screen._compositor.render_strips()
        return sum("told once" in strip.text for strip in rows)

    async with open_chat("demo", size=(100, 30)) as chat:
        chat.screen.notify("told once", timeout=60)
        await chat.until(lambda: count() == 1)
        below, window = chat.app.screen, ConfirmDialog("Sure?", "A question")
        chat.app.push_screen(window)
        await chat.until(lambda: chat.app.screen is window and are_shown(window))
        await chat.pilot.pause()
        assert count() == 1
        await chat.pilot.press("escape")
        await chat.until(lambda: chat.app.screen is below)
        await chat.until(lambda: count() == 1)
