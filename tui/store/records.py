"""The lines of a conversation's journal: one JSON object each, converted by pure functions.

``docs/journal.md`` describes them. Lines are ASCII, so that texts that cannot be encoded (lone surrogates)
survive. Values that a newer version adds to a turn are preserved.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tui.core.estimate import estimated_usage
from tui.core.parts import parts_of
from tui.core.queued_prompt import QueuedPrompt
from tui.core.turn import UNTOLD, Turn, TurnState
from tui.core.usage import Price, cost_of
from tui.store.price_record import decode_price, encode_price
from tui.store.record_values import END_VALUES, Record, count_of, decode_parts, encode_parts, text_of

SCHEMA = 2
"""The schema of new conversations; those of schema 1 are read, and rewritten when they continue."""

DELTA_START = b'{"record":"delta"'
"""The beginning of all lines with text, which a reader of figures skips without parsing."""

_FORMAT = frozenset(
    ("record", "turn", "parent", "kind", "identity", "forked_from", "state", "source", "currency", "cause")
) | {"sha256", "media_type"}
"""Words of the format: a key that is one of them (``done``) must not break the file."""
_TURN_TEXTS = ("provider", "model", "started_at")
_TURN_KEYS = frozenset(("record", "turn", "parent", "prompt", "parts", "settings", *_TURN_TEXTS))
_END_KEYS = frozenset(("record", "turn", "state", "provider", "model", "copy", *END_VALUES))


def encode_line(record: Record, redact: Callable[[str], str] | None = None) -> bytes:
    """Encode a record as one line, with its texts redacted; keys of the format itself stay."""
    clean = record if redact is None else _redacted(record, redact)
    return json.dumps(clean, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"


def decode_line(line: bytes) -> Record | None:
    """Decode a line, or return ``None`` if it is invalid."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and isinstance(value.get("record"), str) else None


def schema_of(header: Mapping[str, Any]) -> int | None:
    """Return the schema in a header, or ``None`` if it is not a number."""
    schema = header.get("schema")
    return schema if isinstance(schema, int) and not isinstance(schema, bool) else None


def header_record(identity: str, title: str, created_at: str, forked_from: str = "") -> Record:
    """Return the first record of a conversation."""
    record: Record = {
        "record": "header",
        "schema": SCHEMA,
        "identity": identity,
        "title": title,
        "created_at": created_at,
    }
    return {**record, "forked_from": forked_from} if forked_from else record


def turn_record(turn: Turn) -> Record:
    """Return the record of a new turn."""
    parts, settings = encode_parts(turn.prompt), dict(turn.settings)
    return {
        "record": "turn",
        "turn": turn.identity,
        "prompt": turn.prompt.text,
        **({"parts": parts} if parts else {}),
        **({} if turn.parent == UNTOLD else {"parent": turn.parent}),
        **{name: getattr(turn, name) for name in _TURN_TEXTS},
        **({"settings": settings} if settings else {}),
        **turn.unknown.get("turn", {}),
    }


def sent_record(turn_identity: str, prompt_tokens: int, price: Price) -> Record:
    """Return the record with the cost of a sent turn, in case nothing follows."""
    priced = encode_price(price, with_currency=False)
    record: Record = {"record": "sent", "turn": turn_identity, "prompt_tokens": prompt_tokens}
    return {**record, "price": priced} if priced else record


def delta_record(turn_identity: str, kind: str, text: str) -> Record:
    """Return the record of a piece of text; ``kind`` is ``reasoning`` or ``answer``."""
    return {"record": "delta", "turn": turn_identity, "kind": kind, "text": text}


def end_record(turn: Turn, *, is_copy: bool = False) -> Record:
    """Return the record that ends a turn. A copy (in a fork) is not counted again in sums."""
    values = {name: encode(getattr(turn, name)) for name, (encode, _) in END_VALUES.items()}
    values["notes"] = [*turn.notes, *turn.lost]
    return {
        "record": "end",
        "turn": turn.identity,
        "state": turn.state.value,
        "provider": turn.provider,
        "model": turn.model,
        **{name: value for name, value in values.items() if value not in (None, [], {})},
        **({"copy": True} if is_copy else {}),
        **turn.unknown.get("end", {}),
    }


