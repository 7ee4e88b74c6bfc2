"""What was spent: sums of money, and reports by provider, model, day, month, chat or origin.

Amounts are exact, and those of different currencies are never added: a key with two currencies has two rows.
An unknown value is not 0: a sum with unknown parts is a lower bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Context, Decimal
from enum import StrEnum

from tui.core.lazy_dataclass import dataclass
from tui.core.ledger import Certainty, LedgerLine

EXACT = Context(prec=200)
"""More digits than sums of amounts of 40 digits ever have: nothing is rounded."""


class By(StrEnum):
    """What costs are summed by."""

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
    """Nothing of it is known."""


@dataclass(frozen=True, slots=True)
class Sum:
    """What several lines cost in one currency."""

    amount: Decimal = Decimal(0)
    """What is known about it."""
    currency: str = ""
    """Empty if no line has one, since no price is set."""
    is_estimate: bool = False
    is_lower_bound: bool = False
    """Whether something is missing: at least so much."""
    is_converted: bool = False
    """Whether some of it was paid in another currency."""

    @property
    def is_at_least(self) -> bool:
        """Whether it is a lower bound; what was converted is none, at another rate it is more or less."""
        return self.is_lower_bound and not self.is_converted

    @property
    def state(self) -> CostState:
        """What is known about it; a lower bound of 0 says nothing."""
        if self.amount:
            return CostState.KNOWN
        return CostState.UNKNOWN if self.is_lower_bound else CostState.FREE

    @property
    def source(self) -> Certainty:
        """Who says it."""
        if self.state is CostState.UNKNOWN:
            return Certainty.UNKNOWN
        return Certainty.ESTIMATED if self.is_estimate else Certainty.REPORTED

    def plus(self, other: Sum) -> Sum:
        """Return both together; their currency is the same, or one has none."""
        return Sum(
            EXACT.add(self.amount, other.amount),
            self.currency or other.currency,
            self.is_estimate or other.is_estimate,
            self.is_lower_bound or other.is_lower_bound,
            self.is_converted or other.is_converted,
        )

    def plus_line(self, line: LedgerLine) -> Sum:
        """Return the sum with one more line, whose currency is this one's or none."""
        amount = line.amount
        is_estimate = bool(amount) and line.amount_source is Certainty.ESTIMATED
        is_lower_bound = amount is None or line.is_at_least
        return self.plus(Sum(amount or Decimal(0), line.currency, is_estimate, is_lower_bound))


@dataclass(frozen=True, slots=True)
class CostRow:
    """What one key cost in one currency."""

    key: str
    """The provider, model, ``2026-11-30``, ``2026-11``, conversation id or origin."""
    money: Sum
    requests: int
    prompt_tokens: int | None
    """Sums of what is known; ``None``: no line has it; for cached and reasoning tokens: not every line."""
    cached_tokens: int | None
    written_tokens: int | None
    completion_tokens: int | None
    reasoning_tokens: int | None
    tokens_source: Certainty
    """``ESTIMATED`` also where some line lacks a count: the sums are no exact figures then."""
    unpriced: int
    """Lines whose amount is unknown."""
    failures: int
    """Lines of answers that failed; stopped ones are none."""
    gpu: tuple[Sum, ...]
    """What the hardware cost meanwhile, by currency: beside ``money``."""
    busy_ms: int
    ttft_p50_ms: float | None
    rate_p50: float | None
    """Median of the tokens per second."""
    gpu_tokens: int = 0
    """Completion tokens that were written at the price of ``gpu``."""

    @property
    def gpu_per_million(self) -> Sum | None:
        """What the hardware cost for a million completion tokens; ``None``: unknown, or in two currencies."""
        if len(self.gpu) != 1 or not self.gpu_tokens:
            return None
        return Sum(self.gpu[0].amount * 1_000_000 / self.gpu_tokens, self.gpu[0].currency, True)


@dataclass(frozen=True, slots=True)
class CostReport:
    """What was spent in a period."""

    by: By
    rows: tuple[CostRow, ...]
    """Days and months in their order; else currency by currency, the dearest first."""
    totals: tuple[Sum, ...]
    """One a currency, the most used first; free and unknown lines alone make one without currency."""
    requests: int
    unpriced: int
    not_priced: Mapping[str, int]
    """Providers without a price, and how many of their answers have no amount."""
    differing: int
    """Answers for which the server's own figure and ours are more than 2 % apart."""
    priced_later: int
