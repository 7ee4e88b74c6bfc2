"""Casibase's provider record as its JSON has it. Imported only where records are read: pydantic is heavy."""

from __future__ import annotations

import os
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, create_model
from pydantic.alias_generators import to_camel, to_snake

from tui.core.provider_field import Kind, ProviderField
from tui.core.provider_schema import FIELDS

# What other installed packages plug into pydantic would see every record, with its key.
os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"


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
        pydantic.ValidationError: a value cannot be used. It holds the input, so maybe the key.
    """
    record: dict[str, Any] = _Record.model_validate(value).model_dump(by_alias=True)
    return record
