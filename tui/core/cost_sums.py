"""Sums the lines of the ledger into reports; ``core.costs`` describes the sums."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal

from tui.core.costs import EXACT, By, CostReport, CostRow, CostState, Sum
from tui.core.days import Period, day_of, month_of
from tui.core.lazy_dataclass import dataclass
from tui.core.ledger import Certainty, LedgerLine
from tui.core.observed import Outcome, Purpose

_FIRST_DAY_OF_PROJECTION = 3
"""Earlier in a month, a projection to its end would be a guess."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines to include."""

    since: datetime | None = None
    until: datetime | None = None
    """Exclusive."""
    provider: str = ""
    includes_bench: bool = False

    def takes(self, line: LedgerLine) -> bool:
        """Return whether a line is included."""
        if self.since is not None and line.at < self.since:
            return False
        if self.until is not None and line.at >= self.until:
            return False
        if self.provider and line.provider != self.provider:
            return False
        return self.includes_bench or line.purpose is not Purpose.BENCH


EVERYTHING = Wanted()


def summarize(
    lines: Iterable[LedgerLine], by: By, wanted: Wanted = EVERYTHING, zone: tzinfo | None = None
) -> CostReport:
    """Return the sums of the selected lines.

    Days begin at midnight in ``zone``, by default the local time zone.
    """
    keys: dict[tuple[str, str], _Tally] = {}
    key_of = _key_function(by, zone)
    not_priced: dict[str, int] = {}
    for line in lines:
        if not wanted.takes(line):
            continue
        currency = line.currency
        if line.amount is None:
            if not currency:
                not_priced[line.provider] = not_priced.get(line.provider, 0) + 1
        elif currency and line.is_free:
            currency = ""
        key = key_of(line), currency
        tally = keys.get(key)
        if tally is None:
            tally = keys[key] = _Tally()
        tally.add(line)
    totals: dict[str, _Tally] = {}
    for (_, currency), tally in keys.items():
        totals.setdefault(currency, _Tally()).merge(tally)
    ranks = {name: -tally.requests for name, tally in totals.items()}
    tallies: dict[str, dict[str, _Tally]] = {}
    for (name, currency), tally in keys.items():
        tallies.setdefault(name, {})[currency] = tally
    rows = [
        tally.row(name) for name, found in tallies.items() for tally in _with_currency(found, ranks).values()
    ]
    merged = _with_currency(dict(totals), ranks)
    return CostReport(
        by,
        tuple(sorted(rows, key=_order(by, ranks))),
        tuple(merged[name].money for name in sorted(merged, key=lambda name: (ranks[name], name))),
        sum(row.requests for row in rows),
        sum(row.unpriced for row in rows),
        not_priced,
        sum(tally.differing for tally in totals.values()),
        sum(tally.priced_later for tally in totals.values()),
    )


def project(spent: Sum, now: datetime, zone: tzinfo | None = None) -> Sum | None:
    """Project the cost of a month to its end from what was spent until ``now``.

    ``None`` before the third day, or without an amount.
    """
    today = day_of(now, zone)
    if today.day < _FIRST_DAY_OF_PROJECTION or spent.state is not CostState.KNOWN:
        return None
    share = month_of(today, zone).share(now)
    return Sum(spent.amount / Decimal(share), spent.currency, True, spent.is_lower_bound)


def spent_in(lines: Iterable[LedgerLine], period: Period, provider: str = "") -> CostReport:
    """Return the sums of a period by provider, or of one provider; benchmark lines are included."""
    wanted = Wanted(period.start, period.end, provider, includes_bench=True)
    return summarize(lines, By.PROVIDER, wanted)


