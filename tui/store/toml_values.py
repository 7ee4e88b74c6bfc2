"""Values of a hand-written TOML table: what cannot be used gets a fallback and a sentence."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class ValueProblem:
    """A value of a table that cannot be used."""

    field: str
    message: str
    """What is wrong and what to write instead."""
    is_of_security: bool = False
    """It says who may read or answer: without it the endpoint is not used."""


@dataclass(slots=True)
class TableReader:
    """Reads a table's values, each with a fallback and a problem where it cannot be used."""

    table: Mapping[str, object]
    prefix: str = ""
    problems: list[ValueProblem] = field(default_factory=list)
    security_keys: Collection[str] | None = ()
    """The keys whose values are of security; ``None``: all of them."""

    def refuse(self, key: str, message: str) -> None:
        """Note a value that cannot be used."""
        is_of_security = self.security_keys is None or key.partition(".")[0] in self.security_keys
        self.problems.append(ValueProblem(self.prefix + key, message, is_of_security))

    def text(self, key: str, default: str = "") -> str:
        """Return a text."""
        value = self.table.get(key, default)
        if isinstance(value, str):
            return value
        self.refuse(key, 'must be a text in quotes, such as "text"')
        return default

    def flag(self, key: str) -> bool:
        """Return true or false; false where nothing is said."""
        value = self.table.get(key, False)
        if isinstance(value, bool):
            return value
        self.refuse(key, "must be true or false, without quotes")
        return False

    def choice(self, key: str, kind: type[Choice], default: Choice | None) -> Choice | None:
        """Return one of a few words, whatever their case."""
        value = self.table.get(key)
        if value is None:
            return default
        for member in kind:
            if isinstance(value, str) and value.strip().lower() == member.value.lower():
                return member
        self.refuse(key, f"must be one of: {', '.join(kind)}")
        return default

    def amount(self, key: str) -> Decimal | None:
        """Return an exact amount of 0 or more, written as a text or a number."""
        value = self.table.get(key)
        if value is None or value == "":
            return None
        amount = _exact(value)
        if amount is None or amount < 0:
            self.refuse(key, 'must be an amount of 0 or more, such as "0.0015"')
            return None
        return amount

    def number(self, key: str) -> float | None:
        """Return a number."""
        value = self.table.get(key)
        if value is None:
            return None
        number = None if isinstance(value, bool) else _binary(value)
        if number is None:
            self.refuse(key, "must be a number, such as 0.7")
        return number

    def count(self, key: str) -> int | None:
        """Return a whole number above 0."""
        value = self.table.get(key)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
        self.refuse(key, "must be a whole number above 0, such as 1024")
        return None

    def sub_table(self, key: str) -> Mapping[str, object]:
        """Return a table within the table."""
        value = self.table.get(key, {})
        if isinstance(value, dict):
            return value
        self.refuse(key, f"must be a table, under a line such as [providers.NAME.{key}]")
        return {}


def _exact(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return None
    try:
        amount = Decimal(value.strip() if isinstance(value, str) else value)
    except InvalidOperation:
        return None
    # An exponent such as 1e99999 is valid, and writing it out would fill the disk.
    return amount if amount.is_finite() and abs(amount.adjusted()) < 40 else None


def _binary(value: object) -> float | None:
    if not isinstance(value, int | Decimal | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
