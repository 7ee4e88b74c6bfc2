"""Validates values of a hand-written TOML file, with plain error messages."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

from tui.core.lazy_dataclass import dataclass
from tui.texts import store as texts

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class ValueProblem:
    """An unusable value of a table."""

    field: str
    message: str
    """What is wrong and what to write instead."""
    is_of_security: bool = False
    """It is a security setting: without it, the endpoint is not used."""


def as_flag(value: object) -> bool:
    """Return a boolean; like the following, raises ``ValueError`` with the end of a sentence."""
    if not isinstance(value, bool):
        raise ValueError(texts.FLAG_WANTED)
    return value


def as_text(value: object) -> str:
    """Return a text."""
    if not isinstance(value, str):
        raise ValueError(texts.TEXT_WANTED)
    return value


def as_count(value: object) -> int:
    """Return a positive integer."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(texts.COUNT_WANTED)
    return value


def as_choice(kind: type[Choice]) -> Callable[[object], Choice]:
    """Return a function that reads one of a few words, ignoring case."""

    def read(value: object) -> Choice:
        for member in kind:
            if isinstance(value, str) and value.strip().lower() == member.value.lower():
                return member
        raise ValueError(texts.ONE_WANTED.format(values=", ".join(kind)))

    return read


def as_amount(value: object) -> Decimal | None:
    """Return an exact amount of 0 or more from a text or a number; an empty text is none."""
    if value == "":
        return None
    if isinstance(value, str | int | Decimal) and not isinstance(value, bool):
        try:
            amount = Decimal(value.strip() if isinstance(value, str) else value)
        except InvalidOperation:
            amount = Decimal(-1)
        # An exponent such as 1e99999 is valid, but would fill the disk when formatted.
        if amount.is_finite() and amount >= 0 and abs(amount.adjusted()) < 40:
            return amount
    raise ValueError(texts.AMOUNT_WANTED)


def as_number(value: object) -> float:
    """Return a finite number."""
    if isinstance(value, int | Decimal | float) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if math.isfinite(number):
            return number
    raise ValueError(texts.NUMBER_WANTED)
