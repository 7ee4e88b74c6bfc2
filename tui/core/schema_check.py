"""Validates JSON Schemas, and finds the first violation in a value.

``format`` is not checked, as in section 7.2 of https://json-schema.org/draft/2020-12/json-schema-validation.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any

from tui.core.counted import Counted
from tui.core.json_answer import NotJsonError, parse_strictly
from tui.core.lazy_dataclass import dataclass
from tui.core.safe_text import safe_line
from tui.core.schema_problem import EndlessReferenceError, ReferenceProblemError
from tui.texts import schemas as texts

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_LONGEST_SHOWN = 60
_MOST_SHOWN = 8
_KINDS = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", float: "number"}
_SIZES = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")

_MOST_OF = {"items": "prefixItems", "additionalItems": "items"}
"""Keywords that allow no items beyond those of another keyword."""
_NAMED = ("properties", "patternProperties", "additionalProperties", "unevaluatedProperties", "propertyNames")
"""Our own keywords, whose error message is the name of a property."""
_EXCLUSIVE = {"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"}


class SchemaProblemError(ValueError):
    """A value is not a JSON Schema, or not a supported one; the message is the reason."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A violation of a schema, and its position."""

    path: str
    """The position: ``$`` is the whole value, ``$.items[2].name`` a part of it."""
    problem: str
    """The problem, to follow the path in a sentence."""


def _library() -> ModuleType:
    from tui.core import schema_library

    return schema_library


def read_schema_text(text: str) -> dict[str, Any]:
    """Parse the JSON object of a schema, without checking it.

    Raises:
        SchemaProblemError: there is none, or it cannot be sent.
    """
    try:
        value = parse_strictly(text.strip())
        json.dumps(value, ensure_ascii=False).encode()
    except NotJsonError as problem:
        raise SchemaProblemError(texts.NOT_JSON.format(reason=problem)) from problem
    except UnicodeEncodeError as half:
        raise SchemaProblemError(texts.NOT_JSON.format(reason=texts.HALF)) from half
    except RecursionError as deep:
        raise SchemaProblemError(texts.NOT_JSON.format(reason=texts.TOO_DEEP)) from deep
    if not isinstance(value, dict):
        raise SchemaProblemError(texts.NOT_AN_OBJECT)
    return value


def check_schema(schema: Mapping[str, Any]) -> None:
    """Check that a schema is usable.

    Raises:
        SchemaProblemError: it is invalid in its dialect, has a reference to something outside, or refers to
            itself endlessly.
    """
    if not isinstance(schema.get("$schema", ""), str):
        raise SchemaProblemError(texts.NO_DIALECT)
    try:
        error = _library().error_in_schema(schema)
        if error is None:
            _check_references(schema)
    except RecursionError as deep:
        raise SchemaProblemError(texts.TOO_DEEP) from deep
    if error is not None:
        raise SchemaProblemError(_no_schema(_path_text(error.absolute_path), error))


def _check_references(schema: Mapping[str, Any]) -> None:
    try:
        _library().refuse_references(schema)
    except ReferenceProblemError as wrong:
        reference = safe_line(wrong.reference, _LONGEST_SHOWN)
        if wrong.error is not None:
            place = reference + _path_text(wrong.error.absolute_path)[1:]
            raise SchemaProblemError(_no_schema(place, wrong.error)) from wrong
        words = texts.ENDLESS if isinstance(wrong, EndlessReferenceError) else texts.NO_REFERENCE
        raise SchemaProblemError(words.format(reference=reference)) from wrong
    except ValueError as wrong:
        raise SchemaProblemError(texts.NO_URI.format(reason=safe_line(str(wrong), _LONGEST_SHOWN))) from wrong


def _no_schema(place: str, error: ValidationError) -> str:
    return texts.NO_SCHEMA.format(path=place, problem=_problem(error))


def first_violation(schema: Mapping[str, Any], value: Any) -> Violation | None:
    """Return the first part of a value, in document order, that violates a checked schema."""
    try:
        error = _library().first_error(schema, value)
    except RecursionError:
        return Violation("$", texts.TOO_DEEP)
    return None if error is None else Violation(_path_text(error.absolute_path), _problem(error))


def _path_text(path: Iterable[str | int]) -> str:
    """Return a position as JSONPath."""
    text = "$"
    for step in path:
        if isinstance(step, str) and step.isidentifier() and step.isascii():
            text += f".{safe_line(step, _LONGEST_SHOWN)}"
        else:
            text += f"[{_shown(step)}]"
    return text


def _problem(error: ValidationError) -> str:
    keyword, allowed, found = _told_as(error)
    if keyword == "propertyNames":
        return texts.NAME.format(name=_shown(error.message), problem=_problem(error.context[0]))
    words = texts.VIOLATIONS.get(keyword, texts.OTHER_VIOLATION)
    return words.format(
        keyword=keyword,
        allowed=Counted(allowed if keyword == "format" else _allowed(allowed)),
        found=_shown(found),
        kind=_KINDS.get(type(found), "null"),
        names=_name(error),
        size=len(found) if keyword in _SIZES else "",
    )


def _told_as(error: ValidationError) -> tuple[str, Any, Any]:
    """Return the keyword used to describe an error, with what it allows and what was found."""
    keyword, allowed, found = str(error.validator), error.validator_value, error.instance
    if error.validator is None:
        keyword = "false"
    elif keyword in _EXCLUSIVE and error.schema.get(_EXCLUSIVE[keyword]) is True:  # in draft 4
        keyword = _EXCLUSIVE[keyword]
    elif keyword in _MOST_OF:
        keyword, allowed = "maxItems", len(error.schema.get(_MOST_OF[keyword], ()))
    elif keyword == "oneOf" and not error.context:
        keyword = "several"
    return keyword, allowed, found


def _name(error: ValidationError) -> str:
    """Return the name of the property that is missing or not allowed."""
    found, rules = error.instance, error.validator_value
    if error.validator in _NAMED:
        return _shown(error.message)
    if error.validator == "required":
        return next(_shown(name) for name in rules if name not in found)
    if error.validator in ("dependentRequired", "dependencies"):
        return next(_shown(name) for name in _needed(rules, found) if name not in found)
    return ""


def _needed(rules: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the properties required by other properties of a value."""
    for name, needed in rules.items():
        if name in found:
            yield from [needed] if isinstance(needed, str) else (needed if isinstance(needed, list) else ())


def _allowed(value: Any) -> str:
    if isinstance(value, list):
        shown = [item if item in _KINDS.values() or item == "null" else _shown(item) for item in value]
        more = ["…"] if len(shown) > _MOST_SHOWN else []
        return texts.OR.join(shown[:_MOST_SHOWN] + more)
    return value if isinstance(value, str) and value in (*_KINDS.values(), "null") else _shown(value)


def _shown(value: Any) -> str:
    return safe_line(json.dumps(value, ensure_ascii=False), _LONGEST_SHOWN)
