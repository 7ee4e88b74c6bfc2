"""Converts providers from and to Casibase's JSON, preserving every digit of their prices.

Values that every Casibase record has mean *unset* if they equal Casibase's defaults for a new record
(temperature 1, top P 1, penalties 0; prices 0), which nobody has set.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from tui.core.api_key_reference import STORED, ApiKeyReference, disguised_reference
from tui.core.lazy_dataclass import dataclass
from tui.core.provider import TYPE, Category, Provider
from tui.core.provider_field import Kind, ProviderField, with_values
from tui.core.provider_schema import SETTABLE
from tui.core.safe_text import safe_line
from tui.core.secret import Secret
from tui.store.casibase_export import KEYS, UNSET, export_records
from tui.store.casibase_record import validated
from tui.store.import_text import values_of
from tui.texts import casibase as texts
from tui.texts.fields import NOTHING_FOLLOWS

__all__ = ["Import", "ImportedRecord", "LeftOut", "NamedSecret", "export_records", "import_records"]

_PRICES = ("inputPricePerThousandTokens", "outputPricePerThousandTokens")
_OWN_SUB_TYPES = ("", "custom-model", "custom-embedding")
_MOST_NAMED = 6


@dataclass(frozen=True, slots=True)
class ImportedRecord:
    """A provider, and its key if the record has one."""

    provider: Provider
    key: Secret | None = None
    number: int = 1
    """Its position in the text, from 1."""
    is_priced: bool = True
    """Whether its prices are known: both are 0 in a record that was never priced."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A record that is not imported, and the reason."""

    number: int
    name: str
    reason: str
    """A sentence without its full stop, and without a key."""
    is_refused: bool = False
    """It refers to a secret, which was not allowed."""


@dataclass(frozen=True, slots=True)
class Import:
    """The content of an imported text."""

    records: tuple[ImportedRecord, ...]
    left_out: tuple[LeftOut, ...] = ()
    remarks: tuple[str, ...] = ()
    """What was changed or cannot be represented, one sentence each."""

    @property
    def notices(self) -> tuple[str, ...]:
        """What was omitted or changed, one sentence each."""
        return (
            *(f"{_label(item.number, item.name)}: {item.reason}." for item in self.left_out),
            *self.remarks,
        )


@dataclass(frozen=True, slots=True)
class NamedSecret:
    """A record with a reference to a secret on this machine, or a command, instead of a key."""

    name: str
    reference: ApiKeyReference
    url: str
    """Where that secret would be sent."""


def refuse_references(_: NamedSecret) -> bool:
    """Reject all records that refer to secrets: the file would choose which one is sent to its own URL."""
    return False


def import_records(
    text: str,
    *,
    allows: Callable[[NamedSecret], bool] = refuse_references,
    zero_is_free: bool = False,
) -> Import:
    """Read one record, a list of records, or a response of Casibase's API with them under ``data``.

    Unusable records are skipped; the others are imported.

    Args:
        allows: asked for each record with a reference (``env:``, ``cmd:``, ``file:``) instead of a key.
        zero_is_free: whether prices of 0 and 0 mean free instead of unknown.

    Raises:
        UsageError: it is not JSON, or has no record (``import-malformed``).
    """
    reader = _Reader(allows, zero_is_free)
    for number, value in enumerate(values_of(text), 1):
        reader.read(number, value)
    return Import(tuple(reader.records), tuple(reader.left_out), tuple(reader.remarks()))


