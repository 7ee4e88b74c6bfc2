"""What ``jsonschema`` finds: the one module that imports it (100 ms), through ``core.schema_check``.

References outside a schema are never fetched: only the dialects of JSON Schema are known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

import jsonschema_specifications
from jsonschema.exceptions import SchemaError, ValidationError, best_match
from jsonschema.validators import Draft202012Validator, extend, validator_for
from referencing import Registry, Resource, Specification
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012, specification_with

_Part = Resource[Any]
_Resolver = Any
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")


def error_in_schema(schema: Mapping[str, Any]) -> ValidationError | SchemaError | None:
    """Return what makes a schema none of its dialect."""
    try:
        validator_for(schema, default=Draft202012Validator).check_schema(schema)
    except SchemaError as error:
        inner: ValidationError | SchemaError = error
        while inner.context:
            inner = inner.context[0]
        return inner
    return None


def unknown_reference(schema: Mapping[str, Any]) -> str | None:
    """Return a reference to what is not in a schema.

    Raises:
        ValueError: an address in it is none.
    """
    for part, resolver in _parts(schema):
        for reference in _references(part.contents):
            try:
                resolver.lookup(reference)
            except Unresolvable:
                return reference
    return None


def endless_reference(schema: Mapping[str, Any]) -> str | None:
    """Return a reference that leads back to itself without a step into the value: no value ends it.

    Every reference has to be known, see ``unknown_reference``. The rule is section 9.4.1 of
    https://json-schema.org/draft/2020-12/json-schema-core.
    """
    default = specification_with(schema.get("$schema", ""), default=DRAFT202012)
    judged: dict[int, bool] = {}
    """The parts by what they are, and whether all that applies with them has been followed."""

    def follow(part: _Part, resolver: _Resolver, reference: str) -> str | None:
        place = id(part.contents)
        if not isinstance(part.contents, Mapping) or judged.get(place):
            return None
        if place in judged:
            return reference
        judged[place] = False
        for inner, its_resolver, name in _applied(part.contents, resolver, default):
            if found := follow(inner, its_resolver, name or reference):
                return found
        judged[place] = True
        return None

    return next((found for part, resolver in _parts(schema) if (found := follow(part, resolver, ""))), None)


def _parts(schema: Mapping[str, Any]) -> Iterator[tuple[_Part, _Resolver]]:
    """Yield a schema and all that are written in it."""
    resource = Resource.from_contents(schema, default_specification=DRAFT202012)
    pending = [(resource, _registry().resolver_with_root(resource))]
    while pending:
        part, resolver = pending.pop()
        yield part, resolver
        pending += [(inner, resolver.in_subresource(inner)) for inner in part.subresources()]


def _references(rules: Any) -> Iterator[str]:
    if isinstance(rules, Mapping):
        names = (rules.get(keyword) for keyword in _REFERENCES)
        yield from (name for name in names if isinstance(name, str))


def _applied(
    rules: Mapping[str, Any], resolver: _Resolver, default: Specification[Any]
) -> Iterator[tuple[_Part, _Resolver, str]]:
    """Yield what judges the same value as a schema does, each with the reference to it."""
    for reference in _references(rules):
        found = resolver.lookup(reference)
        resource = Resource.from_contents(found.contents, default_specification=default)
        yield resource, found.resolver, reference
    inner = [rules[keyword] for keyword in ("not", "if", "then", "else") if keyword in rules]
    for keyword in ("allOf", "anyOf", "oneOf"):
        inner += rules.get(keyword, [])
    for keyword in ("dependentSchemas", "dependencies"):
        inner += [rule for rule in rules.get(keyword, {}).values() if isinstance(rule, Mapping)]
    for rule in inner:
        resource = Resource.from_contents(rule, default_specification=default)
        yield resource, resolver.in_subresource(resource), ""


def _registry() -> Registry[Any]:
    registry: Registry[Any] = jsonschema_specifications.REGISTRY
    return registry


def first_error(schema: Mapping[str, Any], value: Any) -> ValidationError | None:
    """Return what is wrong with the first part of a value, in its own order, that a schema does not allow."""
    dialect = validator_for(schema, default=Draft202012Validator)
    own: dict[str, Any] = {"multipleOf": _multiple_of}
    if judge := dialect.VALIDATORS.get("unevaluatedProperties"):
        own["unevaluatedProperties"] = partial(_unevaluated, judge)
    kind = extend(dialect, own)
    errors = list(kind(schema, registry=_registry()).iter_errors(value))
    if not errors:
        return None
    first = min(errors, key=lambda error: _place(value, error.absolute_path))
    return best_match([first]) or first


def _multiple_of(_: Any, divisor: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
    """Judge decimal digits: in binary, 19.99 is no multiple of 0.01."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and Decimal(repr(value)) % Decimal(repr(divisor)):
        yield ValidationError("multipleOf")


class _Recorder:
    """A validator that notes which properties are judged as unevaluated ones."""

    def __init__(self, validator: Any) -> None:
        self._validator = validator
        self.names: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._validator, name)

    def descend(self, instance: Any, schema: Any, path: Any = None, **more: Any) -> Iterator[ValidationError]:
        if path is not None:
            self.names.append(path)
        yield from self._validator.descend(instance, schema, path=path, **more)


def _unevaluated(judge: Any, validator: Any, rule: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
    """Name the first property that nothing allows, or what is wrong in it."""
    recorder = _Recorder(validator)
    wrong = list(judge(recorder, rule, value, schema))
    if not wrong:
        return
    for name in recorder.names:
        for error in validator.descend(value[name], rule, path=name, schema_path=name):
            yield ValidationError(name) if rule is False else error
            return


def _place(value: Any, path: Iterable[str | int]) -> tuple[int, ...]:
    """Return where a part stands in a value, to be compared."""
    places = []
    for step in path:
        places.append(step if isinstance(step, int) else list(value).index(step))
        value = value[step]
    return tuple(places)
