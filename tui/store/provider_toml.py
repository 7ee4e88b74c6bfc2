"""A provider as a TOML table and back: exact decimals, plain words for what cannot be read.

A table names only what differs from the default, in the order of the form. Prices are strings, so
that no reader turns them into binary floats; numbers are accepted too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from tui.core.key_reference import KeyReference, parse_key_reference
from tui.core.provider import DEFAULT_TEST_PROMPT, Provider
from tui.core.provider_field import Kind, ProviderField, with_values
from tui.core.provider_schema import BY_NAME, IN_TOML
from tui.store.security_settings import SECURITY_KEYS, misplaced, read_tls, refusals_of
from tui.store.toml_values import TableReader, ValueProblem

Table = dict[str, object]

KNOWN_KEYS = tuple(dict.fromkeys(field.toml_table or field.name for field in IN_TOML))
"""What a provider's table may hold, in the order in which it is written. ``is_default`` is read too."""

_ALWAYS = ("category", "state")


def encode_provider(provider: Provider) -> Table:
    """Return the provider's table; ``name``, ``is_default`` and ``is_remote`` are not part of it."""
    if provider.test_prompt == provider.category.test_prompt:
        provider = replace(provider, test_prompt=DEFAULT_TEST_PROMPT)
    table: Table = {}
    for field in IN_TOML:
        value = field.of(provider)
        # An empty test prompt is a choice (it differs from the default); every other empty text is none.
        is_given = value not in (None, "", {}) or field.kind is Kind.TEST
        if field.name in _ALWAYS or (is_given and value != field.default):
            inner: Any = table.setdefault(field.toml_table, {}) if field.toml_table else table
            inner[field.name] = _written(field, value)
    return table


def _written(field: ProviderField, value: Any) -> object:
    match field.kind:
        case Kind.PRICE:
            return format(value, "f")
        case Kind.HEADERS:
            return dict(value)
        case Kind.BODY:
            return _encode_body(value)
        case Kind.KEY | Kind.CHOICE:
            return str(value)
    return value


def decode_provider(name: str, table: Mapping[str, object]) -> tuple[Provider, tuple[ValueProblem, ...]]:
    """Return the provider of a table, as far as its values can be used, and what cannot."""
    read = TableReader(table, security_keys=SECURITY_KEYS)
    tls = read_tls(read)
    fields = (*IN_TOML, BY_NAME["is_default"])
    values = {field: _read(field, tls if field.toml_table else read) for field in fields}
    read.problems += misplaced(table, (*KNOWN_KEYS, "is_default"))
    provider = replace(with_values(Provider(name), values), refusals=refusals_of(read.problems))
    return provider, tuple(read.problems)


def _read(field: ProviderField, read: TableReader) -> Any:
    """Return a value; where it cannot be used, what holds without it."""
    match field.kind:
        case Kind.PRICE:
            return read.amount(field.name)
        case Kind.NUMBER:
            return read.number(field.name)
        case Kind.COUNT:
            return read.count(field.name)
        case Kind.FLAG:
            return read.flag(field.name)
        case Kind.KEY:
            return _read_key(read)
        case Kind.TIME:
            return _read_time(read)
        case Kind.HEADERS:
            return _read_headers(read)
        case Kind.BODY:
            return _read_body(read)
        case Kind.PATH:
            return read.text(field.name) or None
        case Kind.CHOICE if isinstance(field.words, type):
            return read.choice(field.name, field.words, field.default)
    return read.text(field.name, field.default)


def _read_key(read: TableReader) -> KeyReference | None:
    text = read.text("api_key")
    reference = parse_key_reference(text)
    if reference is None and text.strip():
        read.refuse(
            "api_key",
            'holds a key itself, and this file is not private; write "env:NAME", or enter it in the form',
        )
    return reference


def _read_time(read: TableReader) -> str:
    value = read.table.get("created_time", "")
    return value.isoformat() if isinstance(value, datetime) else read.text("created_time")


def _read_headers(read: TableReader) -> dict[str, str]:
    headers: dict[str, str] = {}
    for key, value in read.sub_table("extra_headers").items():
        if isinstance(value, str):
            headers[key] = value
        else:
            read.refuse(f"extra_headers.{key}", 'must be a text in quotes, such as "text"')
    return headers


def _read_body(read: TableReader) -> dict[str, object]:
    value = read.table.get("extra_body", {})
    if isinstance(value, str):
        try:
            value = json.loads(value or "{}")
        except (ValueError, RecursionError):
            value = None
    if isinstance(value, dict):
        return {key: _json_value(item) for key, item in value.items()}
    read.refuse("extra_body", "must be a table, or a JSON object in quotes")
    return {}


def _encode_body(body: Mapping[str, object]) -> object:
    """Return a table, or JSON as a text where the body holds what TOML has no word for."""
    if _fits_toml(dict(body)):
        return dict(body)
    return json.dumps(dict(body))


def _fits_toml(value: object) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and _fits_toml(item) for key, item in value.items())
    if isinstance(value, list):
        return all(_fits_toml(item) for item in value)
    if isinstance(value, int):
        return abs(value) < 2**63
    return isinstance(value, str | float)


def _json_value(value: object) -> object:
    """Return a TOML value as JSON has it: a float for a decimal, a text for a date."""
    if isinstance(value, dict):
        return {key: _json_value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_json_value(item) for item in value]
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value
