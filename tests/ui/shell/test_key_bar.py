"""The footer: the keys that work here and now, and clicks on them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Label

from tui.ui.shell.binding_bar import BindingBar


class Sample(App[None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2,x", "first", "First", tooltip="The first one"),
        Binding("f3", "first", "Again"),
        Binding("f4", "second", "Second"),
        Binding("f5", "hidden", "Hidden", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []
        self.is_open = True

    def compose(self) -> ComposeResult:
        yield Label("somewhere")
        yield BindingBar()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return True if action != "second" or self.is_open else None

    def action_first(self) -> None:
        self.done.append("first")

    def action_second(self) -> None:
        self.done.append("second")


def parts(bar: BindingBar) -> Iterator[tuple[str, str]]:
    content = bar.render()
    for span in content.spans:
        yield content.plain[span.start : span.end].strip(), str(span.style)


async def test_each_action_has_its_first_key_and_hidden_ones_none() -> None:
    async with Sample().run_test() as pilot:
        bar = pilot.app.query_one(BindingBar)
        assert bar.render().plain == " F2 First  F4 Second "


async def test_a_narrow_line_drops_what_there_is_no_room_for_and_keys_are_clicked_where_they_stand() -> None:
    class Wide(Sample, inherit_bindings=False):
        BINDINGS: ClassVar[list[BindingType]] = [
            Binding("ctrl+s", "first", "First"),
            Binding("enter", "second", "Second"),
        ]

    app = Wide()
    async with app.run_test(size=(30, 10)) as pilot:
        bar = app.query_one(BindingBar)
        assert bar.render().plain == " ^S First  Enter Second "
        await pilot.click(BindingBar, offset=(12, 0))
        await pilot.pause()
        assert app.done == ["second"]
        await pilot.resize_terminal(18, 10)
        await pilot.pause()
        assert bar.render().plain == " ^S First "


async def test_a_click_is_the_key() -> None:
    app = Sample()
    async with app.run_test() as pilot:
        await pilot.click(BindingBar, offset=(12, 0))
        await pilot.click(BindingBar, offset=(1, 0))
        await pilot.click(BindingBar, offset=(60, 0))
        assert app.done == ["second", "first"]


async def test_what_cannot_be_done_is_dim_and_a_click_on_it_does_nothing() -> None:
    app = Sample()
    async with app.run_test() as pilot:
        bar = app.query_one(BindingBar)
        assert not any("dim" in style for _, style in parts(bar))
        app.is_open = False
        app.refresh_bindings()
        await pilot.pause()
        assert {text for text, style in parts(bar) if "dim" in style} == {"F4", "Second"}
        await pilot.click(BindingBar, offset=(12, 0))
        assert app.done == []


async def test_the_pointer_is_told_what_a_key_does() -> None:
    async with Sample().run_test() as pilot:
        bar = pilot.app.query_one(BindingBar)
        await pilot.hover(BindingBar, offset=(2, 0))
        assert bar.tooltip == Content("The first one")
        await pilot.hover(BindingBar, offset=(60, 0))
        assert bar.tooltip is None
