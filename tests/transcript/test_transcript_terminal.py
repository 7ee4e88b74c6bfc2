"""The terminal shows the same as with the compositor, whatever the painter writes and scrolls."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.screen import ModalScreen
from textual.widgets import Static, TextArea
from textual.widgets._toast import Toast

from tests.transcript.transcript_host import TerminalHost, differences, done_turn, until
from tui.core.parts import parts_of
from tui.core.turn import Turn, TurnState

pytestmark = pytest.mark.slow

SAMPLE = """# A *title* with `code`

Some text with **bold words**, a [link](https://example.com) and 中文 and 👩‍💻 in it, long enough to wrap.

1. one
2. two
   - nested

   ```python
   def f(x):  # comment
       return "str" + x
   ```

| a | b |
|---|--:|
| 1 | 2 |

> quoted
> text

---

"""


@asynccontextmanager
async def terminal(
    size: tuple[int, int] = (80, 24), *, calm: bool = False
) -> AsyncIterator[tuple[TerminalHost, Any]]:
    app = TerminalHost(calm=calm)
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        yield app, pilot


def live_turn(app: TerminalHost, identity: str = "live") -> Turn:
    turn = Turn(identity, parts_of("a question"), "provider", "model")
    app.transcript.add_turn(turn)
    turn.state = TurnState.ANSWERING
    return turn


async def check(app: TerminalHost, pilot: Any) -> None:
    """Wait until the terminal shows what it should; it must come to that by itself."""
    for _ in range(60):
        await pilot.pause()
        found = differences(app.terminal, app.expected())
        if not found:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("\n".join(found))


@pytest.mark.parametrize("seed", range(4))
async def test_a_stream_leaves_the_terminal_as_a_repaint_would(seed: int) -> None:
    chance = random.Random(seed)
    async with terminal((chance.choice([40, 80, 121]), chance.choice([12, 24, 40]))) as (app, pilot):
        app.transcript.show_turns([done_turn(str(number), SAMPLE) for number in range(3)])
        await check(app, pilot)
        turn = live_turn(app)
        text = SAMPLE * 4
        while text:
            size = chance.randint(1, 90)
            turn.answer.append(text[:size])
            text = text[size:]
            app.transcript._frame()
            if chance.random() < 0.1:
                await check(app, pilot)
        turn.state = TurnState.DONE
        app.transcript.turn_ended(turn)
        await check(app, pilot)


async def test_the_terminal_scrolls_and_little_is_written() -> None:
    async with terminal((120, 40)) as (app, pilot):
        app.transcript.show_turns([done_turn("past", SAMPLE * 3)])
        turn = live_turn(app)
        await pilot.pause()
        before = sum(map(len, app.output))
        for number in range(100):
            turn.answer.append(f"- item {number}\n")
            app.transcript._frame()
        written = app.output[-90:]
        assert sum("\x1b[1;36r" in output for output in written) > 80
        assert sum(map(len, app.output)) - before < 20_000
        await check(app, pilot)


async def test_toasts_keep_what_they_cover_right() -> None:
    async with terminal() as (app, pilot):
        turn = live_turn(app)
        for number in range(36):
            turn.answer.append(f"line {number} of the answer\n\n")
            if number == 15:
                app.notify("a toast over the transcript\n" * 5, timeout=60)
            if number == 26:
                app.clear_notifications()
            app.transcript._frame()
            await check(app, pilot)


class Cover(ModalScreen[None]):
    CSS = "Cover { align: center middle; } Static { width: 20; height: 3; background: red; }"

    def compose(self) -> Any:
        yield Static("modal")


async def test_a_modal_screen_is_not_painted_over() -> None:
    async with terminal() as (app, pilot):
        turn = live_turn(app)
        for number in range(30):
            turn.answer.append(f"line {number} of the answer\n\n")
            if number == 10:
                await app.push_screen(Cover())
            if number == 20:
                await app.pop_screen()
            app.transcript_of_base()._frame()
            await check(app, pilot)


async def test_resizing_while_it_streams() -> None:
    async with terminal() as (app, pilot):
        turn = live_turn(app)
        for number, char in enumerate(SAMPLE * 3):
            turn.answer.append(char)
            if number in (150, 300, 450):
                size = {150: (60, 30), 300: (120, 20), 450: (33, 11)}[number]
                app.resize_terminal(*size)
                await pilot.resize_terminal(*size)
                await check(app, pilot)
            if number % 7 == 0:
                app.transcript._frame()
        await check(app, pilot)


async def test_reasoning_streams_into_its_fold_and_folds() -> None:
    async with terminal() as (app, pilot):
        turn = live_turn(app)
        turn.state = TurnState.REASONING
        for number in range(24):
            turn.reasoning.append(f"thought {number} is about *something* or *other*, and long, ")
            app.transcript._frame()
            await check(app, pilot)
        turn.state = TurnState.ANSWERING
        for number in range(24):
            turn.answer.append(f"line {number}\n\n")
            app.transcript._frame()
            await check(app, pilot)


async def test_keys_scrolling_and_themes_while_it_streams() -> None:
    chance = random.Random(7)
    async with terminal() as (app, pilot):
        app.transcript.show_turns([done_turn(str(n), SAMPLE, reasoning="because *so*") for n in range(6)])
        turn = live_turn(app)
        app.transcript.focus()
        keys = ["j", "k", "pageup", "pagedown", "space", "G", "g", "ctrl+u", "J", "K", "n"]
        for number in range(33):
            turn.answer.append(f"line *{number}*\n\n")
            app.transcript._frame()
            if number % 3 == 0:
                await pilot.press(chance.choice(keys))
            if number in (10, 18, 26):
                app.theme = {10: "textual-light", 18: "ansi-dark", 26: "nord"}[number]
            if number == 15:
                app.transcript.search("line")
            await check(app, pilot)


async def test_typing_goes_to_the_prompt_while_it_streams() -> None:
    async with terminal() as (app, pilot):
        app.query_one(TextArea).focus()
        turn = live_turn(app)
        for number in range(20):
            turn.answer.append(f"line {number}\n\n")
            app.transcript._frame()
            await pilot.press("x")
        assert app.query_one(TextArea).text == "x" * 20
        await check(app, pilot)


async def test_nothing_is_written_at_rest() -> None:
    async with terminal() as (app, pilot):
        app.transcript.show_turns([done_turn("a", SAMPLE)])
        await check(app, pilot)
        before = len(app.output)
        for _ in range(10):
            await pilot.pause(0.05)
        assert len(app.output) == before


async def test_what_the_terminal_cannot_scroll_moves_by_part_of_a_page() -> None:
    async with terminal() as (app, pilot):
        turn = live_turn(app)
        app.notify("a toast over the transcript\n" * 5, timeout=600)
        compositor = app.screen._compositor
        await until(pilot, lambda: any(isinstance(widget, Toast) for widget in compositor.visible_widgets))
        scrolls = 0
        for number in range(60):
            turn.answer.append(f"- item {number}\n")
            before = app.transcript.viewport.anchor
            app.transcript._frame()
            scrolls += app.transcript.viewport.anchor != before
        await check(app, pilot)
        assert 0 < scrolls < 12
        assert not any("\x1b[1;20r" in output for output in app.output)


async def test_the_terminal_need_not_scroll() -> None:
    async with terminal() as (app, pilot):
        turn = live_turn(app)
        app.transcript._painter.may_scroll = False
        for number in range(40):
            turn.answer.append(f"- item {number}\n")
            app.transcript._frame()
        await check(app, pilot)
        assert not any("\x1b[1;20r" in output for output in app.output)


async def test_a_calm_transcript_draws_half_as_often() -> None:
    async with terminal(calm=True) as (app, _):
        assert app.transcript.calm
        app.transcript.calm = False
        assert not app.transcript.calm
