"""A ledger with known lines, in the files of a runtime."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from tests.ui.fake_runtime import FakeRuntime
from tui.core.ledger import LedgerLine
from tui.core.limits import Limit, Scope
from tui.core.observed import Outcome, Purpose
from tui.core.parts import parts_of
from tui.core.provider import Provider
from tui.core.turn import TextBuffer, Turn, TurnState
from tui.core.usage import Price, Source, Usage, cost_of

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
PRICES = {
    "deepseek": Price(Decimal("0.3"), Decimal("1.2"), "EUR"),
    "gpu01 显存": Price(Decimal("0.01"), Decimal("0.03"), "EUR", gpu_hour=Decimal("2.5")),
    "old-gw": Price(),
    "openrouter": Price(Decimal("0.0001"), Decimal("0.0002"), "USD"),
    "local": Price(Decimal(0), Decimal(0), "EUR"),
}


def line(provider: str, days_ago: int = 0, *, conversation: str = "", completion: int = 500) -> LedgerLine:
    """Return the line of an exchange of 1,000 tokens in, so many days before ``NOW``."""
    usage = Usage(1_000, completion, 100, 200)
    price = PRICES[provider]
    cost = cost_of(usage, price)
    return LedgerLine(
        NOW - timedelta(days=days_ago),
        Purpose.CHAT if conversation else Purpose.ASK,
        provider,
        "http://127.0.0.1:8000",
        f"model of {provider}",
        conversation,
        usage,
        price,
        own_amount=None if cost is None else cost.total,
        busy_ms=4_000,
        ttft_ms=90.0 + days_ago,
        tokens_per_second=40.0,
    )


def providers() -> list[Provider]:
    return [
        Provider(
            name,
            provider_url="http://127.0.0.1:9/v1",
            model="m",
            input_price=price.input,
            output_price=price.output,
            currency=price.currency,
        )
        for name, price in PRICES.items()
    ]


def spent_runtime(*, limits: tuple[Limit, ...] = (), theme: str = "dark") -> FakeRuntime:
    """Return a runtime in whose ledger November 2026 has lines of each kind, and October has one."""
    runtime = FakeRuntime(providers())
    runtime.settings = replace(runtime.settings, theme=theme, budget=limits)
    chats = [
        runtime.keep(
            Turn("t", parts_of("Why?"), provider="deepseek", state=TurnState.DONE, answer=TextBuffer("old")),
            title=title,
        )
        for title in ("ring buffer code", "显存不足怎么办", "nginx streams")
    ]
    write = runtime.ledger.file.append
    for number in range(12):
        write(line("deepseek", number * 2, conversation=chats[number % 3], completion=100 * number + 1))
    for number in range(5):
        write(line("gpu01 显存", number))
    write(replace(line("gpu01 显存"), outcome=Outcome.FAILED, cause="stream-reset"))
    estimated = line("openrouter", 3)
    write(replace(estimated, usage=replace(estimated.usage, source=Source.ESTIMATED)))
    write(line("old-gw", 1))
    write(line("old-gw", 1, conversation=chats[0]))
    write(line("local", 4))
    write(line("deepseek", 40))
    return runtime


def a_month(amount: str, currency: str = "EUR") -> Limit:
    return Limit(Scope.MONTH, Decimal(amount), currency)
