"""The details of a provider: its full verdict, its actions by key and click, and recent chats."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList, Static

from tests.ui.fake_runtime import FakeRuntime, example_providers, refused
from tests.ui.shell.test_providers_screen import (
    listed,
    names,
    reach_of,
    select,
    table_of,
    text_of,
    toasts,
)
from tui.core.causes import CATALOGUE, explain
from tui.core.check_history import CheckRecord
from tui.core.events import StreamFailed
from tui.core.failure import LmdeckError
from tui.core.parts import parts_of
from tui.core.provider import Provider
from tui.core.turn import TextBuffer, Turn, TurnState
from tui.net.reachability import Reachability
from tui.ui.chat.screen import ChatScreen
from tui.ui.conversations.screen import ConversationsScreen
from tui.ui.diagnosis.screen import DiagnosisScreen
from tui.ui.providers.columns import fitting
from tui.ui.providers.details import offers_of
from tui.ui.providers.form_screen import ProviderFormScreen
from tui.ui.providers.reach import Reach, reach_after
from tui.ui.providers.recents import RecentChats
from tui.ui.providers.row import Row
from tui.ui.providers.screen import ProvidersScreen
from tui.ui.providers.test_dialog import ProviderTestScreen
from tui.ui.shell.dialogs import ConfirmDialog
from tui.ui.shell.model_choice import ModelChoice
from tui.ui.shell.offers import OfferLine

Until = Callable[..., Awaitable[None]]
SIZES = [(80, 24), (120, 40)]


def gone(*models: str, closest: str | None = None) -> Reachability:
    missing = explain("model-not-found", model="deepseek-r1", is_doubtful="yes", closest=closest)
    return Reachability(True, missing, 9.0, models)


def offered(pilot: Pilot[Any]) -> str:
    return str(pilot.app.screen_stack[0].query_one(OfferLine).render())


@pytest.mark.parametrize("size", SIZES)
async def test_a_model_that_is_gone_is_replaced_by_the_one_offered_and_undone(
    runtime: FakeRuntime, until: Until, size: tuple[int, int]
) -> None:
    runtime.reachability["cloud"] = gone("deepseek-v3")
    async with listed(runtime, size) as pilot:
        await select(pilot, "cloud")
        await until(pilot, lambda: "✗ model gone" in text_of(pilot))
        await until(pilot, lambda: "The server offers deepseek-v3." in text_of(pilot))
        assert offered(pilot) == "A use it · d diagnose"
        await pilot.press("A")
        await until(pilot, lambda: runtime.directory.get("cloud").model == "deepseek-v3")
        await until(pilot, lambda: "cloud now uses deepseek-v3. Press u to undo." in toasts(pilot))
        await pilot.press("u")
        await until(pilot, lambda: runtime.directory.get("cloud").model == "deepseek-r1")
        assert runtime.credentials.get("cloud") is not None


@pytest.mark.parametrize("answer", ["y", "n"])
async def test_a_fix_that_sends_the_key_to_another_server_asks_first(
    runtime: FakeRuntime, until: Until, answer: str
) -> None:
    before, other = runtime.directory.get("cloud").provider_url, "https://elsewhere.example/v1"
    failure = explain("redirect", repair=other)
    runtime.reachability["cloud"] = Reachability(False, failure, None)
    async with listed(runtime) as pilot:
        await select(pilot, "cloud")
        await until(pilot, lambda: offered(pilot).startswith("A use it"))
        await pilot.press("A")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog))
        assert runtime.directory.get("cloud").provider_url == before
        await pilot.press(answer)
        wanted = other if answer == "y" else before
        await until(pilot, lambda: isinstance(pilot.app.screen, ProvidersScreen))
        await until(pilot, lambda: runtime.directory.get("cloud").provider_url == wanted)


async def test_a_fix_on_the_same_server_is_applied_at_once(runtime: FakeRuntime, until: Until) -> None:
    other = runtime.directory.get("cloud").provider_url.rstrip("/") + "/v2"
    runtime.reachability["cloud"] = Reachability(False, explain("redirect", repair=other), None)
    async with listed(runtime) as pilot:
        await select(pilot, "cloud")
        await until(pilot, lambda: offered(pilot).startswith("A use it"))
        await pilot.press("A")
        await until(pilot, lambda: runtime.directory.get("cloud").provider_url == other)


async def test_of_several_models_it_is_asked_which_one(runtime: FakeRuntime, until: Until) -> None:
    runtime.reachability["cloud"] = gone("a-model", "b-model", "c-model", "d-model")
    async with listed(runtime) as pilot:
        await select(pilot, "cloud")
        await until(
            pilot, lambda: "The server offers a-model, b-model, c-model and 1 more." in text_of(pilot)
        )
        assert offered(pilot) == "A choose a model · d diagnose"
        await pilot.press("A")
        await until(pilot, lambda: isinstance(pilot.app.screen, ModelChoice))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProvidersScreen))
        assert runtime.directory.get("cloud").model == "deepseek-r1"
        await pilot.press("A")
        await until(pilot, lambda: isinstance(pilot.app.screen, ModelChoice))
        await pilot.press("down", "enter")
        await until(pilot, lambda: runtime.directory.get("cloud").model == "b-model")


async def test_one_of_many_models_is_found_by_a_part_of_its_name(runtime: FakeRuntime, until: Until) -> None:
    runtime.reachability["cloud"] = gone(*(f"family-{number}" for number in range(100)), "Qwen/Qwen3-235B")
    async with listed(runtime) as pilot:
        await select(pilot, "cloud")
        await until(pilot, lambda: offered(pilot) == "A choose a model · d diagnose")
        await pilot.press("A")
        await until(pilot, lambda: "The first 60 of 101 models" in text_of(pilot))
        await pilot.press(*"absent")
        await until(pilot, lambda: "no model of that name" in text_of(pilot))
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, ModelChoice), "there is nothing to choose"
        await pilot.press("ctrl+u", *"qw 235")
        await until(pilot, lambda: pilot.app.screen.query_one(OptionList).option_count == 1)
        await pilot.press("enter")
        await until(pilot, lambda: runtime.directory.get("cloud").model == "Qwen/Qwen3-235B")


async def test_a_close_name_is_used_at_once(runtime: FakeRuntime, until: Until) -> None:
    runtime.reachability["cloud"] = gone("other", "deepseek-r1-0528", closest="deepseek-r1-0528")
    async with listed(runtime) as pilot:
        await select(pilot, "cloud")
        await until(pilot, lambda: "The server offers deepseek-r1-0528, other." in text_of(pilot))
        await pilot.press("A")
        await until(pilot, lambda: runtime.directory.get("cloud").model == "deepseek-r1-0528")


STATES = {
    "works": (Reachability(True, None, 9.0), "Enter chat · t test"),
    "key": (Reachability(True, explain("auth"), 9.0), "e edit the key · d diagnose"),
    "loading": (Reachability(True, explain("loading"), 9.0), "R recheck all · d diagnose"),
    "down": (Reachability(False, explain("connection-refused"), None), "d diagnose · e edit"),
}
OPENS = {
    "chat": ChatScreen,
    "test": ProviderTestScreen,
    "diagnose": DiagnosisScreen,
    "edit": ProviderFormScreen,
    "edit the key": ProviderFormScreen,
}


@pytest.mark.parametrize("how", ["key", "click"])
@pytest.mark.parametrize("state", STATES)
async def test_each_offer_does_what_it_says(runtime: FakeRuntime, until: Until, state: str, how: str) -> None:
    found, words = STATES[state]
    runtime.reachability["cloud"] = found
    async with listed(runtime) as pilot:
        await select(pilot, "cloud")
        await until(pilot, lambda: offered(pilot) == words)
        for offer in words.split(" · "):
            await _follow(pilot, until, offer, how, words.index(offer))


@pytest.mark.parametrize("focus", ["table", "details", "filter"])
@pytest.mark.parametrize("state", STATES)
async def test_whatever_is_printed_works_with_the_focus_as_it_is(
    runtime: FakeRuntime, until: Until, state: str, focus: str
) -> None:
    found, words = STATES[state]
    runtime.reachability["cloud"] = found
    async with listed(runtime) as pilot:
        await select(pilot, "cloud")
        await until(pilot, lambda: offered(pilot) == words)
        reached = words.split(" · ")
        if focus == "filter":  # letters are text there
            reached = [
                offer for offer in ("Enter chat", "F5 recheck all") if offer.partition(" ")[2] in words
            ]
        for offer in reached:
            await _focus(pilot, until, focus)
            await until(pilot, lambda: offered(pilot) == " · ".join(reached))
            await _follow(pilot, until, offer, "key", 0)
        await _focus(pilot, until, focus)
        await until(pilot, lambda: offered(pilot) == " · ".join(reached))
        assert ("h all" in text_of(pilot)) is (focus != "filter")


async def _focus(pilot: Pilot[Any], until: Until, where: str) -> None:
    """Give the focus to a part of the list, the cursor on the provider cloud."""
    if where == "filter":
        table_of(pilot).focus()
        await pilot.press("slash", *"cloud")
        await until(pilot, lambda: names(pilot) == ["cloud"])
    elif where == "details":
        pilot.app.screen.query_one("#details VerticalScroll").focus()
        await pilot.pause()


async def test_numbers_of_chats_and_keys_to_add_are_printed_while_they_are_keys(until: Until) -> None:
    runtime = FakeRuntime(example_providers()[:2])
    runtime.keep(kept_turn(1, "demo"), title="the last one")
    async with listed(runtime, (80, 40)) as pilot:
        await until(pilot, lambda: "1 the last one" in text_of(pilot))
        assert "yours: none yet · press a to add one" in text_of(pilot)
        await pilot.press("slash")
        await until(pilot, lambda: "1 the last one" not in text_of(pilot))
        assert "the last one" in text_of(pilot)
        await until(pilot, lambda: "press a to add one" not in text_of(pilot))
        assert "yours: none yet" in text_of(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: "1 the last one" in text_of(pilot))
        await until(pilot, lambda: "press a to add one" in text_of(pilot))


async def _follow(pilot: Pilot[Any], until: Until, offer: str, how: str, place: int) -> None:
    """Press an offer's key or click it, see what opens, and close it."""
    key, _, label = offer.partition(" ")
    asked = len(pilot.app.runtime.reached)  # type: ignore[attr-defined]
    if how == "key":
        await pilot.press(key.lower() if len(key) > 1 else key)
    else:
        await pilot.click(OfferLine, offset=(place + len(offer) - 1, 0))
    if label == "recheck all":
        await until(pilot, lambda: len(pilot.app.runtime.reached) >= asked + 4)  # type: ignore[attr-defined]
        await until(pilot, lambda: reach_of(pilot, "cloud") is Reach.LOADING)
        return
    await until(pilot, lambda: isinstance(pilot.app.screen, OPENS[label]), label)
    await until(pilot, lambda: pilot.app.screen.query("BindingBar, OfferLine"))
    await pilot.pause(0.05)
    pilot.app.pop_screen()
    await until(pilot, lambda: isinstance(pilot.app.screen, ProvidersScreen))


