"""Budgets in a chat: a mark at 80 %, and a confirmation beyond 100 %."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from textual.widgets import Static

from tui.core.ledger import LedgerLine
from tui.core.limits import Limit, Scope
from tui.core.usage import Price, Usage
from tui.session.prompt_queue import Pause
from tui.ui.shell.dialogs import ConfirmDialog

EUR = Price(Decimal("0.3"), Decimal("1.2"), "EUR")


def spend(runtime: Any, amount: str | None, provider: str = "demo") -> None:
    """Write down what an answer cost; ``None``: it has no price."""
    known = None if amount is None else Decimal(amount)
    price = EUR if amount is not None else Price()
    at = datetime.now(UTC)
    line = LedgerLine(at, provider=provider, usage=Usage(10, 10), price=price, own_amount=known)
    runtime.ledger.file.append(line)


def limit(runtime: Any, amount: str, provider: str = "") -> None:
    scope = Scope.PROVIDER if provider else Scope.MONTH
    runtime.settings = replace(runtime.settings, budget=(Limit(scope, Decimal(amount), "EUR", provider),))


def text_of(chat: Any) -> str:
    strips = chat.app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)


def is_asked(chat: Any) -> bool:
    return isinstance(chat.app.screen, ConfirmDialog)


async def test_without_a_budget_nothing_is_said(runtime: Any, open_chat: Any) -> None:
    spend(runtime, "100")
    async with open_chat(size=(120, 40)) as chat:
        await chat.ask("first")
        assert "budget" not in text_of(chat)
        assert runtime.budgets is None


async def test_at_80_percent_the_status_bar_has_a_word(runtime: Any, open_chat: Any) -> None:
    limit(runtime, "10")
    spend(runtime, "7.9")
    async with open_chat(size=(120, 40)) as chat:
        await chat.ask("first")
        assert "budget" not in text_of(chat)
        spend(runtime, "0.6")
        await chat.ask("second")
        await chat.until(lambda: "budget 85 %" in text_of(chat))
        spend(runtime, None)
        await chat.ask("third")
        await chat.until(lambda: "budget ≥ 85 %" in text_of(chat))


async def test_at_100_percent_is_asked_with_what_is_not_priced_and_once_a_chat(
    runtime: Any, open_chat: Any
) -> None:
    limit(runtime, "10")
    spend(runtime, "12.5")
    spend(runtime, None)
    async with open_chat(size=(120, 40)) as chat:
        await chat.until(lambda: "budget ≥ 125 %" in text_of(chat))
        await chat.type("first")
        await chat.press("enter")
        await chat.until(lambda: is_asked(chat))
        words = " ".join(str(static.content) for static in chat.app.screen.query(Static))
        assert "Budget this month: ≥ 12.50 EUR of 10.00 EUR (125 %), 1 answer not priced" in words
        await chat.press("n")
        await chat.until(lambda: not is_asked(chat))
        assert runtime.requests == []
        assert chat.screen.prompt.value == "first", "the draft is kept"
        await chat.press("enter")
        await chat.until(lambda: is_asked(chat))
        await chat.press("y")
        await chat.until(lambda: chat.screen.control.turns and chat.screen.control.live is None)
        assert len(runtime.requests) == 1
        await chat.ask("second")
        await chat.press("tab", "r")
        await chat.until(lambda: len(runtime.requests) == 3)


async def test_a_retry_is_asked_about_too(runtime: Any, open_chat: Any) -> None:
    limit(runtime, "10")
    async with open_chat(size=(120, 40)) as chat:
        await chat.ask("first")
        spend(runtime, "10")
        runtime.budgets.read()
        await chat.press("tab", "r")
        await chat.until(lambda: is_asked(chat))
        await chat.press("y")
        await chat.until(lambda: len(runtime.requests) == 2)


async def test_the_budget_of_another_provider_is_of_no_concern(runtime: Any, open_chat: Any) -> None:
    limit(runtime, "1", "cloud")
    spend(runtime, "5", "cloud")
    async with open_chat(size=(120, 40)) as chat:
        await chat.ask("first")
        assert "budget" not in text_of(chat)
        assert len(runtime.requests) == 1


async def test_a_queue_pauses_at_the_budget_and_goes_on_when_told(runtime: Any, open_chat: Any) -> None:
    limit(runtime, "10")
    async with open_chat(size=(120, 40)) as chat:
        await chat.ask("first")
        spend(runtime, "10")
        runtime.budgets.read()
        control = chat.screen.control
        control.queue.add("waits")
        await chat.until(lambda: control.queue.pause is Pause.OVER_BUDGET)
        await chat.until(lambda: "the budget is spent" in text_of(chat))
        assert control.queue.go() is None
        await chat.until(lambda: len(runtime.requests) == 2)


async def test_a_budget_that_cannot_be_read_is_asked_about_once_a_chat(runtime: Any, open_chat: Any) -> None:
    runtime.settings = replace(runtime.settings, unread_budget="config.toml: budget day is wrong.")
    async with open_chat(size=(120, 40)) as chat:
        await chat.type("first")
        await chat.press("enter")
        await chat.until(lambda: is_asked(chat))
        words = " ".join(str(static.content) for static in chat.app.screen.query(Static))
        assert "budget day is wrong" in words
        assert runtime.requests == []
        await chat.press("y")
        await chat.until(lambda: chat.screen.control.turns and chat.screen.control.live is None)
        await chat.ask("second")
        assert len(runtime.requests) == 2
