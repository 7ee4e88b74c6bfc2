"""Converts the values in a journal's lines to JSON, and back if they are valid."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any

from tui.core.failure import Failure
from tui.core.lazy_pattern import lazy_pattern
from tui.core.parts import FilePart, ImagePart, Part, Parts, TextPart, parts_of
from tui.core.phases import Phase
from tui.core.timings import Timings
from tui.core.turn import ToolCall
from tui.core.usage import Cost, ServerCost, ServerTimings, Source, Usage
from tui.wire.numbers import read_number

Record = dict[str, Any]

_MOST_DIGITS = 40
"""Before or after the decimal point: an amount such as 1e99999 would exhaust the memory when formatted."""
_STAMPS = ("sending", "headers", "first_text", "first_answer", "last_text", "last_chunk", "ended")
_PART_KINDS = {TextPart: "text", ImagePart: "image", FilePart: "file"}
_SHA256 = lazy_pattern(r"[0-9a-f]{64}")


def text_of(value: object) -> str | None:
    """Return a text, or ``None`` for anything else."""
    return value if isinstance(value, str) else None


def texts_of(value: object) -> tuple[str, ...]:
    """Return the texts in a list."""
    return tuple(text for text in value if isinstance(text, str)) if isinstance(value, list) else ()


def count_of(value: object) -> int | None:
    """Return a non-negative integer."""
    return value if isinstance(value, int) and number_of(value) is not None else None


def number_of(value: object) -> float | None:
    """Return a plausible number: finite, from 0 to 2**53."""
    return None if isinstance(value, str) else read_number(value)


def encode_flat(value: Usage | ServerTimings | Part | None) -> Record | None:
    """Return the known fields of a value."""
    if value is None:
        return None
    items = {item.name: getattr(value, item.name) for item in fields(value)}
    return {
        name: list(item) if isinstance(item, tuple) else item
        for name, item in items.items()
        if item is not None and item != () and item is not False
    }


def decode_usage(value: object) -> Usage | None:
    """Decode token counts."""
    if not isinstance(value, dict):
        return None
    return Usage(
        prompt_tokens=count_of(value.get("prompt_tokens")),
        completion_tokens=count_of(value.get("completion_tokens")),
        reasoning_tokens=count_of(value.get("reasoning_tokens")),
        cached_tokens=count_of(value.get("cached_tokens")),
        source=_source(value),
        notes=texts_of(value.get("notes")),
        written_tokens=count_of(value.get("written_tokens")),
        is_replay=value.get("is_replay") is True,
    )


def decode_server_timings(value: object) -> ServerTimings | None:
    """Decode the times reported by a server."""
    if not isinstance(value, dict):
        return None
    names = [item.name for item in fields(ServerTimings) if item.name != "origin"]
    numbers = {name: number_of(value.get(name)) for name in names}
    counts = {
        name: None if number is None else int(number) if name.endswith(("tokens", "accepted")) else number
        for name, number in numbers.items()
    }
    origin = text_of(value.get("origin"))
    return ServerTimings(**counts, origin=origin)  # type: ignore[arg-type]  # counts are whole, others not


def encode_cost(cost: Cost | None) -> Record | None:
    """Encode an amount with all its digits."""
    if cost is None:
        return None
    parts = (("input", cost.lacks_input), ("output", cost.lacks_output), ("end", cost.lacks_end))
    lacking = [part for part, is_lacking in parts if is_lacking]
    return {
        "input": format(cost.input, "f"),
        "output": format(cost.output, "f"),
        "currency": cost.currency,
        "source": cost.source.value,
        **({"lacking": lacking} if lacking else {}),
    }


def decode_cost(value: object) -> Cost | None:
    """Decode an amount with all its digits."""
    if not isinstance(value, dict):
        return None
    amounts = _amount(value.get("input")), _amount(value.get("output"))
    if amounts[0] is None or amounts[1] is None:
        return None
    lacking = texts_of(value.get("lacking"))
    return Cost(
        amounts[0],
        amounts[1],
        str(value.get("currency", "USD")),
        _source(value),
        "input" in lacking,
        "output" in lacking,
        "end" in lacking,
    )


def encode_server_cost(cost: ServerCost | None) -> Record | None:
    """Encode the cost reported by a server."""
    if cost is None:
        return None
    record: Record = {"amount": format(cost.amount, "f"), "from": cost.origin}
    return {**record, "currency": cost.currency} if cost.currency else record


def decode_server_cost(value: object) -> ServerCost | None:
    """Decode the cost reported by a server."""
    if not isinstance(value, dict):
        return None
    amount, currency = _amount(value.get("amount")), text_of(value.get("currency"))
    return None if amount is None else ServerCost(amount, currency, str(value.get("from", "")))


def encode_timings(timings: Timings) -> Record | None:
    """Encode timestamps as seconds since the request; the gaps between texts are not stored."""
    if timings.started is None:
        return None
    stamps = {name: getattr(timings, name) for name in _STAMPS}
    relative = {
        name: round(stamp - timings.started, 6) for name, stamp in stamps.items() if stamp is not None
    }
    counts = {"text_events": timings.text_events, "moments": timings.moments}
    return {**relative, **{name: count for name, count in counts.items() if count is not None}}


def decode_timings(value: object) -> Timings:
    """Decode timestamps, with the request at 0."""
    if not isinstance(value, dict):
        return Timings()
    events = count_of(value.get("text_events")) or 0
    timings = Timings(started=0.0, text_events=events, moments=count_of(value.get("moments")))
    for name in _STAMPS:
        setattr(timings, name, number_of(value.get(name)))
    return timings


def encode_failure(failure: Failure | None) -> Record | None:
    """Encode a failure with its facts."""
    if failure is None:
        return None
    record = {item.name: getattr(failure, item.name) for item in fields(failure)}
    return {**record, "facts": dict(failure.facts), "chain": list(failure.chain)}


def decode_failure(value: object) -> Failure | None:
    """Decode a failure; without a cause, as an unknown one."""
    if not isinstance(value, dict):
        return None
    facts, chain = value.get("facts"), value.get("chain")
    return Failure(
        cause=str(value.get("cause", "internal")),
        title=str(value.get("title", "")),
        advice=str(value.get("advice", "")),
        status=count_of(value.get("status")),
        server_message=text_of(value.get("server_message")),
        facts={str(key): str(fact) for key, fact in facts.items()} if isinstance(facts, dict) else {},
        chain=tuple(str(link) for link in chain) if isinstance(chain, list) else (),
    )


def encode_tool_calls(calls: Mapping[int, ToolCall]) -> Record:
    """Encode tool calls by index."""
    return {str(index): [call.name, call.arguments] for index, call in calls.items()}


def decode_tool_calls(value: object) -> dict[int, ToolCall]:
    """Decode tool calls by index."""
    calls: dict[int, ToolCall] = {}
    if isinstance(value, dict):
        for index, call in value.items():
            if index.isdecimal() and len(index) < 10 and isinstance(call, list) and len(call) == 2:
                calls[int(index)] = ToolCall(str(call[0]), str(call[1]))
    return calls


def encode_phases(phases: tuple[Phase, ...]) -> list[Record]:
    """Encode phases, in order."""
    return [
        {"name": phase.name, "ms": phase.milliseconds, "source": phase.source}
        | ({"from": phase.origin} if phase.origin else {})
        for phase in phases
    ]


def decode_phases(value: object) -> tuple[Phase, ...]:
    """Decode phases, in order; invalid ones are skipped."""
    found: list[Phase] = []
    for item in value if isinstance(value, list) else ():
        record = item if isinstance(item, dict) else {}
        name, source, origin = (text_of(record.get(key)) for key in ("name", "source", "from"))
        milliseconds = number_of(record.get("ms"))
        if name is not None and milliseconds is not None:
            found.append(Phase(name, milliseconds, source or "", origin or ""))
    return tuple(found)


def encode_parts(parts: Parts) -> list[Record] | None:
    """Encode the parts of a message; ``None`` if it is only text."""
    if parts == parts_of(parts.text):
        return None
    return [{"kind": _PART_KINDS[type(part)], **(encode_flat(part) or {})} for part in parts]


def decode_parts(value: object) -> Parts | None:
    """Decode the parts of a message; ``None`` if any is of an unknown kind."""
    if not isinstance(value, list) or not value:
        return None
    parts = [_decode_part(item) if isinstance(item, dict) else None for item in value]
    known = [part for part in parts if part is not None]
    return Parts(known) if len(known) == len(value) else None


def _decode_part(value: Record) -> Part | None:
    kind, text, sha256 = value.get("kind"), text_of(value.get("text")), text_of(value.get("sha256"))
    if kind == "text" and text is not None:
        return TextPart(text)
    if sha256 is None or not _SHA256.fullmatch(sha256):  # it becomes the name of a file
        return None
    name, media_type = text_of(value.get("name")) or "", text_of(value.get("media_type")) or ""
    size = count_of(value.get("size")) or 0
    if kind == "image":
        return ImagePart(sha256, name, media_type, size, _two_counts(value.get("pixels")))
    if kind != "file":
        return None
    lines = _two_counts(value.get("lines"))
    return FilePart(sha256, name, media_type, size, lines, count_of(value.get("count")))


def _two_counts(value: object) -> tuple[int, int] | None:
    first, last = map(count_of, value) if isinstance(value, list) and len(value) == 2 else (None, None)
    return None if first is None or last is None else (first, last)


def _amount(value: object) -> Decimal | None:
    try:
        amount = Decimal(str(value))
    except ArithmeticError:
        return None
    return amount if amount.is_finite() and abs(amount.adjusted()) < _MOST_DIGITS else None


def _source(record: Mapping[str, Any]) -> Source:
    return Source.ESTIMATED if record.get("source") == Source.ESTIMATED.value else Source.REPORTED


def _as_is(value: Any) -> Any:
    return value


END_VALUES: Mapping[str, tuple[Callable[[Any], object], Callable[[object], object]]] = {
    "usage": (encode_flat, decode_usage),
    "cost": (encode_cost, decode_cost),
    "server_cost": (encode_server_cost, decode_server_cost),
    "timings": (encode_timings, decode_timings),
    "server_timings": (encode_flat, decode_server_timings),
    "phases": (encode_phases, decode_phases),
    "thinking_seconds": (_as_is, number_of),
    "finish_reason": (_as_is, text_of),
    "served_model": (_as_is, text_of),
    "system_fingerprint": (_as_is, text_of),
    "reasoning_source": (_as_is, text_of),
    "notes": (_as_is, lambda value: list(texts_of(value))),
    "malformed_events": (lambda count: count or None, lambda value: count_of(value) or 0),
    "tool_calls": (encode_tool_calls, decode_tool_calls),
    "failure": (encode_failure, decode_failure),
}
"""The fields of an ``end`` line: how each is written, and how it is read."""
