"""Checks a value against the part of JSON Schema that our schemas use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "null": (type(None),),
}
_KNOWN = {
    "$schema",
    "title",
    "type",
    "additionalProperties",
    "propertyNames",
    "required",
    "properties",
    "items",
    "enum",
    "const",
    "description",
    "minimum",
    "maximum",
    "pattern",
}


def violations(value: Any, schema: Mapping[str, Any], path: str = "$") -> Iterator[str]:
    """Yield what is wrong, one sentence each; nothing where the value is valid."""
    assert schema.keys() <= _KNOWN, schema.keys() - _KNOWN
    if "const" in schema and value != schema["const"]:
        yield f"{path} is not {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path} is {value!r}"
    if "type" in schema and not _has_type(value, schema["type"]):
        yield f"{path} has type {type(value).__name__}"
        return
    if isinstance(value, int | float) and not schema.get("minimum", value) <= value <= schema.get(
        "maximum", value
    ):
        yield f"{path} is {value!r}"
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        yield f"{path} is {value!r}"
    if isinstance(value, dict):
        yield from _object_violations(value, schema, path)
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from violations(item, schema.get("items", {}), f"{path}[{position}]")


def _object_violations(value: dict[str, Any], schema: Mapping[str, Any], path: str) -> Iterator[str]:
    properties = schema.get("properties", {})
    others = schema.get("additionalProperties", True)
    yield from (f"{path}.{name} is missing" for name in schema.get("required", ()) if name not in value)
    for name, item in value.items():
        yield from violations(name, schema.get("propertyNames", {}), f"{path}.{name}")
        if name in properties:
            yield from violations(item, properties[name], f"{path}.{name}")
        elif others is False:
            yield f"{path}.{name} is not known"
        elif isinstance(others, dict):
            yield from violations(item, others, f"{path}.{name}")


def _has_type(value: Any, names: str | list[str]) -> bool:
    wanted = [names] if isinstance(names, str) else names
    if isinstance(value, bool):
        return "boolean" in wanted
    return any(isinstance(value, _TYPES[name]) for name in wanted)
