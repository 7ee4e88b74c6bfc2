"""Checks the references of a schema: for missing targets, targets that are not schemas, and cycles.

References are resolved as in ``jsonschema``: by dialect, base address and dynamic scope.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

import jsonschema_specifications
from jsonschema.exceptions import ValidationError
from jsonschema.validators import validator_for
from referencing import Registry, Specification
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DynamicAnchor, lookup_recursive_ref, specification_with

from tui.core.lazy_dataclass import dataclass
from tui.core.schema_pattern import compiled
from tui.core.schema_problem import EndlessReferenceError, ReferenceProblemError

_RECURSIVE = "$recursiveRef"
_REFERENCES = ("$ref", "$dynamicRef", _RECURSIVE)
_ANCHOR_OF_DIALECTS = "meta"

CheckPart = Callable[[Any, Any], ValidationError | None]
"""Checks whether a value is a valid schema of a dialect."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A subschema, as evaluated on one path to it."""

    rules: Any
    resolver: Any
    dialect: Any
    """The validator class."""

    @property
    def specification(self) -> Specification[Any]:
        return specification_with(self.dialect.META_SCHEMA["$schema"])

    def inner(self, rules: Any) -> _Part:
        """Return a subschema inside this one."""
        dialect = _dialect_of(rules, self.dialect)
        found = _Part(rules, self.resolver, dialect)
        resource = found.specification.create_resource(rules)
        return _Part(rules, self.resolver.in_subresource(resource), dialect)

    @property
    def all_inner(self) -> Iterator[_Part]:
        """All subschemas inside this one, whatever they apply to."""
        if isinstance(self.rules, Mapping):
            known = self.specification.subresources_of(self.rules)
            for rules in chain(known, _same_value(self.rules, self.dialect.VALIDATORS)):
                if isinstance(rules, Mapping):  # dependencies of older drafts contain lists
                    yield self.inner(rules)

    @property
    def references(self) -> Iterator[tuple[str, str]]:
        """The keyword and the address of each of its references."""
        if isinstance(self.rules, Mapping):
            for keyword in _REFERENCES:
                reference = self.rules.get(keyword)
                if keyword in self.dialect.VALIDATORS and isinstance(reference, str):
                    yield keyword, reference

    def target(self, keyword: str, reference: str) -> _Part:
        """Return the target of a reference.

        Raises:
            ReferenceProblemError: the target does not exist.
        """
        try:
            is_recursive = keyword == _RECURSIVE
            found = lookup_recursive_ref(self.resolver) if is_recursive else self.resolver.lookup(reference)
        except Unresolvable as unknown:
            raise ReferenceProblemError(reference) from unknown
        except (
            AttributeError,
            TypeError,
        ) as nowhere:  # a pointer into a number, an anchor next to such a list
            raise ReferenceProblemError(reference) from nowhere
        except ValueError as nowhere:  # a pointer into a string, or not an address
            if "#/" not in reference:
                raise
            raise ReferenceProblemError(reference) from nowhere
        return _Part(found.contents, found.resolver, _dialect_of(found.contents, self.dialect))

    @property
    def applied(self) -> Iterator[tuple[_Part, str]]:
        """The subschemas that apply to the same value, each with the reference that leads there, if any."""
        if not isinstance(self.rules, Mapping):
            return
        for keyword, reference in self.references:
            yield self.target(keyword, reference), reference
            if keyword == "$ref" and "unevaluatedProperties" not in self.dialect.VALIDATORS:
                return  # older drafts ignore the siblings of $ref
        for rules in _same_value(self.rules, self.dialect.VALIDATORS):
            if isinstance(rules, Mapping):
                yield self.inner(rules), ""


class _Keys:
    """Identifies parts by their rules and by whatever in their path affects how references are resolved.

    With complete paths, a few resources that refer to each other would give too many parts to follow.
    """

    def __init__(self, parts: Iterable[_Part]) -> None:
        rules = [part.rules for part in parts]
        anchors = (each.get("$dynamicAnchor") for each in rules)
        self._anchors = sorted({_ANCHOR_OF_DIALECTS, *(name for name in anchors if isinstance(name, str))})
        self._is_recursive = any(_RECURSIVE in each for each in rules)
        self._has_anchor: dict[tuple[str, str], bool] = {}

    def __call__(self, part: _Part) -> Hashable:
        scope = [*part.resolver.dynamic_scope()]
        outermost = [
            next((at for at, registry in reversed(scope) if self._is_at(at, registry, name)), "")
            for name in self._anchors
        ]
        recursive = id(lookup_recursive_ref(part.resolver).contents) if self._is_recursive else 0
        return id(part.rules), recursive, *outermost

    def _is_at(self, address: str, registry: Registry[Any], name: str) -> bool:
        known = self._has_anchor.get((address, name))
        if known is None:
            try:
                known = isinstance(registry.anchor(address, name).value, DynamicAnchor)
            except (Unresolvable, LookupError):
                known = False
            self._has_anchor[address, name] = known
        return known


