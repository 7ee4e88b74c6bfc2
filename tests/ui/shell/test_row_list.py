"""A list of rows: text selection with the mouse, and redrawing only of changes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

import pytest
from textual.app import ComposeResult
from textual.geometry import Offset
from textual.selection import Selection
from textual.strip import Strip

from tests.ui.fake_runtime import FakeRuntime
from tui.ui.app import LmdeckApp
from tui.ui.shell.base import ClosesOnce
from tui.ui.shell.list_rows import ListColumn, ListRow, TextRow
from tui.ui.shell.pane import Pane
from tui.ui.shell.row_list import RowList

COLUMNS = (ListColumn("name", "Name", 8), ListColumn("count", "Count", 6, is_right=True))
ROWS = {"": ("Group",), "one": ("显存不足", "1"), "two": ("two", "2"), "three": ("three", "3")}


class Counted(RowList):
    """Records the drawn lines and the cursor messages."""

    def __init__(self) -> None:
        super().__init__("counted")
        self.drawn: list[int] = []

    def render_line(self, y: int) -> Strip:
        self.drawn.append(y)
        return super().render_line(y)


class Listed(ClosesOnce[None]):
    """A list in a pane."""

    def compose(self) -> ComposeResult:
        with Pane():
            yield Counted()

    def on_mount(self) -> None:
        self.selected = 0
        self.fill()

    def fill(self, rows: dict[str, tuple[str, ...]] = ROWS) -> None:
        self.query_one(Counted).fill(COLUMNS, lines(rows))

    def on_row_list_selected(self) -> None:
        self.selected += 1


def lines(rows: dict[str, tuple[str, ...]]) -> Iterable[ListRow]:
    for key, cells in rows.items():
        yield ListRow(key, partial(tuple, cells))
    yield TextRow(lambda: [("a line with a ", False), ("word", True)])


async def shown(pilot: Any) -> tuple[Listed, Counted]:
    screen = Listed()
    await pilot.app.push_screen(screen)
    await pilot.pause()
    screen.query_one(Counted).drawn.clear()
    return screen, screen.query_one(Counted)


@pytest.fixture
def app(runtime: FakeRuntime) -> LmdeckApp:
    return LmdeckApp(runtime, environment={})


async def drag(pilot: Any, start: tuple[int, int], end: tuple[int, int]) -> None:
    await pilot.mouse_down(RowList, offset=start)
    await pilot.hover(RowList, offset=end)
    await pilot.mouse_up(RowList, offset=end)
    await pilot.pause()


async def test_text_is_selected_with_the_mouse_and_no_row_is_opened_by_it(app: LmdeckApp) -> None:
    async with app.run_test(size=(60, 12)) as pilot:
        screen, rows = await shown(pilot)
        await drag(pilot, (3, 1), (10, 2))
        assert screen.get_selected_text() == "存不足       1\ntwo"
        assert (rows.current_key, screen.selected) == ("one", 0)
        strip = rows.render_line(1)
        marked = screen.get_component_rich_style("screen--selection").bgcolor
        text = "".join(segment.text for segment in strip if segment.style and segment.style.bgcolor == marked)
        assert text.rstrip() == "存不足       1"


async def test_a_click_after_a_selection_goes_to_its_row_and_the_next_one_opens_it(app: LmdeckApp) -> None:
    async with app.run_test(size=(60, 12)) as pilot:
        screen, rows = await shown(pilot)
        await drag(pilot, (1, 1), (4, 1))
        await pilot.click(RowList, offset=(4, 2))
        assert (screen.get_selected_text(), rows.current_key, screen.selected) == (None, "two", 0)
        await pilot.click(RowList, offset=(4, 2))
        assert screen.selected == 1
        assert screen.get_selected_text() is None, "a double click opens; it does not select all rows"


async def test_lines_below_rows_and_headings_are_selected_too(app: LmdeckApp) -> None:
    async with app.run_test(size=(60, 12)) as pilot:
        screen, rows = await shown(pilot)
        await drag(pilot, (8, 4), (50, 4))
        assert screen.get_selected_text() == "ith a word"
        assert rows.get_selection(Selection(Offset(3, 0), Offset(8, 0))) == ("Group", "\n")


async def test_other_rows_end_a_selection_and_the_same_rows_keep_it(app: LmdeckApp) -> None:
    async with app.run_test(size=(60, 12)) as pilot:
        screen, _ = await shown(pilot)
        await drag(pilot, (1, 2), (3, 2))
        screen.fill(ROWS | {"two": ("TWO", "2")})
        assert screen.get_selected_text() == "TWO"
        screen.fill({"three": ("three", "3")})
        assert screen.get_selected_text() is None


async def test_text_scrolled_to_the_left_is_selected_where_it_is_seen(app: LmdeckApp) -> None:
    async with app.run_test(size=(60, 12)) as pilot:
        screen, rows = await shown(pilot)
        row = ListRow("one", lambda: (*ROWS["one"], "more"))
        rows.styles.overflow_x = "auto"
        rows.fill((*COLUMNS, ListColumn("more", "More", 80)), [row])
        await pilot.pause()
        rows.scroll_to(x=5, animate=False, immediate=True)
        await pilot.pause()
        await drag(pilot, (0, 0), (7, 0))
        assert screen.get_selected_text() == "不足"
        await drag(pilot, (2, 0), (17, 0))
        assert screen.get_selected_text() == "足       1  more"


async def test_fixed_columns_stay_while_the_others_scroll(
    app: LmdeckApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RowList, "FIXED_COLUMNS", 1)
    async with app.run_test(size=(60, 12)) as pilot:
        screen, rows = await shown(pilot)
        rows.styles.overflow_x = "auto"
        row = ListRow("one", lambda: (*ROWS["one"], "behind", "last"))
        rows.fill((*COLUMNS, ListColumn("more", "More", 80), ListColumn("last", "Last", 4)), [row])
        await pilot.pause()
        rows.scroll_to(x=9, animate=False, immediate=True)
        await pilot.pause()
        assert rows.render_line(0).text.startswith(" 显存不足  ehind  ")
        assert str(rows.heads.render()).startswith("Name      ore  ")
        await drag(pilot, (3, 0), (5, 0))
        assert screen.get_selected_text() == "存不"
        await drag(pilot, (14, 0), (15, 0))
        assert screen.get_selected_text() == "nd"
        rows.scroll_to(x=rows.max_scroll_x, animate=False, immediate=True)
        await pilot.pause()
        assert rows.render_line(0).text.startswith(" 显存不足  ")
        assert rows.render_line(0).text.rstrip().endswith(" last")


async def test_only_lines_that_change_are_drawn(app: LmdeckApp) -> None:
    async with app.run_test(size=(60, 12)) as pilot:
        screen, rows = await shown(pilot)
        screen.fill()
        await pilot.pause()
        assert rows.drawn == []
        screen.fill(ROWS | {"three": ("three", "33")})
        await pilot.pause()
        assert rows.drawn == [3]


async def test_a_title_draws_its_border_and_no_line_inside(app: LmdeckApp) -> None:
    async with app.run_test(size=(60, 12)) as pilot:
        screen, rows = await shown(pilot)
        screen.query_one(Pane).set_title("Title", "12 found")
        screen.query_one(Pane).set_note("a note")
        await pilot.pause()
        shown_lines = [strip.text for strip in screen._compositor.render_strips()]
        assert "Title" in shown_lines[0] and "12 found" in shown_lines[0]
        assert "a note" in shown_lines[-1]
        assert rows.drawn == []
