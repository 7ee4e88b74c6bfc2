"""Costs for screens and commands. All calls read the disk: use them in a thread."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo

from tui.core.budget import BudgetState, judge, spent_one, together
from tui.core.causes import explain
from tui.core.cost_sums import EVERYTHING, Wanted, summarize
from tui.core.cost_texts import limit_name, limit_text, spent_text
from tui.core.costs import By, CostReport, Sum
from tui.core.days import day_of, month_of
from tui.core.failure import Failure, OverBudgetError, UsageError
from tui.core.former_names import FormerNames
from tui.core.ledger import LedgerLine
from tui.core.limits import Limit, Rates
from tui.core.provider import Provider
from tui.runtime.budget_watch import BudgetWatch
from tui.runtime.ledger import Ledger
from tui.store.errors import reason_of
from tui.store.ledger_lines import LaterPrice
from tui.store.optional import OptionalFiles
from tui.store.paths import Paths
from tui.texts import costs as texts


class Costs:
    """Queries of the ledger."""

    def __init__(
        self,
        ledger: Ledger,
        paths: Paths,
        optional: OptionalFiles,
        limits: Sequence[Limit],
        rates: Rates,
        unread_budget: str = "",
        former_names: Callable[[], FormerNames] = FormerNames,
    ) -> None:
        """Create an instance.

        Args:
            optional: reports what could not be read.
            unread_budget: why a budget cannot be read.
        """
        self._ledger = ledger
        self._paths = paths
        self._optional = optional
        self._limits = limits
        self.unread_budget = unread_budget
        self._former_names = former_names
        self.rates = rates

    @property
    def limits(self) -> tuple[Limit, ...]:
        """The budgets in the settings, with the current names of their providers."""
        names = self._former_names()
        return tuple(replace(limit, provider=names.now(limit.provider, None)) for limit in self._limits)

    def lines(
        self, since: datetime | None = None, until: datetime | None = None, *, is_once: bool = False
    ) -> list[LedgerLine]:
        """Return the lines of a period, and some around it; never raises because of the disk.

        ``is_once``: nothing is cached, since it is not requested again.
        """
        self._ledger.flush()
        with self._ledger.held:
            self._read_chats()
            content = self._ledger.file.read(since, until, is_once=is_once)
        for path, error in content.refused:
            self._optional.note(self._paths.shown(path), reason_of(error), texts.FILE_NOT_READ, is_read=True)
        if content.bad_lines:
            count = texts.LINE if content.bad_lines == 1 else texts.LINES.format(count=content.bad_lines)
            sentence = texts.BAD_LINES.format(count=count, path=self._ledger.shown)
            self._optional.tell(f"{self._ledger.shown}/", sentence)
        names = self._former_names()
        return [
            replace(line, provider=names.now(line.provider, line.at))
            if line.provider in names.renamed
            else line
            for line in content.lines
        ]

    def report(self, by: By, wanted: Wanted = EVERYTHING, zone: tzinfo | None = None) -> CostReport:
        """Return the sums of a period; days are those of ``zone``, by default the local time zone."""
        return summarize(self.lines(wanted.since, wanted.until), by, wanted, zone)

    def together(self, totals: Collection[Sum]) -> Sum | None:
        """Convert amounts of several currencies to one, at the configured exchange rates.

        The currency is that of the first budget, or US dollars. ``None`` if there is only one currency, or a
        rate is missing.
        """
        if len(totals) < 2 or not self.rates.in_usd:
            return None
        return together(totals, self.limits[0].currency if self.limits else "USD", self.rates)

    def budgets(self, now: datetime | None = None, zone: tzinfo | None = None) -> tuple[BudgetState, ...]:
        """Return the state of each budget in the settings."""
        if not self.limits:
            return ()
        now = now or datetime.now(UTC)
        return judge(self.limits, self.lines(month_of(day_of(now, zone), zone).start), now, zone, self.rates)

    def budgets_of_nobody(self, known: Collection[str]) -> tuple[str, ...]:
        """Return the names in budgets that are not known providers and had no costs."""
        named = [limit.provider for limit in self.limits if limit.provider and limit.provider not in known]
        spent = {line.provider for line in self.lines(is_once=True)} if named else set()
        return tuple(name for name in named if name not in spent)

    def budgets_that_are_set(
        self, now: datetime | None = None, zone: tzinfo | None = None
    ) -> tuple[BudgetState, ...]:
        """Return the same.

        Raises:
            UsageError: there is no budget, not even an unreadable one.
        """
        if not (states := self.budgets(now, zone)) and not self.unread_budget:
            raise UsageError(explain("budget-missing"))
        return states

    def refuse_beyond_budget(self, provider: Provider) -> None:
        """Do nothing if the provider is free, or no applicable budget is used up.

        Raises:
            OverBudgetError: a budget is used up.
            UsageError: there is none, or one cannot be read.
        """
        spent = spent_one(self.budgets_that_are_set(), provider.name)
        failure = self.budget_failure(spent)
        if failure is not None and not provider.price.is_free:
            raise UsageError(failure) if spent is None else OverBudgetError(failure)

    def budget_failure(self, spent: BudgetState | None) -> Failure | None:
        """Return the failure: this budget is used up, or there is none and one cannot be read."""
        if spent is not None:
            what, limit = limit_name(spent.limit), limit_text(spent.limit)
            return explain("budget-spent", what=what, spent=spent_text(spent), limit=limit)
        if self.unread_budget:
            return explain("budget-unreadable", reason=self.unread_budget.removesuffix("."))
        return None

    def watch(self) -> BudgetWatch:
        """Return the state of the budgets while the program runs."""
        return BudgetWatch(self.budgets, self.rates, self.unread_budget)

    def price_old(self, provider: Provider, now: datetime | None = None) -> int:
        """Apply a provider's current price to its answers without one; return how many got an amount.

        Raises:
            OSError: the disk refuses.
        """
        now = now or datetime.now(UTC)
        unpriced = self._unpriced(provider.name)
        later = LaterPrice(provider.name, provider.price, now + timedelta(milliseconds=1), day_of(now))
        with self._ledger.held:
            self._ledger.file.append_price(later)
            for name, renames in self._former_names().renamed.items():
                for until in (until for until, today in renames if today == provider.name):
                    self._ledger.file.append_price(replace(later, provider=name, until=until))
        return unpriced - self._unpriced(provider.name)

    def _unpriced(self, provider: str) -> int:
        report = self.report(By.PROVIDER, replace(EVERYTHING, provider=provider, includes_bench=True))
        return report.not_priced.get(provider, 0)

    def _read_chats(self) -> None:
        """Add lines from chats: of killed exchanges and, once, of chats older than the ledger."""
        file = self._ledger.file
        with self._optional.attempt(self._ledger.shown, texts.CHATS_NOT_READ):
            if file.sent() or not file.has_past():
                from tui.store.ledger_killed import add_missing

                add_missing(file, self._paths.conversations_dir)
