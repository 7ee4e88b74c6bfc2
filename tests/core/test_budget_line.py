"""Updating a budget by single exchanges gives the same result as calculating it from the ledger."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tui.core.budget import judge, with_line
from tui.core.ledger import LedgerLine
from tui.core.limits import Limit, Rates, Scope
from tui.core.usage import Price, Usage

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
LIMITS = (
    Limit(Scope.MONTH, Decimal(20), "EUR"),
    Limit(Scope.DAY, Decimal(1), "USD"),
    Limit(Scope.PROVIDER, Decimal(5), "EUR", "a"),
)
RATES = Rates({"EUR": Decimal("1.08")})
amounts = st.one_of(st.none(), st.decimals(0, 100, places=6))


@st.composite
def lines(draw: st.DrawFn) -> LedgerLine:
    amount = draw(amounts)
    currency = draw(st.sampled_from(["EUR", "USD", "CNY"]))
    price = Price() if amount is None else Price(Decimal(1), Decimal(1), currency)
    return LedgerLine(
        NOW, provider=draw(st.sampled_from("ab")), usage=Usage(1, 1), price=price, own_amount=amount
    )


@given(st.lists(lines(), max_size=12))
def test_line_by_line_is_the_same_as_all_at_once(found: list[LedgerLine]) -> None:
    states = judge(LIMITS, [], NOW, UTC, RATES)
    for line in found:
        states = tuple(with_line(state, line, RATES) for state in states)
    for kept, judged in zip(states, judge(LIMITS, found, NOW, UTC, RATES), strict=True):
        assert (kept.limit, kept.unpriced, kept.level) == (judged.limit, judged.unpriced, judged.level)
        assert abs(kept.spent.amount - judged.spent.amount) < Decimal("1e-15")
        assert kept.spent.is_lower_bound or not judged.spent.is_lower_bound
        spent_elsewhere = {each.currency: each.amount for each in judged.besides if each.amount}
        assert {each.currency: each.amount for each in kept.besides if each.amount} == spent_elsewhere
