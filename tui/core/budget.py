"""Budgets: how much of a monthly, daily or per-provider limit is spent."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, tzinfo
from decimal import Decimal
from enum import StrEnum

from tui.core.cost_sums import spent_in
from tui.core.costs import Sum
from tui.core.days import day_of, month_of, whole_day
from tui.core.lazy_dataclass import dataclass
from tui.core.ledger import LedgerLine
from tui.core.limits import NO_RATES, Limit, Rates, Scope

_NEAR = Decimal("0.8")


class Level(StrEnum):
    """How close a budget is to its limit."""

    WITHIN = "within"
    NEAR = "near"
    """At least 80 % is spent."""
    EXCEEDED = "exceeded"
    """All of it is spent."""


@dataclass(frozen=True, slots=True)
class BudgetState:
    """One budget, and how much of it is spent."""

    limit: Limit
    spent: Sum
    """In the currency of the limit; a lower bound if some costs are unknown, an estimate if some were
    converted."""
    unpriced: int
    """The number of answers without an amount, which may have cost something."""
    besides: tuple[Sum, ...]
    """Amounts in currencies that cannot be converted; not included in ``spent``."""

    @property
    def share(self) -> Decimal:
        """The share that is spent, at least; 1 is all. A budget of 0 is spent from the start."""
        return self.spent.amount / self.limit.amount if self.limit.amount else Decimal(1)

    @property
    def level(self) -> Level:
        """How close the budget is to its limit."""
        if self.share >= 1:
            return Level.EXCEEDED
        return Level.NEAR if self.share >= _NEAR else Level.WITHIN


def convert(amount: Sum, currency: str, rates: Rates) -> Sum | None:
    """Convert a sum to another currency, as an estimate; ``None`` if a rate is missing."""
    if amount.currency in (currency, ""):
        return replace(amount, currency=currency)
    known = {"USD": Decimal(1), **rates.in_usd}
    if amount.currency not in known or currency not in known:
        return None
    worth = amount.amount * known[amount.currency] / known[currency]
    return Sum(worth, currency, True, amount.is_lower_bound, is_converted=True)


def together(amounts: Collection[Sum], currency: str, rates: Rates) -> Sum | None:
    """Add up sums in one currency; ``None`` if a rate is missing."""
    whole = Sum(currency=currency)
    for amount in amounts:
        worth = convert(amount, currency, rates)
        if worth is None:
            return None
        whole = whole.plus(worth)
    return whole


def judge(
    limits: Collection[Limit],
    lines: Collection[LedgerLine],
    now: datetime,
    zone: tzinfo | None = None,
    rates: Rates = NO_RATES,
) -> tuple[BudgetState, ...]:
    """Return the state of each budget at ``now``; ``lines`` must cover at least the current month."""
    today = day_of(now, zone)
    states = []
    for limit in limits:
        period = whole_day(today, zone) if limit.scope is Scope.DAY else month_of(today, zone)
        report = spent_in(lines, period, limit.provider)
        converted = [(amount, convert(amount, limit.currency, rates)) for amount in report.totals]
        counted = [worth for _, worth in converted if worth is not None]
        spent = together(counted, limit.currency, rates) or Sum(currency=limit.currency)
        besides = tuple(amount for amount, worth in converted if worth is None)
        states.append(BudgetState(limit, spent, report.unpriced, besides))
    return tuple(states)


def with_line(state: BudgetState, line: LedgerLine, rates: Rates = NO_RATES) -> BudgetState:
    """Return the state of a budget with one more exchange, which must have ended in its period."""
    limit = state.limit
    if limit.provider not in ("", line.provider):
        return state
    money = Sum().plus_line(line)
    worth = convert(money, limit.currency, rates)
    state = replace(state, unpriced=state.unpriced + (line.amount is None))
    if worth is not None:
        return replace(state, spent=together((state.spent, worth), limit.currency, rates) or state.spent)
    others = tuple(
        each.plus_line(line) if each.currency == money.currency else each for each in state.besides
    )
    is_new = all(each.currency != money.currency for each in others)
    return replace(state, besides=(*others, money) if is_new else others)


def spent_one(states: Collection[BudgetState], provider: str) -> BudgetState | None:
    """Return a used-up budget that blocks requests to a provider, if any."""
    mine = [state for state in states if state.limit.provider in ("", provider)]
    return next((state for state in mine if state.level is Level.EXCEEDED), None)


def worst(states: Collection[BudgetState]) -> BudgetState | None:
    """Return the budget with the largest share spent."""
    return max(states, key=lambda state: state.share, default=None)
