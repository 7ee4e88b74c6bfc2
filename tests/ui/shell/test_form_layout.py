"""The layout of the provider form: borders, buttons, arrow keys, panes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest
from textual.content import Content
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Button, Collapsible, Input, Static
from textual.widgets._collapsible import CollapsibleTitle

from tests.support.fake_api import FakeApi, model_list
from tests.support.fault_server import FaultServer
from tests.support.real_deck import OpenDeck, RealDeck, replying
from tests.ui.conftest import Until
from tests.ui.fake_runtime import FakeRuntime
from tui.core.provider_field import Kind
from tui.core.provider_schema import ADVANCED_ROWS, MAIN_ROWS
from tui.store.settings import Settings
from tui.ui.app import LmdeckApp
from tui.ui.diagnosis.screen import DiagnosisScreen
from tui.ui.providers.form_row import FormRow
from tui.ui.providers.form_screen import ProviderFormScreen
from tui.ui.providers.screen import ProvidersScreen
from tui.ui.shell.choice_field import ChoiceField
from tui.ui.shell.dialogs import ChoiceDialog

LOOKS = [
    ((80, 24), "dark"),
    ((80, 30), "ansi"),
    ((100, 30), "light"),
    ((120, 40), "ansi"),
    ((200, 50), "dark"),
]
FILLED = {
    "empty": {},
    "wrong": {"name": "bad name", "input_price": "$0,5", "provider_url": "localhost:8000", "api_key": "a b"},
    "right": {"name": "ok", "compatible_provider": "m", "provider_url": "http://localhost:9/v1"},
    "embedding": {"category": "Embedding", "compatible_provider": "deepseek"},
    "long": {"name": "x" * 200, "display_name": "y" * 400, "test_prompt": "z" * 900},
}


@asynccontextmanager
async def form(
    size: tuple[int, int] = (80, 24), theme: str = "dark", provider: str | None = None
) -> AsyncIterator[tuple[Pilot[Any], ProviderFormScreen]]:
    runtime = FakeRuntime(settings=Settings(theme=theme, calm=True))
    app = LmdeckApp(runtime, environment={})
    async with app.run_test(size=size) as pilot:
        screen = ProviderFormScreen(runtime.directory.get(provider) if provider else None)
        await app.push_screen(screen)
        await pilot.pause()
        yield pilot, screen


def text_of(pilot: Pilot[Any]) -> str:
    return "\n".join(strip.text for strip in pilot.app.screen._compositor.render_strips())


def stop_of(screen: ProviderFormScreen) -> str:
    """The row that has the focus, or what else has it."""
    focused = screen.focused
    assert focused is not None
    rows = [node.field.name for node in focused.ancestors if isinstance(node, FormRow)]
    return rows[0] if rows else type(focused).__name__


# ── The arrows ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("texts", FILLED.values(), ids=FILLED)
async def test_down_visits_every_row_in_order_whatever_is_filled_in(texts: dict[str, str]) -> None:
    async with form((120, 40) if "name" in texts else (80, 24)) as (pilot, screen):
        for name, text in texts.items():
            screen.row(name).value = text
        await pilot.pause()
        hidden = {"output_price"} if texts.get("category") == "Embedding" else set()
        rows = [
            field.name for field in MAIN_ROWS if field.kind is not Kind.LOCKED and field.name not in hidden
        ]
        wanted = [*rows, "CollapsibleTitle", "KeyButton"]
        visited = [stop_of(screen)]
        for _ in wanted[1:]:
            await pilot.press("down")
            visited.append(stop_of(screen))
        assert visited == wanted
        for name in reversed(wanted[:-1]):
            await pilot.press("up")
            assert stop_of(screen) == name


async def test_down_visits_the_rows_of_advanced_once_it_is_open(until: Until) -> None:
    async with form((80, 24)) as (pilot, screen):
        screen.query_one("CollapsibleTitle").focus()
        await pilot.press("enter")
        await until(pilot, lambda: screen.row("insecure").is_attached and screen.row("insecure").region)
        visited = []
        for _ in ADVANCED_ROWS:
            await pilot.press("down")
            visited.append(stop_of(screen))
        assert visited == [field.name for field in ADVANCED_ROWS]


async def test_opening_advanced_shows_its_rows(until: Until) -> None:
    async with form((80, 24)) as (pilot, screen):
        screen.query_one("CollapsibleTitle").focus()
        await pilot.press("enter")
        area = screen.query_one("#form").region
        await until(
            pilot,
            lambda: all(area.contains_region(screen.row(n).region) for n in ("thinking", "temperature")),
        )


async def test_enter_opens_no_list_and_typing_does(until: Until) -> None:
    async with form() as (pilot, screen):
        for name in ("compatible_provider", "currency"):
            screen.row(name).editor.focus()
            await pilot.press("enter")
            assert stop_of(screen) != name
        screen.row("compatible_provider").editor.focus()
        await pilot.press("q")
        await until(pilot, lambda: "qwen" in text_of(pilot))


# ── Edges and widths ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("size", "theme"), LOOKS)
async def test_every_field_has_edges_and_every_button_is_seen(size: tuple[int, int], theme: str) -> None:
    async with form(size, theme) as (pilot, screen):
        for row in screen.query(FormRow).results():
            if row.field.kind is Kind.LOCKED:
                continue
            box: Widget = row.editor
            if row.field.kind is Kind.MODEL:
                assert isinstance(box.parent, Widget)
                box = box.parent
            assert box.styles.border_left[0] == box.styles.border_right[0] == "round", row.field.name
        shown = text_of(pilot)
        for label in ("Save Ctrl+S", "Save & Exit F2", "Cancel Esc", "Test", "Diagnose"):
            assert label in shown
        assert ("╭" in shown) == (size[1] >= 38 or size[0] >= 120)


async def test_a_field_is_as_wide_as_its_content() -> None:
    async with form((120, 40)) as (_, screen):
        widths = {name: screen.row(name).editor.outer_size.width for name in ("input_price", "provider_url")}
        assert widths["input_price"] <= 20 < 2 * widths["input_price"] < widths["provider_url"]
        assert screen.row("currency").editor.outer_size.height == 1


async def test_an_example_does_not_look_like_a_value() -> None:
    async with form((80, 24), "ansi") as (pilot, screen):
        shown = text_of(pilot)
        assert "e.g. 0.0005" in shown and "e.g. http://localhost:8000/v1" in shown
        price = screen.row("input_price").editor
        assert price.get_component_rich_style("input--placeholder").dim


# ── Buttons ─────────────────────────────────────────────────────────────────────────────────


async def press(pilot: Pilot[Any], label: str) -> None:
    """Click a button by its label."""
    buttons = pilot.app.screen.query(Button).results()
    button = next(found for found in buttons if str(found.label).startswith(label) and found.region)
    await pilot.click(button)
    await pilot.pause()


async def test_every_button_does_what_it_says(until: Until) -> None:
    async with form((100, 30), provider="gpu01-vllm") as (pilot, screen):
        await press(pilot, "Test")
        await until(pilot, lambda: "It works" in text_of(pilot))
        await press(pilot, "Diagnose")
        await until(pilot, lambda: isinstance(pilot.app.screen, DiagnosisScreen))
        await pilot.app.pop_screen()
        screen.row("provider_url").value = "gpu01:8000/v1"
        await until(pilot, lambda: "Fix" in text_of(pilot))
        await press(pilot, "Fix")
        await until(pilot, lambda: screen.row("provider_url").value == "http://gpu01:8000/v1")
        screen.row("display_name").value = "Clicked"
        await press(pilot, "Cancel")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChoiceDialog))
        await pilot.press("k")
        await until(pilot, lambda: pilot.app.screen is screen)
        await press(pilot, "Save Ctrl")
        await until(pilot, lambda: screen.runtime.directory.get("gpu01-vllm").display_name == "Clicked")
        await until(pilot, lambda: "✓ saved" in text_of(pilot))
        screen.row("display_name").value = "Twice"
        await press(pilot, "Save & Exit")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProvidersScreen))
        assert screen.runtime.directory.get("gpu01-vllm").display_name == "Twice"


async def test_the_key_is_shown_by_its_button_until_the_field_is_left(until: Until) -> None:
    async with form((80, 24)) as (pilot, screen):
        field = screen.row("api_key").editor
        assert isinstance(field, Input)
        assert "Show" not in text_of(pilot)
        field.value = "sk-typed-4711-abcd"
        await until(pilot, lambda: "Show" in text_of(pilot))
        assert "4711" not in text_of(pilot)
        await press(pilot, "Show")
        await until(pilot, lambda: "4711" in text_of(pilot))
        await pilot.press("down")
        await until(pilot, lambda: "4711" not in text_of(pilot))


async def test_after_a_refused_save_the_footer_still_cancels(until: Until) -> None:
    async with form((80, 24)) as (pilot, screen):
        screen.row("name").value = "ok"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: stop_of(screen) == "compatible_provider")
        await until(pilot, lambda: "2 errors · unsaved" in text_of(pilot))
        assert "Esc Cancel" in text_of(pilot).splitlines()[-1]


async def test_a_select_opens_below_its_value_and_letters_search_there(until: Until) -> None:
    async with form((80, 24)) as (pilot, screen):
        field = screen.row("currency").editor
        assert isinstance(field, ChoiceField)
        await pilot.click(field)
        await until(pilot, lambda: "CNY" in text_of(pilot) and "SGD" in text_of(pilot))
        await pilot.press("j", "enter")
        await until(pilot, lambda: "CNY" not in text_of(pilot))
        assert field.value == "JPY"


# ── What the server says ────────────────────────────────────────────────────────────────────


@asynccontextmanager
async def new_form(deck: RealDeck, size: tuple[int, int]) -> AsyncIterator[OpenDeck]:
    async with deck.opened(size=size) as opened:
        await opened.press("a")
        await opened.until(lambda: isinstance(opened.app.screen, ProviderFormScreen))
        yield opened


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_server_answers_while_its_url_is_typed_and_its_only_model_is_offered(
    tmp_path: Any, size: tuple[int, int]
) -> None:
    with FaultServer(FakeApi(models=model_list("only-one"), chat=replying("four"))) as server:
        async with new_form(RealDeck(tmp_path), size) as opened:
            screen = opened.screen(ProviderFormScreen)
            screen.row("api_key").value = "sk-typed-4711-abcd"
            screen.row("provider_url").editor.focus()
            await opened.press(*server.base_url)
            await opened.until(
                lambda: "● Reachable" in opened.text and "The server offers only-one." in opened.text
            )
            assert not any(b"4711" in request for request in server.requests), "the host may be half typed"
            screen.row("compatible_provider").editor.focus()
            await opened.until(lambda: any(b"4711" in request for request in server.requests))
            await opened.until(lambda: "Use it" in opened.text)
            await opened.press("tab", "enter")
            await opened.until(lambda: screen.row("compatible_provider").value == "only-one")
            await opened.press("f5")
            await opened.until(lambda: "It works" in opened.text and "four" in opened.text)


async def test_a_dead_port_says_so_beside_the_form(tmp_path: Any) -> None:
    async with new_form(RealDeck(tmp_path), (120, 40)) as opened:
        opened.screen(ProviderFormScreen).row("provider_url").editor.focus()
        await opened.press(*"http://127.0.0.1:9/v1")
        await opened.until(lambda: "✗ " in opened.text and "port 9" in " ".join(opened.text.split()))


async def test_what_stands_below_the_form_is_never_cut(until: Until) -> None:
    async with form() as (pilot, screen):
        screen.query_one(Collapsible).collapsed = False
        hint = screen.query_one("#hint", Static)
        for name in FILLED["wrong"]:
            screen.row(name).value = FILLED["wrong"][name]
        for field in (*MAIN_ROWS, *ADVANCED_ROWS):
            if field.kind is Kind.LOCKED:
                continue
            screen.row(field.name).editor.focus()
            await until(pilot, lambda: screen.row(field.name).has_focus_within)  # noqa: B023
            await pilot.pause()
            words = cast(Content, hint.visual)
            rows = words.wrap(hint.content_size.width)
            assert words.plain and len(rows) <= hint.content_size.height, field.name


async def test_beside_the_form_a_button_is_explained(until: Until) -> None:
    async with form((120, 40)) as (pilot, screen):
        screen.query_one("#buttons").query(Button).first().focus()
        await until(pilot, lambda: "Save and stay here" in text_of(pilot))
        screen.query_one(CollapsibleTitle).focus()
        await until(pilot, lambda: "╭─ Advanced ─" in text_of(pilot))


async def test_a_view_only_form_closes_with_a_letter(until: Until) -> None:
    async with form(provider="demo") as (pilot, screen):
        assert not screen.query_one(Collapsible).disabled
        await pilot.press("q")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProvidersScreen))
