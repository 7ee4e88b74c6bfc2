"""A schema as services with a strict mode want it: every object closed, every property required.

https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tui.core.lazy_dataclass import dataclass
from tui.texts import schemas as texts

_LISTS = ("anyOf", "oneOf", "prefixItems")
_MAPS = ("properties", "$defs", "definitions")
_WITHOUT_STRICT_FORM = ("allOf", "patternProperties", "unevaluatedProperties", "dependentSchemas", "if")


class NotStrictError(ValueError):
    """A schema has no strict form; the message says where and why."""


@dataclass(frozen=True, slots=True)
class StrictSchema:
    """A rewritten schema, and what was changed."""

    schema: dict[str, Any]
    closed: int
    """Objects that allowed other properties before."""
    nullable: int
    """Properties that were optional: now they are there, and may be null."""


def strict_schema(schema: Mapping[str, Any]) -> StrictSchema:
    """Return the strict form of a schema.

    Raises:
        NotStrictError: it has none.
    """
    counts = {"closed": 0, "nullable": 0}
    return StrictSchema(_rewritten(schema, "$", counts), **counts)


def _rewritten(schema: Mapping[str, Any], path: str, counts: dict[str, int]) -> dict[str, Any]:
    for keyword in _WITHOUT_STRICT_FORM:
        if keyword in schema:
            _refuse(path, texts.OPEN_KEYWORD.format(keyword=keyword))
    found = dict(schema)
    for keyword in _MAPS:
        if isinstance(parts := found.get(keyword), Mapping):
            found[keyword] = {
                name: _part(part, f"{path}.{keyword}.{name}", counts) for name, part in parts.items()
            }
    for keyword in _LISTS:
        if isinstance(parts := found.get(keyword), list):
            found[keyword] = [
                _part(part, f"{path}.{keyword}[{place}]", counts) for place, part in enumerate(parts)
            ]
    if "items" in found:
        found["items"] = _part(found["items"], f"{path}.items", counts)
    types = found.get("type")
    if "properties" in found or types == "object" or (isinstance(types, list) and "object" in types):
        _close(found, path, counts)
    return found


def _part(part: Any, path: str, counts: dict[str, int]) -> Any:
    return _rewritten(part, path, counts) if isinstance(part, Mapping) else part


def _close(found: dict[str, Any], path: str, counts: dict[str, int]) -> None:
    others, properties = found.get("additionalProperties"), found.get("properties")
    if others not in (None, False) or (not properties and others is None):
        _refuse(path, texts.OPEN_OBJECT)
    counts["closed"] += others is None
    optional = [name for name in properties or {} if name not in found.get("required", [])]
    counts["nullable"] += len(optional)
    found["properties"] = {
        name: _nullable(part) if name in optional else part for name, part in (properties or {}).items()
    }
    found["required"] = list(found["properties"])
    found["additionalProperties"] = False


def _nullable(part: Any) -> Any:
    """Return a schema that allows null as well."""
    if not isinstance(part, Mapping):
        return part if part is True else {"type": "null"}
    types = part.get("type")
    if "$ref" in part or "const" in part or types is None:
        return {"anyOf": [dict(part), {"type": "null"}]}
    allowed = types if isinstance(types, list) else [types]
    found = {**part, "type": allowed if "null" in allowed else [*allowed, "null"]}
    if "enum" in part and None not in part["enum"]:
        found["enum"] = [*part["enum"], None]
    return found


def _refuse(path: str, problem: str) -> None:
    raise NotStrictError(texts.NOT_STRICT.format(path=path, problem=problem))
