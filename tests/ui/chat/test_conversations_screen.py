"""The list of saved conversations."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.widgets import Input, Static

from tui.core.causes import explain
from tui.core.failure import LmdeckError
from tui.core.parts import parts_of
from tui.core.turn import TextBuffer, Turn, TurnState
from tui.ui.app import LmdeckApp
from tui.ui.chat.rename import RenameDialog
from tui.ui.chat.screen import ChatScreen
from tui.ui.conversations.screen import ConversationsScreen
from tui.ui.conversations.view import columns_for, when_words
from tui.ui.providers.screen import ProvidersScreen
from tui.ui.shell.dialogs import ConfirmDialog

TITLES = {"c1": "Streaming over SSH", "c2": "[/] hostile \x1b[2J", "c3": "显存不足"}


def is_ready(app: LmdeckApp) -> bool:
    """Whether the list is there with all of its parts."""
    return isinstance(app.screen, ConversationsScreen) and bool(app.screen.query("BindingBar"))


class Deck:
    """The list as a test sees it."""

    def __init__(self, app: LmdeckApp, pilot: Any, runtime: Any, until: Any) -> None:
        self.app, self.pilot, self.runtime, self._until = app, pilot, runtime, until

    @property
    def screen(self) -> ConversationsScreen:
        return next(screen for screen in self.app.screen_stack if isinstance(screen, ConversationsScreen))

    @property
    def titles(self) -> list[str]:
        table = self.screen.table
        return [str(table.get_row_at(row)[0]) for row in range(table.row_count)]

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def until(self, condition: Callable[[], object]) -> None:
        await self._until(self.pilot, condition)


@pytest.fixture
def saved(runtime: Any) -> dict[str, str]:
    """The identities of the saved conversations, by their short names."""
    found = {}
    for age, (name, title) in enumerate(TITLES.items()):
        turn = Turn(
            "t", parts_of("an old prompt"), provider="demo", state=TurnState.DONE, answer=TextBuffer("old")
        )
        turn.started_at = f"2999-01-0{9 - age}T00:00:00+00:00"  # later than they are saved
        found[name] = runtime.keep(turn, title=title)
    return found


@pytest.fixture
def open_list(runtime: Any, saved: dict[str, str], until: Any) -> Callable[..., Any]:

    @asynccontextmanager
    async def opened(from_chat: bool = False) -> AsyncIterator[Deck]:
        app = LmdeckApp(runtime, environment={})
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            if from_chat:
                app.push_screen(ChatScreen("demo"))
                await until(pilot, lambda: isinstance(app.screen, ChatScreen) and app.screen.control.session)
            app.router.conversations()
            await until(pilot, lambda: is_ready(app))
            deck = Deck(app, pilot, runtime, until)
            await deck.until(lambda: deck.screen.table.row_count == len(saved))
            yield deck

    return opened


async def test_every_conversation_is_listed_as_text(open_list: Any) -> None:
    async with open_list() as deck:
        assert deck.titles == ["Streaming over SSH", "[/] hostile ␛[2J", "显存不足"]


async def test_enter_opens_a_chat_from_the_provider_list(open_list: Any, saved: Any) -> None:
    async with open_list() as deck:
        await deck.press("down", "enter")
        await deck.until(lambda: isinstance(deck.app.screen, ChatScreen) and deck.app.screen.control.session)
        assert deck.app.screen.control.session.identity == saved["c2"]
        assert [type(screen) for screen in deck.app.screen_stack] == [ProvidersScreen, ChatScreen]


async def test_enter_opens_it_in_the_chat_below(open_list: Any, saved: Any) -> None:
    async with open_list(from_chat=True) as deck:
        await deck.press("enter")
        await deck.until(lambda: isinstance(deck.app.screen, ChatScreen))
        await deck.until(
            lambda: (
                deck.app.screen.control.session and deck.app.screen.control.session.identity == saved["c1"]
            )
        )
        assert len(deck.app.screen_stack) == 2
        assert len(deck.runtime.released) == 1


async def test_a_copy_leaves_the_conversation_as_it_is(open_list: Any, saved: Any) -> None:
    async with open_list() as deck:
        await deck.press("C")
        await deck.until(lambda: isinstance(deck.app.screen, ChatScreen) and deck.app.screen.control.session)
        assert deck.app.screen.control.session.identity not in saved.values()
        assert deck.app.screen.control.session.title == f"{TITLES['c1']} (copy)"


async def test_filtering_as_it_is_typed(open_list: Any) -> None:
    async with open_list() as deck:
        await deck.press("slash", *"ssh stream")
        await deck.until(lambda: deck.titles == ["Streaming over SSH"])
        await deck.press("escape")
        await deck.until(lambda: len(deck.titles) == 3)
        assert deck.screen.table.has_focus
        await deck.press("escape")
        await deck.until(lambda: isinstance(deck.app.screen, ProvidersScreen))


async def test_a_second_filter_replaces_the_first_or_edits_it(open_list: Any) -> None:
    async with open_list() as deck:
        text = deck.screen.query_one("#filter", Input)
        await deck.press("slash", *"zzz", "enter", "slash", *"ssh")
        await deck.until(lambda: deck.titles == ["Streaming over SSH"])
        await deck.press("enter", "slash", "right", "x")
        await deck.until(lambda: text.value == "sshx")


async def test_renaming(open_list: Any) -> None:
    async with open_list() as deck:
        await deck.press("N")
        await deck.until(lambda: isinstance(deck.app.screen, RenameDialog))
        await deck.press("ctrl+u", *"New name", "enter")
        await deck.until(lambda: deck.titles[0] == "New name")


async def test_deleting_asks_and_can_be_undone(open_list: Any) -> None:
    async with open_list() as deck:
        await deck.press("D")
        await deck.until(lambda: isinstance(deck.app.screen, ConfirmDialog))
        await deck.press("n")
        await deck.press("D", "y")
        await deck.until(lambda: "Streaming over SSH" not in deck.titles)
        assert len(deck.titles) == 2
        await deck.press("u")
        await deck.until(lambda: "Streaming over SSH" in deck.titles)


async def test_one_that_is_open_elsewhere_is_marked_and_not_deleted(
    open_list: Any, saved: Any, runtime: Any
) -> None:
    runtime.open_elsewhere(saved["c1"])
    async with open_list() as deck:
        assert deck.titles[0] == "• Streaming over SSH"
        await deck.press("D")
        assert isinstance(deck.app.screen, ConversationsScreen)
        assert "open in a chat" in "\n".join(note.message for note in deck.app._notifications)


async def test_a_disk_that_refuses_is_said(
    open_list: Any, runtime: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_list() as deck:

        def refuse(identity: str, title: str) -> None:
            raise LmdeckError(explain("store-full", path="~/x"))

        monkeypatch.setattr(runtime.conversations, "rename", refuse)
        await deck.press("N", "x", "enter")
        said = explain("store-full", path="~/x").title
        await deck.until(lambda: any(said in note.message for note in deck.app._notifications))
        assert deck.titles[0] == "Streaming over SSH"


async def test_an_empty_list_explains_itself(runtime: Any, until: Any) -> None:
    app = LmdeckApp(runtime, environment={})
    async with app.run_test(size=(80, 24)) as pilot:
        app.router.conversations()
        await until(pilot, lambda: is_ready(app))
        screen = app.screen
        await until(
            pilot, lambda: "No conversation is saved yet" in str(screen.query_one("#nothing", Static).content)
        )
        await pilot.press("enter", "C", "N", "D", "u")
        assert app.screen is screen


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_the_columns_fill_the_width(width: int) -> None:
    columns = columns_for(width)
    assert columns[0].key == "title"
    assert sum(column.width + 2 for column in columns) <= width


@pytest.mark.parametrize("stamp", ["", "yesterday", "\x1b[2J"])
def test_a_moment_that_is_none_is_shown_as_text(stamp: str) -> None:
    assert "\x1b" not in when_words(stamp)
