"""Casibase's provider record in JSON. Imported only where records are read: pydantic is heavy."""

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

# What other installed packages plug into pydantic would see every record, with its key.
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
"""By how pydantic's name for it begins."""


def _type(field: ProviderField) -> tuple[Any, Any]:
    """Return the type of a key, and what holds where a record is silent."""
    if field.name == "name":
        return str, Field(min_length=1)
    if field.kind is Kind.PRICE:
        return Annotated[Decimal, Field(ge=0, allow_inf_nan=False)] | None, None
    if field.kind is Kind.NUMBER:
        return Annotated[float, Field(allow_inf_nan=False)] | None, None
    # Go writes null for what was never set.
    if isinstance(field.default, bool):
        return Annotated[bool, BeforeValidator(lambda value: False if value is None else value)], False
    is_shown = field.kind is not Kind.KEY
    text = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]
    return text, Field(default=str(field.default or ""), repr=is_shown)


_CONFIG = ConfigDict(alias_generator=to_camel, validate_by_name=True, validate_by_alias=True, extra="ignore")
_KEYS: dict[str, Any] = {to_snake(field.casibase): _type(field) for field in FIELDS if field.casibase}
_Record = create_model("_Record", __config__=_CONFIG, **_KEYS)


def validated(value: object) -> Mapping[str, Any]:
    """Return the values of one provider by their keys; those that have nothing to do with one are left out.

    Raises:
        ValueError: a value cannot be used; it says which and why, without the value, which can be the key.
    """
    try:
        record: dict[str, Any] = _Record.model_validate(value).model_dump(by_alias=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise ValueError(_reason(first["loc"], first["type"])) from None
    return record


def _reason(place: tuple[int | str, ...], kind: str) -> str:
    """Return in words of ours what is wrong with a record; ``kind`` is pydantic's name for it."""
    if not place:
        return texts.NO_OBJECT
    field = safe_line(".".join(str(part) for part in place), 40)
    words = next((text for beginning, text in _WORDS.items() if kind.startswith(beginning)), texts.NOT_USABLE)
    return texts.WRONG_FIELD.format(field=field, problem=words)
