"""The list of saved conversations."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from textual.widgets import Input, Static

from tui.core.causes import explain
from tui.core.failure import LmdeckError
from tui.core.parts import parts_of
from tui.core.turn import TextBuffer, Turn, TurnState
from tui.core.usage import Cost, Usage
from tui.store.summaries import ConversationSummary
from tui.ui.app import LmdeckApp
from tui.ui.chat.rename import RenameDialog
from tui.ui.chat.screen import ChatScreen
from tui.ui.conversations import view
from tui.ui.conversations.screen import ConversationsScreen
from tui.ui.conversations.search_box import SearchBox
from tui.ui.conversations.view import NEWEST, columns_for, rows_of
from tui.ui.exporting import ExportDialog
from tui.ui.providers.screen import ProvidersScreen
from tui.ui.shell.dialogs import ConfirmDialog
from tui.ui.shell.fitted import fitted
from tui.ui.shell.list_rows import width_of
from tui.ui.shell.row_list import RowList

TITLES = {"c1": "Streaming over SSH", "c2": "[/] hostile \x1b[2J", "c3": "显存不足"}


PRICED = Cost(Decimal("0.25"), Decimal(0), "EUR")


def a_priced_turn(model: str = "m", identity: str = "t") -> Turn:
    return Turn(
        identity,
        parts_of("a prompt"),
        provider="demo",
        model=model,
        state=TurnState.DONE,
        answer=TextBuffer("old"),
        usage=Usage(12_000, 345),
        cost=PRICED,
    )


def is_ready(app: LmdeckApp) -> bool:
    """Whether the list is there with all of its parts."""
    return isinstance(app.screen, ConversationsScreen) and bool(app.screen.query("BindingBar"))


class Deck:
    """The list, with helpers for tests."""

    def __init__(self, app: LmdeckApp, pilot: Any, runtime: Any, until: Any) -> None:
        self.app, self.pilot, self.runtime, self._until = app, pilot, runtime, until

    @property
    def screen(self) -> ConversationsScreen:
        return next(screen for screen in self.app.screen_stack if isinstance(screen, ConversationsScreen))

    @property
    def titles(self) -> list[str]:
        return [row.cells[0] for row in self.screen.rows.rows]

    @property
    def text(self) -> str:
        strips = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in strips)

    @property
    def toasts(self) -> str:
        return "\n".join(note.message for note in self.app._notifications)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def until(self, condition: Callable[[], object], what: str = "") -> None:
        await self._until(self.pilot, condition, what)


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
    async def opened(from_chat: bool = False, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Deck]:
        app = LmdeckApp(runtime, environment={})
        async with app.run_test(size=size, notifications=True) as pilot:
            if from_chat:
                app.push_screen(ChatScreen("demo"))
                await until(pilot, lambda: isinstance(app.screen, ChatScreen) and app.screen.control.session)
            app.router.conversations()
            await until(pilot, lambda: is_ready(app))
            deck = Deck(app, pilot, runtime, until)
            await deck.until(lambda: len(deck.titles) == len(saved))
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
        assert deck.screen.rows.has_focus
        await deck.press("escape")
        await deck.until(lambda: isinstance(deck.app.screen, ProvidersScreen))


async def test_a_second_filter_replaces_the_first_or_edits_it(open_list: Any) -> None:
    async with open_list() as deck:
        text = deck.screen.query_one(SearchBox)
        await deck.press("slash", *"zzz", "down", "slash", *"ssh")
        await deck.until(lambda: deck.titles == ["Streaming over SSH"])
        await deck.press("down", "slash", "right", "x")
        await deck.until(lambda: text.value == "sshx")


async def test_enter_in_the_search_opens_the_first_hit(open_list: Any, saved: Any) -> None:
    async with open_list() as deck:
        await deck.press("slash", *"hostile")
        await deck.until(lambda: len(deck.titles) == 1 and "Enter Open" in deck.text)
        await deck.press("enter")
        await deck.until(lambda: isinstance(deck.app.screen, ChatScreen) and deck.app.screen.control.session)
        assert deck.app.screen.control.session.identity == saved["c2"]


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


async def test_marked_ones_are_deleted_and_restored_together(open_list: Any) -> None:
    async with open_list() as deck:
        await deck.press("space", "space")
        await deck.until(lambda: "2 marked" in deck.text)
        assert deck.titles == ["✓ Streaming over SSH", "✓ [/] hostile ␛[2J", "显存不足"]
        await deck.press("D")
        await deck.until(lambda: isinstance(deck.app.screen, ConfirmDialog))
        assert "Delete 2 conversations?" in deck.text
        assert "“Streaming over SSH”, “[/] hostile ␛[2J” · 2 turns" in deck.text
        await deck.press("y")
        await deck.until(lambda: deck.titles == ["显存不足"])
        assert "marked" not in deck.text
        await deck.press("u")
        await deck.until(lambda: len(deck.titles) == 3)
        assert deck.titles == ["Streaming over SSH", "[/] hostile ␛[2J", "显存不足"]
        await deck.press("u")
        assert len(deck.titles) == 3


async def test_marks_stay_while_searching_and_esc_clears_them(open_list: Any) -> None:
    async with open_list() as deck:
        await deck.press("space", "slash", *"hostile", "down")
        await deck.until(lambda: deck.titles == ["[/] hostile ␛[2J"])
        assert "1 marked" in deck.text
        await deck.press("space")
        await deck.until(lambda: "2 marked" in deck.text)
        await deck.press("space", "escape")
        await deck.until(lambda: len(deck.titles) == 3)
        assert deck.titles[0] == "✓ Streaming over SSH"
        await deck.press("escape")
        await deck.until(lambda: deck.titles[0] == "Streaming over SSH")
        assert isinstance(deck.app.screen, ConversationsScreen)


async def test_what_one_refusal_leaves_is_shown_and_the_rest_can_be_undone(
    open_list: Any, saved: Any, runtime: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    delete = runtime.conversations.delete

    def refuse_one(identity: str) -> str:
        if identity == saved["c2"]:
            raise LmdeckError(explain("store-full", path="~/x"))
        return str(delete(identity))

    async with open_list() as deck:
        monkeypatch.setattr(runtime.conversations, "delete", refuse_one)
        await deck.press("space", "space", "space", "D", "y")
        await deck.until(lambda: len(deck.titles) == 2)
        assert explain("store-full", path="~/x").title[:40] in deck.text
        await deck.press("u")
        await deck.until(lambda: len(deck.titles) == 3)


async def test_pinned_ones_stay_at_the_top_and_on_disk(open_list: Any, saved: Any, runtime: Any) -> None:
    async with open_list() as deck:
        await deck.press("down", "space", "space", "p")
        await deck.until(lambda: deck.titles[0].startswith("✓ ★"))
        assert deck.titles == ["✓ ★ [/] hostile ␛[2J", "✓ ★ 显存不足", "Streaming over SSH"]
        assert "─ Pinned ─" in deck.text
    again = type(runtime.conversations)(runtime.paths)
    pinned = {summary.identity for summary in again.listing.all() if summary.is_pinned}
    assert pinned == {saved["c2"], saved["c3"]}
    async with open_list() as deck:
        await deck.until(lambda: deck.titles[0] == "★ [/] hostile ␛[2J")
        await deck.press("g", "p")
        await deck.until(lambda: deck.titles[0] == "★ 显存不足")
        await deck.press("o")
        await deck.until(lambda: "by title" in deck.text)
        assert "★ 显存不足" in deck.titles
        assert "Pinned ─" not in deck.text


async def test_a_chat_that_is_open_here_can_be_pinned(open_list: Any, runtime: Any) -> None:
    async with open_list(from_chat=True) as deck:
        await deck.press("enter")
        await deck.until(lambda: isinstance(deck.app.screen, ChatScreen))
        await deck.until(lambda: deck.app.screen.control.turns)
        deck.app.router.conversations()
        await deck.until(lambda: is_ready(deck.app) and len(deck.titles) == 3)
        await deck.press("p")
        await deck.until(lambda: deck.titles[0] == "★ Streaming over SSH")


async def export(deck: Deck, *marks: str, to: Path) -> str:
    """Export what is marked with these keys; return what the window said."""
    await deck.until(lambda: isinstance(deck.app.screen, ConversationsScreen))
    await deck.press(*marks, "x")
    await deck.until(lambda: isinstance(deck.app.screen, ExportDialog) and deck.app.screen.query(Input))
    said = deck.text
    deck.app.screen.query_one(Input).value = str(to)
    await deck.press("enter")
    return said


async def test_one_or_several_are_exported_and_no_file_is_replaced(
    open_list: Any, saved: Any, tmp_path: Path
) -> None:
    async with open_list() as deck:
        assert "Export the conversation" in await export(deck, to=tmp_path / "one.html")
        await deck.until(lambda: "Exported to" in deck.toasts)
        assert "old" in (tmp_path / "one.html").read_text()
        assert "Export 2 conversations" in await export(deck, "space", "space", to=tmp_path)
        await deck.until(lambda: "Exported 2 conversations to" in deck.toasts)
        assert {path.stem for path in tmp_path.glob("*.md")} == {saved["c1"], saved["c2"]}
        assert all(path.stat().st_mode & 0o777 == 0o600 for path in tmp_path.iterdir())
        for name, words in (
            ("", "the file already exists. Choose another name or folder."),
            ("a.md", "one chat per file"),
            ("a.odt", "Name a folder that exists"),
        ):
            await export(deck, to=tmp_path / name)
            await deck.until(lambda words=words: words in deck.toasts, words)
        await export(deck, to=tmp_path / "a.jsonl")
        await deck.until(lambda: f"Exported 2 conversations to {tmp_path / 'a.jsonl'}" in deck.toasts)
        assert (tmp_path / "a.jsonl").read_text().count('"record": "header"') == 2


async def test_one_that_is_open_elsewhere_is_marked_and_not_deleted(
    open_list: Any, saved: Any, runtime: Any
) -> None:
    runtime.open_elsewhere(saved["c1"])
    async with open_list() as deck:
        assert deck.titles[0] == "• Streaming over SSH"
        await deck.until(lambda: "Open elsewhere: Enter to read, C to fork." in deck.text)
        assert " D " not in deck.text.splitlines()[-1]
        await deck.press("D")
        assert isinstance(deck.app.screen, ConversationsScreen)
        assert not deck.app._notifications
        await deck.press("down")
        await deck.until(lambda: "Open elsewhere" not in deck.text)


async def test_of_marked_ones_those_open_elsewhere_stay_as_they_are(
    open_list: Any, saved: Any, runtime: Any
) -> None:
    runtime.open_elsewhere(saved["c1"])
    async with open_list() as deck:
        await deck.press("space", "space")
        await deck.until(lambda: "2 marked" in deck.text and " D " in deck.text.splitlines()[-1])
        await deck.press("p")
        await deck.until(lambda: deck.app._notifications)
        (note,) = deck.app._notifications
        assert note.message == "Pinned to the top of the list. 1 is open elsewhere and was not changed."
        await deck.until(lambda: "hostile" in deck.titles[0])
        await deck.press("D")
        await deck.until(lambda: isinstance(deck.app.screen, ConfirmDialog))
        assert "Delete this conversation?" in deck.text
        assert "1 is open elsewhere and was not changed." in " ".join(deck.text.replace("│", " ").split())
        await deck.press("y")
        await deck.until(lambda: len(deck.titles) == 2 and "1 marked" in deck.text)
        for key in ("p", "D"):
            deck.app.clear_notifications()
            await deck.press(key)
            await deck.until(lambda: deck.app._notifications)
            (note,) = deck.app._notifications
            assert note.message == "Nothing changed: the marked conversation is open elsewhere."
        assert isinstance(deck.app.screen, ConversationsScreen)


async def test_a_disk_that_refuses_is_said(
    open_list: Any, runtime: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_list() as deck:

        def refuse(identity: str, title: str) -> None:
            raise LmdeckError(explain("store-full", path="~/x"))

        monkeypatch.setattr(runtime.conversations, "rename", refuse)
        await deck.press("N", "x", "enter")
        said = explain("store-full", path="~/x").title
        await deck.until(lambda: said[:40] in deck.text)
        assert deck.titles[0] == "Streaming over SSH"


async def test_what_was_refused_is_said_only_of_its_conversation(
    open_list: Any, saved: Any, runtime: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime.open_elsewhere(saved["c2"])
    async with open_list() as deck:

        def refuse(identity: str, title: str) -> None:
            raise LmdeckError(explain("store-full", path="~/x"))

        monkeypatch.setattr(runtime.conversations, "rename", refuse)
        await deck.press("N", "x", "enter")
        said = explain("store-full", path="~/x").title[:40]
        await deck.until(lambda: said in deck.text)
        await deck.press("down")
        await deck.until(lambda: "Open elsewhere: Enter to read, C to fork." in deck.text)
        assert said not in deck.text
        await deck.press("up")
        await deck.until(lambda: "Open elsewhere" not in deck.text)
        assert said not in deck.text


async def test_an_empty_list_explains_itself(runtime: Any, until: Any) -> None:
    app = LmdeckApp(runtime, environment={})
    async with app.run_test(size=(80, 24)) as pilot:
        app.router.conversations()
        await until(pilot, lambda: is_ready(app))
        screen = app.screen
        await until(
            pilot, lambda: "then Enter on a provider" in str(screen.query_one("#nothing", Static).content)
        )
        await pilot.press("enter", "C", "N", "D", "u")
        assert app.screen is screen


async def test_from_a_chat_an_empty_list_leads_back_to_it(runtime: Any, until: Any) -> None:
    app = LmdeckApp(runtime, environment={})
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(ChatScreen("demo"))
        await until(pilot, lambda: isinstance(app.screen, ChatScreen) and app.screen.control.session)
        app.router.conversations()
        await until(pilot, lambda: is_ready(app))
        nothing = app.screen.query_one("#nothing", Static)
        await until(pilot, lambda: "send a message" in str(nothing.content))


async def test_a_search_selects_its_first_hit_and_says_how_many(open_list: Any, saved: Any) -> None:
    async with open_list() as deck:
        await deck.press("G", "slash", *"e")
        await deck.until(lambda: "3 of 3" not in deck.text and len(deck.titles) == 3)
        await deck.press("backspace", *"hostile")
        await deck.until(lambda: "1 of 3" in deck.text)
        assert deck.screen.current.identity == saved["c2"]
        await deck.press("backspace", "backspace", "backspace")
        await deck.press("ctrl+u", *"demo")
        await deck.until(lambda: len(deck.titles) == 3)
        assert deck.screen.current.identity == saved["c1"], "the first hit, not the last selected row"
        await deck.press("ctrl+u", *"zzz")
        await deck.until(lambda: "Nothing found." in deck.text)


async def test_the_list_is_sorted_by_a_key_and_by_a_click(open_list: Any) -> None:
    async with open_list(size=(120, 40)) as deck:
        newest = deck.titles
        await deck.press("o")
        await deck.until(lambda: "by title" in deck.text)
        assert deck.titles == sorted(newest, key=str.casefold)
        lines = deck.text.splitlines()
        row = next(number for number, line in enumerate(lines) if "Last message" in line)
        await deck.pilot.click(offset=(lines[row].index("Last message"), row))
        await deck.until(lambda: deck.titles == newest)
        await deck.press("o", "o")
        await deck.until(lambda: "Turns ▼" in deck.text)


async def test_a_click_selects_a_row_and_a_second_one_opens_it(open_list: Any, saved: Any) -> None:
    async with open_list() as deck:
        await deck.until(lambda: "显存不足" in deck.text)
        row = next(number for number, line in enumerate(deck.text.splitlines()) if "显存不足" in line)
        await deck.pilot.click(offset=(5, row))
        await deck.until(lambda: deck.screen.current.identity == saved["c3"])
        await deck.pilot.click(offset=(5, row))
        await deck.until(lambda: isinstance(deck.app.screen, ChatScreen) and deck.app.screen.control.session)
        assert deck.app.screen.control.session.identity == saved["c3"]


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        ((60, 24), "Title Price Last"),
        ((80, 24), "Title Turns Model Price Last"),
        ((120, 40), "Title Turns Model Provider Tokens Price Last"),
        ((200, 50), "Title Turns Model Provider Tokens Price Last"),
    ],
)
async def test_the_columns_that_fit_are_shown(
    runtime: Any, open_list: Any, saved: dict[str, str], size: tuple[int, int], shown: str
) -> None:
    saved["c4"] = runtime.keep(a_priced_turn("other-model"), a_priced_turn("other-model", "t2"))
    async with open_list(size=size) as deck:
        await deck.until(lambda: "Last message" in deck.text)
        heads = next(line for line in deck.text.splitlines() if "Title" in line)
        assert [word for word in heads.strip("│ ").split() if word != "message"] == shown.split()


def test_a_column_that_tells_nothing_goes_first() -> None:
    cost = Cost(Decimal(1), Decimal(0), "EUR")
    equal = [ConversationSummary(str(number), model="m", turns=1, costs=(cost,)) for number in range(2)]
    shown = [column.key for column in columns_for(60, NEWEST, equal)]
    assert shown == ["title", "tokens", "price", "time"]
    turns = [replace(summary, turns=number) for number, summary in enumerate(equal)]
    shown = [column.key for column in columns_for(60, NEWEST, turns)]
    assert shown == ["title", "turns", "tokens", "time"], "model and price are the same in every row"
    assert "provider" in [column.key for column in columns_for(60, "provider", turns)], "it is sorted by"


@pytest.mark.parametrize("width", [56, 66, 76, 116, 196])
@pytest.mark.parametrize("model", ["mock-1", "Qwen/Qwen3-235B-A22B-Instruct-2507-FP8"])
def test_no_price_is_cut_and_no_column_is_wider_than_it_needs(width: int, model: str) -> None:
    cost = Cost(Decimal("0.000135"), Decimal(0), "USD")
    long = ConversationSummary(
        "1", "A title that is long " * 3, model=model, provider="mock", costs=(cost,), not_priced=1, turns=12
    )
    summaries = [long, replace(long, title="short", costs=(replace(cost, input=Decimal(1)),))]
    columns = columns_for(width, NEWEST, summaries)
    cells = [row.cells for row in rows_of(summaries, columns, NEWEST, datetime.now(UTC)) if row.key]
    room = {column.key: column.width for column in columns}
    shown = dict(zip(room, cells[0], strict=True))
    assert shown["price"] == "≥ 0.000135 USD"
    assert len(shown["price"]) == room["price"]
    assert room["title"] >= 24
    if "model" in room:
        assert room["model"] <= max(len(model), len("Model"))
    if width == 196:
        assert room["model"] == len(model)


async def test_tokens_and_price_of_each_chat_and_their_sums_are_shown(
    runtime: Any, open_list: Any, saved: dict[str, str]
) -> None:
    saved["c4"] = runtime.keep(a_priced_turn(), title="priced")
    saved["c5"] = runtime.keep(replace(a_priced_turn(), cost=None), title="not priced")
    async with open_list() as deck:
        await deck.until(lambda: "0.25 EUR" in deck.text)
        rows = {row.cells[0]: row.cells for row in deck.screen.rows.rows}
        names = [column.key for column in deck.screen.rows.columns]
        tokens, price = names.index("tokens"), names.index("price")
        assert (rows["priced"][tokens], rows["priced"][price]) == ("12.3k", "0.25 EUR")
        assert (rows["not priced"][tokens], rows["not priced"][price]) == ("12.3k", "—")
        assert "24.7k tokens · ≥ 0.25 EUR" in deck.text
        await deck.press("slash", *"priced")
        await deck.until(lambda: "2 of 5" in deck.text)
        assert "24.7k tokens · ≥ 0.25 EUR" in deck.text, "the sums are those of what is found"


async def test_the_list_is_sorted_by_tokens_and_by_price(
    runtime: Any, open_list: Any, saved: dict[str, str]
) -> None:
    saved["c4"] = runtime.keep(a_priced_turn(), title="priced")
    saved["c5"] = runtime.keep(replace(a_priced_turn(), cost=replace(PRICED, input=Decimal(9))), title="dear")
    async with open_list() as deck:
        while "Tokens ▼" not in deck.text:
            await deck.press("o")
        assert set(deck.titles[:2]) == {"priced", "dear"}
        while "Price ▼" not in deck.text:
            await deck.press("o")
        assert deck.titles[:2] == ["dear", "priced"]


async def test_thousands_are_told_while_they_are_read(
    runtime: Any, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Event()
    many = [ConversationSummary(str(number), f"title {number}", turns=1) for number in range(2000)]

    def slow(on_read: Callable[[int, int], None]) -> list[ConversationSummary]:
        on_read(700, 2000)
        assert gate.wait(20)
        return many

    monkeypatch.setattr(runtime.conversations.listing, "all", slow)
    app = LmdeckApp(runtime, environment={})
    async with app.run_test(size=(80, 24)) as pilot:
        app.router.conversations()
        await until(pilot, lambda: is_ready(app))
        deck = Deck(app, pilot, runtime, until)
        await deck.until(lambda: "Reading conversations… 700 of 2,000" in deck.text)
        gate.set()
        await deck.until(lambda: "title 0" in deck.text)
        assert "Reading" not in deck.text
        await deck.press("G")
        await deck.until(lambda: "title 1999" in deck.text)


def drawing_seconds(screen: ConversationsScreen) -> float:
    begun = time.process_time()
    screen.show_list(is_from_top=True)
    return time.process_time() - begun


async def test_two_thousand_are_shown_in_an_instant(
    runtime: Any, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [
        ConversationSummary(str(number), f"title {number}", "", f"2026-0{1 + number % 9}-01T00:00:00+00:00")
        for number in range(2000)
    ]
    monkeypatch.setattr(runtime.conversations.listing, "all", lambda on_read: many)
    app = LmdeckApp(runtime, environment={})
    async with app.run_test(size=(80, 24)) as pilot:
        app.router.conversations()
        await until(pilot, lambda: is_ready(app) and app.screen.query_one(RowList).rows)
        assert isinstance(app.screen, ConversationsScreen)
        screen = app.screen
        assert min(drawing_seconds(screen) for _ in range(3)) < 0.3


@pytest.mark.parametrize(
    ("stamp", "group", "ago_words"),
    [
        ("2026-05-20T11:58:00+00:00", "Today", "2 min ago"),
        ("2026-05-20T23:00:00+00:00", "Today", "just now"),
        ("2027-02-01T00:00:00+00:00", "February 2027", "1 Feb 2027"),
        ("2026-05-19T09:00:00+00:00", "Yesterday", "yesterday"),
        ("2026-05-14T09:00:00+00:00", "Last week", "6 days ago"),
        ("2026-05-02T09:00:00+00:00", "May", "2 May"),
        ("2026-01-02T09:00:00+00:00", "January", "2 Jan"),
        ("2025-12-31T09:00:00+00:00", "December 2025", "31 Dec 2025"),
        ("", "Without a date", ""),
        ("\x1b[2J", "Without a date", ""),
    ],
)
def test_conversations_are_grouped_by_their_own_date(stamp: str, group: str, ago_words: str) -> None:
    now = datetime(2026, 5, 20, 12, tzinfo=UTC)
    summary = ConversationSummary("c", "t", updated_at=stamp)
    heading, row = rows_of([summary], columns_for(80), "time", now)
    assert heading.cells == (group,)
    assert row.cells[-1] == ago_words


def test_a_long_title_ends_with_an_ellipsis() -> None:
    assert fitted("显存不足显存不足", 7) == "显存不…"


@pytest.mark.parametrize("width", [58, 60, 78, 118, 198])
def test_the_columns_fill_the_width(width: int) -> None:
    columns = columns_for(width)
    assert columns[0].key == "title"
    assert width_of(columns) <= width


async def test_of_thousands_of_conversations_only_the_rows_in_sight_are_made(
    runtime: Any, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [ConversationSummary(str(number), f"Chat {number:04}") for number in range(2000)]
    monkeypatch.setattr(runtime.conversations.listing, "all", lambda on_read: many)
    made: list[str] = []
    cells = view._cells

    def counted(summary: ConversationSummary, *given: Any) -> tuple[str, ...]:
        made.append(summary.title)
        return cells(summary, *given)

    monkeypatch.setattr(view, "_cells", counted)
    app = LmdeckApp(runtime, environment={})
    async with app.run_test(size=(80, 24)) as pilot:
        app.router.conversations()
        await until(pilot, lambda: is_ready(app) and app.screen.query_one(RowList).rows)
        await until(pilot, lambda: made)
        await pilot.press("slash", "c", "h", "a", "t", "enter", "down")
        await pilot.pause()
        assert set(made) <= {f"Chat {number:04}" for number in range(24)}
