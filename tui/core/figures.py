"""Figures as text: tokens, money, speed and time, each marked with its source.

A figure is *reported* (unmarked), *estimated* (``~``) or *unknown* (``—``); a missing value is never shown as
0. Screens and commands share these functions, so that a number looks the same everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal

from tui.core.counted import Counted
from tui.core.usage import Cost, Price, ServerCost, Source, Usage, cost_of
from tui.texts import answers

UNKNOWN = "—"
ESTIMATE_MARK = "~"
LOWER_BOUND_MARK = "≥ "
FREE = "free"

_SIGNIFICANT_DIGITS = 4
_MONEY_DECIMALS = 2


def marked(text: str, source: Source) -> str:
    """Return a figure with the mark of its source."""
    return f"{ESTIMATE_MARK}{text}" if source is Source.ESTIMATED else text


def format_tokens(count: int | None, source: Source = Source.REPORTED, *, compact: bool = False) -> str:
    """Return a token count: ``1,204``, ``~1,204``, or ``—``.

    ``compact`` abbreviates from 10,000 (``12.3k``, ``1.2M``), for narrow columns.
    """
    if count is None:
        return UNKNOWN
    return marked(_shorten(count) if compact and count >= 10_000 else f"{count:,}", source)


def format_all_tokens(usage: Usage | None) -> str:
    """Return the total tokens of a usage; an estimate if one side is unknown."""
    counts = () if usage is None else (usage.prompt_tokens, usage.completion_tokens)
    known = [count for count in counts if count is not None]
    if usage is None or not known:
        return UNKNOWN
    is_whole = len(known) == len(counts)
    return format_tokens(sum(known), usage.source if is_whole else Source.ESTIMATED, compact=True)


def _shorten(count: int) -> str:
    for unit, letter in ((1_000, "k"), (1_000_000, "M")):
        tenths = (count * 10 + unit // 2) // unit
        whole = (count + unit // 2) // unit
        if tenths < 1_000:
            return f"{tenths // 10}.{tenths % 10}{letter}"
        if whole < 1_000:
            return f"{whole}{letter}"
    return f"{(count + 500_000_000) // 1_000_000_000:,}G"


def format_amount(amount: Decimal) -> str:
    """Return an amount of money: at least 2 decimals, 4 significant digits below 1.

    An amount above 0 is never shown as 0. For exact amounts, see ``exact_amount``.
    """
    rounded = amount
    if abs(amount) >= 1:
        rounded = amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)
    elif amount:
        rounded = Context(prec=_SIGNIFICANT_DIGITS, rounding=ROUND_HALF_EVEN).create_decimal(amount)
    return exact_amount(rounded)


def exact_amount(amount: Decimal) -> str:
    """Return all digits of an amount, without exponent, with at least 2 decimals."""
    text = f"{amount:,f}"
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(_MONEY_DECIMALS, '0')}"


def format_total(cost: Cost, *, is_lower_bound: bool = False) -> str:
    """Return an amount with its mark: ``0.0012 USD``, ``~0.0012 USD``, ``≥ 0.0012 USD``, ``— USD``.

    ``≥`` means that part of it is unknown, ``—`` that all of it is. ``is_lower_bound``: further costs are
    unknown.
    """
    if not (cost.is_lower_bound or is_lower_bound):
        return marked(f"{format_amount(cost.total)} {cost.currency}", cost.source)
    if not cost.total:
        return f"{UNKNOWN} {cost.currency}"
    return f"{LOWER_BOUND_MARK}{format_amount(cost.total)} {cost.currency}"


def format_cost(cost: Cost | None, price: Price) -> str:
    """Return the cost of an exchange (see ``format_total``), or ``free``.

    Empty if the provider has no price; ``—`` if it has one and the tokens are unknown.
    """
    if price.is_free:
        return FREE
    if cost is not None:
        return format_total(cost)
    return f"{UNKNOWN} {price.currency}" if price.is_known else ""


def format_costs(costs: Iterable[Cost], not_priced: int = 0) -> str:
    """Return amounts of several currencies side by side; they are never added up.

    ``not_priced`` is the number of turns without an amount, which make the others lower bounds.
    """
    told = (cost for cost in costs if cost.total or cost.is_lower_bound)
    return " + ".join(format_total(cost, is_lower_bound=bool(not_priced)) for cost in told)


def format_spent(costs: Sequence[Cost], not_priced: int) -> str:
    """Return a cost: amounts, ``free``, or ``—`` without a price; empty if nothing was used."""
    words = format_costs(costs, not_priced)
    return words or (UNKNOWN if not_priced else FREE if costs else "")


def format_server_cost(cost: ServerCost) -> str:
    """Return the cost reported by the server, with all digits: ``0.0123 USD``."""
    return f"{exact_amount(cost.amount)} {cost.currency}" if cost.currency else exact_amount(cost.amount)


def format_milliseconds(milliseconds: float | None) -> str:
    """Return a duration: ``4.2 ms``, ``412 ms``, ``1.24 s``, ``12.3 s``, ``2 min 03 s``, or ``—``."""
    if milliseconds is None:
        return UNKNOWN
    if milliseconds < 9.95:
        return f"{milliseconds:.1f} ms"
    if milliseconds < 999.5:
        return f"{milliseconds:.0f} ms"
    return format_seconds(milliseconds / 1000)


def format_seconds(seconds: float | None) -> str:
    """Return a duration of at least a second; see ``format_milliseconds`` for shorter ones."""
    if seconds is None:
        return UNKNOWN
    if seconds < 9.995:
        return f"{seconds:.2f} s"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02} s"
    return f"{minutes // 60} h {minutes % 60:02} min"


def format_waited(seconds: float) -> str:
    """Return the elapsed time of a wait in whole seconds: ``12 s``, ``2 min 03 s``."""
    whole = max(0, int(seconds))
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60:02} s"


def format_rate(tokens_per_second: float | None, source: Source = Source.REPORTED) -> str:
    """Return a speed: ``48.2 tok/s``, ``~212 tok/s``, or ``— tok/s``."""
    if tokens_per_second is None:
        return f"{UNKNOWN} tok/s"
    digits = 1 if tokens_per_second < 99.95 else 0
    return marked(f"{tokens_per_second:,.{digits}f} tok/s", source)


def price_arithmetic(usage: Usage | None, price: Price, *, is_cut: bool = False) -> tuple[str, ...]:
    """Return how an amount was calculated: one line per side and one for the sum, all digits shown.

    ``1,200 prompt tokens × 0.003 USD / 1,000 = 0.0036 USD``. Empty without a price.
    """
    if not price.is_known:
        return ()
    usage = usage or Usage()
    sides = [
        (answers.PROMPT_TOKENS, usage.prompt_tokens, price.input),
        (answers.COMPLETION_TOKENS, usage.completion_tokens, price.output),
    ]
    if usage.cached_tokens and usage.prompt_tokens is not None and price.cached_input is not None:
        fresh = max(0, usage.prompt_tokens - usage.cached_tokens)
        sides[:1] = [
            (answers.FRESH_TOKENS, fresh, price.input),
            (answers.CACHED_TOKENS, usage.cached_tokens, price.cached_input),
        ]
    lines = [_side(label, count, each, price.currency, usage.source) for label, count, each in sides]
    if usage.written_tokens and price.input:
        lines.append(
            answers.CACHE_WRITES.format(count=Counted(format_tokens(usage.written_tokens, usage.source)))
        )
    cost = cost_of(usage, price, is_cut=is_cut)
    if cost is not None:
        lines.append(answers.TOTAL.format(cost=exact_total(cost)))
    return tuple(lines)


def exact_total(cost: Cost) -> str:
    """Return an amount with its mark and all digits; see ``format_total``."""
    amount = f"{exact_amount(cost.total)} {cost.currency}"
    if not cost.is_lower_bound:
        return marked(amount, cost.source)
    return f"{LOWER_BOUND_MARK}{amount}" if cost.total else f"{UNKNOWN} {cost.currency}"


def _side(label: str, count: int | None, each: Decimal | None, currency: str, source: Source) -> str:
    tokens = label.format(count=Counted(format_tokens(count, source)))
    if each is None:
        return answers.NO_PRICE.format(tokens=tokens)
    unit = f"{exact_amount(each)} {currency} / 1,000"
    if count is None:
        return f"{tokens} × {unit} = {UNKNOWN}"
    amount = marked(f"{exact_amount(Decimal(count) * each / 1000)} {currency}", source)
    return f"{tokens} × {unit} = {amount}"
