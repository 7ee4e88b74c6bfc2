"""Converts providers to and from TOML tables: exact decimals, plain messages for unreadable values.

A table contains only values that differ from the default, in the order of the form. Prices are strings, so
that no reader turns them into binary floats; numbers are accepted too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from tui.core.api_key_reference import ApiKeyReference, parse_api_key_reference
from tui.core.certificate_pin import normal_pin
from tui.core.provider import DEFAULT_TEST_PROMPT, Provider
from tui.core.provider_field import NOT_SET, Kind, ProviderField, with_values
from tui.core.provider_schema import BY_NAME, IN_TOML
from tui.store.security_settings import misplaced, refusals_of, tls_problems
from tui.store.toml_values import (
    ValueProblem,
    as_amount,
    as_choice,
    as_count,
    as_flag,
    as_number,
    as_text,
)
from tui.texts import store as texts

Table = dict[str, object]

KNOWN_KEYS = tuple(dict.fromkeys(field.toml_table or field.name for field in IN_TOML))
"""The keys of a provider's table, in the order in which they are written. ``is_default`` is read too."""

_ALWAYS = ("category", "state")


def encode_provider(provider: Provider) -> Table:
    """Return the provider's table; ``name``, ``is_default`` and ``is_remote`` are not part of it."""
    if provider.test_prompt == provider.category.test_prompt:
        provider = replace(provider, test_prompt=DEFAULT_TEST_PROMPT)
    table: Table = {}
    for field in IN_TOML:
        value = field.of(provider)
        # An empty test prompt is a value (it differs from the default); any other empty text is unset.
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
    """Return the provider in a table, as far as its values are usable, and the problems."""
    problems: list[ValueProblem] = []
    tls = table.get("tls", {})
    if not isinstance(tls, dict):
        problems.append(ValueProblem("tls", _table_wanted("tls"), is_of_security=True))
        tls = {}
    problems += tls_problems(tls)
    fields = (*IN_TOML, BY_NAME["is_default"])
    values = {field: _read(field, tls if field.toml_table else table, problems) for field in fields}
    problems += misplaced(table, (*KNOWN_KEYS, "is_default"))
    return replace(with_values(Provider(name), values), refusals=refusals_of(problems)), tuple(problems)


def _read(field: ProviderField, table: Mapping[str, object], problems: list[ValueProblem]) -> Any:
    """Return a value, or the default if it is unusable."""
    value = table.get(field.name)
    if value is None:
        return field.default
    if field.kind is Kind.HEADERS and isinstance(value, dict):
        wrong = [name for name, text in value.items() if not isinstance(text, str)]
        problems += (
            ValueProblem(f"{field.name}.{name}", texts.TEXT_WANTED, field.is_security) for name in wrong
        )
        return {name: text for name, text in value.items() if name not in wrong}
    try:
        return _usable(field, value)
    except ValueError as error:
        problems.append(ValueProblem(field.toml_key, str(error), field.is_security))
        return field.default


def _usable(field: ProviderField, value: object) -> Any:
    match field.kind:
        case Kind.KEY:
            return _reference(as_text(value))
        case Kind.TIME if isinstance(value, datetime):
            return value.isoformat()
        case Kind.HEADERS:
            raise ValueError(_table_wanted(field.name))
        case Kind.BODY:
            return _decode_body(value)
        case Kind.PATH:
            return as_text(value) or None
        case Kind.PIN:
            pin = as_text(value)
            return normal_pin(pin) or pin
        case Kind.CHOICE if field.default is None and value == NOT_SET:
            return None
        case Kind.CHOICE if isinstance(field.words, type):
            return as_choice(field.words)(value)
    return _READERS.get(field.kind, as_text)(value)


_READERS = {Kind.PRICE: as_amount, Kind.NUMBER: as_number, Kind.COUNT: as_count, Kind.FLAG: as_flag}


def _table_wanted(key: str) -> str:
    return texts.TABLE_WANTED.format(key=key)


def _reference(text: str) -> ApiKeyReference | None:
    reference = parse_api_key_reference(text)
    if reference is None and text.strip():
        raise ValueError(texts.HOLDS_KEY)
    return reference


def _decode_body(value: object) -> dict[str, object]:
    if isinstance(value, str):
        try:
            value = json.loads(value or "{}")
        except (ValueError, RecursionError):
            value = None
    if not isinstance(value, dict):
        raise ValueError(texts.BODY_WANTED)
    body = {key: _json_value(item) for key, item in value.items()}
    try:
        json.dumps(body, allow_nan=False)
    except ValueError:
        raise ValueError(texts.BODY_INFINITE) from None
    return body


def _encode_body(body: Mapping[str, object]) -> object:
    """Return a table, or JSON text if the body contains values that TOML does not support."""
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
    """Return a TOML value for JSON: a float for a decimal, a text for a date."""
    if isinstance(value, dict):
        return {key: _json_value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_json_value(item) for item in value]
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value
