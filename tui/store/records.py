"""The lines of a conversation's journal: one JSON object each, pure functions both ways.

Kinds: ``header``, ``turn`` (a prompt, before anything is sent), ``delta`` (a piece of reasoning or
answer), ``reclassify`` (all text so far was the other kind), ``end`` (how a turn ended, with its
figures), ``title``, ``drop`` (a turn that makes room for the one that begins next; written once more it is
the answer that was chosen).
Lines are ASCII, so texts that no encoding can carry (lone surrogates) survive.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any

from tui.core.failure import Failure
from tui.core.parts import parts_of
from tui.core.timings import Timings
from tui.core.turn import ToolCall, Turn, TurnState
from tui.core.usage import Cost, ServerCost, ServerTimings, Source, Usage
from tui.store.migrations import CONVERSATION_SCHEMA

Record = dict[str, Any]

DELTA_START = b'{"record":"delta"'
"""How every line of text begins: a reader that wants the figures skips those without parsing them."""

_FORMAT = frozenset(
    ("record", "turn", "kind", "identity", "forked_from", "state", "source", "currency", "cause")
)
"""Words of the format: a key that happens to be one of them (``done``) must not break the file."""
_MOST_DIGITS = 40
"""Before or behind the point: an amount such as 1e99999 would fill the memory where it is written out."""
_STAMPS = ("sending", "headers", "first_text", "first_answer", "last_text", "last_chunk", "ended")


def encode_line(record: Record, redact: Callable[[str], str] | None = None) -> bytes:
    """Return a record as one line, its texts redacted; keys of the format itself stay."""
    clean = record if redact is None else _redacted(record, redact)
    return json.dumps(clean, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"


def decode_line(line: bytes) -> Record | None:
    """Return a line's record, or ``None`` where it is none."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and isinstance(value.get("record"), str) else None


def header_record(identity: str, title: str, created_at: str, forked_from: str = "") -> Record:
    """Return the first line of a conversation."""
    record: Record = {
        "record": "header",
        "schema": CONVERSATION_SCHEMA,
        "identity": identity,
        "title": title,
        "created_at": created_at,
    }
    return {**record, "forked_from": forked_from} if forked_from else record


def turn_record(turn: Turn) -> Record:
    """Return the line that begins a turn."""
    return {
        "record": "turn",
        "turn": turn.identity,
        "prompt": turn.prompt.text,
        "provider": turn.provider,
        "model": turn.model,
        "started_at": turn.started_at,
    }


def delta_record(turn_identity: str, kind: str, text: str) -> Record:
    """Return the line of a piece of text; ``kind`` is ``reasoning`` or ``answer``."""
    return {"record": "delta", "turn": turn_identity, "kind": kind, "text": text}


def end_record(turn: Turn, *, is_copy: bool = False) -> Record:
    """Return the line that ends a turn. A copy (in a fork) is not counted again in sums."""
    record: Record = {
        "record": "end",
        "turn": turn.identity,
        "state": turn.state.value,
        "provider": turn.provider,
        "model": turn.model,
        "usage": encode_flat(turn.usage),
        "cost": encode_cost(turn.cost),
        "server_cost": encode_server_cost(turn.server_cost),
        "timings": _encode_timings(turn.timings),
        "server_timings": encode_flat(turn.server_timings),
        "thinking_seconds": turn.thinking_seconds,
        "finish_reason": turn.finish_reason,
        "served_model": turn.served_model,
        "system_fingerprint": turn.system_fingerprint,
        "reasoning_source": turn.reasoning_source,
        "notes": [*turn.notes, *turn.lost],
        "malformed_events": turn.malformed_events or None,
        "tool_calls": {str(index): [call.name, call.arguments] for index, call in turn.tool_calls.items()},
        "failure": _encode_failure(turn.failure),
        "copy": is_copy or None,
    }
    return {key: value for key, value in record.items() if value not in (None, [], {})}


