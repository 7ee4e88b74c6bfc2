"""The screen of costs: its content for a ledger, and all its keys."""

from __future__ import annotations

import csv
import json
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot
from textual.widgets import Input

from tests.ui.costs.spending import NOW, a_month, line, spent_runtime
from tests.ui.fake_runtime import FakeRuntime
from tui.core.costs import By
from tui.core.limits import Rates, Scope
from tui.core.usage import Price
from tui.runtime.cost_month import CostMonth, read_month
from tui.ui.app import LmdeckApp
from tui.ui.chat.screen import ChatScreen
from tui.ui.costs.screen import CostsScreen
from tui.ui.costs.view import (
    beside_plot,
    columns_for,
    line_columns_for,
    line_rows_of,
    plot_lines,
    rows_of,
)
from tui.ui.exporting import ExportDialog
from tui.ui.providers.form_screen import ProviderFormScreen
from tui.ui.providers.screen import ProvidersScreen
from tui.ui.shell.list_rows import width_of
from tui.ui.shell.row_list import RowList

WIDE = 74
"""Cells for a table on a screen of 80."""


class Deck:
    """The screen, with helpers for tests."""

    def __init__(self, app: LmdeckApp, pilot: Pilot[Any], until: Any) -> None:
        self.app, self.pilot, self._until = app, pilot, until

    @property
    def text(self) -> str:
        strips = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in strips)

    @property
    def keys(self) -> list[str]:
        """The first cell of each row."""
        return [row.cells[0] for row in self.app.screen.query_one(RowList).rows]

    @property
    def toasts(self) -> str:
        return "\n".join(note.message for note in self.app._notifications)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def until(self, condition: Callable[[], object]) -> None:
        await self._until(self.pilot, condition, self.text)


@pytest.fixture
def open_costs(until: Any) -> Callable[..., Any]:

    @asynccontextmanager
    async def opened(
        runtime: FakeRuntime, size: tuple[int, int] = (80, 24), *, from_chat: bool = False
    ) -> AsyncIterator[Deck]:
        app = LmdeckApp(runtime, environment={})
        async with app.run_test(size=size, notifications=True) as pilot:
            deck = Deck(app, pilot, until)
            if from_chat:
                app.push_screen(ChatScreen("deepseek"))
                await deck.until(lambda: isinstance(app.screen, ChatScreen) and app.screen.control.session)
            await app.push_screen(CostsScreen(now=lambda: NOW))
            await deck.until(lambda: "Reading the ledger" not in deck.text and "Costs" in deck.text)
            yield deck

    return opened