class _Reader:
    """Reads the records of one text, and counts what is reported about all of them."""

    def __init__(self, allows: Callable[[NamedSecret], bool], zero_is_free: bool) -> None:
        self._allows = allows
        self._zero_is_free = zero_is_free
        self.records: list[ImportedRecord] = []
        self.left_out: list[LeftOut] = []
        self._retyped: list[str] = []
        self._without_place: Counter[str] = Counter()
        self._unset = 0
        self._unpriced = 0

    def read(self, number: int, value: object) -> None:
        """Read one record, or note why it is skipped."""
        name = value.get("name") if isinstance(value, dict) else None
        label = name if isinstance(name, str) else ""
        try:
            self.records.append(self._imported(number, _validated(value), value))
        except _UnusableError as error:
            self.left_out.append(LeftOut(number, label, str(error), error.is_refused))

    def remarks(self) -> list[str]:
        """Return the notices about all records together."""
        found = list(self._retyped)
        if self._unset:
            found.append(texts.AT_DEFAULTS.format(providers=_providers(self._unset)))
        if self._unpriced:
            found.append(texts.UNPRICED.format(providers=_providers(self._unpriced)))
        if self._without_place:
            names = ", ".join(safe_line(name, 40) for name in list(self._without_place)[:_MOST_NAMED])
            more = ", …" if len(self._without_place) > _MOST_NAMED else ""
            found.append(texts.NO_SETTING.format(names=names + more))
        return found

    def _imported(self, number: int, record: Mapping[str, Any], value: object) -> ImportedRecord:
        if record["category"] not in set(Category):
            raise _UnusableError(texts.WRONG_CATEGORY.format(category=safe_line(record["category"], 30)))
        reference, secret = self._reference(record), record["clientSecret"]
        is_literal = reference is None and bool(secret.strip(" *"))  # the API masks keys as ***
        prices = record[_PRICES[0]], record[_PRICES[1]]
        is_priced = any(prices) or (self._zero_is_free and prices != (None, None))
        if record["type"] != TYPE:
            label, shown = _label(number, record["name"]), safe_line(record["type"], 30)
            self._retyped.append(texts.RETYPED.format(label=label, type=shown, new=TYPE))
        self._unpriced += prices != (None, None) and not is_priced
        self._unset += any(record[field.casibase] == field.casibase_default for field in UNSET)
        self._without_place.update(_nameless(value))
        provider = _provider(
            record, STORED if is_literal else reference, prices if is_priced else (None, None)
        )
        return ImportedRecord(provider, Secret(secret.strip()) if is_literal else None, number, is_priced)

    def _reference(self, record: Mapping[str, Any]) -> ApiKeyReference | None:
        reference = disguised_reference(record["clientSecret"])
        if reference is None:
            return None
        shown = safe_line(str(reference), 60)
        if not self._allows(NamedSecret(record["name"], reference, record["providerUrl"])):
            where = safe_line(record["providerUrl"], 60) or texts.ITS_URL
            raise _UnusableError(texts.REFUSED.format(key=shown, url=where), is_refused=True)
        if not reference.value and reference != STORED:
            raise _UnusableError(NOTHING_FOLLOWS.format(prefix=shown))
        return reference


class _UnusableError(Exception):
    """Why a record is not imported, as text for the user."""

    def __init__(self, reason: str, *, is_refused: bool = False) -> None:
        super().__init__(reason)
        self.is_refused = is_refused


def _validated(value: object) -> Mapping[str, Any]:
    try:
        return validated(value)
    except ValueError as error:
        raise _UnusableError(str(error)) from None


def _nameless(value: object) -> list[str]:
    """Return the names of the values in a record that lmdeck cannot represent."""
    return [key for key, item in value.items() if key not in KEYS and item] if isinstance(value, dict) else []


def _providers(count: int) -> str:
    return f"{count:,} provider{'' if count == 1 else 's'}"


def _label(number: int, name: str) -> str:
    if not name:
        return texts.RECORD.format(number=number)
    return texts.NAMED_RECORD.format(number=number, name=safe_line(name, 40))


def _provider(
    record: Mapping[str, Any], key: ApiKeyReference | None, prices: tuple[Decimal | None, Decimal | None]
) -> Provider:
    is_named_alike = record["displayName"] == record["name"]
    return replace(
        with_values(Provider(""), {field: _read(field, record) for field in SETTABLE if field.casibase}),
        display_name="" if is_named_alike else record["displayName"],
        model=_model(record),
        input_price=prices[0],
        output_price=prices[1],
        api_key=key,
    )


def _read(field: ProviderField, record: Mapping[str, Any]) -> Any:
    value = record[field.casibase]
    if field.kind is Kind.NUMBER:
        return None if value == field.casibase_default else value
    if field.kind is Kind.TEST:
        return field.default if value in ("", Category(record["category"]).test_prompt) else value
    if field.kind is Kind.CHOICE and isinstance(field.words, type):
        return next((word for word in field.words if word == value), field.default)
    return value.strip() if field.kind is Kind.TEXT else value or field.default


def _model(record: Mapping[str, Any]) -> str:
    """Return the model; other types of Casibase have it in the sub type."""
    is_own = record["compatibleProvider"] or record["subType"] in _OWN_SUB_TYPES
    name: str = record["compatibleProvider" if is_own else "subType"]
    return name.strip()