def reclassify_record(turn_identity: str, *, to_answer: bool) -> Record:
    """Return the line that says that all text of a turn so far was the other kind."""
    return {"record": "reclassify", "turn": turn_identity, "kind": "answer" if to_answer else "reasoning"}


def title_record(title: str) -> Record:
    """Return the line of a new title."""
    return {"record": "title", "title": title}


def drop_record(turn_identity: str) -> Record:
    """Return the line that takes a turn back."""
    return {"record": "drop", "turn": turn_identity}


def apply_turn(record: Mapping[str, Any], turn: Turn) -> None:
    """Take over what a ``turn`` line says."""
    turn.prompt = parts_of(_text(record, "prompt") or "")
    turn.provider = _text(record, "provider") or ""
    turn.model = _text(record, "model") or ""
    turn.started_at = _text(record, "started_at") or ""


def apply_end(record: Mapping[str, Any], turn: Turn) -> None:
    """Take over what an ``end`` line says, as far as it makes sense."""
    turn.state = _state(record)
    turn.usage = decode_usage(record.get("usage"))
    turn.cost = decode_cost(record.get("cost"))
    turn.server_cost = decode_server_cost(record.get("server_cost"))
    turn.timings = _decode_timings(record.get("timings"))
    turn.server_timings = _decode_flat(ServerTimings, record.get("server_timings"))
    turn.thinking_seconds = _number(record.get("thinking_seconds"))
    turn.finish_reason = _text(record, "finish_reason")
    turn.served_model = _text(record, "served_model")
    turn.system_fingerprint = _text(record, "system_fingerprint")
    turn.reasoning_source = _text(record, "reasoning_source")
    turn.notes = list(_texts(record.get("notes")))
    turn.malformed_events = _count(record.get("malformed_events")) or 0
    turn.tool_calls = _decode_tool_calls(record.get("tool_calls"))
    turn.failure = _decode_failure(record.get("failure"))
    turn.is_copy = record.get("copy") is True


def decode_usage(value: object) -> Usage | None:
    """Return the token counts of an ``end`` line."""
    if not isinstance(value, dict):
        return None
    return Usage(
        prompt_tokens=_count(value.get("prompt_tokens")),
        completion_tokens=_count(value.get("completion_tokens")),
        reasoning_tokens=_count(value.get("reasoning_tokens")),
        cached_tokens=_count(value.get("cached_tokens")),
        source=_source(value),
        notes=_texts(value.get("notes")),
    )


def decode_cost(value: object) -> Cost | None:
    """Return the amount of an ``end`` line, with every digit it was written with."""
    if not isinstance(value, dict):
        return None
    amounts = _amount(value.get("input")), _amount(value.get("output"))
    if amounts[0] is None or amounts[1] is None:
        return None
    lacking = _texts(value.get("lacking"))
    return Cost(
        amounts[0],
        amounts[1],
        str(value.get("currency", "USD")),
        _source(value),
        "input" in lacking,
        "output" in lacking,
    )


def decode_server_cost(value: object) -> ServerCost | None:
    """Return what the server said that an exchange cost."""
    if not isinstance(value, dict):
        return None
    amount, currency = _amount(value.get("amount")), _text(value, "currency")
    return None if amount is None else ServerCost(amount, currency, str(value.get("from", "")))


def _amount(value: object) -> Decimal | None:
    try:
        amount = Decimal(str(value))
    except ArithmeticError:
        return None
    return amount if amount.is_finite() and abs(amount.adjusted()) < _MOST_DIGITS else None


def _texts(value: object) -> tuple[str, ...]:
    return tuple(text for text in value if isinstance(text, str)) if isinstance(value, list) else ()


def encode_flat(value: Usage | ServerTimings | None) -> Record | None:
    if value is None:
        return None
    items = {item.name: getattr(value, item.name) for item in fields(value)}
    return {
        name: list(item) if isinstance(item, tuple) else item
        for name, item in items.items()
        if item is not None and item != ()
    }


