"""Budgets: how much may be spent in a month, on a day, or at a provider in a month, and how much was."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import field
from datetime import date, datetime, tzinfo
from decimal import Decimal
from enum import StrEnum

from tui.core.costs import Sum, spent_in
from tui.core.days import day_of, month_of, whole_day
from tui.core.lazy_dataclass import dataclass
from tui.core.ledger import LedgerLine
from tui.core.usage import CURRENCIES

_NEAR = Decimal("0.8")


class Scope(StrEnum):
    """What a budget is for."""

    MONTH = "month"
    DAY = "day"
    PROVIDER = "provider"
    """One provider, for a month."""


class Level(StrEnum):
    """How near a budget is."""

    WITHIN = "within"
    NEAR = "near"
    """80 % are spent."""
    EXCEEDED = "exceeded"
    """All of it is spent."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One budget."""

    scope: Scope
    amount: Decimal
    currency: str
    provider: str = ""


@dataclass(frozen=True, slots=True)
class Rates:
    """What currencies are worth, as the user wrote it down: whatever is reckoned with it is an estimate."""

    in_usd: Mapping[str, Decimal] = field(default_factory=dict)
    """US dollars for one unit."""
    date: date | None = None
    """The day from which they are."""

    def convert(self, amount: Sum, currency: str) -> Sum | None:
        """Return a sum in another currency, ``None`` where a rate is missing."""
        if amount.currency in (currency, ""):
            return Sum(amount.amount, currency, amount.is_estimate, amount.is_lower_bound)
        rates = {"USD": Decimal(1), **self.in_usd}
        if amount.currency not in rates or currency not in rates:
            return None
        worth = amount.amount * rates[amount.currency] / rates[currency]
        return Sum(worth, currency, True, amount.is_lower_bound)

    def together(self, amounts: Collection[Sum], currency: str) -> Sum | None:
        """Return all sums as one, ``None`` where a rate is missing."""
        whole = Sum(currency=currency)
        for amount in amounts:
            worth = self.convert(amount, currency)
            if worth is None:
                return None
            whole = Sum(
                whole.amount + worth.amount,
                currency,
                whole.is_estimate or worth.is_estimate,
                whole.is_lower_bound or worth.is_lower_bound,
            )
        return whole


NO_RATES = Rates()


@dataclass(frozen=True, slots=True)
class BudgetState:
    """One budget and what was spent of it."""

    limit: Limit
    spent: Sum
    """In the currency of the limit; a lower bound where something is not known or not counted."""
    unpriced: int
    """Answers without an amount: they may have cost more than 0."""
    besides: tuple[Sum, ...]
    """Spent in currencies that cannot be converted, so not in ``spent``."""

    @property
    def share(self) -> Decimal:
        """How much of it is spent at least; 1 is all. A budget of 0 is spent from the start."""
        return self.spent.amount / self.limit.amount if self.limit.amount else Decimal(1)

    @property
    def level(self) -> Level:
        """How near it is."""
        if self.share >= 1:
            return Level.EXCEEDED
        return Level.NEAR if self.share >= _NEAR else Level.WITHIN


def read_limit(text: str) -> tuple[Decimal, str] | None:
    """Return the amount and currency of ``20 EUR`` or ``EUR 20``, ``None`` for anything else."""
    words = text.upper().split()
    if len(words) != 2:
        return None
    if words[0] in CURRENCIES:
        words.reverse()
    number, currency = words
    whole, _, decimals = number.partition(".")
    if currency not in CURRENCIES or len(number) > 20 or not (whole + decimals).isdecimal():
        return None
    return (Decimal(number), currency) if number.isascii() and whole else None


def judge(
    limits: Collection[Limit],
    lines: Collection[LedgerLine],
    now: datetime,
    zone: tzinfo | None = None,
    rates: Rates = NO_RATES,
) -> tuple[BudgetState, ...]:
    """Return how each budget stands at ``now``; ``lines`` hold at least the current month."""
    today = day_of(now, zone)
    states = []
    for limit in limits:
        period = whole_day(today, zone) if limit.scope is Scope.DAY else month_of(today, zone)
        report = spent_in(lines, period, limit.provider)
        converted = [(amount, rates.convert(amount, limit.currency)) for amount in report.totals]
        counted = [worth for _, worth in converted if worth is not None]
        spent = rates.together(counted, limit.currency) or Sum(currency=limit.currency)
        besides = tuple(amount for amount, worth in converted if worth is None)
        states.append(BudgetState(limit, spent, report.unpriced, besides))
    return tuple(states)


def worst(states: Collection[BudgetState]) -> BudgetState | None:
    """Return the budget of which most is spent."""
    return max(states, key=lambda state: state.share, default=None)
