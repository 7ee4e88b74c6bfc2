"""How an answer that follows a JSON Schema is requested: the request field and the hint."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from tui.core.lazy_dataclass import dataclass
from tui.core.lazy_pattern import lazy_pattern
from tui.texts import schemas as texts

RESPONSE_FORMATS: Final = ("json_schema", "json_object", "text")
"""Values of ``type`` in a ``response_format``, which never occur as the type of a schema."""
SCHEMA_TOKENS: Final = 4_096
"""The default token limit of an answer with a schema: a grammar can allow endless white space."""

_NO_NAME: Final = "answer"
_LONGEST_NAME = 64
_LONGEST_HINT = 4_000
_NOT_IN_NAMES = lazy_pattern(r"[^A-Za-z0-9_-]+")


class SchemaForm(StrEnum):
    """How the schema is sent besides the hint, in the order in which the forms are tried."""

    SCHEMA = "json_schema"
    OBJECT = "json_object"
    PROMPT = "prompt"


@dataclass(frozen=True, slots=True)
class AskedSchema:
    """A schema from a file."""

    name: str
    schema: Mapping[str, Any]
    """The schema as sent."""
    is_strict: bool = False
    """Whether it was rewritten for servers that require closed objects."""

    @property
    def response_format(self) -> dict[str, object]:
        """The field of the request."""
        strict = {"strict": True} if self.is_strict else {}
        return {
            "type": "json_schema",
            "json_schema": {"name": self.name, **strict, "schema": self.schema},
        }


def schema_name(stem: str) -> str:
    """Return a name that every server accepts, from the stem of a file name."""
    return _NOT_IN_NAMES.sub("_", stem)[:_LONGEST_NAME].strip("_") or _NO_NAME


def schema_of(setting: object) -> Mapping[str, Any] | None:
    """Return the schema in a chat's setting, which is a schema or a complete ``response_format``."""
    if not isinstance(setting, Mapping):
        return None
    if setting.get("type") not in RESPONSE_FORMATS:
        return setting
    inner = setting.get("json_schema")
    schema = inner.get("schema") if isinstance(inner, Mapping) else None
    return schema if isinstance(schema, Mapping) else None


def sent_format(setting: Any, form: SchemaForm) -> dict[str, object] | None:
    """Return the ``response_format`` of a request for a setting with a schema; ``None`` without a schema."""
    if form is SchemaForm.PROMPT:
        return None
    if form is SchemaForm.OBJECT:
        return {"type": "json_object"}
    if setting.get("type") in RESPONSE_FORMATS:
        return dict(setting)
    return AskedSchema(_NO_NAME, setting).response_format


def schema_hint(schema: Mapping[str, Any], form: SchemaForm) -> str:
    """Return the hint for the model: a server may enforce a schema without showing it to the model.

    A long schema is included in full only if no other part of the request contains it.
    """
    compact = json.dumps(schema, ensure_ascii=False, separators=(",", ":"))
    if form is SchemaForm.SCHEMA and len(compact) > _LONGEST_HINT:
        return texts.SHORT_HINT
    return texts.HINT.format(schema=compact)