def _decode_flat(kind: type[ServerTimings], value: object) -> ServerTimings | None:
    if not isinstance(value, dict):
        return None
    numbers = {item.name: _number(value.get(item.name)) for item in fields(kind)}
    counts = {
        name: None if number is None else int(number) if name.endswith(("tokens", "accepted")) else number
        for name, number in numbers.items()
    }
    return kind(**counts)  # type: ignore[arg-type]  # counts are whole, the other figures are not


def encode_cost(cost: Cost | None) -> Record | None:
    if cost is None:
        return None
    sides = (("input", cost.lacks_input), ("output", cost.lacks_output))
    lacking = [side for side, is_lacking in sides if is_lacking]
    return {
        "input": format(cost.input, "f"),
        "output": format(cost.output, "f"),
        "currency": cost.currency,
        "source": cost.source.value,
        **({"lacking": lacking} if lacking else {}),
    }


def encode_server_cost(cost: ServerCost | None) -> Record | None:
    if cost is None:
        return None
    record: Record = {"amount": format(cost.amount, "f"), "from": cost.origin}
    return {**record, "currency": cost.currency} if cost.currency else record


def _encode_timings(timings: Timings) -> Record | None:
    """Return the stamps in seconds since the request; the gaps between texts are not kept."""
    if timings.started is None:
        return None
    stamps = {name: getattr(timings, name) for name in _STAMPS}
    relative = {
        name: round(stamp - timings.started, 6) for name, stamp in stamps.items() if stamp is not None
    }
    counts = {"text_events": timings.text_events, "moments": timings.moments}
    return {**relative, **{name: count for name, count in counts.items() if count is not None}}


def _decode_timings(value: object) -> Timings:
    if not isinstance(value, dict):
        return Timings()
    events = _count(value.get("text_events")) or 0
    timings = Timings(started=0.0, text_events=events, moments=_count(value.get("moments")))
    for name in _STAMPS:
        setattr(timings, name, _number(value.get(name)))
    return timings


def _encode_failure(failure: Failure | None) -> Record | None:
    if failure is None:
        return None
    record = {item.name: getattr(failure, item.name) for item in fields(failure)}
    return {**record, "facts": dict(failure.facts), "chain": list(failure.chain)}


def _decode_failure(value: object) -> Failure | None:
    if not isinstance(value, dict):
        return None
    facts, chain = value.get("facts"), value.get("chain")
    return Failure(
        cause=str(value.get("cause", "internal")),
        title=str(value.get("title", "")),
        advice=str(value.get("advice", "")),
        status=_count(value.get("status")),
        server_message=_text(value, "server_message"),
        facts={str(key): str(fact) for key, fact in facts.items()} if isinstance(facts, dict) else {},
        chain=tuple(str(link) for link in chain) if isinstance(chain, list) else (),
    )


def _decode_tool_calls(value: object) -> dict[int, ToolCall]:
    calls: dict[int, ToolCall] = {}
    if isinstance(value, dict):
        for index, call in value.items():
            if index.isdecimal() and len(index) < 10 and isinstance(call, list) and len(call) == 2:
                calls[int(index)] = ToolCall(str(call[0]), str(call[1]))
    return calls


def _state(record: Mapping[str, Any]) -> TurnState:
    value = record.get("state")
    for state in TurnState:
        if value == state.value and not state.is_live:
            return state
    return TurnState.INTERRUPTED


def _source(record: Mapping[str, Any]) -> Source:
    return Source.ESTIMATED if record.get("source") == Source.ESTIMATED.value else Source.REPORTED


def _text(record: Mapping[str, Any], key: str) -> str | None:
    value = record.get(key)
    return value if isinstance(value, str) else None


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _redacted(value: Any, redact: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {key: item if key in _FORMAT else _redacted(item, redact) for key, item in value.items()}
    if isinstance(value, list):
        return [_redacted(item, redact) for item in value]
    return value
