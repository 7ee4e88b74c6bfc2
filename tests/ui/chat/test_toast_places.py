"""Toasts cover no place where something is typed."""

from __future__ import annotations

from typing import Any

from textual.widget import Widget
from textual.widgets._toast import Toast

from tui.ui.app import LmdeckApp
from tui.ui.chat.status_bar import StatusBar
from tui.ui.shell.binding_bar import BindingBar
from tui.ui.shell.filter_line import FilterRow

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
        shown = (app.screen.query_one(FilterRow), app.screen.query_one(BindingBar))
        assert covered(app.screen, *shown) == []
