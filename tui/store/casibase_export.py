"""Converts providers to Casibase's JSON, and lists the values that its records cannot contain."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal

from tui.core.api_key_reference import ApiKeyKind, ApiKeyReference
from tui.core.provider import Provider
from tui.core.provider_schema import FIELDS, SETTABLE
from tui.core.secret import Secret
from tui.texts import casibase as texts

UNSET = tuple(field for field in FIELDS if field.casibase_default is not None)
"""Fields that a record always contains, with a value that means unset."""
_ORDER = (
    *("owner", "name", "createdTime", "displayName", "category", "type", "subType", "clientSecret"),
    *("providerUrl", "compatibleProvider", "inputPricePerThousandTokens", "outputPricePerThousandTokens"),
    *("currency", "temperature", "topP", "frequencyPenalty", "presencePenalty", "testContent", "isDefault"),
    *("isRemote", "state"),
)
"""The order of the keys in Casibase."""
KEYS = tuple(dict.fromkeys((*_ORDER, *(field.casibase for field in FIELDS if field.casibase))))


def export_records(providers: Iterable[Provider], keys: Mapping[str, Secret] | None = None) -> str:
    """Return the providers as a JSON list of Casibase records, with keys only if given."""
    known = keys or {}
    records = [_written(_exported(provider, known.get(provider.name))) for provider in providers]
    return "[\n" + ",\n".join(records) + "\n]" if records else "[]"


def losses_of(provider: Provider, *, with_key: bool) -> tuple[str, ...]:
    """Return what the exported record of a provider lacks, in words without any secret."""
    prices = (provider.input_price, provider.output_price)
    found = []
    if provider.api_key is not None and not with_key:
        found.append(_key_words(provider.api_key))
    if prices != (None, None) and not any(prices):
        found.append(texts.LOST_FREE)
    for field in UNSET:
        if field.of(provider) == field.casibase_default:
            name = field.name.replace("_", " ")
            found.append(texts.LOST_SETTING.format(name=name, value=field.casibase_default))
    for field in SETTABLE:
        value = field.of(provider)
        if not field.casibase and value != field.default:
            found.append((field.lost_as or field.label.lower()).format(value))
    if provider.refusals:
        found.append(texts.LOST_SECURITY)
    return tuple(dict.fromkeys(found))


def _key_words(reference: ApiKeyReference) -> str:
    """Return a description of a reference; a command is not quoted, since its arguments may be secret."""
    if reference.kind is ApiKeyKind.STORED:
        return texts.LOST_KEY
    shown = "cmd:…" if reference.kind is ApiKeyKind.COMMAND else str(reference)
    return texts.LOST_KEY_SOURCE.format(key=shown)


def _exported(provider: Provider, key: Secret | None) -> dict[str, object]:
    record = {field.casibase: field.of(provider) for field in FIELDS}
    record |= {field.casibase: field.casibase_default for field in UNSET if field.of(provider) is None}
    record |= {
        "owner": "admin",
        "displayName": provider.label,
        "clientSecret": key.reveal() if key is not None else "",
        "testContent": provider.test_text,
    }
    # A missing price is omitted, which Casibase reads as 0.
    return {name: record[name] for name in KEYS if record[name] is not None}


def _written(record: Mapping[str, object]) -> str:
    """Return a flat JSON object with exact decimals, which the JSON writer does not support."""
    values = {
        key: format(value, "f") if isinstance(value, Decimal) else json.dumps(value)
        for key, value in record.items()
    }
    return "  {\n" + ",\n".join(f'    "{key}": {value}' for key, value in values.items()) + "\n  }"
