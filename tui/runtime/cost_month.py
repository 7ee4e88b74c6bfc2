"""One month of the ledger, as shown on the screen: sums, days, exchanges, budgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from tui.core.budget import BudgetState
from tui.core.cost_sums import Wanted, project, summarize
from tui.core.costs import By, CostReport, Sum
from tui.core.days import day_of, first_of_next, month_of
from tui.core.ledger import LedgerLine
from tui.core.limits import NO_RATES, Rates

if TYPE_CHECKING:
    from tui.runtime.costs import Costs
    from tui.runtime.history import History

SHOWN_BY = (By.PROVIDER, By.MODEL, By.DAY, By.CHAT, By.ORIGIN)
"""The groupings of a month's sums, in order."""


class CostMonth:
    """One month of the ledger. Calculated on access: use it in a thread."""

    def __init__(
        self,
        first: date,
        lines: Sequence[LedgerLine],
        now: datetime,
        *,
        budgets: Sequence[BudgetState] = (),
        titles: Mapping[str, str] | None = None,
        rates: Rates = NO_RATES,
    ) -> None:
        """Create a month; ``titles`` are those of the chats, by id."""
        self.rates = rates
        self.together: Sum | None = None
        """The total at the configured exchange rates, if there are several currencies."""
        self.unread_budget = ""
        """Why a budget in the settings cannot be read."""
        self.first = first
        self.titles = titles or {}
        period = month_of(first)
        self.wanted = Wanted(period.start, period.end)
        self._lines = [line for line in lines if self.wanted.takes(line)]
        self._now = now
        self.is_current = period.start <= now < period.end
        self.budgets = tuple(budgets) if self.is_current else ()
        self._reports: dict[By, CostReport] = {}

    @property
    def is_empty(self) -> bool:
        """Whether nothing was recorded."""
        return not self._lines

    def report(self, by: By) -> CostReport:
        """Return the sums of the month."""
        if by not in self._reports:
            self._reports[by] = summarize(self._lines, by, self.wanted)
        return self._reports[by]

    @property
    def totals(self) -> tuple[Sum, ...]:
        """The total cost, one sum per currency."""
        return self.report(By.PROVIDER).totals

    @property
    def currency(self) -> str:
        """The most used currency; empty if nothing cost anything."""
        return next((total.currency for total in self.totals if total.amount), "")

    @property
    def days(self) -> list[Decimal]:
        """The cost of each day in the most used currency."""
        amounts = {
            row.key: row.money.amount
            for row in self.report(By.DAY).rows
            if row.money.currency == self.currency
        }
        count = (first_of_next(self.first) - self.first).days
        days = (self.first + timedelta(days=number) for number in range(count))
        return [amounts.get(day.isoformat(), Decimal(0)) for day in days]

    @property
    def projection(self) -> Sum | None:
        """The projected cost at the end of the month in the most used currency; ``None`` if too early."""
        main = next((total for total in self.totals if total.currency == self.currency), None)
        return project(main, self._now) if self.is_current and main is not None else None

    @property
    def has_chats_in_others(self) -> bool:
        """Whether chats had costs in a currency that ``dearest_chats`` cannot compare."""
        rows = (row for row in self.report(By.CHAT).rows if row.key and row.money.amount)
        return any(row.money.currency != self.currency for row in rows)

    @property
    def dearest_chats(self) -> list[tuple[str, Sum]]:
        """The most expensive chats with their ids, in the most used currency."""
        return [
            (row.key, row.money)
            for row in self.report(By.CHAT).rows
            if row.key and row.money.amount and row.money.currency == self.currency
        ]

    def exchanges(self, by: By, key: str) -> list[LedgerLine]:
        """Return the exchanges of a row, newest first."""
        found = [line for line in self._lines if _key(line, by) == key]
        return sorted(found, key=lambda line: line.at, reverse=True)


def read_month(costs: Costs, chats: History, first: date, now: datetime | None = None) -> CostMonth:
    """Read a month with everything shown on the screen; reads the disk.

    Raises:
        LmdeckError: the saved chats cannot be read.
    """
    now = now or datetime.now(UTC)
    period = month_of(first)
    lines = costs.lines(period.start, period.end)
    budgets, titles = costs.budgets(now), chats.titles()
    month = CostMonth(first, lines, now, budgets=budgets, titles=titles, rates=costs.rates)
    month.together = costs.together(month.totals)
    month.unread_budget = costs.unread_budget
    for by in (By.PROVIDER, By.DAY, By.CHAT):
        month.report(by)
    return month


def _key(line: LedgerLine, by: By) -> str:
    if by is By.DAY:
        return day_of(line.at).isoformat()
    keys = {
        By.PROVIDER: line.provider,
        By.MODEL: line.model,
        By.CHAT: line.conversation,
        By.ORIGIN: line.purpose.value,
    }
    return keys[by]
