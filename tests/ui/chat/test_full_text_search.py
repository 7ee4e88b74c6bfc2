"""Full-text search of all conversations while typing, and the chat opened at a match."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from threading import Event
from typing import Any

import pytest

from tests.ui.fake_runtime import FakeRuntime
from tui.core.parts import parts_of
from tui.core.turn import TextBuffer, Turn, TurnState
from tui.core.usage import Cost
from tui.runtime import search_texts
from tui.runtime.history import History
from tui.store.records import encode_line
from tui.store.text_cache import TextCache
from tui.ui.app import LmdeckApp
from tui.ui.chat.screen import ChatScreen
from tui.ui.conversations import preview as preview_module
from tui.ui.conversations.preview import Preview
from tui.ui.conversations.screen import ConversationsScreen
from tui.ui.conversations.search_box import SearchBox
from tui.ui.shell.row_list import RowList

KEY = "sk-abcdef0123456789abcdef"


def a_turn(number: int, prompt: str, answer: str = "", reasoning: str = "", provider: str = "demo") -> Turn:
    return Turn(
        f"t{number}",
        parts_of(prompt),
        provider=provider,
        model=f"model-of-{provider}",
        started_at=f"2999-01-0{number}T00:00:00+00:00",
        state=TurnState.DONE,
        answer=TextBuffer(answer),
        reasoning=TextBuffer(reasoning),
    )


class Deck:
    """The list, with helpers for tests."""

    def __init__(self, app: LmdeckApp, pilot: Any, until: Any) -> None:
        self.app, self.pilot, self._until = app, pilot, until

    @property
    def screen(self) -> ConversationsScreen:
        return next(screen for screen in self.app.screen_stack if isinstance(screen, ConversationsScreen))

    @property
    def chat(self) -> ChatScreen:
        assert isinstance(self.app.screen, ChatScreen)
        return self.app.screen

    @property
    def titles(self) -> list[str]:
        return [row.cells[0] for row in self.screen.rows.rows]

    @property
    def text(self) -> str:
        strips = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in strips)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def until(self, condition: Callable[[], object], what: str = "") -> None:
        await self._until(self.pilot, condition, what)

    async def listed(self) -> None:
        await self.until(lambda: isinstance(self.app.screen, ConversationsScreen))
        await self.until(lambda: self.app.screen.query(RowList) and self.titles, "the list")

    async def find(self, query: str, *titles: str) -> None:
        await self.press("slash", *query)
        await self.until(lambda: self.titles == list(titles), f"{titles} of {query}")

    async def open(self) -> None:
        """Open what is selected, and wait until it is there."""
        await self.press("enter")
        await self.until(lambda: isinstance(self.app.screen, ChatScreen) and self.chat.control.session)
        await self.until(lambda: self.chat.transcript.has_focus, "the focus in the transcript")


@pytest.fixture
def saved(runtime: FakeRuntime) -> dict[str, str]:
    long = [a_turn(number, f"question {number}", "filling\n\n" * 40) for number in range(1, 9)]
    long[2].answer = TextBuffer(
        "\n\n".join(["set `proxy_buffering` off", *["more"] * 40, "Proxy_Buffering again"])
    )
    other = a_turn(3, "about zebras", "Stripes", "I think of a lion", "cloud")
    other.cost = Cost(Decimal("0.02"), Decimal(0), "EUR")
    return {
        "nginx": runtime.keep(*long, title="nginx in front"),
        "zebras": runtime.keep(other, title="Animals"),
        "old": runtime.keep(a_turn(1, "what of nginx?", "proxy_buffering is on"), title="Old"),
    }


@pytest.fixture
def opened(runtime: FakeRuntime, saved: dict[str, str], until: Any) -> Callable[..., Any]:

    @asynccontextmanager
    async def opened(size: tuple[int, int] = (80, 24), chat: str | None = None) -> AsyncIterator[Deck]:
        app = LmdeckApp(runtime, environment={})
        async with app.run_test(size=size, notifications=True) as pilot:
            deck = Deck(app, pilot, until)
            if chat is not None:
                app.push_screen(ChatScreen(conversation=saved[chat]))
                await deck.until(lambda: isinstance(app.screen, ChatScreen) and app.screen.control.turns)
            app.router.conversations()
            await deck.listed()
            yield deck

    return opened


async def test_one_line_is_told_as_one(opened: Any) -> None:
    async with opened() as deck:
        await deck.find("stripes", "Animals")
        await deck.until(lambda: " · 1 line · " in deck.text)


async def test_words_in_texts_are_found_with_their_lines(opened: Any) -> None:
    async with opened() as deck:
        await deck.find("PROXY_buff", "nginx in front", "Old")
        await deck.until(lambda: "set `proxy_buffering` off" in deck.text)
        assert "Proxy_Buffering again" in deck.text
        assert "proxy_buffering is on" in deck.text
        assert "2 of 3 · 3 lines · " in deck.text
        await deck.press("escape")
        await deck.until(lambda: len(deck.titles) == 3)
        assert "proxy_buffering" not in deck.text


async def test_titles_and_texts_are_found_together(opened: Any) -> None:
    async with opened() as deck:
        await deck.find("nginx", "nginx in front", "Old")
        await deck.until(lambda: "what of nginx?" in deck.text)


async def test_the_best_match_has_the_words_in_its_title_or_else_the_most_lines(
    runtime: FakeRuntime, opened: Any
) -> None:
    runtime.keep(a_turn(2, "who eats?", "zebras\nand zebras"), title="Twice")
    runtime.keep(a_turn(9, "who eats?", "zebras"), title="Once")
    runtime.keep(a_turn(1, "who eats?", "lions"), title="Zebras")
    async with opened(size=(120, 40)) as deck:
        await deck.press("o")
        await deck.until(lambda: "by title" in deck.text, "no best match without words")
        await deck.press(*"ooooo")
        await deck.find("zebras", "Once", "Animals", "Twice", "Zebras")
        await deck.until(lambda: "4 lines" in deck.text)
        await deck.press("down", "o")
        await deck.until(lambda: "by best match" in deck.text)
        assert deck.titles == ["Zebras", "Twice", "Once", "Animals"]
        await deck.press("slash", "ctrl+u")
        await deck.until(lambda: "by best match" not in deck.text and len(deck.titles) == 6)


async def test_enter_opens_the_chat_at_the_first_hit_and_the_search_continues(
    opened: Any, saved: dict[str, str]
) -> None:
    async with opened() as deck:
        await deck.find("proxy_buffering", "nginx in front", "Old")
        await deck.open()
        assert deck.chat.control.session is not None
        assert deck.chat.control.session.identity == saved["nginx"]
        await deck.until(lambda: "question 3" in deck.text and "set proxy_buffering off" in deck.text)
        assert deck.chat.transcript.turn_under_cursor is deck.chat.control.turns[2]
        await deck.until(lambda: "1 of 2" in deck.text)
        await deck.press("apostrophe")
        await deck.until(lambda: "2 of 2" in deck.text and "Proxy_Buffering again" in deck.text)
        await deck.press("quotation_mark")
        await deck.until(lambda: "1 of 2" in deck.text)


async def test_enter_before_the_search_has_found_anything_opens_its_first_hit(
    opened: Any, saved: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, real = Event(), History.search

    def slow(self: History, *given: Any, **options: Any) -> Iterator[Any]:
        assert gate.wait(20)
        return real(self, *given, **options)

    monkeypatch.setattr(History, "search", slow)
    async with opened() as deck:
        await deck.press("slash", *"proxy_buffering", "enter")
        gate.set()
        await deck.until(lambda: isinstance(deck.app.screen, ChatScreen) and deck.chat.control.session)
        assert deck.chat.control.session is not None
        assert deck.chat.control.session.identity == saved["nginx"]


async def test_from_a_chat_the_hit_is_shown_in_it_also_where_it_is_that_chat(
    opened: Any, saved: dict[str, str]
) -> None:
    async with opened(chat="nginx") as deck:
        await deck.find("proxy_buffering", "nginx in front", "Old")
        await deck.open()
        await deck.until(lambda: "set proxy_buffering off" in deck.text)
        assert len(deck.app.screen_stack) == 2


async def test_a_hit_in_reasoning_is_searched_on_one_key_and_unfolded(opened: Any) -> None:
    async with opened() as deck:
        await deck.press("slash", *"lion")
        await deck.until(lambda: "Press Alt+I to search the reasoning too" in deck.text)
        await deck.press("alt+i")
        await deck.until(lambda: deck.titles == ["Animals"])
        assert "Search everywhere, with reasoning" in deck.text
        await deck.until(lambda: "reasoning: I think of a lion" in deck.text)
        await deck.open()
        await deck.until(lambda: "1 of 1" in deck.text and "I think of a lion" in deck.text)
        await deck.press("escape", "h")
        await deck.until(lambda: isinstance(deck.app.screen, ConversationsScreen))


async def test_a_hit_on_another_branch_says_so_and_shows_that_branch_for_now(
    runtime: FakeRuntime, until: Any
) -> None:
    identity = runtime.keep(a_turn(1, "Why?", "a zebra"), title="branches")
    journal = runtime.conversations.open(identity).journal
    assert journal is not None
    journal.write_turn(replace(a_turn(2, "Why?", "a lion"), parent=None))
    assert journal.close()
    app = LmdeckApp(runtime, environment={})
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        deck = Deck(app, pilot, until)
        app.router.conversations()
        await deck.listed()
        await deck.find("zebra", "branches")
        await deck.until(lambda: "other branch: a zebra" in deck.text)
        await deck.open()
        await deck.until(lambda: "a zebra" in deck.text and "The hit is on another branch" in deck.text)
        assert "a lion" not in deck.text
        assert [turn.identity for turn in deck.chat.control.turns] == ["t1"]
        await deck.press("right_square_bracket")
        await deck.until(lambda: "a lion" in deck.text)
    again = runtime.conversations.open(identity)
    assert [turn.identity for turn in again.turns] == ["t2"]


async def test_the_branch_of_a_hit_is_not_remembered_unless_it_is_used(
    runtime: FakeRuntime, until: Any
) -> None:
    identity = runtime.keep(a_turn(1, "Why?", "a zebra"), title="branches")
    journal = runtime.conversations.open(identity).journal
    assert journal is not None
    journal.write_turn(replace(a_turn(2, "Why?", "a lion"), parent=None))
    assert journal.close()
    session = runtime.sessions.open(identity)
    assert session.show_turn("t1")
    assert not session.show_turn("no such turn")
    assert [turn.identity for turn in session.turns] == ["t1"]
    await runtime.sessions.release(session)
    assert [turn.identity for turn in runtime.conversations.open(identity).turns] == ["t2"]


async def test_the_scope_is_turned_with_one_key(opened: Any) -> None:
    async with opened(chat="zebras") as deck:
        assert "Search everywhere, without reasoning" in deck.text
        await deck.press("slash", *"e")
        await deck.until(lambda: len(deck.titles) == 3)
        await deck.press("ctrl+s")
        await deck.until(lambda: deck.titles == ["Animals"])
        assert "in cloud" in deck.text
        await deck.press("ctrl+s")
        await deck.until(lambda: "in this chat" in deck.text)
        assert deck.titles == ["Animals"]
        await deck.press("ctrl+s")
        await deck.until(lambda: "everywhere" in deck.text and len(deck.titles) == 3)


async def test_from_the_provider_list_the_scope_is_the_selected_provider(opened: Any) -> None:
    async with opened() as deck:
        selected = deck.app.screen_stack[-2].table.current_key
        await deck.press("ctrl+s")
        await deck.until(lambda: f"in {selected}" in deck.text)
        await deck.press("ctrl+s")
        await deck.until(lambda: "everywhere" in deck.text)


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("provider:cloud", ["Animals"]),
        ("model:of-demo", ["nginx in front", "Old"]),
        ("cost:>0.01", ["Animals"]),
        ("has:reasoning", ["Animals"]),
        ("stripes has:code", []),
        ("since:1d", ["nginx in front", "Animals", "Old"]),
        ("proxy_buffering provider:", ["nginx in front", "Old"]),
    ],
)
async def test_conditions_choose(opened: Any, query: str, titles: list[str]) -> None:
    async with opened() as deck:
        await deck.press("slash", *query)
        await deck.until(lambda: (sorted(deck.titles) == sorted(titles) and "lines" in deck.text) or True)
        await deck.until(lambda: sorted(deck.titles) == sorted(titles))


async def test_what_cannot_be_understood_is_said(opened: Any) -> None:
    async with opened() as deck:
        await deck.press("slash", *"since:never")
        await deck.until(lambda: "'never' is not a valid time" in deck.text)
        await deck.press("ctrl+u")
        await deck.until(lambda: "valid time" not in deck.text and len(deck.titles) == 3)


async def test_from_120_columns_the_turn_of_the_hit_is_shown_beside_the_list(opened: Any) -> None:
    async with opened(size=(120, 40)) as deck:
        preview = deck.screen.query_one(Preview)
        assert not preview.display
        await deck.find("proxy_buffering", "nginx in front", "Old")
        await deck.until(lambda: "question 3" in deck.text and "set proxy_buffering off" in deck.text)
        assert "answer 3" in deck.text
        await deck.press("down", "down")
        await deck.until(lambda: "what of nginx?" in deck.text)
        assert "question 3" not in deck.text
        await deck.pilot.resize_terminal(80, 24)
        await deck.until(lambda: not preview.display and "proxy_buffering is on" in deck.text)


async def test_while_a_search_is_typed_nothing_is_laid_out_for_the_turn_of_a_hit(
    opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(size=(120, 40)) as deck:
        preview, rows = deck.screen.query_one(Preview), deck.screen.rows
        await deck.until(lambda: rows.size.width > 0)
        width = rows.size.width
        with monkeypatch.context() as patched:
            patched.setattr(preview_module, "_PAUSE_SECONDS", 3600)
            await deck.find("proxy_buffering", "nginx in front", "Old")
            await deck.until(lambda: "3 lines" in deck.text)
            assert (preview.display, rows.size.width) == (False, width)
        await deck.press("down", "down")
        await deck.until(lambda: "what of nginx?" in deck.text)
        assert rows.size.width < width
        await deck.press("slash", "ctrl+u")
        await deck.until(lambda: not preview.display and rows.size.width == width)


async def test_a_key_is_neither_shown_nor_found(runtime: FakeRuntime, until: Any) -> None:
    identity = runtime.keep(a_turn(1, f"my key {KEY} works"), title="key")
    runtime.change("cloud", extra_headers={"X-Api-Key": KEY})
    app = LmdeckApp(runtime, environment={})
    async with app.run_test(size=(120, 40)) as pilot:
        deck = Deck(app, pilot, until)
        app.router.conversations()
        await deck.listed()
        await deck.press("slash", *"works")
        await deck.until(lambda: deck.screen._finding.hits_of(identity))
        await deck.until(lambda: "•••" in deck.text)
        assert KEY not in deck.text
        await deck.press("ctrl+u", *KEY[5:12])
        await deck.until(lambda: "Nothing found" in deck.text)


async def test_hostile_lines_command_nothing(runtime: FakeRuntime, until: Any) -> None:
    runtime.keep(a_turn(1, "[red]needle[/] \x1b[2J \x07\u202e" + "x" * 300), title="hostile")
    app = LmdeckApp(runtime, environment={})
    async with app.run_test(size=(80, 24)) as pilot:
        deck = Deck(app, pilot, until)
        app.router.conversations()
        await deck.listed()
        await deck.press("slash", *"needle")
        await deck.until(lambda: "[red]needle[/]" in deck.text)
        assert not {"\x1b", "\x07", "\u202e"} & set(deck.text)


async def test_a_slow_result_of_an_older_search_changes_nothing(
    opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, real = Event(), History.search

    def slow(self: History, listed: Any, query: Any, **options: Any) -> Iterator[Any]:
        if query.words == ("zebras",):
            assert gate.wait(20)
        return real(self, listed, query, **options)

    monkeypatch.setattr(History, "search", slow)
    async with opened() as deck:
        await deck.press("slash", *"zebras")
        await deck.press("ctrl+u", *"proxy")
        await deck.until(lambda: deck.titles == ["nginx in front", "Old"])
        gate.set()
        await deck.pilot.pause(0.3)
        assert deck.titles == ["nginx in front", "Old"]
        assert deck.screen.query_one(SearchBox).value == "proxy"


async def test_texts_are_made_ready_while_the_program_runs_and_the_next_one_makes_the_rest(
    runtime: Any, saved: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = TextCache(runtime.paths, runtime.optional, str)
    made: list[str] = []
    real = TextCache.made

    def making(self: TextCache, identity: str) -> Any:
        made.append(identity)
        return real(self, identity)

    monkeypatch.setattr(TextCache, "made", making)
    monkeypatch.setattr(search_texts, "_PAUSE_SECONDS", 0)
    newest_first = sorted(saved.values(), reverse=True)
    texts.made(newest_first[0])
    made.clear()
    await search_texts.keep_search_texts(runtime)
    assert made == newest_first[1:]
    assert all(texts.is_kept(identity) for identity in saved.values())


async def test_the_program_makes_the_texts_ready_without_the_list(
    runtime: Any, saved: Any, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_texts, "_PAUSE_SECONDS", 0)
    app = LmdeckApp(runtime, environment={})
    async with app.run_test(size=(80, 24)) as pilot:
        texts = TextCache(runtime.paths, runtime.optional, str)
        await until(pilot, lambda: all(texts.is_kept(identity) for identity in saved.values()), "the texts")


async def test_without_room_for_the_cache_the_search_works(
    opened: Any, runtime: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        TextCache, "_keep", lambda *given: (_ for _ in ()).throw(OSError(28, "No space left"))
    )
    async with opened() as deck:
        await deck.find("proxy_buffering", "nginx in front", "Old")
    assert sum("takes longer" in notice for notice in runtime.optional.notices) == 1


async def test_a_damaged_chat_is_searched_as_far_as_it_is_readable(
    opened: Any, runtime: Any, saved: dict[str, str]
) -> None:
    path = runtime.paths.conversations_dir / f"{saved['old']}.jsonl"
    path.write_bytes(
        path.read_bytes() + b"\xff\xfe broken\n" + encode_line({"record": "title", "title": "Old"})
    )
    async with opened() as deck:
        await deck.find("proxy_buffering", "nginx in front", "! Old")