def test_whatever_is_wrong_has_two_offers_and_a_state_in_words() -> None:
    provider = example_providers()[3]
    for cause in CATALOGUE:
        failure = explain(cause)
        row = Row(provider, reach=reach_after(failure), failure=failure)
        assert row.state[2:] not in ("", "up", "ready"), cause
        if row.reach is not Reach.MISSING:
            assert len(offers_of(row)) == 2, cause


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        ("connection-refused", "○ refused"),
        ("dns-unknown-host", "○ unknown host"),
        ("connect-timeout", "○ timeout"),
        ("tls-expired", "✗ TLS error"),
        ("key-unavailable", "◌ no key"),
        ("server-error", "✗ server error"),
        ("url-no-scheme", "✗ wrong URL"),
        ("load-failed", "✗ broken"),
    ],
)
def test_a_state_names_the_reason(cause: str, words: str) -> None:
    failure = explain(cause)
    assert Row(example_providers()[3], reach=reach_after(failure), failure=failure).state == words


def test_a_key_that_was_never_given_is_none_that_was_refused() -> None:
    assert reach_after(explain("auth"), has_key=False) is Reach.NO_KEY
    assert reach_after(explain("auth"), has_key=True) is Reach.KEY_REFUSED


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Loading model: 40% done", "◌ loading 40 %"),
        ("weights 7.5 %", "◌ loading 7 %"),
        ("Loading 12 shards", "◌ loading"),
        ("Loading 100.5", "◌ loading"),
    ],
)
def test_a_server_that_says_how_far_it_is(said: str, words: str) -> None:
    failure = explain("loading", server_message=said)
    assert Row(example_providers()[3], reach=Reach.LOADING, failure=failure).state == words


