"""The provider list, with keys."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.ui.fake_runtime import (
    REPLY,
    FakeRuntime,
    example_providers,
    failure,
    refused,
)
from tui.core.api_key_reference import ApiKeyKind, ApiKeyReference
from tui.core.causes import CATALOGUE, explain
from tui.core.provider import Category, Provider, State
from tui.net.reachability import Reachability
from tui.runtime.builtin import Availability
from tui.ui.app import LmdeckApp
from tui.ui.providers.form_screen import ProviderFormScreen
from tui.ui.providers.layout import shortened
from tui.ui.providers.reach import Reach, reach_found
from tui.ui.providers.row import Row
from tui.ui.providers.screen import ProvidersScreen
from tui.ui.providers.table import ProviderTable
from tui.ui.providers.test_dialog import ProviderTestScreen
from tui.ui.shell.column_heads import ColumnHeads
from tui.ui.shell.dialogs import ConfirmDialog
from tui.ui.shell.help import HelpScreen

Until = Callable[..., Awaitable[None]]
SIZES = [(80, 24), (120, 40)]


@asynccontextmanager
async def listed(runtime: FakeRuntime, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Pilot[Any]]:
    """The list, every reachability check begun."""
    app = LmdeckApp(runtime, environment={})
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield pilot


def screen_of(pilot: Pilot[Any]) -> ProvidersScreen:
    assert isinstance(pilot.app.screen, ProvidersScreen)
    return pilot.app.screen


def table_of(pilot: Pilot[Any]) -> ProviderTable:
    return pilot.app.screen_stack[0].query_one(ProviderTable)


async def select(pilot: Pilot[Any], name: str) -> None:
    """Put the cursor on a provider."""
    table_of(pilot).rearrange(name)
    await pilot.pause()


def names(pilot: Pilot[Any]) -> list[str]:
    return [row.provider.name for row in table_of(pilot).shown_rows()]


def reach_of(pilot: Pilot[Any], name: str) -> Reach:
    return next(row.reach for row in table_of(pilot).shown_rows() if row.provider.name == name)


def text_of(pilot: Pilot[Any]) -> str:
    """What the screen shows, line by line."""
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)


def toasts(pilot: Pilot[Any]) -> str:
    return "\n".join(note.message for note in pilot.app._notifications)


@pytest.mark.parametrize("size", SIZES)
async def test_every_provider_is_listed_with_the_cursor_on_the_default(
    runtime: FakeRuntime, size: tuple[int, int], until: Until
) -> None:
    async with listed(runtime, size) as pilot:
        await until(pilot, lambda: "old-embedder" in text_of(pilot))
        for provider in example_providers():
            assert provider.name in text_of(pilot)
        assert table_of(pilot).current.provider.name == "smollm2"  # type: ignore[union-attr]
        assert "★" in text_of(pilot)


async def test_wider_windows_show_more_columns(runtime: FakeRuntime, until: Until) -> None:
    async with listed(runtime, (80, 24)) as pilot:
        narrow = len(table_of(pilot).columns)
        await pilot.resize_terminal(200, 40)
        await until(pilot, lambda: len(table_of(pilot).columns) > narrow)
        assert "Price/1k" in text_of(pilot)
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: len(table_of(pilot).columns) == narrow)
        await pilot.press("w")
        await until(pilot, lambda: len(table_of(pilot).columns) == 12)
        titles = [column.title for column in table_of(pilot).columns]
        assert titles[2:6] == ["Display name", "Category", "Type", "Sub type"]


async def test_the_narrowest_window_shows_the_whole_state(runtime: FakeRuntime, until: Until) -> None:
    async with listed(runtime, (60, 16)) as pilot:
        await until(pilot, lambda: "State" in text_of(pilot))
        assert table_of(pilot).max_scroll_x == 0


async def test_details_tell_what_the_columns_leave_out(runtime: FakeRuntime, until: Until) -> None:
    async with listed(runtime) as pilot:
        await select(pilot, "gpu01-vllm")
        await until(pilot, lambda: "Qwen on gpu01" in text_of(pilot))
        assert "http://gpu01:8000/v1" in text_of(pilot)
        assert "env:VLLM_KEY" in text_of(pilot)
        await select(pilot, "cloud")
        await until(pilot, lambda: "0.00055 / 0.00219 USD per 1k tokens" in text_of(pilot))


async def test_the_filter_narrows_as_it_is_typed(runtime: FakeRuntime, until: Until) -> None:
    async with listed(runtime) as pilot:
        await pilot.press("slash", *"gpu")
        await until(pilot, lambda: names(pilot) == ["gpu01-vllm"])
        await pilot.press("down", "escape")
        await until(pilot, lambda: len(names(pilot)) == 5)
        assert not pilot.app.screen.query("#filter")
        assert table_of(pilot).has_focus


async def test_a_second_filter_replaces_the_first_or_edits_it(runtime: FakeRuntime, until: Until) -> None:
    async with listed(runtime) as pilot:
        await pilot.press("slash", *"gpu", "down", "slash", *"clo")
        await until(pilot, lambda: names(pilot) == ["cloud"])
        text = pilot.app.screen.query_one("#filter", Input)
        assert text.value == "clo"
        await pilot.press("down", "slash", "end", "u")
        await until(pilot, lambda: text.value == "clou")


async def test_a_filter_that_lets_nothing_through_says_so(runtime: FakeRuntime, until: Until) -> None:
    async with listed(runtime) as pilot:
        await pilot.press("slash", *"zzz")
        await until(pilot, lambda: "No provider matches the filter" in text_of(pilot))
        await pilot.press("enter", "down", "e", "C", "D", "t")
        assert isinstance(pilot.app.screen, ProvidersScreen)


async def test_sorting_begins_with_the_state_and_comes_back(runtime: FakeRuntime, until: Until) -> None:
    runtime.reachability["gpu01-vllm"] = Reachability(False, failure(), None)
    async with listed(runtime) as pilot:
        original = names(pilot)
        await until(pilot, lambda: reach_of(pilot, "gpu01-vllm") is Reach.REFUSED)
        await pilot.press("o")
        await pilot.pause()
        assert names(pilot) == ["cloud", "gpu01-vllm", "old-embedder", *names(pilot)[3:]], "what works first"
        assert "State ▲" in text_of(pilot)
        assert "by state" in text_of(pilot).splitlines()[0]
        await pilot.press("o")
        assert names(pilot) == ["cloud", "gpu01-vllm", "old-embedder", "demo", "smollm2"]
        table_of(pilot).reverse()
        assert names(pilot) == ["old-embedder", "gpu01-vllm", "cloud", "smollm2", "demo"], "group by group"
        for _ in range(10):
            await pilot.press("o")
            if table_of(pilot).sort_column is None:
                break
        assert names(pilot) == original


async def test_the_cursor_stays_on_its_provider_when_the_order_changes(runtime: FakeRuntime) -> None:
    async with listed(runtime) as pilot:
        await select(pilot, "gpu01-vllm")
        await pilot.press("o", "o", "unbound.providers.reverse")
        assert table_of(pilot).current.provider.name == "gpu01-vllm"  # type: ignore[union-attr]


async def test_at_most_four_checks_run_at_once_and_keys_do_not_wait(until: Until) -> None:
    providers = [Provider(f"p{n}", provider_url="http://h/v1", model="m") for n in range(12)]
    runtime = FakeRuntime(providers)
    gate = asyncio.Event()
    runtime.reachability = {provider.name: gate for provider in providers}
    async with listed(runtime) as pilot:
        await until(pilot, lambda: runtime.reaching == 4)
        assert {row.reach for row in table_of(pilot).shown_rows()} == {Reach.CHECKING}
        await until(pilot, lambda: "checked 0 of 12" in text_of(pilot).splitlines()[0])
        await pilot.press("down", "down")
        assert table_of(pilot).cursor_row == 2
        gate.set()
        await until(pilot, lambda: reach_of(pilot, "p11") is Reach.UP)
        assert runtime.most_reaching == 4
        assert sorted(runtime.reached) == sorted(provider.name for provider in providers)


async def test_a_key_that_is_not_there_is_no_server_that_is_down(runtime: FakeRuntime, until: Until) -> None:
    missing = explain("key-unavailable", source="env:NOPE", reason="the variable NOPE is not set")
    runtime.reachability["cloud"] = Reachability(False, missing, None)
    async with listed(runtime) as pilot:
        await until(pilot, lambda: reach_of(pilot, "cloud") is Reach.NO_KEY)


@pytest.mark.parametrize(
    ("cause", "mark"),
    [
        ("model-not-found", "✗ model gone"),
        ("auth", "✗ key refused"),
        ("auth-scheme", "✗ key refused"),
        ("basic-auth", "✗ key refused"),
        ("forbidden", "✗ key refused"),
        ("loading", "◌ loading"),
        ("overloaded", "◌ busy"),
        ("rate-limited", "◌ busy"),
        ("quota", "✗ no credit"),
    ],
)
async def test_an_endpoint_with_something_in_the_way_is_not_shown_as_good(
    runtime: FakeRuntime, until: Until, cause: str, mark: str
) -> None:
    runtime.reachability["cloud"] = Reachability(True, explain(cause, model="gone"), 9.0)
    async with listed(runtime) as pilot:
        await until(pilot, lambda: reach_of(pilot, "cloud") not in (Reach.UNKNOWN, Reach.CHECKING))
        await select(pilot, "cloud")
        await until(pilot, lambda: mark in text_of(pilot))
    assert Reach.UP.colour not in (reach.colour for reach in Reach if reach.word == mark[2:])


async def test_every_mark_is_drawn_when_the_list_is_shown_again(runtime: FakeRuntime) -> None:
    async with listed(runtime) as pilot:
        table = pilot.app.screen.query_one(ProviderTable)
        provider = example_providers()[0]
        for reach in Reach:
            table.set_rows([Row(provider, reach=reach)])
            row = next(row.cells for row in table.rows if row.key == provider.name)
            assert row.count(f"{reach.glyph} {reach.word}") == 1


def test_whatever_is_in_the_way_is_no_good_sign() -> None:
    for cause in CATALOGUE:
        for is_reachable in (True, False):
            found = reach_found(is_reachable, 9.0, explain(cause))
            assert found.colour != Reach.UP.colour, cause
    assert reach_found(True, 9.0, None) is Reach.UP
    assert reach_found(True, None, None) is Reach.READY
    assert reach_found(None, 9.0, explain("wrong-path")) is Reach.NO_LIST


def test_many_notices_leave_room_for_the_list() -> None:
    assert shortened(("a", "b", "c")) == ("a", "b", "c")
    assert shortened(tuple("abcde")) == ("a", "b", "3 more, shown once these are corrected.")


async def test_a_provider_that_is_down_tells_why_and_what_to_do(runtime: FakeRuntime, until: Until) -> None:
    runtime.reachability["cloud"] = Reachability(False, failure(), None)
    async with listed(runtime) as pilot:
        await until(pilot, lambda: reach_of(pilot, "cloud") is Reach.REFUSED)
        await select(pilot, "cloud")
        await until(pilot, lambda: "Nothing listens at" in text_of(pilot))
        assert "Start the server" in text_of(pilot)
        assert "○ refused" in text_of(pilot)


async def test_a_key_that_a_command_prints_is_not_asked_for_unasked(until: Until) -> None:
    key = ApiKeyReference(ApiKeyKind.COMMAND, "pass show x")
    runtime = FakeRuntime([Provider("asks", provider_url="http://h/v1", api_key=key), *example_providers()])
    async with listed(runtime) as pilot:
        await until(pilot, lambda: reach_of(pilot, "cloud") is Reach.UP)
        assert "asks" not in runtime.reached
        await pilot.press("R")
        await until(pilot, lambda: reach_of(pilot, "asks") is Reach.UP)


async def test_a_missing_engine_is_greyed_with_its_command(until: Until) -> None:
    runtime = FakeRuntime()
    runtime.built_ins.missing["smollm2"] = Availability(False, "Not installed.", "make engine")
    async with listed(runtime) as pilot:
        assert table_of(pilot).current_key == "demo", "the first that can be used"
        await select(pilot, "smollm2")
        await until(pilot, lambda: "make engine" in text_of(pilot))
        assert reach_of(pilot, "smollm2") is Reach.MISSING
        await pilot.press("enter", "t")
        assert isinstance(pilot.app.screen, ProvidersScreen)


async def test_delete_asks_and_u_brings_back(runtime: FakeRuntime, until: Until) -> None:
    async with listed(runtime) as pilot:
        await select(pilot, "old-embedder")
        await pilot.press("D")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProvidersScreen))
        assert len(runtime.directory.providers()) == 5
        await pilot.press("delete")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog))
        await pilot.press("y")
        await until(pilot, lambda: "old-embedder" not in names(pilot))
        await pilot.press("u")
        await until(pilot, lambda: "old-embedder" in names(pilot))


async def test_the_cursor_keeps_its_place_when_its_provider_is_deleted(
    runtime: FakeRuntime, until: Until
) -> None:
    async with listed(runtime) as pilot:
        table = table_of(pilot)
        await select(pilot, "gpu01-vllm")
        await pilot.press("D")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog))
        await pilot.press("y")
        await until(pilot, lambda: "gpu01-vllm" not in names(pilot))
        assert table.current_key == "cloud"
        await select(pilot, "old-embedder")
        await pilot.press("D")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog))
        await pilot.press("y")
        await until(pilot, lambda: "old-embedder" not in names(pilot))
        assert table.current_key == "smollm2", "the line above the group is passed over"


async def test_another_default_leaves_known_who_answers(runtime: FakeRuntime, until: Until) -> None:
    async with listed(runtime) as pilot:
        await until(pilot, lambda: reach_of(pilot, "gpu01-vllm") is Reach.UP)
        await until(pilot, lambda: reach_of(pilot, "smollm2") not in (Reach.CHECKING, Reach.UNKNOWN))
        before = reach_of(pilot, "smollm2")
        await select(pilot, "gpu01-vllm")
        await pilot.press("asterisk")
        assert runtime.directory.get("gpu01-vllm").is_default
        assert reach_of(pilot, "gpu01-vllm") is Reach.UP
        assert reach_of(pilot, "smollm2") is before


async def test_enter_on_the_question_keeps_the_provider(runtime: FakeRuntime, until: Until) -> None:
    async with listed(runtime) as pilot:
        await select(pilot, "old-embedder")
        await pilot.press("D")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProvidersScreen))
        assert "old-embedder" in names(pilot)


async def test_a_built_in_provider_says_that_it_cannot_be_changed(runtime: FakeRuntime) -> None:
    async with listed(runtime) as pilot:
        for key in ("D", "unbound.providers.state", "e", "C"):
            pilot.app.clear_notifications()
            await pilot.press(key)
            assert isinstance(pilot.app.screen, ProvidersScreen)
            assert "smollm2 is built in and can't be changed." in toasts(pilot)
        assert runtime.directory.get("smollm2").state is State.ACTIVE


async def test_a_site_wide_provider_can_be_viewed_and_cloned(until: Until) -> None:
    site = Provider("shared", provider_url="http://h/v1", model="m", is_remote=True)
    async with listed(FakeRuntime([*example_providers(), site])) as pilot:
        assert "site-wide (read-only)" in text_of(pilot)
        await select(pilot, "shared")
        await pilot.press("D")
        assert "shared is set up for the whole site and can't be changed. Press C to clone it." in toasts(
            pilot
        )
        for key in ("e", "C"):
            await pilot.press(key)
            await until(pilot, lambda: isinstance(pilot.app.screen, ProviderFormScreen))
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(pilot.app.screen, ProvidersScreen))


async def test_default_and_state_change_by_one_key(runtime: FakeRuntime, until: Until) -> None:
    async with listed(runtime) as pilot:
        await select(pilot, "gpu01-vllm")
        await pilot.press("asterisk", "unbound.providers.state")
        assert runtime.directory.get("gpu01-vllm").is_default
        assert not runtime.directory.get("smollm2").is_default
        await until(pilot, lambda: reach_of(pilot, "gpu01-vllm") is Reach.INACTIVE)
        await pilot.press("unbound.providers.state")
        await until(pilot, lambda: reach_of(pilot, "gpu01-vllm") is Reach.UP)


@pytest.mark.parametrize("key", ["asterisk", "down"])
async def test_an_edit_by_hand_is_noticed_at_the_next_key(
    runtime: FakeRuntime, until: Until, key: str
) -> None:
    async with listed(runtime) as pilot:
        runtime.store.write([replace(example_providers()[2], name="renamed")])
        await pilot.press(key)
        await until(pilot, lambda: names(pilot) == ["renamed"])
        assert "changed outside lmdeck" in toasts(pilot)


async def test_an_edit_by_hand_is_noticed_when_the_window_has_the_focus(
    runtime: FakeRuntime, until: Until
) -> None:
    async with listed(runtime) as pilot:
        runtime.store.write(example_providers()[:1])
        pilot.app.app_focus = False
        pilot.app.app_focus = True
        await until(pilot, lambda: names(pilot) == ["smollm2"])


async def test_what_is_wrong_with_the_file_stands_above_the_list(until: Until) -> None:
    runtime = FakeRuntime()
    runtime.store.notices = ("providers.toml line 3 [/] cannot be read; it was kept aside.",)
    async with listed(runtime) as pilot:
        await until(pilot, lambda: "! providers.toml line 3 [/] cannot be read" in text_of(pilot))


async def test_a_first_run_explains_itself(until: Until) -> None:
    async with listed(FakeRuntime(example_providers()[:2])) as pilot:
        await until(pilot, lambda: "press a to add one, f to find servers" in text_of(pilot))
        assert "built in (read-only)" in text_of(pilot)
        assert "this machine" in text_of(pilot)
        assert "Enter starts one with the selected provider" in text_of(pilot)
        assert "remote" not in text_of(pilot)
    async with listed(FakeRuntime()) as pilot:
        await pilot.pause()
        assert "press a to add one" not in text_of(pilot)


async def test_keys_open_the_forms(runtime: FakeRuntime, until: Until) -> None:
    async with listed(runtime) as pilot:
        await select(pilot, "cloud")
        for key in ("a", "e", "C"):
            await pilot.press(key)
            await until(pilot, lambda: isinstance(pilot.app.screen, ProviderFormScreen))
            await pilot.press("escape")
            await until(pilot, lambda: not isinstance(pilot.app.screen, ProviderFormScreen))


async def test_the_test_shows_the_answer_or_what_is_wrong(runtime: FakeRuntime, until: Until) -> None:
    runtime.scripts = [REPLY, refused(server_message="no [/] way")]
    async with listed(runtime) as pilot:
        await select(pilot, "gpu01-vllm")
        await pilot.press("t")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProviderTestScreen))
        await until(pilot, lambda: "● It works" in text_of(pilot))
        assert "I am **well**" in text_of(pilot)
        await pilot.press("t")
        await until(pilot, lambda: "✗ Nothing listens" in text_of(pilot))
        assert "The server says: no [/] way" in text_of(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProvidersScreen))


async def test_help_lists_the_keys_of_the_list(runtime: FakeRuntime, until: Until) -> None:
    async with listed(runtime, (120, 50)) as pilot:
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        assert "Make it the default provider" in text_of(pilot)
        assert "What most users do here" in text_of(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProvidersScreen))


HOSTILE = "[/][link='x[@click=app.quit]a[/] \x1b]52;c;eA==\x07\x9b2J\u202e"


async def test_hostile_texts_are_shown_as_text(until: Until) -> None:
    provider = Provider(
        "evil",
        HOSTILE,
        model=HOSTILE,
        provider_url=HOSTILE,
        api_key=ApiKeyReference(ApiKeyKind.FILE, HOSTILE),
    )
    runtime = FakeRuntime([provider])
    runtime.reachability["evil"] = Reachability(False, failure(title=HOSTILE, advice=HOSTILE), None)
    runtime.store.notices = (HOSTILE,)
    async with listed(runtime, (200, 40)) as pilot:
        await until(pilot, lambda: reach_of(pilot, "evil") is Reach.REFUSED)
        await pilot.press("w")
        await until(pilot, lambda: "[/][link='x[@click=app.quit]a[/]" in text_of(pilot))
        assert "\x1b" not in text_of(pilot)
        assert "\x9b" not in text_of(pilot)
        assert "\u202e" not in text_of(pilot)


async def test_at_rest_no_timer_runs(runtime: FakeRuntime, until: Until) -> None:
    async with listed(runtime) as pilot:
        await until(pilot, lambda: reach_of(pilot, "cloud") is Reach.UP)
        await pilot.press("slash", "g")
        nodes = [pilot.app, pilot.app.screen, *pilot.app.screen.walk_children()]
        timers: list[Any] = [timer for node in nodes for timer in node._timers]
        assert [timer for timer in timers if timer._active.is_set() and "auto_refresh" in timer.name] == []
        blinking: Any = pilot.app.screen.query_one("#filter", Input)._blink_timer
        assert blinking is not None
        assert not blinking._active.is_set()


async def test_a_click_on_a_header_sorts(runtime: FakeRuntime) -> None:
    async with listed(runtime) as pilot:
        await pilot.click(ColumnHeads, offset=(5, 0))
        assert names(pilot) == ["cloud", "gpu01-vllm", "old-embedder", "demo", "smollm2"]
        assert "by name" in text_of(pilot).splitlines()[0]


async def test_names_and_the_default_stay_in_sight_when_all_columns_are_scrolled(
    runtime: FakeRuntime,
) -> None:
    async with listed(runtime, size=(60, 24)) as pilot:
        await pilot.press("w")
        await pilot.pause()
        beginnings = [line[:30] for line in text_of(pilot).splitlines()[1:7]]
        assert any("★" in beginning for beginning in beginnings)
        await pilot.press(*["right"] * 30)
        await pilot.pause()
        lines = text_of(pilot).splitlines()
        assert "Reachable" in lines[1]
        assert [line[: len("│   gpu01-vllm")] for line in lines[1:7]] == [
            beginning[: len("│   gpu01-vllm")] for beginning in beginnings
        ]
        left = lines[1].index("Reachable")
        await pilot.click(ColumnHeads, offset=(left, 0))
        await pilot.pause()
        assert "by state" in text_of(pilot).splitlines()[0]


def embedding() -> Provider:
    return Provider(
        "bge",
        category=Category.EMBEDDING,
        model="bge-m3",
        provider_url="http://127.0.0.1:9/v1",
        input_price=Decimal("0.02"),
        currency="EUR",
        is_default=True,
    )


async def test_the_key_bar_calls_enter_what_it_does(until: Until) -> None:
    runtime = FakeRuntime((*example_providers(), embedding()))
    async with listed(runtime, size=(120, 40)) as pilot:
        table_of(pilot).rearrange("bge")
        await until(pilot, lambda: "Enter Test" in text_of(pilot))
        assert "Chat" not in text_of(pilot).splitlines()[-1]
        table_of(pilot).rearrange("gpu01-vllm")
        await until(pilot, lambda: "Enter Chat" in text_of(pilot))


async def test_enter_on_an_embedding_provider_tests_it_and_again(until: Until) -> None:
    runtime = FakeRuntime((*example_providers(), embedding()))
    async with listed(runtime) as pilot:
        table_of(pilot).rearrange("bge")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProviderTestScreen))
        await until(pilot, lambda: "It works" in text_of(pilot))
        shown = text_of(pilot)
        for figure in (
            "This is a sample text",
            "4 vectors of 2 numbers",
            "norm 1.000",
            "500 tokens",
            "0.01 EUR",
            "14 ms",
            "1 The cat sleeps on the sofa.",
            "4 This is a sample text",
            "1       1.00  0.80  0.00 -0.60",
            "Plausible: of 1 to 3",
        ):
            assert figure in shown
        await pilot.press("t")
        await until(pilot, lambda: len(runtime.tested) == 2)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, ProvidersScreen)


async def test_vectors_that_fit_no_meaning_are_not_called_plausible(until: Until) -> None:
    runtime = FakeRuntime((*example_providers(), embedding()))
    runtime.vectors = replace(runtime.vectors, values=((1, 0), (0, 1), (0.9, 0.1), (0, 1)))
    async with listed(runtime) as pilot:
        table_of(pilot).rearrange("bge")
        await pilot.press("t")
        await until(pilot, lambda: "Not plausible" in text_of(pilot))
        assert "Plausible" not in text_of(pilot)


async def test_enter_on_a_provider_that_has_gone_meanwhile_does_nothing(until: Until) -> None:
    runtime = FakeRuntime(example_providers())
    async with listed(runtime) as pilot:
        table_of(pilot).rearrange("demo")
        await pilot.pause()
        others = [provider for provider in runtime.directory.providers() if provider.name != "demo"]
        runtime.store.write(others)
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(pilot.app.screen, ProvidersScreen)
        assert "demo is no longer in the list" in toasts(pilot)


async def test_a_slow_disk_holds_up_nobody_but_the_keys_behind_it(
    runtime: FakeRuntime, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = runtime.directory.store
    threads: list[int] = []
    goes_on = threading.Event()
    save = store.save

    def slow_save(*arguments: Any, **named: Any) -> None:
        threads.append(threading.get_ident())
        assert goes_on.wait(20), "the event loop stood still"
        save(*arguments, **named)

    async with listed(runtime) as pilot:
        monkeypatch.setattr(store, "save", slow_save)
        await select(pilot, "gpu01-vllm")
        screen_of(pilot).action_state()
        async with asyncio.timeout(20):
            while not threads:
                await asyncio.sleep(0.01)
        assert threads[0] != threading.get_ident()
        assert runtime.directory.get("gpu01-vllm").is_active
        goes_on.set()
        await until(pilot, lambda: not runtime.directory.get("gpu01-vllm").is_active)
        await until(pilot, lambda: reach_of(pilot, "gpu01-vllm") is Reach.INACTIVE)
