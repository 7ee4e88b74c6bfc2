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

from tui.core.key_reference import KeyReference, parse_key_reference
from tui.core.provider import (
    DEFAULT_TEST_PROMPT,
    Category,
    KeyHeader,
    Provider,
    Sampling,
    SendBack,
    State,
    Thinking,
    TlsSettings,
)
from tui.store.security_settings import SECURITY_KEYS, TLS_TEXTS, misplaced, read_tls, refusals_of
from tui.store.toml_values import TableReader, ValueProblem

Table = dict[str, object]

_NUMBERS = ("temperature", "top_p", "frequency_penalty", "presence_penalty")

KNOWN_KEYS = (
    "display_name",
    "category",
    "compatible_provider",
    "input_price",
    "output_price",
    "currency",
    "api_key",
    "provider_url",
    "state",
    "created_time",
    "test_prompt",
    "system_prompt",
    *_NUMBERS,
    "max_tokens",
    "thinking",
    "send_back",
    "key_header",
    "allow_unencrypted_key",
    "tls",
    "extra_headers",
    "extra_body",
)
"""What a provider's table may hold, in the order in which it is written. ``is_default`` is read too."""


def encode_provider(provider: Provider) -> Table:
    """Return the provider's table; ``name``, ``is_default`` and ``is_remote`` are not part of it."""
    sampling = provider.sampling
    values: Table = {
        "display_name": provider.display_name,
        "category": provider.category.value,
        "compatible_provider": provider.compatible_provider,
        "input_price": _written(provider.input_price),
        "output_price": _written(provider.output_price),
        "currency": provider.currency if provider.currency != "USD" else None,
        "api_key": None if provider.api_key is None else str(provider.api_key),
        "provider_url": provider.provider_url,
        "state": provider.state.value,
        "created_time": provider.created_time,
        "test_prompt": _written_test(provider),
        "system_prompt": provider.system_prompt,
        **{key: getattr(sampling, key) for key in _NUMBERS},
        "max_tokens": sampling.max_tokens,
        "thinking": None if provider.thinking is None else provider.thinking.value,
        "send_back": None if provider.send_back is None else provider.send_back.value,
        "key_header": None if provider.key_header is KeyHeader.BEARER else provider.key_header.value,
        "allow_unencrypted_key": provider.allow_unencrypted_key or None,
        "tls": _encode_tls(provider.tls),
        "extra_headers": dict(provider.extra_headers),
        "extra_body": _encode_body(provider.extra_body),
    }
    # An empty test prompt is a choice (it differs from the default); every other empty text is none.
    kept = {key: value for key, value in values.items() if value is not None}
    return {key: value for key, value in kept.items() if key == "test_prompt" or value not in ("", {})}


def _written_test(provider: Provider) -> str | None:
    """Return the text of the test where it is not the default one of the category."""
    defaults = (DEFAULT_TEST_PROMPT, provider.category.test_prompt)
    return None if provider.test_prompt in defaults else provider.test_prompt


def decode_provider(name: str, table: Mapping[str, object]) -> tuple[Provider, tuple[ValueProblem, ...]]:
    """Return the provider of a table, as far as its values can be used, and what cannot."""
    read = TableReader(table, security_keys=SECURITY_KEYS)
    tls = read_tls(read)
    provider = Provider(
        name=name,
        display_name=read.text("display_name"),
        category=read.choice("category", Category, Category.MODEL) or Category.MODEL,
        compatible_provider=read.text("compatible_provider"),
        input_price=read.amount("input_price"),
        output_price=read.amount("output_price"),
        currency=read.text("currency", "USD"),
        api_key=_read_key(read),
        provider_url=read.text("provider_url"),
        is_default=read.flag("is_default"),
        state=read.choice("state", State, State.ACTIVE) or State.ACTIVE,
        created_time=_read_time(read),
        test_prompt=read.text("test_prompt", DEFAULT_TEST_PROMPT),
        system_prompt=read.text("system_prompt"),
        sampling=Sampling(
            temperature=read.number("temperature"),
            top_p=read.number("top_p"),
            frequency_penalty=read.number("frequency_penalty"),
            presence_penalty=read.number("presence_penalty"),
            max_tokens=read.count("max_tokens"),
        ),
        thinking=read.choice("thinking", Thinking, None),
        send_back=read.choice("send_back", SendBack, None),
        key_header=read.choice("key_header", KeyHeader, KeyHeader.BEARER) or KeyHeader.BEARER,
        extra_headers=_read_headers(read),
        extra_body=_read_body(read),
        tls=TlsSettings(**{key: tls.optional_text(key) for key in TLS_TEXTS}, insecure=tls.flag("insecure")),
        allow_unencrypted_key=read.flag("allow_unencrypted_key"),
    )
    read.problems += misplaced(table, (*KNOWN_KEYS, "is_default"))
    return replace(provider, refusals=refusals_of(read.problems)), tuple(read.problems)


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


def _encode_tls(tls: TlsSettings) -> Table:
    texts = {key: getattr(tls, key) for key in TLS_TEXTS}
    values: Table = {key: value for key, value in texts.items() if value}
    return {**values, "insecure": True} if tls.insecure else values


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


def _written(amount: Decimal | None) -> str | None:
    return None if amount is None else format(amount, "f")
