"""Tokens and money: usage, its source, and its cost.

Amounts are exact decimals throughout. Prices are per 1,000 tokens.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from tui.core.lazy_dataclass import dataclass
from tui.core.lazy_pattern import lazy_pattern

_NARROW = lazy_pattern("[\\0-\u2e7f]+")

CURRENCIES = ("USD", "CNY", "EUR", "JPY", "GBP", "AUD", "CAD", "CHF", "HKD", "SGD")
"""The currencies of prices, in the order in which they are offered."""


class Source(StrEnum):
    """The source of a figure: the server, or an estimate (shown with ``~``)."""

    REPORTED = "reported"
    ESTIMATED = "estimated"


@dataclass(frozen=True, slots=True)
class Usage:
    """Token counts of one exchange. ``None`` means unknown, which is not 0.

    Counts from a server may contradict each other: ``core.reconcile`` corrects or marks them.
    """

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    """All generated tokens, including reasoning."""
    reasoning_tokens: int | None = None
    cached_tokens: int | None = None
    """Prompt tokens served from the prefix cache."""
    source: Source = Source.REPORTED
    notes: tuple[str, ...] = ()
    """Inconsistencies in the server's counts, one sentence each."""
    written_tokens: int | None = None
    """Prompt tokens written to the server's cache, which it may charge for."""
    is_replay: bool = False
    """A gateway answered from its response cache, and may charge nothing for these tokens."""

    def plus(self, other: Usage) -> Usage:
        """Return the sum, without notes.

        A field unknown on both sides stays unknown. If one side is an estimate or lacks a count, the sum is
        an estimate.
        """
        estimated = Source.ESTIMATED in (self.source, other.source)
        for left, right in (
            (self.prompt_tokens, other.prompt_tokens),
            (self.completion_tokens, other.completion_tokens),
        ):
            estimated |= (left is None) != (right is None)
        return Usage(
            _sum(self.prompt_tokens, other.prompt_tokens),
            _sum(self.completion_tokens, other.completion_tokens),
            _sum(self.reasoning_tokens, other.reasoning_tokens),
            _sum(self.cached_tokens, other.cached_tokens),
            Source.ESTIMATED if estimated else Source.REPORTED,
            written_tokens=_sum(self.written_tokens, other.written_tokens),
            is_replay=self.is_replay or other.is_replay,
        )

    def is_roughly_priced(self, price: Price) -> bool:
        """Return whether the cost at a price is an estimate."""
        is_dearer = bool(self.written_tokens and price.input)
        return self.source is Source.ESTIMATED or self.is_replay or is_dearer


def _sum(left: int | None, right: int | None) -> int | None:
    if left is None and right is None:
        return None
    return (left or 0) + (right or 0)


@dataclass(frozen=True, slots=True)
class ServerTimings:
    """A server's own speed metrics; ``None`` for those it does not report."""

    prompt_tokens: int | None = None
    """Prompt tokens that were evaluated, without cached ones."""
    prompt_ms: float | None = None
    """Without queueing; vLLM's figure includes the first token."""
    prompt_per_second: float | None = None
    predicted_tokens: int | None = None
    predicted_ms: float | None = None
    predicted_per_second: float | None = None
    cached_tokens: int | None = None
    draft_tokens: int | None = None
    draft_accepted: int | None = None
    queue_ms: float | None = None
    """From the arrival of the request until it was scheduled."""
    origin: str | None = None
    """The source of the figures, such as ``vllm.metrics``."""


@dataclass(frozen=True, slots=True)
class Price:
    """A provider's prices per 1,000 tokens. ``None`` is unknown, so that no amounts are shown."""

    input: Decimal | None = None
    output: Decimal | None = None
    currency: str = "USD"
    cached_input: Decimal | None = None
    """For prompt tokens from the server's cache; ``None`` uses the normal price."""
    gpu_hour: Decimal | None = None
    """Per hour of the hardware that runs the model: shown next to the token cost, never added to it."""

    @property
    def is_known(self) -> bool:
        """Whether any price is set."""
        return self.input is not None or self.output is not None

    @property
    def is_free(self) -> bool:
        """Whether all token prices are 0; a missing price is not."""
        return self.input == 0 and self.output == 0 and not self.cached_input

    @property
    def of_cached(self) -> Decimal | None:
        """The price of 1,000 cached prompt tokens."""
        return self.input if self.cached_input is None else self.cached_input


@dataclass(frozen=True, slots=True)
class Cost:
    """The amount of one exchange, or of several in the same currency.

    A side without a price or with unknown tokens is ``lacking``: its amount is the known part, and the total
    a lower bound.
    """

    input: Decimal
    output: Decimal
    currency: str
    source: Source = Source.REPORTED
    lacks_input: bool = False
    lacks_output: bool = False
    lacks_end: bool = False
    """The answer was cut off: the server may have generated, and may charge for, more than arrived."""

    @property
    def total(self) -> Decimal:
        """The sum of input and output; a lower bound if ``is_lower_bound``."""
        return self.input + self.output

    @property
    def is_lower_bound(self) -> bool:
        """Whether a part of the amount is unknown."""
        return self.lacks_side or self.lacks_end

    @property
    def lacks_side(self) -> bool:
        """Whether the amount of the input or output is unknown."""
        return self.lacks_input or self.lacks_output

    def plus(self, other: Cost) -> Cost:
        """Return the sum of two amounts.

        Raises:
            ValueError: the currencies differ; they are never added.
        """
        if self.currency != other.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        estimated = Source.ESTIMATED in (self.source, other.source)
        return Cost(
            self.input + other.input,
            self.output + other.output,
            self.currency,
            Source.ESTIMATED if estimated else Source.REPORTED,
            self.lacks_input or other.lacks_input,
            self.lacks_output or other.lacks_output,
            self.lacks_end or other.lacks_end,
        )


