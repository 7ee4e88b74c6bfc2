"""JSON Schema keywords that are checked differently from ``jsonschema``, or reported more clearly.

For ``unevaluatedProperties`` and ``unevaluatedItems``, a marked value is passed through the library's own
evaluation of a schema, and each keyword reports as an error what it evaluates. An invalid part counts as
evaluated: its error is reported anyway, and it does not make the value valid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from jsonschema.exceptions import ValidationError

from tui.core.schema_pattern import is_match

Judge = Callable[[Any, Any, Any, Any], Iterable[ValidationError]]
"""Validates a keyword. Arguments: the validator, the keyword's value, the instance and the schema."""


class Conditional(int):
    """A step of ``then`` or ``else`` in a schema path; its value is the depth of the error below."""


def own_keywords(dialect: Mapping[str, Judge]) -> dict[str, Judge]:
    """Return the validation functions for the keywords of a dialect."""
    own = {name: _OWN.get(name, judge) for name, judge in dialect.items()}
    if "required" not in dialect:  # draft 3 has it inside the property
        own["properties"] = _properties_of_draft_3(dialect["properties"])
    if "unevaluatedProperties" not in dialect:
        return own
    marks = {**_MARKS, **{name: own[name] for name in _LED_ON if name in own}}
    if "prefixItems" not in dialect:  # contains evaluates nothing in older drafts
        del marks["contains"]
    return {name: _marking(judge, marks.get(name)) for name, judge in own.items()}


# ── Numbers, patterns, properties, conditions ───────────────────────────────────────────────


