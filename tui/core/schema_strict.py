"""Rewrites schemas for services with a strict mode: all objects closed, all properties required.

https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from tui.core.lazy_dataclass import dataclass
from tui.texts import schemas as texts

_PARTS = ("items", "additionalItems", "unevaluatedItems")
_LISTS = ("anyOf", "oneOf", "prefixItems", "items")
_MAPS = ("properties", "$defs", "definitions")
_WITHOUT_STRICT_FORM = (
    "allOf",
    "patternProperties",
    "unevaluatedProperties",
    "dependentSchemas",
    "if",
    "then",
    "else",
)
_WITHOUT_OBJECTS = ("not", "contains", "dependencies")
"""Keywords whose schemas do not describe the object itself: closing them would change their meaning."""
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
_OF_OBJECTS = ("properties", "additionalProperties", "required", *_REFERENCES)
_JUDGE_NULL = (*_REFERENCES, "const", "anyOf", "oneOf", "not")
"""Keywords that may reject null whatever ``type`` allows; keywords for a single type do not apply to null."""

_Path = tuple[str | int, ...]


class NotStrictError(ValueError):
    """A schema has no strict form; the message says where and why."""


@dataclass(frozen=True, slots=True)
class StrictSchema:
    """A rewritten schema, and the changes."""

    schema: dict[str, Any]
    closed: int
    """The number of objects that allowed additional properties before."""
    nullable: int
    """The number of properties that were optional, and are now required but nullable."""


def strict_schema(schema: Mapping[str, Any]) -> StrictSchema:
    """Return the strict form of a schema.

    Raises:
        NotStrictError: it has none.
    """
    rewriting = _Rewriting()
    found = rewriting.rewritten(schema, ())
    if rewriting.nullable:
        rewriting = _Rewriting(joins_forms=True)
        found = rewriting.rewritten(schema, ())
    return StrictSchema(_redirected(found, rewriting), rewriting.closed, rewriting.nullable)


class _Rewriting:
    def __init__(self, *, joins_forms: bool = False) -> None:
        self._joins_forms = joins_forms
        """Where ``oneOf`` contains objects, it becomes ``anyOf``: with null in place of missing properties, a
        value may match two alternatives, which ``oneOf`` would reject."""
        self.joined: set[_Path] = set()
        """The paths where this happened."""
        self.closed = 0
        self.nullable = 0
        self.wrapped: set[_Path] = set()
        """The paths of parts that became one of two alternatives, so that the paths inside changed."""

    def rewritten(self, schema: Mapping[str, Any], path: _Path) -> dict[str, Any]:
        _refuse_keywords(schema, path)
        found = dict(schema)
        for keyword in _MAPS:
            if isinstance(parts := schema.get(keyword), Mapping):
                found[keyword] = {
                    name: self._part(part, (*path, keyword, name)) for name, part in parts.items()
                }
        for keyword in _LISTS:
            if isinstance(parts := schema.get(keyword), list):
                found[keyword] = [
                    self._part(part, (*path, keyword, place)) for place, part in enumerate(parts)
                ]
        for keyword in _PARTS:
            if isinstance(part := schema.get(keyword), Mapping):
                found[keyword] = self.rewritten(part, (*path, keyword))
        if _is_object(found):
            self._close(found, path)
        if self._joins_forms and "anyOf" not in schema and _speaks_of_objects(schema.get("oneOf")):
            self.joined.add(path)
            found = {"anyOf" if keyword == "oneOf" else keyword: rule for keyword, rule in found.items()}
        return found

    def _part(self, part: Any, path: _Path) -> Any:
        return self.rewritten(part, path) if isinstance(part, Mapping) else part

    def _close(self, found: dict[str, Any], path: _Path) -> None:
        others, properties = found.get("additionalProperties"), found.get("properties") or {}
        required = found.get("required", ())
        names = required if isinstance(required, list | tuple) else ()  # a boolean in draft 3
        if others not in (None, False) or (not properties and others is None) or {*names} - {*properties}:
            _refuse(path, texts.OPEN_OBJECT)
        self.closed += others is None
        optional = [name for name in properties if name not in names]
        self.nullable += len(optional)
        for name in optional:
            if _needs_wrapping(properties[name]):
                self.wrapped.add((*path, "properties", name))
        found["properties"] = {
            name: _nullable(part) if name in optional else part for name, part in properties.items()
        }
        found["required"] = list(properties)
        found["additionalProperties"] = False


def _refuse_keywords(schema: Mapping[str, Any], path: _Path) -> None:
    for keyword in _WITHOUT_STRICT_FORM:
        if keyword in schema:
            _refuse(path, texts.OPEN_KEYWORD.format(keyword=keyword))
    for keyword in _WITHOUT_OBJECTS:
        if keyword in schema and _speaks_of_objects(schema[keyword]):
            _refuse(path, texts.OBJECTS_IN.format(keyword=keyword))
    if schema.get("properties"):
        for keyword in ("anyOf", "oneOf", *_REFERENCES):
            if _adds_properties(keyword, schema.get(keyword, ())):
                _refuse(path, texts.OBJECTS_BESIDE.format(keyword=keyword))
    if len(schema.get("properties", ())) > schema.get("maxProperties", float("inf")):
        _refuse(path, texts.OPEN_KEYWORD.format(keyword="maxProperties"))
    reference = schema.get("$ref")
    first, *steps = reference.split("/") if isinstance(reference, str) else ("",)
    if first == "#" and steps and steps[0] not in {*_MAPS, *_LISTS, *_PARTS}:
        _refuse(path, texts.OPEN_KEYWORD.format(keyword=reference))


def _is_object(schema: Mapping[str, Any]) -> bool:
    types = schema.get("type")
    allowed = types if isinstance(types, list) else [types]
    return (
        "object" in allowed
        or "properties" in schema
        or isinstance(schema.get("additionalProperties"), Mapping)
    )


def _speaks_of_objects(rules: Any) -> bool:
    if isinstance(rules, Mapping):
        return _is_object(rules) or any(
            name in _OF_OBJECTS or _speaks_of_objects(part) for name, part in rules.items()
        )
    return isinstance(rules, list) and any(
        isinstance(part, Mapping) and _speaks_of_objects(part) for part in rules
    )


def _adds_properties(keyword: str, rules: Any) -> bool:
    """Return whether keywords next to ``properties`` define others: if closed, they exclude each other."""
    if keyword in _REFERENCES:
        return isinstance(rules, str)
    return any(
        isinstance(form, Mapping) and (_is_object(form) or not form.keys().isdisjoint(_REFERENCES))
        for form in rules
    )


def _needs_wrapping(part: Any) -> bool:
    return isinstance(part, Mapping) and ("type" not in part or not part.keys().isdisjoint(_JUDGE_NULL))


def _nullable(part: Any) -> Any:
    """Return a schema that also allows null."""
    if not isinstance(part, Mapping):
        return part if part is True else {"type": "null"}
    if _needs_wrapping(part):
        return {"anyOf": [dict(part), {"type": "null"}]}
    types = part["type"]
    allowed = types if isinstance(types, list) else [types]
    found = {**part, "type": allowed if "null" in allowed else [*allowed, "null"]}
    if "enum" in part and None not in part["enum"]:
        found["enum"] = [*part["enum"], None]
    return found


def _redirected(rules: Any, rewriting: _Rewriting) -> Any:
    """Return rules whose references point to the new paths of their targets."""
    if isinstance(rules, list):
        return [_redirected(part, rewriting) for part in rules]
    if not isinstance(rules, Mapping):
        return rules
    found = {name: _redirected(part, rewriting) for name, part in rules.items()}
    reference = found.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/"):
        found["$ref"] = _new_place(reference, rewriting)
    return found


def _new_place(reference: str, rewriting: _Rewriting) -> str:
    found, path = "#", ()  # type: str, _Path
    segments = reference[2:].split("/")
    for segment in segments:
        found += "/anyOf/0" if path in rewriting.wrapped else ""
        found += "/anyOf" if segment == "oneOf" and path in rewriting.joined else f"/{segment}"
        name = unquote(segment).replace("~1", "/").replace("~0", "~")
        path = (*path, int(name) if path and path[-1] in _LISTS and name.isdigit() else name)
    return found


def _refuse(path: _Path, problem: str) -> None:
    place = "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    raise NotStrictError(texts.NOT_STRICT.format(path=place, problem=problem))