@pytest.mark.parametrize("size", SIZES)
async def test_a_long_verdict_can_be_read_to_its_end(
    runtime: FakeRuntime, until: Until, size: tuple[int, int]
) -> None:
    words = " ".join(f"word{number}" for number in range(160))
    runtime.reachability["cloud"] = Reachability(True, explain("auth", server_message=words), 9.0)
    async with listed(runtime, size) as pilot:
        await select(pilot, "cloud")
        await until(pilot, lambda: "word3 " in text_of(pilot))
        whole = str(pilot.app.screen.query_one("#verdict", Static).content)
        assert "word159" in whole
        if "word159" not in text_of(pilot):
            await until(pilot, lambda: "Tab to read on" in text_of(pilot))
            await pilot.press("tab", "end")
            await until(pilot, lambda: "no key" in text_of(pilot) or "key " in text_of(pilot))
            for _ in range(40):
                if "word159" in text_of(pilot):
                    break
                await pilot.press("up")
        assert "word159" in text_of(pilot)


async def test_the_first_hit_of_a_filter_is_selected(runtime: FakeRuntime, until: Until) -> None:
    async with listed(runtime) as pilot:
        await pilot.press("G", "slash", *"e")
        await until(pilot, lambda: table_of(pilot).current_key == names(pilot)[0])
        await pilot.press(*"mo-reas")
        await until(pilot, lambda: names(pilot) == ["demo"] and table_of(pilot).current_key == "demo")