@dataclass(slots=True)
class _Tally:
    """The running sums of one key in one currency."""

    amount: Decimal = Decimal(0)
    currency: str = ""
    is_rough: bool = False
    is_at_least: bool = False
    requests: int = 0
    prompt: int | None = None
    cached: int | None = None
    written: int | None = None
    completion: int | None = None
    reasoning: int | None = None
    is_estimate: bool = False
    cached_untold: bool = False
    reasoning_untold: bool = False
    """Whether a line lacks this count: then the other lines do not add up to 0."""
    unpriced: int = 0
    failures: int = 0
    differing: int = 0
    priced_later: int = 0
    busy_ms: int = 0
    gpu: dict[str, Decimal] = field(default_factory=dict)
    gpu_tokens: int = 0
    ttft: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)

    @property
    def money(self) -> Sum:
        """The total cost."""
        return Sum(self.amount, self.currency, self.is_rough, self.is_at_least)

    def add(self, line: LedgerLine) -> None:
        usage, amount = line.usage, line.amount
        if amount:
            self.amount = EXACT.add(self.amount, amount)
            self.is_rough = self.is_rough or line.amount_source is Certainty.ESTIMATED
        self.is_at_least |= amount is None or line.is_at_least
        self.currency = self.currency or line.currency
        self.requests += 1
        self.prompt = _sum(self.prompt, usage.prompt_tokens)
        self.cached = _sum(self.cached, usage.cached_tokens)
        self.written = _sum(self.written, usage.written_tokens)
        self.completion = _sum(self.completion, usage.completion_tokens)
        self.reasoning = _sum(self.reasoning, usage.reasoning_tokens)
        self.is_estimate |= line.source is not Certainty.REPORTED
        self.is_estimate |= None in (usage.prompt_tokens, usage.completion_tokens)
        self.cached_untold |= usage.cached_tokens is None
        self.reasoning_untold |= usage.reasoning_tokens is None
        self.unpriced += amount is None
        self.failures += line.outcome is Outcome.FAILED
        self.differing += line.differs
        self.priced_later += line.priced_on is not None
        self.busy_ms += line.busy_ms or 0
        if (gpu := line.gpu_amount) is not None:
            currency = line.price.currency
            self.gpu[currency] = EXACT.add(self.gpu.get(currency, Decimal(0)), gpu)
            self.gpu_tokens += usage.completion_tokens or 0
        if line.ttft_ms is not None:
            self.ttft.append(line.ttft_ms)
        if line.tokens_per_second is not None:
            self.rates.append(line.tokens_per_second)

    def merge(self, other: _Tally) -> None:
        """Add sums of the same currency, or without one."""
        self.amount = EXACT.add(self.amount, other.amount)
        self.currency = self.currency or other.currency
        self.is_rough |= other.is_rough
        self.is_at_least |= other.is_at_least
        self.requests += other.requests
        self.prompt = _sum(self.prompt, other.prompt)
        self.cached = _sum(self.cached, other.cached)
        self.written = _sum(self.written, other.written)
        self.completion = _sum(self.completion, other.completion)
        self.reasoning = _sum(self.reasoning, other.reasoning)
        self.is_estimate |= other.is_estimate
        self.cached_untold |= other.cached_untold
        self.reasoning_untold |= other.reasoning_untold
        self.unpriced += other.unpriced
        self.failures += other.failures
        self.busy_ms += other.busy_ms
        for currency, amount in other.gpu.items():
            self.gpu[currency] = EXACT.add(self.gpu.get(currency, Decimal(0)), amount)
        self.gpu_tokens += other.gpu_tokens
        self.ttft += other.ttft
        self.rates += other.rates
        self.differing += other.differing
        self.priced_later += other.priced_later

    def row(self, key: str) -> CostRow:
        known = (self.prompt, self.completion) != (None, None)
        source = Certainty.ESTIMATED if self.is_estimate else Certainty.REPORTED
        return CostRow(
            key,
            self.money,
            self.requests,
            self.prompt,
            None if self.cached_untold and not self.cached else self.cached,
            self.written,
            self.completion,
            None if self.reasoning_untold and not self.reasoning else self.reasoning,
            source if known else Certainty.UNKNOWN,
            self.unpriced,
            self.failures,
            tuple(Sum(amount, currency, True) for currency, amount in self.gpu.items()),
            self.busy_ms,
            _median(self.ttft),
            _median(self.rates),
            self.gpu_tokens,
        )


def _median(figures: list[float]) -> float | None:
    """Return the median; importing ``statistics`` would take longer than all of this."""
    if not figures:
        return None
    figures.sort()
    return (figures[(len(figures) - 1) // 2] + figures[len(figures) // 2]) / 2


def _sum(left: int | None, right: int | None) -> int | None:
    return right if left is None else left if right is None else left + right


def _with_currency(tallies: dict[str, _Tally], ranks: Mapping[str, int]) -> dict[str, _Tally]:
    """Return the sums by currency; lines without one (free or without a price) count with the first."""
    if "" not in tallies or len(tallies) == 1:
        return tallies
    first = min((name for name in tallies if name), key=lambda name: (ranks[name], name))
    tallies[first].merge(tallies.pop(""))
    return tallies


def _order(by: By, ranks: Mapping[str, int]) -> Callable[[CostRow], tuple[object, ...]]:
    if by in (By.DAY, By.MONTH):
        return lambda row: (row.key, ranks.get(row.money.currency, 0))
    return lambda row: (
        not row.money.amount,
        ranks.get(row.money.currency, 0),
        row.money.currency,
        -row.money.amount,
        -row.requests,
        row.key,
    )


def _key_function(by: By, zone: tzinfo | None) -> Callable[[LedgerLine], str]:
    if by is By.PROVIDER:
        return lambda line: line.provider
    if by is By.MODEL:
        return lambda line: line.model
    if by is By.CHAT:
        return lambda line: line.conversation
    if by is By.ORIGIN:
        return lambda line: line.purpose.value
    length = 10 if by is By.DAY else 7
    days: dict[datetime, str] = {}

    def day(line: LedgerLine) -> str:
        at = line.at
        quarter = at - timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)
        if quarter not in days:  # clocks change only at full quarters of an hour
            days[quarter] = day_of(quarter, zone).isoformat()[:length]
        return days[quarter]

    return day
