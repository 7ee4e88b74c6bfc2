"""The ledger: what each exchange used and cost, at the prices of its day. Holds no text and no key.

Lines are never recalculated. Only a line without a price can be given one later, and is marked
(``price_later``).
"""

from __future__ import annotations

from dataclasses import field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum

from tui.core.lazy_dataclass import dataclass
from tui.core.observed import ExchangeRecord, Outcome, Purpose, SentExchange
from tui.core.outside import read_local_moment
from tui.core.usage import Cost, Price, Source, Usage, are_apart, cost_of

_GPU_DIGITS = Decimal("1e-9")


class Certainty(StrEnum):
    """How certain a figure is."""

    REPORTED = "reported"
    ESTIMATED = "estimated"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One exchange that used tokens, or may have."""

    at: datetime
    """When the exchange began, in UTC."""
    purpose: Purpose = Purpose.OTHER
    provider: str = ""
    server: str = ""
    """Scheme, host and port."""
    model: str = ""
    conversation: str = ""
    """The id of the conversation, if it was a chat."""
    usage: Usage = field(default_factory=Usage)
    """A count of ``None`` is unknown, which is not 0."""
    price: Price = field(default_factory=Price)
    """The price at the time."""
    own_amount: Decimal | None = None
    """Tokens × price, in the currency of the price; ``None`` if either is unknown."""
    is_lower_bound: bool = False
    """Whether ``own_amount`` lacks an unknown part."""
    reported_amount: Decimal | None = None
    """The cost according to the server."""
    reported_currency: str = ""
    busy_ms: int | None = None
    """From the first byte of the request to the end of the answer, without connection and route."""
    outcome: Outcome = Outcome.DONE
    cause: str = ""
    ttft_ms: float | None = None
    tokens_per_second: float | None = None
    requests: int = 1
    """The number of requests; the tokens are the sum over all that reported them."""
    is_from_chat: bool = False
    """Whether it was reconstructed from a chat older than the ledger."""
    priced_on: date | None = None
    """The day on which a line without a price was given one."""

    @property
    def amount(self) -> Decimal | None:
        """The cost: the server's amount if it reported one, else ours; ``None`` if unknown."""
        return self.own_amount if self.reported_amount is None else self.reported_amount

    @property
    def currency(self) -> str:
        """The currency of ``amount``; empty if no amount is known."""
        if self.reported_amount is not None:
            return self.reported_currency
        return self.price.currency if self.price.is_known or self.own_amount is not None else ""

    @property
    def is_at_least(self) -> bool:
        """Whether ``amount`` is a lower bound."""
        return self.reported_amount is None and self.is_lower_bound

    @property
    def is_free(self) -> bool:
        """Whether the exchange is known to have been free."""
        return self.amount == 0 and not self.is_at_least

    @property
    def source(self) -> Certainty:
        """The source of the token counts."""
        if self.usage.prompt_tokens is None and self.usage.completion_tokens is None:
            return Certainty.UNKNOWN
        return Certainty(self.usage.source.value)

    @property
    def amount_source(self) -> Certainty:
        """The source of the amount."""
        if self.amount is None:
            return Certainty.UNKNOWN
        is_told = self.reported_amount is not None
        is_rough = self.usage.is_replay if is_told else self.usage.is_roughly_priced(self.price)
        return Certainty.ESTIMATED if is_rough and not self.is_free else Certainty.REPORTED

    @property
    def differs(self) -> bool:
        """Whether the server's amount and ours, both exact, differ by more than 2 %."""
        if self.reported_amount is None or self.own_amount is None or self.is_lower_bound:
            return False
        if self.reported_currency != self.price.currency or self.usage.is_roughly_priced(self.price):
            return False
        return are_apart(self.own_amount, self.reported_amount)

    @property
    def gpu_amount(self) -> Decimal | None:
        """The hardware cost of that time, in the currency of the price; not included in ``amount``."""
        if self.price.gpu_hour is None or self.busy_ms is None:
            return None
        return (self.price.gpu_hour * self.busy_ms / 3_600_000).quantize(_GPU_DIGITS)


def line_of(record: ExchangeRecord) -> LedgerLine | None:
    """Return the line for an exchange; ``None`` if it cannot have used tokens."""
    if record.usage is None and not record.may_have_worked:
        return None
    usage = record.usage or Usage()
    began = read_local_moment(record.started_at) or datetime.now(UTC)
    line = LedgerLine(
        began.astimezone(UTC),
        record.origin.purpose,
        record.origin.provider,
        record.server,
        record.model,
        record.origin.conversation if record.origin.purpose is Purpose.CHAT else "",
        replace(usage, notes=()),
        record.origin.price,
        busy_ms=_busy_ms(record),
        outcome=record.outcome,
        cause=record.cause or "",
        ttft_ms=_rounded(record.timings.ttft_ms),
        tokens_per_second=_rounded(record.timings.decode_rate(record.timings.streamed_tokens(usage))),
        requests=record.requests,
    )
    reported = record.server_cost
    if reported is not None:
        line = replace(line, reported_amount=reported.amount, reported_currency=reported.currency or "USD")
    return _with_cost(line, record.cost)


def line_of_sent(sent: SentExchange) -> LedgerLine:
    """Return the line for an exchange of which only the prompt is known."""
    origin = sent.origin
    began = read_local_moment(sent.started_at) or datetime.now(UTC)
    line = LedgerLine(
        began.astimezone(UTC),
        origin.purpose,
        origin.provider,
        sent.server,
        sent.model,
        origin.conversation if origin.purpose is Purpose.CHAT else "",
        price=origin.price,
        outcome=Outcome.STOPPED,
    )
    prompt = sent.prompt_tokens()
    return with_usage(line, Usage() if prompt is None else Usage(prompt, source=Source.ESTIMATED))


def with_usage(line: LedgerLine, usage: Usage) -> LedgerLine:
    """Return a line with different token counts, and their cost at its price."""
    cost = cost_of(usage, line.price, is_cut=line.outcome is not Outcome.DONE)
    return _with_cost(replace(line, usage=replace(usage, notes=())), cost)


def price_later(line: LedgerLine, price: Price, day: date) -> LedgerLine:
    """Return a line without a price with this price and the day; any other line unchanged."""
    if line.price.is_known or line.amount is not None:
        return line
    cost = cost_of(line.usage, price, is_cut=line.outcome is not Outcome.DONE)
    return replace(_with_cost(replace(line, price=price), cost), priced_on=day)


def _with_cost(line: LedgerLine, cost: Cost | None) -> LedgerLine:
    if line.price.is_free:
        return replace(line, own_amount=Decimal(0))
    if cost is None:
        return line
    return replace(line, own_amount=cost.total, is_lower_bound=cost.is_lower_bound)


def _busy_ms(record: ExchangeRecord) -> int | None:
    timings = record.timings
    begun = timings.started if timings.sending is None else timings.sending
    if begun is None or timings.ended is None:
        return None
    whole = (timings.ended - begun) * 1000
    # a model list can take longer than the route itself: then the route is unknown
    wait = whole if timings.ttft_ms is None else timings.ttft_ms
    route = record.route_ms if record.route_ms is not None and record.route_ms <= wait else 0.0
    return round(whole - route)


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 1)