async def test_enter_in_the_filter_chats_with_the_first_hit_and_letters_act_afterwards(
    runtime: FakeRuntime, until: Until
) -> None:
    async with listed(runtime) as pilot:
        await pilot.press("slash", *"clo")
        await until(pilot, lambda: "Enter Chat" in text_of(pilot).splitlines()[-1])
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChatScreen))
        await until(pilot, lambda: pilot.app.screen.control.target)  # type: ignore[attr-defined]
        assert pilot.app.screen.control.target.provider.name == "cloud"  # type: ignore[attr-defined]
        pilot.app.pop_screen()
        await until(pilot, lambda: isinstance(pilot.app.screen, ProvidersScreen))
        assert table_of(pilot).has_focus
        assert names(pilot) == ["cloud"]


async def test_what_is_remembered_of_servers_is_read_after_the_list_is_shown(
    runtime: FakeRuntime, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk may be slow: the list is there, and its keys work, while it is waited for."""
    goes_on, threads = threading.Event(), []

    def past_checks(provider: Provider) -> tuple[CheckRecord, ...]:
        threads.append(threading.get_ident())
        assert goes_on.wait(20), "the event loop stood still"
        return (CheckRecord("2026-01-01T00:00:00Z", server_kind="vLLM", server_version="0.32"),)

    monkeypatch.setattr(runtime, "past_checks", past_checks)
    async with listed(runtime, (200, 40)) as pilot:
        await until(pilot, lambda: threads)
        assert threads[0] != threading.get_ident()
        await pilot.press("g", "j")
        await until(pilot, lambda: "old-embedder" in text_of(pilot))
        assert "vLLM 0.32" not in text_of(pilot)
        goes_on.set()
        await until(pilot, lambda: "vLLM 0.32" in text_of(pilot))


async def test_lines_above_groups_are_passed_over(runtime: FakeRuntime, until: Until) -> None:
    async with listed(runtime) as pilot:
        table = table_of(pilot)
        seen = []
        await pilot.press("g")
        for _ in range(6):
            seen.append(table.current_key)
            await pilot.press("j")
        assert seen == ["gpu01-vllm", "cloud", "old-embedder", "smollm2", "demo", "demo"]
        for _ in range(5):
            await pilot.press("k")
        assert table.current_key == "gpu01-vllm"


async def test_constant_columns_go_first_and_the_address_stays(until: Until) -> None:
    providers = [
        Provider(f"p{number}", provider_url=f"http://host-{number}.example:8000/v1", model="m" * 20)
        for number in range(4)
    ]
    async with listed(FakeRuntime(providers), (80, 24)) as pilot:
        assert "host-3.example:8000" in text_of(pilot)
        for title in ("Category", "Type", "Is remote", "Price"):
            assert title not in text_of(pilot).splitlines()[1]


def shown_columns(room: int, prices: str = "12") -> list[str]:
    """The columns of a few providers for so many cells; prices are one digit each."""
    rows = [
        Row(
            Provider(f"gpu{price}", model="a-model-of-24-characters", input_price=Decimal(price)),
            address=f"gpu{price}.example.org:8000",
            last_used=f"{number} min ago",
            last_used_at=str(number),
        )
        for number, price in enumerate(prices, 1)
    ]
    chosen = fitting(rows, room)
    assert sum(width + 2 for _, width in chosen) <= max(room, 64), "it scrolls sideways only where it has to"
    return [column.identifier for column, _ in chosen]


def test_price_and_last_use_are_shown_where_the_others_can_spare_the_room() -> None:
    needed = ["default", "name", "model", "address", "reach"]
    assert shown_columns(40) == needed
    assert shown_columns(75) == needed
    assert shown_columns(97) == [*needed, "price", "used"]
    assert shown_columns(83) == [*needed, "price"]
    assert shown_columns(83, "11") == [*needed, "used"], "the same price in every row tells nothing"
    assert shown_columns(118) == [*needed, "price", "used"]


def kept_turn(number: int, provider: str = "cloud") -> Turn:
    """A turn that ended later than the present, one of a higher number later."""
    turn = Turn("t", parts_of("old"), provider=provider, state=TurnState.DONE, answer=TextBuffer("old"))
    turn.started_at = f"2999-01-0{number + 1}T00:00:00+00:00"
    return turn


# ── Recent chats ────────────────────────────────────────────────────────────────────────────────


async def test_recent_chats_are_reopened_by_number_and_by_click(runtime: FakeRuntime, until: Until) -> None:
    for number in range(7):
        runtime.keep(kept_turn(number), title=f"chat about {number}")
    async with listed(runtime, (120, 40)) as pilot:
        await until(pilot, lambda: "chat about 6" in text_of(pilot))
        assert "chat about 1" not in text_of(pilot), "five of them"
        await pilot.press("2")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChatScreen))
        await until(pilot, lambda: "chat about 5" in text_of(pilot))
        pilot.app.pop_screen()
        await until(pilot, lambda: isinstance(pilot.app.screen, ProvidersScreen))
        await pilot.click(RecentChats, offset=(4, 2))
        await until(pilot, lambda: isinstance(pilot.app.screen, ChatScreen))
        await until(pilot, lambda: "chat about 4" in text_of(pilot))


async def test_recent_chats_take_no_room_from_the_rows(until: Until) -> None:
    providers = [Provider(f"p{number}", provider_url="http://h/v1", model="m") for number in range(14)]
    runtime = FakeRuntime(providers)
    runtime.keep(kept_turn(1, "p1"), title="the last one")
    async with listed(runtime, (80, 24)) as pilot:
        await until(pilot, lambda: table_of(pilot).current is not None)
        await pilot.pause()
        assert "Recent chats" not in text_of(pilot)
        await pilot.press("1")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChatScreen))
        pilot.app.pop_screen()
        await pilot.resize_terminal(80, 40)
        await until(pilot, lambda: "1 the last one" in text_of(pilot))


async def test_a_chat_that_just_ended_is_the_first_of_the_recent_ones(
    runtime: FakeRuntime, until: Until
) -> None:
    async with listed(runtime, (120, 40)) as pilot:
        await until(pilot, lambda: "No chats yet. Enter starts one" in text_of(pilot))
        await select(pilot, "cloud")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChatScreen))
        await pilot.press(*"hello", "enter")
        await until(pilot, lambda: runtime.requests)
        await until(pilot, lambda: "well" in text_of(pilot))
        pilot.app.pop_screen()
        await until(pilot, lambda: "1 hello" in text_of(pilot))
        row = next(line for line in text_of(pilot).splitlines() if "1 hello" in line)
        assert "cloud" in row
        assert "1 turn" in row
        assert "USD" in row
        assert "just now" in row
        await until(pilot, lambda: table_of(pilot).current.last_used == "just now")  # type: ignore[union-attr]


async def test_why_no_recent_chats_are_shown_is_said_until_they_are(
    runtime: FakeRuntime, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    recent = runtime.conversations.listing.recent

    def refuse(limit: int) -> Any:
        raise LmdeckError(explain("store-full", path="~/x"))

    monkeypatch.setattr(runtime.conversations.listing, "recent", refuse)
    said = explain("store-full", path="~/x").title[:30]
    async with listed(runtime, (120, 40)) as pilot:
        await until(pilot, lambda: said in text_of(pilot))
        monkeypatch.setattr(runtime.conversations.listing, "recent", recent)
        await pilot.press("h")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConversationsScreen))
        await pilot.press("escape")
        await until(pilot, lambda: "No chats yet. Enter starts one" in text_of(pilot))
        assert said not in text_of(pilot)


# ── The test of a provider ──────────────────────────────────────────────────────────────────────


async def _failed_test(pilot: Pilot[Any], until: Until) -> None:
    await select(pilot, "cloud")
    await pilot.press("t")
    await until(pilot, lambda: isinstance(pilot.app.screen, ProviderTestScreen))
    await until(pilot, lambda: "✗" in text_of(pilot))


def words_of_test(pilot: Pilot[Any]) -> str:
    return str(pilot.app.screen.query_one(OfferLine).render())


@pytest.mark.parametrize(("key", "opened"), [("d", DiagnosisScreen), ("e", ProviderFormScreen)])
async def test_a_failed_test_leads_on(
    runtime: FakeRuntime, until: Until, key: str, opened: type[Any]
) -> None:
    runtime.scripts = [refused()]
    async with listed(runtime) as pilot:
        await _failed_test(pilot, until)
        assert words_of_test(pilot) == "d diagnose · e edit · t test again · Esc close"
        await pilot.press(key)
        await until(pilot, lambda: isinstance(pilot.app.screen, opened))


@pytest.mark.parametrize("how", ["key", "click"])
async def test_a_failed_test_offers_the_model_that_is_served(
    runtime: FakeRuntime, until: Until, how: str
) -> None:
    missing = explain("model-not-found", model="deepseek-r1")
    runtime.scripts = [(StreamFailed(missing),)]
    runtime.models[runtime.directory.get("cloud").provider_url] = ("deepseek-v3",)
    async with listed(runtime) as pilot:
        await _failed_test(pilot, until)
        await until(pilot, lambda: words_of_test(pilot).startswith("A use it · d diagnose · e edit"))
        if how == "key":
            await pilot.press("A")
        else:
            await pilot.click(OfferLine, offset=(2, 0))
        await until(pilot, lambda: runtime.directory.get("cloud").model == "deepseek-v3")


async def test_a_test_that_works_offers_no_repair(runtime: FakeRuntime, until: Until) -> None:
    async with listed(runtime) as pilot:
        await select(pilot, "cloud")
        await pilot.press("t")
        await until(pilot, lambda: "It works" in text_of(pilot))
        assert words_of_test(pilot) == "t test again · Esc close"
        await pilot.press("A", "d", "e")
        await pilot.pause()
        assert isinstance(pilot.app.screen, ProviderTestScreen)
        await pilot.press("q")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProvidersScreen))
