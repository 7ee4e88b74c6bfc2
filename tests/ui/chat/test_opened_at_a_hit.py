"""A chat opened at a match: its line is visible, and the search bar contains its words."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.ui.chat.test_full_text_search import Deck, a_turn
from tests.ui.fake_runtime import FakeRuntime
from tui.ui.app import LmdeckApp
from tui.ui.chat.screen import ChatScreen

LONG = "\n\n".join(f"Paragraph {number} of the text." for number in range(400))


@pytest.fixture
def opened(runtime: FakeRuntime, until: Any) -> Callable[..., Any]:
    @asynccontextmanager
    async def opened(size: tuple[int, int] = (80, 24)) -> AsyncIterator[Deck]:
        app = LmdeckApp(runtime, environment={})
        async with app.run_test(size=size, notifications=True) as pilot:
            deck = Deck(app, pilot, until)
            app.router.conversations()
            await deck.listed()
            yield deck

    return opened


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("number", [3, 77, 300, 301, 399])
async def test_the_hit_is_in_sight_also_where_the_chat_is_shown_already(
    runtime: FakeRuntime, opened: Any, number: int, size: tuple[int, int]
) -> None:
    runtime.keep(a_turn(1, "long?", LONG), title="Long")
    query = f'"paragraph {number} of"'
    async with opened(size) as deck:
        await deck.find(query, "Long")
        await deck.open()
        await deck.until(lambda: "1 of 1 · ' next" in deck.text)
        await deck.pilot.pause()
        assert f"Paragraph {number} of" in deck.text
        await deck.press("enter", *"/chats", "enter")
        await deck.listed()
        await deck.find(query, "Long")
        await deck.open()
        await deck.until(lambda: "1 of 1 · ' next" in deck.text)
        await deck.pilot.pause()
        assert f"Paragraph {number} of" in deck.text


async def test_the_search_names_the_keys_that_lead_on_with_the_present_focus(
    runtime: FakeRuntime, opened: Any
) -> None:
    runtime.keep(a_turn(1, "long?", LONG), title="Long")
    async with opened() as deck:
        await deck.find('"paragraph 300"', "Long")
        await deck.open()
        await deck.until(lambda: "1 of 1 · ' next" in deck.text)
        await deck.press("enter")
        await deck.until(lambda: deck.chat.prompt.has_focus and "1 of 1 ·" not in deck.text)
        assert "1 of 1" in deck.text
        await deck.press("tab", "slash")
        await deck.until(lambda: "1 of 1 · Enter to go there" in deck.text)


async def test_what_was_gone_to_stays_in_sight_while_the_view_becomes_lower(
    runtime: FakeRuntime, opened: Any
) -> None:
    runtime.keep(a_turn(1, "long?", LONG), title="Long")
    async with opened() as deck:
        await deck.press("enter")
        await deck.until(lambda: isinstance(deck.app.screen, ChatScreen) and deck.chat.control.turns)
        await deck.press("escape", "g", *["down"] * 20)
        await deck.until(lambda: "▐ Paragraph 18 of" in deck.text)
        await deck.press("slash")
        await deck.until(lambda: "Search" in deck.text)
        await deck.pilot.pause()
        assert "▐ Paragraph 18 of" in deck.text
        await deck.pilot.resize_terminal(80, 19)
        await deck.pilot.pause()
        assert "▐ Paragraph 18 of" in deck.text
        await deck.press("escape", "ctrl+u", "ctrl+u")
        await deck.pilot.resize_terminal(80, 17)
        await deck.pilot.pause()
        assert "▐ Paragraph 18 of" not in deck.text, "whoever scrolled away reads elsewhere"


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize(
    ("query", "shown", "words", "count"),
    [
        ("paragraph 39", "Paragraph 39 of", "Paragraph 39 ", "1 of 11 "),
        ("301 paragraph", "Paragraph 301 of", "Paragraph 301 ", "1 of 1 "),
        ("text 301", "Paragraph 301 of", "text ", "302 of 400 "),
        ("paragraph 300", "Paragraph 300 of", "Paragraph ", "301 of 400 "),
    ],
)
async def test_it_opens_at_the_line_that_the_list_shows_first(
    runtime: FakeRuntime, opened: Any, size: tuple[int, int], query: str, shown: str, words: str, count: str
) -> None:
    runtime.keep(a_turn(1, "long?", LONG.replace("Paragraph 300", "**Paragraph** `300`")), title="Long")
    async with opened(size) as deck:
        await deck.find(query, "Long")
        await deck.until(
            lambda: shown in deck.text.replace("*", "").replace("`", ""), "below it or beside it"
        )
        await deck.open()
        await deck.until(lambda: count in deck.text)
        await deck.pilot.pause()
        assert shown in deck.text
        assert f"Search  {words}" in deck.text


async def test_it_opens_at_the_answer_where_the_answer_was_found_and_not_the_reasoning(
    runtime: FakeRuntime, opened: Any
) -> None:
    thought = "\n\n".join(f"I think of the zebra, {number} times" for number in range(50))
    runtime.keep(a_turn(1, "who eats?", "filling\n\n" * 50 + "the zebra eats", thought), title="Zoo")
    async with opened() as deck:
        await deck.find("zebra", "Zoo")
        await deck.until(lambda: "the zebra eats" in deck.text)
        await deck.open()
        await deck.until(lambda: "51 of 51" in deck.text)
        await deck.pilot.pause()
        assert "the zebra eats" in deck.text


@pytest.mark.parametrize(
    ("line", "query", "drawn"),
    [
        ("see [the manual](https://zebra.example/a/manual) of zebras", "manual zebras", "see the manual"),
        ("今天天气很好" * 20 + "斑马", "天气 斑马", "今天天气"),
        ("- a `zebra_of` *stripes* in " + "many words " * 9, "words zebra_of", "zebra_of stripes"),
        ("| zebra | stripes |", "stripes zebra", "zebra │ stripes"),
    ],
    ids=["link", "chinese", "marks", "table"],
)
async def test_the_line_is_found_as_it_is_drawn(
    runtime: FakeRuntime, opened: Any, line: str, query: str, drawn: str
) -> None:
    words = query.split()
    filling = "\n\n".join(f"{words[number % 2]} alone" for number in range(100))
    table = "| one | two |\n| --- | --- |\n" if line.startswith("|") else ""
    runtime.keep(a_turn(1, "?", f"{filling}\n\n{table}{line}\n\n{filling}"), title="Long")
    async with opened() as deck:
        await deck.find(query, "Long")
        await deck.open()
        await deck.until(lambda: " of " in deck.text.partition(" Search ")[2])
        await deck.pilot.pause()
        assert drawn in deck.text