@dataclass(frozen=True, slots=True)
class ServerCost:
    """The cost of an exchange according to the server: shown next to lmdeck's amount, never added to it."""

    amount: Decimal
    currency: str | None
    """``None`` if the server names none (OpenRouter and LiteLLM mean US dollars)."""
    origin: str
    """The field or header, such as ``usage.cost``."""

    def plus(self, other: ServerCost | None) -> ServerCost | None:
        """Return the sum; ``None`` (unknown) if one is unknown or the currencies differ."""
        if other is None or (self.currency or "USD") != (other.currency or "USD"):
            return None
        return ServerCost(self.amount + other.amount, self.currency or other.currency, self.origin)


@dataclass(frozen=True, slots=True)
class Charge:
    """What a server reports about a request, in an answer or an error: used tokens and their cost."""

    usage: Usage | None = None
    cost: ServerCost | None = None

    def plus(self, other: Charge) -> Charge:
        """Return the sum of both; if one used tokens without reporting a cost, the total cost is unknown."""
        usage = self.usage if other.usage is None else other.usage
        if self.usage is not None and other.usage is not None:
            usage = self.usage.plus(other.usage)
        told = [part.cost for part in (self, other) if part.cost is not None or part.usage is not None]
        if len(told) < 2:
            return Charge(usage, told[0] if told else None)
        first, second = told
        cost = None if first is None else first.plus(second)
        return Charge(usage, cost)


NOTHING_TOLD = Charge()


def differs(cost: Cost | None, server: ServerCost) -> bool:
    """Return whether our exact amount and the server's, in the same currency, differ by more than 2 %."""
    if cost is None or cost.is_lower_bound or cost.source is Source.ESTIMATED:
        return False
    return (server.currency or "USD") == cost.currency and are_apart(cost.total, server.amount)


def are_apart(ours: Decimal, theirs: Decimal) -> bool:
    """Return whether two amounts differ by more than 2 %."""
    return abs(ours - theirs) > max(ours, theirs) * Decimal("0.02")


def cost_of(usage: Usage | None, price: Price, *, is_cut: bool = False) -> Cost | None:
    """Return tokens × price / 1,000, or ``None`` if the price or all counts are unknown.

    Cached tokens have their own price; if the server does not report them, all cost the input price. Tokens
    written to the cache cost the same as others here, but more at some servers, so the amount is an estimate;
    so is that of a reply from a gateway's cache.

    Args:
        is_cut: the answer did not end by itself, so that there may be more tokens, unless the server counted
            them.
    """
    if usage is None or not price.is_known:
        return None
    if usage.prompt_tokens is None and usage.completion_tokens is None:
        return None
    fresh, cached = input_amounts(usage, price)
    output = _amount(usage.completion_tokens, price.output)
    return Cost(
        (fresh or Decimal(0)) + (cached or Decimal(0)),
        output or Decimal(0),
        price.currency,
        Source.ESTIMATED if usage.is_roughly_priced(price) else Source.REPORTED,
        fresh is None or cached is None,
        output is None,
        is_cut and usage.source is Source.ESTIMATED and not price.is_free,
    )


def input_amounts(usage: Usage, price: Price) -> tuple[Decimal | None, Decimal | None]:
    """Return the cost of the uncached and of the cached prompt tokens."""
    cached = usage.cached_tokens or 0
    fresh = None if usage.prompt_tokens is None else max(0, usage.prompt_tokens - cached)
    return _amount(fresh, price.input), _amount(cached, price.of_cached)


def _amount(tokens: int | None, price: Decimal | None) -> Decimal | None:
    """Return an amount; ``None`` if unknown.

    0 tokens cost 0 at any price, and any number of tokens costs 0 at a price of 0.
    """
    if tokens == 0 or price == 0:
        return Decimal(0)
    return None if tokens is None or price is None else Decimal(tokens) * price / 1000


def estimate_tokens(text: str) -> int:
    """Estimate the tokens of a text: one per 4 bytes of ASCII, one per wider character.

    For display only, always marked as an estimate; within about 30 % of common tokenizers for English prose
    and code.
    """
    wide = count_wide(text)
    return tokens_of(len(text) - wide, wide)


def count_wide(text: str) -> int:
    """Return how many characters of a text count as one token each, such as CJK and emoji."""
    return 0 if text.isascii() else len(_NARROW.sub("", text))


def tokens_of(narrow: int, wide: int) -> int:
    """Return the estimate for numbers of narrow and wide characters; 0 for an empty text."""
    return (narrow + 3) // 4 + wide
