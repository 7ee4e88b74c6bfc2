"""Spending: sums of money, and reports by provider, model, day, month, chat or origin.

Amounts are exact, and different currencies are never added: a key with two currencies has two rows. An
unknown value is not 0: a sum with unknown parts is a lower bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Context, Decimal
from enum import StrEnum

from tui.core.lazy_dataclass import dataclass
from tui.core.ledger import Certainty, LedgerLine

EXACT = Context(prec=200)
"""More digits than any sum of 40-digit amounts has: nothing is rounded."""


class By(StrEnum):
    """The grouping of a cost report."""

    PROVIDER = "provider"
    MODEL = "model"
    DAY = "day"
    MONTH = "month"
    CHAT = "chat"
    ORIGIN = "origin"


class CostState(StrEnum):
    """What is known about a sum."""

    KNOWN = "known"
    """An amount; a lower bound where ``is_lower_bound``."""
    FREE = "free"
    UNKNOWN = "unknown"
    """Entirely unknown."""


@dataclass(frozen=True, slots=True)
class Sum:
    """The cost of several lines in one currency."""

    amount: Decimal = Decimal(0)
    """The known amount."""
    currency: str = ""
    """Empty if no line has one, because no price is set."""
    is_estimate: bool = False
    is_lower_bound: bool = False
    """Whether some costs are missing."""
    is_converted: bool = False
    """Whether part of it was paid in another currency."""

    @property
    def is_at_least(self) -> bool:
        """Whether to show it as a lower bound; a converted sum is not one, since the rate may differ."""
        return self.is_lower_bound and not self.is_converted

    @property
    def state(self) -> CostState:
        """Whether it is known; a lower bound of 0 says nothing."""
        if self.amount:
            return CostState.KNOWN
        return CostState.UNKNOWN if self.is_lower_bound else CostState.FREE

    @property
    def source(self) -> Certainty:
        """The certainty of the amount."""
        if self.state is CostState.UNKNOWN:
            return Certainty.UNKNOWN
        return Certainty.ESTIMATED if self.is_estimate else Certainty.REPORTED

    def plus(self, other: Sum) -> Sum:
        """Return the sum of both; they have the same currency, or one has none."""
        return Sum(
            EXACT.add(self.amount, other.amount),
            self.currency or other.currency,
            self.is_estimate or other.is_estimate,
            self.is_lower_bound or other.is_lower_bound,
            self.is_converted or other.is_converted,
        )

    def plus_line(self, line: LedgerLine) -> Sum:
        """Add a line with the same currency or none."""
        amount = line.amount
        is_estimate = bool(amount) and line.amount_source is Certainty.ESTIMATED
        is_lower_bound = amount is None or line.is_at_least
        return self.plus(Sum(amount or Decimal(0), line.currency, is_estimate, is_lower_bound))


@dataclass(frozen=True, slots=True)
class CostRow:
    """The cost of one key in one currency."""

    key: str
    """A provider, a model, ``2026-11-30``, ``2026-11``, a conversation id or an origin."""
    money: Sum
    requests: int
    prompt_tokens: int | None
    """Sums of the known counts; ``None`` if no line has one (cached and reasoning tokens: if any line lacks
    one)."""
    cached_tokens: int | None
    written_tokens: int | None
    completion_tokens: int | None
    reasoning_tokens: int | None
    tokens_source: Certainty
    """Also ``ESTIMATED`` if a line lacks a count: the sums are not exact then."""
    unpriced: int
    """Lines with an unknown amount."""
    failures: int
    """Lines of failed answers; stopped answers are not failures."""
    gpu: tuple[Sum, ...]
    """The hardware cost of that time, by currency; not included in ``money``."""
    busy_ms: int
    ttft_p50_ms: float | None
    rate_p50: float | None
    """Median of the tokens per second."""
    gpu_tokens: int = 0
    """Completion tokens generated at the price of ``gpu``."""

    @property
    def gpu_per_million(self) -> Sum | None:
        """The hardware cost per million completion tokens; ``None`` if unknown or in two currencies."""
        if len(self.gpu) != 1 or not self.gpu_tokens:
            return None
        return Sum(self.gpu[0].amount * 1_000_000 / self.gpu_tokens, self.gpu[0].currency, True)


@dataclass(frozen=True, slots=True)
class CostReport:
    """The spending of a period."""

    by: By
    rows: tuple[CostRow, ...]
    """Days and months in chronological order; otherwise by currency, the most expensive first."""
    totals: tuple[Sum, ...]
    """One per currency, the most used first; if all lines are free or unknown, one without a currency."""
    requests: int
    unpriced: int
    not_priced: Mapping[str, int]
    """Providers without a price, and the number of their answers without an amount."""
    differing: int
    """Answers for which the server's amount and ours differ by more than 2 %."""
    priced_later: int
