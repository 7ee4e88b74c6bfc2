"""Budgets and exchange rates from the settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from tui.core.lazy_dataclass import dataclass
from tui.core.usage import CURRENCIES


class Scope(StrEnum):
    """The scope of a budget."""

    MONTH = "month"
    DAY = "day"
    PROVIDER = "provider"
    """One provider, per month."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One budget."""

    scope: Scope
    amount: Decimal
    currency: str
    provider: str = ""


@dataclass(frozen=True, slots=True)
class Rates:
    """Exchange rates from the settings."""

    in_usd: Mapping[str, Decimal] = field(default_factory=dict)
    """The value of one unit in US dollars."""
    date: date | None = None
    """The date of the rates."""


NO_RATES = Rates()


def read_limit(text: str) -> tuple[Decimal, str] | None:
    """Parse ``20 EUR`` or ``EUR 20``; return ``None`` for anything else."""
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


def read_rate(currency: str, text: str) -> Decimal | None:
    """Parse the value of one unit of a currency in US dollars; return ``None`` if it is invalid."""
    limit = read_limit(f"{text} {currency}")
    return limit[0] if limit is not None and limit[0] and currency == limit[1] else None