def check_references(schema: Mapping[str, Any], dialect: Any, check: CheckPart) -> None:
    """Check that all references of a schema can be resolved.

    Raises:
        ReferenceProblemError: a reference cannot be resolved.
        ValueError: an address in it is invalid.
    """
    resource = specification_with(dialect.META_SCHEMA["$schema"]).create_resource(schema)
    root = _Part(schema, own_registry().resolver_with_root(resource), dialect)
    written = list(_closure(root, lambda part: part.all_inner, lambda part: id(part.rules)))
    key = _Keys(written)
    parts = list(_closure(root, _ways_from(written, check), key))
    for part in parts:
        _check_patterns(part.rules)
    _refuse_endless(parts, key)


def own_registry() -> Registry[Any]:
    """Return what schemas may refer to besides themselves: the meta-schemas. Nothing is fetched."""
    registry: Registry[Any] = jsonschema_specifications.REGISTRY
    return registry


def _dialect_of(rules: Any, outer: Any) -> Any:
    return validator_for(rules, default=outer) if isinstance(rules, Mapping) else outer


def _ways_from(written: Iterable[_Part], check: CheckPart) -> Callable[[_Part], Iterator[_Part]]:
    """Return a function that yields the parts inside a part, and the targets of its references."""
    known = {id(part.rules) for part in written}

    def next_parts(part: _Part) -> Iterator[_Part]:
        yield from part.all_inner
        for keyword, reference in part.references:
            target = part.target(keyword, reference)
            if id(target.rules) not in known and (error := check(target.rules, target.dialect)):
                raise ReferenceProblemError(reference, error)
            known.add(id(target.rules))
            yield target

    return next_parts


def _closure(
    root: _Part, next_parts: Callable[[_Part], Iterable[_Part]], key: Callable[[_Part], Hashable]
) -> Iterator[_Part]:
    """Yield a part and all parts reachable from it."""
    pending, seen = [root], set()
    while pending:
        part = pending.pop()
        if key(part) not in seen:
            seen.add(key(part))
            yield part
            pending += next_parts(part)


def _check_patterns(rules: Any) -> None:
    """Check the patterns in schemas of drafts 3 and 4, whose meta-schemas do not."""
    patterns = rules.get("patternProperties", ()) if isinstance(rules, Mapping) else ()
    for pattern in patterns:
        try:
            compiled(pattern)
        except ValueError as wrong:
            error = ValidationError("", "format", validator_value="regex", instance=pattern)
            raise ReferenceProblemError("patternProperties", error) from wrong


def _refuse_endless(parts: Iterable[_Part], key: Callable[[_Part], Hashable]) -> None:
    judged: dict[Hashable, bool] = {}
    """The visited parts by key, and whether everything that applies with them has been followed."""

    def follow(part: _Part, reference: str) -> None:
        place = key(part)
        if judged.get(place):
            return
        if place in judged:
            raise EndlessReferenceError(reference)
        judged[place] = False
        for applied, name in part.applied:
            follow(applied, name or reference)
        judged[place] = True

    for part in parts:
        follow(part, "")


def _same_value(rules: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the subschemas that apply to the value itself, for the keywords of the dialect."""
    found = {keyword: rules[keyword] for keyword in rules if keyword in known}
    yield from (found[keyword] for keyword in ("not", "if") if keyword in found)
    if "if" in found:
        yield from (rules[keyword] for keyword in ("then", "else") if keyword in rules)
    for keyword in ("allOf", "anyOf", "oneOf", "extends", "type", "disallow"):
        parts = found.get(keyword, [])
        yield from parts if isinstance(parts, list) else [parts]
    for keyword in ("dependentSchemas", "dependencies"):
        yield from found.get(keyword, {}).values()
