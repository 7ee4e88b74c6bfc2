"""The lines of the ledger's files: JSON objects, one per exchange, without any of its text.

Amounts and prices are strings with all digits. Unknown values are omitted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from tui.core.lazy_dataclass import dataclass
from tui.core.ledger import LedgerLine
from tui.core.observed import Outcome, Purpose
from tui.core.outside import read_amount
from tui.core.usage import Price, Source, Usage
from tui.store.price_record import decode_price, digits_of, encode_price
from tui.store.record_values import number_of

_LONGEST_NAME = 200
"""Characters of a name: a line stays below 4 kB, which is appended in one piece."""
_LARGEST_COUNT = 2**53
_FIRST_YEAR, _LAST_YEAR = 2000, 9000
"""At the ends of Python's range, times cannot be converted to other time zones."""
_PURPOSES = {purpose.value: purpose for purpose in Purpose}
_OUTCOMES = {outcome.value: outcome for outcome in Outcome}
_TOKENS = (
    ("prompt_tokens", "prompt"),
    ("cached_tokens", "cached"),
    ("written_tokens", "written"),
    ("completion_tokens", "completion"),
    ("reasoning_tokens", "reasoning"),
)


@dataclass(frozen=True, slots=True)
class LaterPrice:
    """A price that was given later to a provider's lines without one."""

    provider: str
    price: Price
    until: datetime
    """Applies to lines before this instant."""
    day: date


def encode_ledger_line(line: LedgerLine) -> bytes:
    """Return the whole line with its line feed."""
    usage, price = line.usage, line.price
    tokens: dict[str, object] = {
        short: getattr(usage, name) for name, short in _TOKENS if getattr(usage, name) is not None
    }
    if usage.source is Source.ESTIMATED:
        tokens["source"] = usage.source.value
    if usage.is_replay:
        tokens["replay"] = True
    record: dict[str, object] = {
        "at": instant_text(line.at),
        "for": line.purpose.value,
        "provider": line.provider[:_LONGEST_NAME],
        "server": line.server[:_LONGEST_NAME],
        "model": line.model[:_LONGEST_NAME],
        "chat": line.conversation[:_LONGEST_NAME],
        "tokens": tokens,
        "price": encode_price(price, with_currency=price.is_known or line.own_amount is not None),
        "amount": digits_of(line.own_amount),
        "at_least": line.is_lower_bound,
        "server_amount": digits_of(line.reported_amount),
        "server_currency": line.reported_currency,
        "busy_ms": line.busy_ms,
        "end": "" if line.outcome is Outcome.DONE else line.outcome.value,
        "cause": line.cause,
        "ttft_ms": line.ttft_ms,
        "rate": line.tokens_per_second,
        "requests": None if line.requests == 1 else line.requests,
        "from_chat": line.is_from_chat,
    }
    return _encoded(
        {name: value for name, value in record.items() if value not in (None, "", {}) and value is not False}
    )


def encode_later_price(later: LaterPrice) -> bytes:
    """Return the line of a price that was given later."""
    return _encoded(
        {
            "priced": later.provider,
            "until": instant_text(later.until),
            "day": later.day.isoformat(),
            "price": encode_price(later.price, with_currency=True),
        }
    )


def decode_ledger_line(data: bytes) -> LedgerLine | None:
    """Parse a line; return ``None`` if it is something else or damaged."""
    record = _record_of(data)
    at = _instant(record.get("at"))
    purpose = _PURPOSES.get(_text(record, "for"), Purpose.OTHER)
    if at is None:
        return None
    amount, reported = record.get("amount"), record.get("server_amount")
    tokens = record.get("tokens")
    return LedgerLine(
        at,
        purpose,
        _text(record, "provider"),
        _text(record, "server"),
        _text(record, "model"),
        _text(record, "chat"),
        _usage(tokens) if isinstance(tokens, dict) else Usage(),
        decode_price(record.get("price")),
        None if amount is None else read_amount(amount),
        record.get("at_least") is True,
        None if reported is None else read_amount(reported),
        _text(record, "server_currency"),
        _count(record.get("busy_ms")),
        _OUTCOMES.get(_text(record, "end"), Outcome.DONE),
        _text(record, "cause"),
        number_of(record.get("ttft_ms")),
        number_of(record.get("rate")),
        _count(record.get("requests")) or 1,
        record.get("from_chat") is True,
    )


def decode_later_price(data: bytes) -> LaterPrice | None:
    """Parse a price that was given later; return ``None`` if the line is something else or damaged."""
    record = _record_of(data)
    until, day = _instant(record.get("until")), _instant(record.get("day"))
    provider, price = record.get("priced"), decode_price(record.get("price"))
    if until is None or day is None or not isinstance(provider, str) or not price.is_known:
        return None
    return LaterPrice(provider, price, until, day.date())


def _encoded(record: Mapping[str, object]) -> bytes:
    text = json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "replace") + b"\n"


def _record_of(data: bytes) -> dict[str, Any]:
    try:
        record = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}


def instant_text(instant: datetime) -> str:
    """Return an instant as written in lines, in a format that sorts by time."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _instant(value: object) -> datetime | None:
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if instant is None or not _FIRST_YEAR <= instant.year <= _LAST_YEAR:
        return None
    return instant if instant.tzinfo is UTC else instant.replace(tzinfo=instant.tzinfo or UTC).astimezone(UTC)


def _usage(tokens: Mapping[str, object]) -> Usage:
    return Usage(
        _count(tokens.get("prompt")),
        _count(tokens.get("completion")),
        _count(tokens.get("reasoning")),
        _count(tokens.get("cached")),
        Source.ESTIMATED if tokens.get("source") == Source.ESTIMATED.value else Source.REPORTED,
        (),
        _count(tokens.get("written")),
        tokens.get("replay") is True,
    )


def _count(value: object) -> int | None:
    """Return a count; called for every line of a month, so the usual case comes first."""
    return value if value.__class__ is int and 0 <= value < _LARGEST_COUNT else None


def _text(record: Mapping[str, object], name: str) -> str:
    value = record.get(name, "")
    return value if isinstance(value, str) else ""