async def test_it_opens_at_once_and_says_that_it_reads(
    open_costs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime, gate = spent_runtime(), threading.Event()
    lines = runtime.costs.lines

    def slow(*arguments: Any) -> Any:
        assert gate.wait(20)
        return lines(*arguments)

    monkeypatch.setattr(runtime.costs, "lines", slow)
    app = LmdeckApp(runtime, environment={})
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(CostsScreen(now=lambda: NOW))
        await pilot.pause()
        strips = app.screen._compositor.render_strips()
        assert any("Reading the ledger…" in strip.text for strip in strips)
        gate.set()


async def test_no_key_is_named_for_the_price_of_what_is_no_provider(
    open_costs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = spent_runtime()
    kept = tuple(each for each in runtime.directory.providers() if each.name != "old-gw")
    monkeypatch.setattr(runtime.directory, "providers", lambda: kept)
    async with open_costs(runtime) as deck:
        await deck.until(lambda: "Not priced: old-gw (2 answers)." in deck.text)
        assert "enter its price" not in deck.text


async def test_a_month_is_shown_by_provider_with_what_is_unknown_and_free(open_costs: Any) -> None:
    async with open_costs(spent_runtime()) as deck:
        await deck.until(lambda: "deepseek" in deck.text)
        assert deck.keys == ["deepseek", "gpu01 显存", "openrouter", "local", "old-gw"]
        rows = {row.cells[0]: row.cells[-1] for row in deck.app.screen.query_one(RowList).rows}
        assert rows["old-gw"] == "—"
        assert rows["local"] == "free"
        assert rows["deepseek"] == "11.53 EUR"
        assert rows["openrouter"] == "~0.0002 USD"
        assert "Not priced: old-gw (2 answers)" in deck.text
        assert "press e to enter its price" in deck.text
        await deck.until(lambda: "─ ≥ 11.68 EUR + ~0.0002 USD ─╮" in deck.text)
        assert "≥ 12.30 EUR by the end of the month" in deck.text


async def test_the_columns_stand_straight_below_each_other_whatever_the_names(open_costs: Any) -> None:
    async with open_costs(spent_runtime()) as deck:
        await deck.until(lambda: "显存" in deck.text)
        lines = deck.text.splitlines()
        assert {cell_len(text) for text in lines if text.startswith(("│", "╭", "╰"))} == {80}


async def test_tab_sums_by_something_else(open_costs: Any) -> None:
    async with open_costs(spent_runtime()) as deck:
        await deck.until(lambda: "By provider" in deck.text)
        for title, key in (
            ("By model", "model of deepseek"),
            ("By day", "2026-11-07"),
            ("By chat", "(no chat)"),
            ("By origin", "lmdeck ask"),
        ):
            await deck.press("tab")
            await deck.until(lambda title=title: title in deck.text)
            assert key in deck.keys
        assert set(deck.keys) == {"Chat", "lmdeck ask"}, "one row for each currency"
        await deck.press("shift+tab")
        await deck.until(lambda: "By chat" in deck.text)
        assert set(deck.keys[:3]) == {"ring buffer code", "显存不足怎么办", "nginx streams"}


async def test_other_months_and_an_empty_one(open_costs: Any) -> None:
    async with open_costs(spent_runtime()) as deck:
        await deck.until(lambda: "By provider" in deck.text)
        await deck.press("left_square_bracket")
        await deck.until(lambda: "October 2026" in deck.text and "deepseek" in deck.text)
        assert "by the end of the month" not in deck.text
        await deck.press("left_square_bracket")
        await deck.until(lambda: "No costs in September 2026." in deck.text)
        assert "[ shows the previous month" in deck.text
        await deck.press("right_square_bracket", "right_square_bracket")
        await deck.until(lambda: "November 2026" in deck.text and "deepseek" in deck.text)
        await deck.press("right_square_bracket")
        await deck.pilot.pause()
        assert "November 2026" in deck.text, "nothing was spent in the future"


@pytest.mark.parametrize(
    ("providers", "words"),
    [
        (("local",), "Nothing was spent in November 2026."),
        (("old-gw",), "The cost of November 2026 is unknown: not every answer has a price."),
        (("local", "old-gw"), "The cost of November 2026 is unknown: not every answer has a price."),
    ],
)
def test_what_is_not_known_is_not_nothing(providers: tuple[str, ...], words: str) -> None:
    month = CostMonth(date(2026, 11, 1), [line(name) for name in providers], NOW)
    assert plot_lines(month, 5, 80) == [words]


async def test_enter_shows_the_exchanges_of_a_row_and_escape_the_sums_again(open_costs: Any) -> None:
    async with open_costs(spent_runtime()) as deck:
        await deck.until(lambda: "deepseek" in deck.text)
        await deck.press("down", "enter")
        await deck.until(lambda: "Provider: gpu01 显存" in deck.text)
        assert len(deck.keys) == 6
        assert "lmdeck ask" in deck.text, "the origin is not cut"
        assert deck.keys == sorted(deck.keys, reverse=True)
        await deck.press("enter")
        await deck.until(lambda: "belongs to no chat" in deck.toasts)
        await deck.press("escape")
        await deck.until(lambda: "By provider" in deck.text)
        assert deck.app.screen.query_one(RowList).current_key == "0"
        await deck.press("escape")
        await deck.until(lambda: isinstance(deck.app.screen, ProvidersScreen))


@pytest.mark.parametrize("from_chat", [False, True])
async def test_enter_opens_the_chat_of_an_exchange(open_costs: Any, from_chat: bool) -> None:
    async with open_costs(spent_runtime(), from_chat=from_chat) as deck:
        await deck.until(lambda: "deepseek" in deck.text)
        await deck.press("enter")
        await deck.until(lambda: "Provider: deepseek" in deck.text)
        await deck.press("enter")
        await deck.until(lambda: isinstance(deck.app.screen, ChatScreen) and deck.app.screen.control.turns)
        assert deck.app.screen.control.session.title == "ring buffer code"
        assert len(deck.app.screen_stack) == (2 if from_chat else 3)


async def test_enter_on_a_chat_opens_it(open_costs: Any) -> None:
    async with open_costs(spent_runtime()) as deck:
        await deck.until(lambda: "By provider" in deck.text)
        await deck.press("tab", "tab", "tab")
        await deck.until(lambda: "By chat" in deck.text)
        dearest = deck.keys[0]
        await deck.press("enter")
        await deck.until(lambda: isinstance(deck.app.screen, ChatScreen) and deck.app.screen.control.turns)
        assert deck.app.screen.control.session.title == dearest


async def test_the_most_expensive_chats_stand_below_where_there_is_room(open_costs: Any) -> None:
    async with open_costs(spent_runtime(), (120, 40)) as deck:
        await deck.until(lambda: "Most expensive chats" in deck.text)
        assert all(head in deck.text for head in ("TTFT", "tok/s", "Failed", "GPU"))
        assert "~0.01667 EUR" in deck.text, "what the GPU cost meanwhile"
        month = read_month(
            deck.app.runtime.costs, deck.app.runtime.chat_history, NOW.date().replace(day=1), NOW
        )
        second = month.titles[month.dearest_chats[1][0]]
        await deck.press("2")
        await deck.until(lambda: isinstance(deck.app.screen, ChatScreen) and deck.app.screen.control.turns)
        assert deck.app.screen.control.session.title == second


async def test_chats_in_another_currency_are_not_compared_unsaid(open_costs: Any) -> None:
    runtime = spent_runtime()
    async with open_costs(runtime, (120, 40)) as deck:
        await deck.until(lambda: "Most expensive chats" in deck.text)
        assert "Most expensive chats in" not in deck.text
    other = replace(line("deepseek", 1, conversation="c9"), price=Price(Decimal(1), Decimal(1), "USD"))
    runtime.ledger.file.append(replace(other, own_amount=Decimal("99")))
    async with open_costs(runtime, (120, 40)) as deck:
        await deck.until(lambda: "Most expensive chats in EUR" in deck.text)


async def test_e_opens_the_form_at_the_price_and_the_sums_are_read_again(open_costs: Any) -> None:
    runtime = spent_runtime()
    async with open_costs(runtime) as deck:
        await deck.until(lambda: "old-gw" in deck.text)
        await deck.press("end", "e")
        await deck.until(lambda: isinstance(deck.app.screen, ProviderFormScreen))
        form = deck.app.screen
        await deck.until(lambda: form.focused is form.row("input_price").editor)
        assert isinstance(form.focused, Input)
        assert form.row("name").value == "old-gw"
        runtime.ledger.file.append(line("openrouter"))
        await deck.press("escape")
        await deck.until(lambda: isinstance(deck.app.screen, CostsScreen))
        await deck.until(lambda: "~0.0004 USD" in deck.text)


async def test_a_budget_is_judged_with_what_is_not_in_it(open_costs: Any) -> None:
    runtime = spent_runtime(limits=(a_month("12"),))
    async with open_costs(runtime) as deck:
        await deck.until(lambda: "Budget this month: ≥ 11.68 EUR of" in deck.text)
    month = read_month(runtime.costs, runtime.chat_history, NOW.date().replace(day=1), NOW)
    _, (words, style) = beside_plot(month, 40, 5)
    assert words.startswith("Budget this month: ≥ 11.68 EUR of 12.00 EUR (97 %), 2 answers not priced")
    assert "warning" in style


def test_budgets_beside_the_plot_are_shortened_and_counted_where_there_is_no_room() -> None:
    day = replace(a_month("2"), scope=Scope.DAY)
    named = [replace(a_month("5"), scope=Scope.PROVIDER, provider=name) for name in ("deepseek", "显存" * 20)]
    runtime = spent_runtime(limits=(a_month("12"), day, *named))
    month = read_month(runtime.costs, runtime.chat_history, NOW.date().replace(day=1), NOW)
    (_, short, *_), few = beside_plot(month, 38, 5), beside_plot(month, 38, 3)
    assert short == ("Budget deepseek: 230 % of 5.00 EUR", "$text-error")
    assert few[1:] == [short, ("3 more: lmdeck costs --budget", "dim")]
    for rows in range(2, 9):
        found = [words for words, _ in beside_plot(month, 38, rows)]
        assert len(found) <= rows
        assert len(found) < 5 or max(map(cell_len, found)) <= 38


def test_currencies_are_shown_together_at_the_rates_of_the_settings() -> None:
    runtime = spent_runtime()
    costs = runtime.costs
    assert read_month(costs, runtime.chat_history, NOW.date().replace(day=1), NOW).together is None
    costs.rates = Rates({"EUR": Decimal("1.08")}, date(2026, 11, 1))
    month = read_month(costs, runtime.chat_history, NOW.date().replace(day=1), NOW)
    assert ("Combined: ~12.62 USD (rates of 2026-11-01)", "") in beside_plot(month, 60, 7)
    assert ("Combined: ~12.62 USD", "") in beside_plot(month, 38, 5)


@pytest.mark.parametrize("suffix", ["csv", "json"])
async def test_x_exports_what_is_shown(open_costs: Any, tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"costs.{suffix}"
    async with open_costs(spent_runtime()) as deck:
        await deck.until(lambda: "By provider" in deck.text)
        await deck.press("x")
        await deck.until(lambda: isinstance(deck.app.screen, ExportDialog))
        deck.app.screen.query_one(Input).value = str(target)
        await deck.press("enter")
        await deck.until(lambda: target.exists() and "Exported to" in deck.toasts)
    if suffix == "csv":
        rows = list(csv.DictReader(target.read_text().splitlines()))
    else:
        found = json.loads(target.read_text())
        assert (
            found["schema_version"] == 1 and found["by"] == "provider" and found["not_priced"] == ["old-gw"]
        )
        rows = found["rows"]
    by_key = {row["key"]: row for row in rows}
    assert (by_key["deepseek"]["amount"], by_key["deepseek"]["currency"]) == ("11.5344", "EUR")
    assert not by_key["old-gw"]["amount"]


async def test_an_export_replaces_no_file(open_costs: Any, tmp_path: Path) -> None:
    target = tmp_path / "costs.csv"
    target.write_text("mine")
    async with open_costs(spent_runtime()) as deck:
        await deck.until(lambda: "By provider" in deck.text)
        await deck.press("x")
        await deck.until(lambda: isinstance(deck.app.screen, ExportDialog))
        deck.app.screen.query_one(Input).value = str(target)
        await deck.press("enter")
        await deck.until(lambda: "already exists" in deck.toasts)
    assert target.read_text() == "mine"


def test_the_days_of_a_month_add_up_to_its_sum() -> None:
    runtime = spent_runtime()
    month = read_month(runtime.costs, runtime.chat_history, NOW.date().replace(day=1), NOW)
    (total,) = [total for total in month.totals if total.currency == "EUR"]
    assert sum(month.days) == total.amount
    assert len(month.days) == 30
    for by in (By.PROVIDER, By.MODEL, By.DAY, By.CHAT, By.ORIGIN):
        rows = month.report(by).rows
        assert sum(row.money.amount for row in rows if row.money.currency == "EUR") == total.amount
        keys = {row.key for row in rows}
        assert sum(len(month.exchanges(by, key)) for key in keys) == month.report(by).requests


@pytest.mark.parametrize("by", By)
@pytest.mark.parametrize("amount", ["0.0002798", "0.00000299", "0.000004339", "123456.789", "0", None])
def test_no_amount_of_an_answer_is_cut(by: By, amount: str | None) -> None:
    own = None if amount is None else Decimal(amount)
    answer = replace(line("deepseek"), own_amount=own, is_lower_bound=True)
    columns = line_columns_for(WIDE, by, [line("local"), answer])
    assert width_of(columns) <= WIDE
    (row,) = line_rows_of([answer], columns)
    place = next(number for number, column in enumerate(columns) if column.key == "amount")
    shown = row.cells[place]
    assert cell_len(shown) <= columns[place].width
    assert own is None or own == 0 or "EUR" in shown


@pytest.mark.parametrize("by", By)
def test_no_sum_is_cut(by: By) -> None:
    runtime = spent_runtime()
    runtime.ledger.file.append(
        replace(line("deepseek"), own_amount=Decimal("0.00000299"), is_lower_bound=True)
    )
    runtime.ledger.file.append(replace(line("old-gw"), own_amount=Decimal("123456.789"), is_lower_bound=True))
    month = read_month(runtime.costs, runtime.chat_history, NOW.date().replace(day=1), NOW)
    rows = month.report(by).rows
    columns = columns_for(by, WIDE, rows)
    assert width_of(columns) <= WIDE
    place = next(number for number, column in enumerate(columns) if column.key == "amount")
    for row in rows_of(month, by, columns):
        assert cell_len(row.cells[place]) <= columns[place].width
