"""Providers from and to Casibase's JSON, with every digit of their prices.

What a Casibase record always states means *unset* where it is Casibase's default for a new record
(temperature 1, top P 1, penalties 0): the server decides, as it did there. A price of 0 is free.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from tui.core.key_reference import STORED, parse_key_reference
from tui.core.provider import DEFAULT_TEST_PROMPT, TYPE, Category, Provider, Sampling, State
from tui.core.safe_text import safe_line
from tui.core.secret import Secret
from tui.store.errors import usage_error

if TYPE_CHECKING:
    from tui.store.casibase_record import CasibaseRecord

_UNSET = {"temperature": 1, "top_p": 1, "frequency_penalty": 0, "presence_penalty": 0}
_OWN_SUB_TYPES = ("", "custom-model", "custom-embedding")


@dataclass(frozen=True, slots=True)
class ImportedRecord:
    """A provider, and its key where the record had one."""

    provider: Provider
    key: Secret | None = None


@dataclass(frozen=True, slots=True)
class Import:
    """What a text held."""

    records: tuple[ImportedRecord, ...]
    notices: tuple[str, ...]
    """What was left out or changed, each a sentence."""


def import_records(text: str) -> Import:
    """Read one record, a list of records, or an answer of Casibase's API with them under ``data``.

    A record that cannot be used is left out with a notice; the others are imported.

    Raises:
        UsageError: it is not JSON, or has no record (``import-malformed``).
    """
    records: list[ImportedRecord] = []
    notices: list[str] = []
    for number, value in enumerate(_values(text), 1):
        label = _label(number, value)
        record = _validated(value, label, notices)
        if record is None:
            continue
        if record.category not in {item.value for item in Category}:
            notices.append(f"{label}: left out, its category is {safe_line(record.category, 30)}.")
            continue
        if record.type != TYPE:
            notices.append(f"{label}: its type {safe_line(record.type, 30)} is imported as {TYPE}.")
        records.append(_imported(record))
    return Import(tuple(records), tuple(notices))


def export_records(providers: Iterable[Provider], keys: Mapping[str, Secret] | None = None) -> str:
    """Return the providers as a JSON list of Casibase records; keys only where they are given."""
    known = keys or {}
    records = [_written(_exported(provider, known.get(provider.name))) for provider in providers]
    return "[\n" + ",\n".join(records) + "\n]" if records else "[]"


def _values(text: str) -> list[object]:
    try:
        value = json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)
    except RecursionError:
        raise usage_error("import-malformed", reason="it is nested too deeply") from None
    except ValueError as error:
        # The message of the JSON reader may quote the text, which may hold keys.
        line = getattr(error, "lineno", None)
        where = f" (line {line})" if line else ""
        raise usage_error("import-malformed", reason=f"it is not JSON{where}") from None
    if isinstance(value, dict) and isinstance(value.get("data"), dict | list):
        value = value["data"]
    values = value if isinstance(value, list) else [value]
    if not values or not all(isinstance(item, dict) for item in values):
        raise usage_error("import-malformed", reason="it holds no provider record")
    return values


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not a number")


def _label(number: int, value: object) -> str:
    name = value.get("name") if isinstance(value, dict) else None
    return (
        f"Record {number} ({safe_line(name, 40)})" if isinstance(name, str) and name else f"Record {number}"
    )


def _validated(value: object, label: str, notices: list[str]) -> CasibaseRecord | None:
    from pydantic import ValidationError

    from tui.store.casibase_record import CasibaseRecord

    try:
        return CasibaseRecord.model_validate(value)
    except ValidationError as error:
        # Without the input: it can be the key.
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        notices.append(f"{label}: left out, {safe_line(field, 40)}: {first['msg']}.")
        return None


def _imported(record: CasibaseRecord) -> ImportedRecord:
    reference = parse_key_reference(record.client_secret)
    has_key = bool(record.client_secret.strip(" *"))  # an answer of the API masks keys as ***
    is_literal = reference is None and has_key
    provider = Provider(
        name=record.name.strip(),
        display_name="" if record.display_name == record.name else record.display_name,
        category=Category(record.category),
        compatible_provider=_model(record),
        input_price=record.input_price_per_thousand_tokens,
        output_price=record.output_price_per_thousand_tokens,
        currency=record.currency or "USD",
        api_key=STORED if is_literal else reference,
        provider_url=record.provider_url.strip(),
        is_default=record.is_default,
        state=State.INACTIVE if record.state == State.INACTIVE.value else State.ACTIVE,
        created_time=record.created_time,
        test_prompt=record.test_content or DEFAULT_TEST_PROMPT,
        sampling=Sampling(
            temperature=_number(record, "temperature"),
            top_p=_number(record, "top_p"),
            frequency_penalty=_number(record, "frequency_penalty"),
            presence_penalty=_number(record, "presence_penalty"),
        ),
    )
    return ImportedRecord(provider, Secret(record.client_secret.strip()) if is_literal else None)


def _model(record: CasibaseRecord) -> str:
    """Other types of Casibase name the model in the sub type."""
    if record.compatible_provider or record.sub_type in _OWN_SUB_TYPES:
        return record.compatible_provider.strip()
    return record.sub_type.strip()


def _number(record: CasibaseRecord, name: str) -> float | None:
    value: float | None = getattr(record, name)
    return None if value == _UNSET[name] else value


def _exported(provider: Provider, key: Secret | None) -> dict[str, object]:
    sampling = provider.sampling

    def number(name: str) -> float:
        value: float | None = getattr(sampling, name)
        return _UNSET[name] if value is None else value

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
