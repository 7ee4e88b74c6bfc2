"""Prices as written to the ledger and the journals: strings with all digits."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from tui.core.outside import read_amount
from tui.core.usage import Price

_NO_PRICE = Price()
_PRICES = (("input", "input"), ("cached_input", "cached"), ("output", "output"), ("gpu_hour", "gpu_hour"))
_PRICE_NAMES = (*(short for _, short in _PRICES), "currency")


def encode_price(price: Price, *, with_currency: bool) -> dict[str, str]:
    """Return the known prices, and the currency if there are any or ``with_currency``."""
    record = {short: digits_of(getattr(price, name)) for name, short in _PRICES}
    found = {name: digits for name, digits in record.items() if digits is not None}
    return {**found, "currency": price.currency} if with_currency or found else {}


def decode_price(value: object) -> Price:
    """Parse prices; cached, since those of a month are few."""
    if not isinstance(value, dict):
        return _NO_PRICE
    return _price_of(*(str(value.get(name, "")) for name in _PRICE_NAMES))


def digits_of(amount: Decimal | None) -> str | None:
    """Return all digits of an amount."""
    return None if amount is None else format(amount, "f")


@lru_cache(maxsize=1000)
def _price_of(first: str, cached: str, output: str, gpu_hour: str, currency: str) -> Price:
    return Price(
        read_amount(first), read_amount(output), currency or "USD", read_amount(cached), read_amount(gpu_hour)
    )
