"""Casibase's provider record in JSON. Imported on demand: pydantic is slow to import."""

from __future__ import annotations

import os
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, ValidationError, create_model
from pydantic.alias_generators import to_camel, to_snake

from tui.core.provider_field import Kind, ProviderField
from tui.core.provider_schema import FIELDS
from tui.core.safe_text import safe_line
from tui.texts import casibase as texts

# Plug-ins of other installed packages would see every record, including its key.
os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"


_WORDS = {
    "missing": texts.IS_MISSING,
    "string_too_short": texts.IS_EMPTY,
    "string_": texts.NO_TEXT,
    "bool_": texts.NO_YES_OR_NO,
    "greater_than": texts.BELOW_ZERO,
    "finite_number": texts.NO_NUMBER,
    "decimal_": texts.NO_NUMBER,
    "float_": texts.NO_NUMBER,
}
"""Error messages by the prefix of pydantic's name for the error."""


def _type(field: ProviderField) -> tuple[Any, Any]:
    """Return the type of a key, and its default."""
    if field.name == "name":
        return str, Field(min_length=1)
    if field.kind is Kind.PRICE:
        return Annotated[Decimal, Field(ge=0, allow_inf_nan=False)] | None, None
    if field.kind is Kind.NUMBER:
        return Annotated[float, Field(allow_inf_nan=False)] | None, None
    # Go writes null for unset values.
    if isinstance(field.default, bool):
        return Annotated[bool, BeforeValidator(lambda value: False if value is None else value)], False
    is_shown = field.kind is not Kind.KEY
    text = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]
    return text, Field(default=str(field.default or ""), repr=is_shown)


_CONFIG = ConfigDict(alias_generator=to_camel, validate_by_name=True, validate_by_alias=True, extra="ignore")
_KEYS: dict[str, Any] = {to_snake(field.casibase): _type(field) for field in FIELDS if field.casibase}
_Record = create_model("_Record", __config__=_CONFIG, **_KEYS)


def validated(value: object) -> Mapping[str, Any]:
    """Return the values of a provider by key, ignoring unrelated ones.

    Raises:
        ValueError: a value is invalid; the message says which and why, without the value, which can be the
            key.
    """
    try:
        record: dict[str, Any] = _Record.model_validate(value).model_dump(by_alias=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise ValueError(_reason(first["loc"], first["type"])) from None
    return record


def _reason(place: tuple[int | str, ...], kind: str) -> str:
    """Return our own description of an error in a record; ``kind`` is pydantic's name for it."""
    if not place:
        return texts.NO_OBJECT
    field = safe_line(".".join(str(part) for part in place), 40)
    words = next((text for beginning, text in _WORDS.items() if kind.startswith(beginning)), texts.NOT_USABLE)
    return texts.WRONG_FIELD.format(field=field, problem=words)
