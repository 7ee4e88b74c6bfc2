"""Casibase's provider record as its JSON has it. Imported only where records are read: pydantic is heavy."""

from __future__ import annotations

import os
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

# What other installed packages plug into pydantic would see every record, with its key.
os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"


def _or_empty(value: Any) -> Any:
    """Go writes ``null`` for what was never set."""
    return "" if value is None else value


def _or_false(value: Any) -> Any:
    return False if value is None else value


Text = Annotated[str, BeforeValidator(_or_empty)]
Flag = Annotated[bool, BeforeValidator(_or_false)]
Amount = Annotated[Decimal, Field(ge=0, allow_inf_nan=False)]
Number = Annotated[float, Field(allow_inf_nan=False)]


class CasibaseRecord(BaseModel):
    """One provider. Keys that are not listed here have nothing to do with an endpoint."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, validate_by_alias=True, extra="ignore"
    )

    owner: Text = "admin"
    name: str = Field(min_length=1)
    created_time: Text = ""
    display_name: Text = ""
    category: Text = "Model"
    type: Text = "Local"
    sub_type: Text = ""
    client_secret: Text = Field(default="", repr=False)
    provider_url: Text = ""
    compatible_provider: Text = ""
    input_price_per_thousand_tokens: Amount | None = None
    output_price_per_thousand_tokens: Amount | None = None
    currency: Text = "USD"
    temperature: Number | None = None
    top_p: Number | None = None
    frequency_penalty: Number | None = None
    presence_penalty: Number | None = None
    test_content: Text = ""
    is_default: Flag = False
    is_remote: Flag = False
    state: Text = "Active"
