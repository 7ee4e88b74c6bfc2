"""Providers as Casibase's JSON, and what of them its records cannot hold."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal

from tui.core.key_reference import KeyKind, KeyReference
from tui.core.provider import KeyHeader, Provider, SendBack, TlsSettings
from tui.core.secret import Secret

_DEFAULTS = {"temperature": 1, "top_p": 1, "frequency_penalty": 0, "presence_penalty": 0}


def export_records(providers: Iterable[Provider], keys: Mapping[str, Secret] | None = None) -> str:
    """Return the providers as a JSON list of Casibase records; keys only where they are given."""
    known = keys or {}
    records = [_written(_exported(provider, known.get(provider.name))) for provider in providers]
    return "[\n" + ",\n".join(records) + "\n]" if records else "[]"


def losses_of(provider: Provider, *, with_key: bool) -> tuple[str, ...]:
    """Return what of a provider is not in its exported record, in words without any secret."""
    sampling = provider.sampling
    prices = (provider.input_price, provider.output_price)
    is_free = prices != (None, None) and not any(prices)
    ambiguous = [name for name, default in _DEFAULTS.items() if getattr(sampling, name) == default]
    found: tuple[tuple[object, str], ...] = (
        (provider.api_key is not None and not with_key, _key_words(provider.api_key)),
        (is_free, "that it is free (prices of 0 mean never priced there)"),
        *((True, _default_words(name)) for name in ambiguous),
        (sampling.max_tokens is not None, "max tokens"),
        (provider.thinking, "thinking"),
        (provider.system_prompt, "the system prompt"),
        (provider.send_back not in (None, SendBack.NEVER), "sending the reasoning back"),
        (provider.key_header is not KeyHeader.BEARER, f"the key's header ({provider.key_header.value})"),
        (provider.allow_unencrypted_key, "that the key may go unencrypted"),
        (provider.tls != TlsSettings(), "TLS settings"),
        (provider.refusals, "security settings that cannot be read"),
        (provider.extra_headers, "extra headers"),
        (provider.extra_body, "extra body"),
    )
    return tuple(words for is_there, words in found if is_there)


def _default_words(name: str) -> str:
    """What Casibase has in every record cannot be told there from what somebody set."""
    return f"that its {name.replace('_', ' ')} is set (to {_DEFAULTS[name]}, which every record has there)"


def _key_words(reference: KeyReference | None) -> str:
    """A command may have a secret among its arguments: its kind is enough."""
    if reference is None or reference.kind is KeyKind.STORED:
        return "the stored API key (--with-keys)"
    shown = "cmd:…" if reference.kind is KeyKind.COMMAND else str(reference)
    return f"where the API key comes from ({shown})"


def _exported(provider: Provider, key: Secret | None) -> dict[str, object]:
    sampling = provider.sampling

    def number(name: str) -> float:
        value: float | None = getattr(sampling, name)
        return _DEFAULTS[name] if value is None else value

    prices = {"input": provider.input_price, "output": provider.output_price}
    return {
        "owner": "admin",
        "name": provider.name,
        "createdTime": provider.created_time,
        "displayName": provider.label,
        "category": provider.category.value,
        "type": provider.type,
        "subType": provider.sub_type,
        "clientSecret": key.reveal() if key is not None else "",
        "providerUrl": provider.provider_url,
        "compatibleProvider": provider.compatible_provider,
        # A price that nobody gave is left out, which Casibase reads as 0.
        **{f"{name}PricePerThousandTokens": price for name, price in prices.items() if price is not None},
        "currency": provider.currency,
        "temperature": number("temperature"),
        "topP": number("top_p"),
        "frequencyPenalty": number("frequency_penalty"),
        "presencePenalty": number("presence_penalty"),
        "testContent": provider.test_text,
        "isDefault": provider.is_default,
        "isRemote": provider.is_remote,
        "state": provider.state.value,
    }


def _written(record: Mapping[str, object]) -> str:
    """Return a flat JSON object with exact decimals, which the JSON writer has no way to say."""
    values = {
        key: format(value, "f") if isinstance(value, Decimal) else json.dumps(value)
        for key, value in record.items()
    }
    return "  {\n" + ",\n".join(f'    "{key}": {value}' for key, value in values.items()) + "\n  }"
