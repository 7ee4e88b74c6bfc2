"""JSON Schema: whether a schema is one, and the first thing in a value that it does not allow.

Patterns are those of Python; ``format`` is not judged, as section 7.2 of
https://json-schema.org/draft/2020-12/json-schema-validation has it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any

from tui.core.counted import Counted
from tui.core.lazy_dataclass import dataclass
from tui.core.safe_text import safe_line
from tui.texts import schemas as texts

if TYPE_CHECKING:
    from jsonschema.exceptions import SchemaError, ValidationError

_LONGEST_SHOWN = 60
_MOST_SHOWN = 8
_KINDS = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", float: "number"}
_SIZES = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")

_EXCLUSIVE = {"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"}


class SchemaProblemError(ValueError):
    """Something is no JSON Schema, or one that cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Violation:
    """Where a value does not follow its schema, and how."""

    path: str
    """``$`` is the whole value, ``$.items[2].name`` a part of it."""
    problem: str
    """What is wrong there, to follow the path in a sentence."""


def _library() -> ModuleType:
    from tui.core import schema_library

    return schema_library


def check_schema(schema: Mapping[str, Any]) -> None:
    """Make sure that a schema can be used.

    Raises:
        SchemaProblemError: it is none of its dialect, or refers to what is not in it, or without end to
            itself.
    """
    if not isinstance(schema.get("$schema", ""), str):
        raise SchemaProblemError(texts.NO_DIALECT)
    try:
        error = _library().error_in_schema(schema)
        unknown = None if error is not None else _library().unknown_reference(schema)
        endless = None if error is not None or unknown is not None else _library().endless_reference(schema)
    except RecursionError as deep:
        raise SchemaProblemError(texts.TOO_DEEP) from deep
    except ValueError as wrong:
        raise SchemaProblemError(texts.NO_URI.format(reason=safe_line(str(wrong), _LONGEST_SHOWN))) from wrong
    if error is not None:
        place = _path_text(error.absolute_path)
        raise SchemaProblemError(texts.NO_SCHEMA.format(path=place, problem=_problem(error)))
    for reference, words in ((unknown, texts.NO_REFERENCE), (endless, texts.ENDLESS)):
        if reference is not None:
            raise SchemaProblemError(words.format(reference=safe_line(reference, _LONGEST_SHOWN)))


def first_violation(schema: Mapping[str, Any], value: Any) -> Violation | None:
    """Return the first part of a value, in its own order, that does not follow a checked schema."""
    try:
        error = _library().first_error(schema, value)
    except RecursionError:
        return Violation("$", texts.TOO_DEEP)
    return None if error is None else Violation(_path_text(error.absolute_path), _problem(error))


def _path_text(path: Iterable[str | int]) -> str:
    """Return where a part is, as JSONPath has it."""
    text = "$"
    for step in path:
        if isinstance(step, str) and step.isidentifier() and step.isascii():
            text += f".{safe_line(step, _LONGEST_SHOWN)}"
        else:
            text += f"[{_shown(step)}]"
    return text


def _problem(error: ValidationError | SchemaError) -> str:
    keyword, allowed, found = str(error.validator), error.validator_value, error.instance
    if error.validator is None:
        return texts.NEVER.format(found=_shown(found))
    if keyword in _EXCLUSIVE and error.schema.get(_EXCLUSIVE[keyword]) is True:  # as draft 4 has it
        keyword = _EXCLUSIVE[keyword]
    words = texts.VIOLATIONS.get(keyword, texts.OTHER_VIOLATION)
    if keyword in _SIZES and allowed == 1:
        words = texts.OF_ONE[keyword]
    return words.format(
        keyword=keyword,
        allowed=Counted(allowed if keyword == "format" else _allowed(allowed)),
        found=_shown(found),
        kind=_KINDS.get(type(found), "null"),
        names=", ".join(_names(error)),
        size=len(found) if keyword in _SIZES else "",
    )


def _names(error: ValidationError | SchemaError) -> list[str]:
    """Return the properties that are missing, or that may not be there."""
    found, rules = error.instance, error.schema
    if error.validator == "required":
        return [_shown(name) for name in error.validator_value if name not in found][:1]
    if error.validator == "additionalProperties":
        known = rules.get("properties", {})
        forms = "|".join(f"(?:{form})" for form in rules.get("patternProperties", ())) or "(?!)"
        return [_shown(name) for name in found if name not in known and not re.search(forms, name)][:1]
    if error.validator == "unevaluatedProperties":
        return [_shown(error.message)]
    return []


def _allowed(value: Any) -> str:
    if isinstance(value, list):
        shown = [item if item in _KINDS.values() or item == "null" else _shown(item) for item in value]
        more = ["…"] if len(shown) > _MOST_SHOWN else []
        return texts.OR.join(shown[:_MOST_SHOWN] + more)
    return value if isinstance(value, str) and value in (*_KINDS.values(), "null") else _shown(value)


def _shown(value: Any) -> str:
    return safe_line(json.dumps(value, ensure_ascii=False), _LONGEST_SHOWN)