def reclassify_record(turn_identity: str, *, to_answer: bool) -> Record:
    """Return the record that moves all text of a turn to the other kind."""
    return {"record": "reclassify", "turn": turn_identity, "kind": "answer" if to_answer else "reasoning"}


def title_record(title: str) -> Record:
    """Return the record of a new title."""
    return {"record": "title", "title": title}


def pin_record(*, is_pinned: bool) -> Record:
    """Return the record that pins or unpins a conversation."""
    return {"record": "pin", "pinned": is_pinned}


def path_record(turn_identity: str) -> Record:
    """Return the record with the last turn of the branch that is shown."""
    return {"record": "path", "turn": turn_identity}


def queue_record(prompts: Iterable[QueuedPrompt]) -> Record:
    """Return the record with all queued prompts, in order, by the ids of their turns."""
    waiting = []
    for prompt in prompts:
        parts = encode_parts(prompt.content)
        entry = {"turn": prompt.identity, "prompt": prompt.content.text}
        waiting.append({**entry, "parts": parts} if parts else entry)
    return {"record": "queue", "prompts": waiting}


def read_queue(record: Mapping[str, Any]) -> tuple[QueuedPrompt, ...]:
    """Decode the valid prompts of a ``queue`` record, without duplicates."""
    entries = record.get("prompts")
    found: dict[str, QueuedPrompt] = {}
    for entry in entries if isinstance(entries, list) else ():
        identity = entry.get("turn") if isinstance(entry, dict) else None
        if isinstance(identity, str) and identity:
            content = decode_parts(entry.get("parts")) or parts_of(text_of(entry.get("prompt")) or "")
            if content:
                found[identity] = QueuedPrompt(identity, content)
    return tuple(found.values())


def apply_turn(record: Mapping[str, Any], turn: Turn) -> None:
    """Apply a ``turn`` record, except ``parent``, which the path determines."""
    parts, settings = decode_parts(record.get("parts")), record.get("settings")
    turn.prompt = parts or parts_of(text_of(record.get("prompt")) or "")
    for name in _TURN_TEXTS:
        setattr(turn, name, text_of(record.get(name)) or "")
    turn.settings = settings if isinstance(settings, dict) else {}
    known = _TURN_KEYS - {"parts"} if "parts" in record and parts is None else _TURN_KEYS
    _keep_unknown(record, known, turn)


def apply_sent(record: Mapping[str, Any], turn: Turn) -> None:
    """Apply a ``sent`` record to an interrupted turn whose texts are complete."""
    turn.usage = estimated_usage(turn, count_of(record.get("prompt_tokens")))
    turn.cost = cost_of(turn.usage, decode_price(record.get("price")), is_cut=True)
    turn.is_copy = record.get("copy") is True


def apply_end(record: Mapping[str, Any], turn: Turn) -> None:
    """Apply the valid values of an ``end`` record."""
    turn.state = _state(record)
    for name, (_, decode) in END_VALUES.items():
        setattr(turn, name, decode(record.get(name)))
    turn.is_copy = record.get("copy") is True
    _keep_unknown(record, _END_KEYS, turn)


def _keep_unknown(record: Mapping[str, Any], known: frozenset[str], turn: Turn) -> None:
    unknown = {key: value for key, value in record.items() if key not in known}
    if unknown:
        turn.unknown = {**turn.unknown, record["record"]: unknown}


def _state(record: Mapping[str, Any]) -> TurnState:
    value = record.get("state")
    for state in TurnState:
        if value == state.value and not state.is_live:
            return state
    return TurnState.INTERRUPTED


def _redacted(value: Any, redact: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {key: item if key in _FORMAT else _redacted(item, redact) for key, item in value.items()}
    if isinstance(value, list):
        return [_redacted(item, redact) for item in value]
    return value
