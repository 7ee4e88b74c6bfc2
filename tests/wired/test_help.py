"""The help: common tasks first, then all keys and commands, searchable; at 80×24."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.containers import VerticalScroll
from textual.widgets import Input

from tests.support.fake_api import FakeApi
from tests.support.fault_server import FaultServer
from tests.support.real_deck import OpenDeck, RealDeck, replying
from tui import texts as catalogues
from tui.texts import help as texts
from tui.ui.bindings import BY_IDENTIFIER, KEYS
from tui.ui.chat.screen import ChatScreen
from tui.ui.providers.screen import ProvidersScreen
from tui.ui.shell.help import HelpScreen
from tui.ui.start import ChatStart, Start

TASKS = [
    line.split(" | ")
    for line in Path(catalogues.__file__).with_name("tasks.txt").read_text("utf-8").splitlines()
    if " | " in line and not line.startswith("#")
]


async def helped(opened: OpenDeck) -> HelpScreen:
    await opened.press("f1")
    await opened.until(lambda: isinstance(opened.app.screen, HelpScreen))
    await opened.until(lambda: texts.FIRST in opened.text)
    return opened.screen(HelpScreen)


def rows_below(opened: OpenDeck, title: str) -> list[str]:
    """Return the rows of a list, up to the empty one that ends it."""
    rows = [row.strip(" │▁▂▃▄▅▆▇█") for row in opened.text.splitlines()]
    rows = rows[rows.index(title) + 1 :]
    return rows[: rows.index("")]


@pytest.mark.parametrize(("start", "shown"), [
    ("providers", ("Enter           Chat with the selected provider", "a               Add a provider")),
    (ChatStart("main"), ("Enter           Send the message", "F4              Copy code")),
])  # fmt: skip
async def test_the_first_twelve_are_in_sight_in_a_small_window(
    deck: RealDeck, start: Start, shown: tuple[str, ...]
) -> None:
    with FaultServer(FakeApi(chat=replying("Yes."))) as server:
        deck.provider(server.base_url)
        async with deck.opened(ChatStart("main")) as opened:
            await opened.ask("hello")
        async with deck.opened(start, (80, 24)) as opened:
            await opened.until(lambda: "hello" in opened.text or "Message" in opened.text)
            window = await helped(opened)
            rows = rows_below(opened, texts.FIRST)
            assert 8 <= len(rows) <= 12
            assert {*shown} <= {*rows}
            assert "Esc close" in opened.text
            keys = window.query_one("#help-keys", VerticalScroll)
            assert (keys.show_horizontal_scrollbar, keys.show_vertical_scrollbar) == (False, True)
            assert max(map(len, opened.text.splitlines())) <= 80
            await opened.press("pagedown")
            await opened.until(lambda: texts.FIRST not in opened.text)


async def test_typing_finds_keys_and_commands_and_esc_clears_then_closes(deck: RealDeck) -> None:
    with FaultServer(FakeApi(chat=replying("Yes."))) as server:
        deck.provider(server.base_url)
        async with deck.opened(ChatStart("main"), (80, 24)) as opened:
            await opened.until(lambda: isinstance(opened.app.screen, ChatScreen))
            await helped(opened)
            await opened.press(*"copy code")
            await opened.until(lambda: "/copy [code|N|reasoning|all]" in opened.text)
            assert "Copy the last code block" in opened.text
            assert "Send the message" not in opened.text
            await opened.press(*" q?")
            await opened.until(lambda: texts.NOTHING in opened.text)
            await opened.press("escape")
            await opened.until(lambda: texts.FIRST in opened.text)
            await opened.press("escape")
            await opened.until(lambda: isinstance(opened.app.screen, ChatScreen))


@pytest.mark.parametrize("key", ["escape", "question_mark", "f1"])
async def test_it_closes(deck: RealDeck, key: str) -> None:
    deck.settings("check_reachability = false\n")
    async with deck.opened(size=(80, 24)) as opened:
        await helped(opened)
        await opened.press(key)
        await opened.until(lambda: isinstance(opened.app.screen, ProvidersScreen))


async def test_a_letter_begins_a_filter_and_does_nothing_else(deck: RealDeck) -> None:
    deck.settings("check_reachability = false\n")
    async with deck.opened(size=(80, 24)) as opened:
        window = await helped(opened)
        await opened.press(*"quit")
        assert window.query_one("#help-filter", Input).value == "quit"
        await opened.until(lambda: "Quit" in opened.text)


async def test_what_it_says_first_works_with_the_focus_as_it_is(deck: RealDeck) -> None:
    with FaultServer(FakeApi(chat=replying("Yes."))) as server:
        deck.provider(server.base_url)
        async with deck.opened(ChatStart("main"), (80, 40)) as opened:
            await opened.ask("hello")
            await helped(opened)
            assert "/retry          Retry the last prompt" in rows_below(opened, texts.FIRST)
            await opened.press("escape")
            await opened.until(lambda: isinstance(opened.app.screen, ChatScreen))
            await opened.press("tab")
            await helped(opened)
            assert "r               Retry the last prompt" in rows_below(opened, texts.FIRST)


@pytest.mark.parametrize(("words", "identifier"), TASKS)
def test_a_task_names_a_key_of_the_table(words: str, identifier: str) -> None:
    assert identifier in BY_IDENTIFIER
    assert words[0].isupper()
    assert not words.endswith(".")


def test_tasks_are_told_of_places_that_have_keys() -> None:
    text = Path(catalogues.__file__).with_name("tasks.txt").read_text("utf-8")
    assert {line.strip("[]") for line in text.splitlines() if line.startswith("[")} <= set(KEYS)