def _multiple_of(_: Any, divisor: Any, value: Any, __: Any) -> Iterator[ValidationError]:
    """Check decimal digits: as binary floats, 19.99 is not a multiple of 0.01."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and Fraction(repr(value)) % Fraction(repr(divisor)):
        yield ValidationError("multipleOf")


def _pattern(_: Any, pattern: str, value: Any, __: Any) -> Iterator[ValidationError]:
    if isinstance(value, str) and not is_match(pattern, value):
        yield ValidationError("pattern")


def _properties(validator: Any, rules: Any, value: Any, _: Any) -> Iterator[ValidationError]:
    if isinstance(value, dict):
        for name, rule in rules.items():
            if name in value:
                yield from _in_property(validator, rule, value, name, name)


def _pattern_properties(validator: Any, rules: Any, value: Any, _: Any) -> Iterator[ValidationError]:
    for name, pattern in _by_pattern(rules, value):
        yield from _in_property(validator, rules[pattern], value, name, pattern)


def _additional_properties(validator: Any, rule: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
    for name in _additional(value, schema):
        yield from _in_property(validator, rule, value, name, None)


def _in_property(
    validator: Any, rule: Any, value: Any, name: str, step: str | None
) -> Iterator[ValidationError]:
    """Check one property; if it is not allowed, the error message is its name."""
    if rule is False:
        yield ValidationError(name)
    else:
        yield from validator.descend(value[name], rule, path=name, schema_path=step)


def _by_pattern(rules: Mapping[str, Any], value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        yield from ((name, pattern) for name in value for pattern in rules if is_match(pattern, name))


def _additional(value: Any, schema: Any) -> list[str]:
    """Return the properties that ``additionalProperties`` applies to."""
    if not isinstance(value, dict):
        return []
    others = {name for name, _ in _by_pattern(schema.get("patternProperties", {}), value)}
    return [name for name in value if name not in schema.get("properties", {}) and name not in others]


def _property_names(validator: Any, rule: Any, value: Any, _: Any) -> Iterator[ValidationError]:
    for name in value if isinstance(value, dict) else ():
        if wrong := list(validator.descend(name, rule)):
            yield ValidationError(name, context=wrong)


def _properties_of_draft_3(judge: Judge) -> Judge:
    def judged(validator: Any, rules: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
        for error in judge(validator, rules, value, schema):
            is_missing = error.validator == "required" and error.path and error.path[0] not in value
            yield ValidationError("", "required", validator_value=[error.path[0]]) if is_missing else error

    return judged


def _if(validator: Any, rule: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
    name = "then" if _is_valid(validator, rule, value) else "else"
    for error in validator.descend(value, schema.get(name, True)):
        error.schema_path.appendleft(Conditional(len(error.path)))
        yield error


def _is_valid(validator: Any, rule: Any, value: Any) -> bool:
    return next(validator.descend(value, rule), None) is None


# ── Unevaluated properties and items ────────────────────────────────────────────────────────


class _Marked:
    """A value for which a schema reports what it evaluates."""

    plain: Any


class _MarkedObject(_Marked, dict[str, Any]):
    pass


class _MarkedArray(_Marked, list[Any]):
    pass


def _marking(judge: Judge, mark: Judge | None) -> Judge:
    def judged(validator: Any, rule: Any, value: Any, schema: Any) -> Iterable[ValidationError]:
        if not isinstance(value, _Marked):
            return judge(validator, rule, value, schema)
        return () if mark is None else mark(validator, rule, value, schema)

    return judged


def _evaluated(validator: Any, keyword: str, value: Any, schema: Any) -> set[Any]:
    """Return the properties or items that a schema evaluates without one of its keywords."""
    marked: Any = _MarkedObject(value) if isinstance(value, dict) else _MarkedArray(value)
    marked.plain = value
    others = {name: rule for name, rule in schema.items() if name != keyword}
    return {mark.message for mark in validator.evolve(schema=others).iter_errors(marked)}


def _unevaluated_properties(validator: Any, rule: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
    if isinstance(value, dict):
        known = _evaluated(validator, "unevaluatedProperties", value, schema)
        for name in value:
            if name not in known:
                yield from _in_property(validator, rule, value, name, None)


def _unevaluated_items(validator: Any, rule: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
    if isinstance(value, list):
        known = _evaluated(validator, "unevaluatedItems", value, schema)
        for place, item in enumerate(value):
            if place not in known:
                for error in validator.descend(item, rule, path=place):
                    if rule is False:  # the library omits its position
                        error.path.appendleft(place)
                    yield error


def _mark(names: Iterable[Any]) -> Iterator[ValidationError]:
    yield from (ValidationError(name) for name in names)


def _mark_properties(_: Any, rules: Any, value: Any, __: Any) -> Iterator[ValidationError]:
    yield from _mark(name for name in rules if isinstance(value, dict) and name in value)


def _mark_pattern_properties(_: Any, rules: Any, value: Any, __: Any) -> Iterator[ValidationError]:
    yield from _mark(name for name, _ in _by_pattern(rules, value))


def _mark_additional_properties(_: Any, __: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
    yield from _mark(_additional(value, schema))


def _mark_all_properties(_: Any, __: Any, value: Any, ___: Any) -> Iterator[ValidationError]:
    yield from _mark(value if isinstance(value, dict) else ())


def _mark_all_items(_: Any, __: Any, value: Any, ___: Any) -> Iterator[ValidationError]:
    yield from _mark(range(len(value)) if isinstance(value, list) else ())


def _mark_items(_: Any, rule: Any, value: Any, __: Any) -> Iterator[ValidationError]:
    """Mark the items of one schema, or of a list of schemas (older drafts and ``prefixItems``)."""
    if isinstance(value, list):
        yield from _mark(range(min(len(rule), len(value)) if isinstance(rule, list) else len(value)))


def _mark_additional_items(_: Any, __: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
    if isinstance(value, list) and isinstance(schema.get("items"), list):
        yield from _mark(range(len(value)))


def _mark_contained(validator: Any, rule: Any, value: Any, _: Any) -> Iterator[ValidationError]:
    items = enumerate(value.plain) if isinstance(value, _MarkedArray) else ()
    yield from _mark(place for place, item in items if _is_valid(validator, rule, item))


def _mark_forms(validator: Any, forms: Any, value: Any, _: Any) -> Iterator[ValidationError]:
    """Mark what the matching alternatives evaluate.

    If none matches, mark what any of them evaluates: that error is reported anyway.
    """
    for form in [form for form in forms if _is_valid(validator, form, value.plain)] or forms:
        yield from _marks_of(validator, form, value)


def _mark_condition(validator: Any, rule: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
    holds = _is_valid(validator, rule, value.plain)
    if holds:
        yield from _marks_of(validator, rule, value)
    yield from _marks_of(validator, schema.get("then" if holds else "else", True), value)


def _marks_of(validator: Any, rule: Any, value: Any) -> Iterator[ValidationError]:
    if not isinstance(rule, bool):  # the library reports false, which evaluates nothing
        yield from validator.descend(value, rule)


def _mark_every_form(validator: Any, forms: Any, value: Any, _: Any) -> Iterator[ValidationError]:
    for form in forms:
        yield from _marks_of(validator, form, value)


def _mark_dependent(validator: Any, rules: Any, value: Any, _: Any) -> Iterator[ValidationError]:
    for name, rule in rules.items():
        if isinstance(value, dict) and name in value:
            yield from _marks_of(validator, rule, value)


_OWN: dict[str, Judge] = {
    "multipleOf": _multiple_of,
    "divisibleBy": _multiple_of,
    "pattern": _pattern,
    "properties": _properties,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
    "propertyNames": _property_names,
    "if": _if,
    "unevaluatedProperties": _unevaluated_properties,
    "unevaluatedItems": _unevaluated_items,
}
_MARKS: dict[str, Judge] = {
    "properties": _mark_properties,
    "patternProperties": _mark_pattern_properties,
    "additionalProperties": _mark_additional_properties,
    "unevaluatedProperties": _mark_all_properties,
    "prefixItems": _mark_items,
    "items": _mark_items,
    "additionalItems": _mark_additional_items,
    "unevaluatedItems": _mark_all_items,
    "contains": _mark_contained,
    "allOf": _mark_every_form,
    "anyOf": _mark_forms,
    "oneOf": _mark_forms,
    "if": _mark_condition,
    "dependentSchemas": _mark_dependent,
}
_LED_ON = ("$ref", "$dynamicRef", "$recursiveRef")
"""Keywords whose schema applies to the same value, for which the library passes on the marked value."""
