"""The strict form of a schema: closed, complete, with optional properties nullable."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.schema_check import check_schema, first_violation
from tui.core.schema_strict import NotStrictError, strict_schema

LEAVES: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {"type": "string"},
        {"type": ["integer", "null"]},
        {"enum": ["a", 1]},
        {"const": 1},
        {"$ref": "#/$defs/x"},
    ]
)
NAMES = st.sampled_from(["a", "b", "c", "type", "properties"])


@st.composite
def objects(draw: st.DrawFn, inner: st.SearchStrategy[dict[str, Any]]) -> dict[str, Any]:
    properties = draw(st.dictionaries(NAMES, inner, min_size=1, max_size=3))
    required = draw(st.lists(st.sampled_from(sorted(properties)), unique=True))
    return {"type": "object", "properties": properties, "required": required}


SCHEMAS = objects(
    st.recursive(
        LEAVES,
        lambda inner: (
            objects(inner)
            | inner.map(lambda item: {"type": "array", "items": item})
            | st.lists(inner, min_size=1, max_size=2).map(lambda forms: {"anyOf": forms})
        ),
        max_leaves=6,
    )
).map(lambda schema: {**schema, "$defs": {"x": {"type": "string"}}})


@given(SCHEMAS)
def test_each_object_is_closed_and_complete(schema: dict[str, Any]) -> None:
    before = repr(schema)
    found = strict_schema(schema).schema
    check_schema(found)
    assert repr(schema) == before
    nulls = {name: None for name in schema["properties"] if name not in schema["required"]}
    if len(nulls) == len(schema["properties"]):
        assert first_violation(found, nulls) is None
    problem = first_violation(found, {**nulls, "zz": 1})
    assert problem is not None


VALUES: list[Any] = ["x", "a", "", 1, 2, 2.5, True, None, [], ["x"]]
"""Of which each leaf takes some."""
ANY_JUDGES: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(
            ["string", "integer", "boolean", "null", ["string", "integer"], ["array", "null"]]
        ),
        "enum": st.lists(st.sampled_from(["x", "a", 1, None]), min_size=1, max_size=3),
        "const": st.sampled_from(["x", 1, None]),
        "$ref": st.just("#/$defs/x"),
        "anyOf": st.lists(
            st.sampled_from([{"const": "x"}, {"type": "integer"}, {"type": "null"}, {}]), min_size=1
        ),
        "oneOf": st.lists(st.sampled_from([{"const": "x"}, {"const": "a"}, {"type": "integer"}]), min_size=1),
        "not": st.sampled_from(
            [{"type": "null"}, {"const": "x"}, {"enum": [None, 1]}, {"$ref": "#/$defs/x"}]
        ),
        "minLength": st.integers(0, 2),
        "minimum": st.integers(0, 2),
        "pattern": st.just("x"),
        "items": st.sampled_from([{"type": "string"}, True]),
        "description": st.just("words"),
    },
)
JUDGES = ANY_JUDGES.filter(lambda rules: "$ref" not in rules.get("not", ()))  # it is refused
Known = tuple[dict[str, Any], list[Any]]
"""A schema, and values in which each property is."""


@st.composite
def known_objects(draw: st.DrawFn, inner: st.SearchStrategy[Known]) -> Known:
    parts = draw(st.dictionaries(NAMES, inner, min_size=1, max_size=3))
    required = draw(st.lists(st.sampled_from(sorted(parts)), unique=True))
    schema = {"type": "object", "properties": {name: part for name, (part, _) in parts.items()}}
    longest = max(len(values) for _, values in parts.values())
    values = [
        {name: held[place % len(held)] for name, (_, held) in parts.items()} for place in range(longest)
    ]
    return {**schema, "required": required}, values


KNOWN: st.SearchStrategy[Known] = known_objects(
    st.recursive(
        JUDGES.map(lambda rules: (rules, VALUES)),
        lambda inner: (
            known_objects(inner)
            | inner.map(lambda part: ({"type": "array", "items": part[0]}, [[value] for value in part[1]]))
            | inner.map(
                lambda part: ({"type": "array", "prefixItems": [part[0]]}, [[value] for value in part[1]])
            )
            | st.tuples(st.sampled_from(["anyOf", "oneOf"]), st.lists(inner, min_size=1, max_size=2)).map(
                lambda made: (
                    {made[0]: [part for part, _ in made[1]]},
                    [value for _, held in made[1] for value in held],
                )
            )
        ),
        max_leaves=5,
    )
)


def objects_in(rules: Any) -> list[dict[str, Any]]:
    """Return the schemas of objects in a schema, from the outside in."""
    if isinstance(rules, list):
        return [found for part in rules for found in objects_in(part)]
    if not isinstance(rules, dict):
        return []
    own = [rules] if isinstance(rules.get("properties"), dict) and "object" in rules.get("type", ()) else []
    return own + [found for part in rules.values() for found in objects_in(part)]


@given(KNOWN)
def test_what_became_nullable_may_be_null_and_what_was_whole_and_valid_stays_so(known: Known) -> None:
    schema, values = known
    definitions = {"$defs": {"x": {"enum": ["x", 1]}}}
    schema |= definitions
    strict = strict_schema(schema).schema
    check_schema(strict)
    before, after = objects_in(schema), objects_in(strict)
    assert len(before) == len(after)
    for old, new in zip(before, after, strict=True):
        for name in old["properties"].keys() - set(old["required"]):
            assert first_violation(new["properties"][name] | definitions, None) is None
        assert (new["additionalProperties"], new["required"]) == (False, list(old["properties"]))
    whole = deepcopy(schema)  # of several forms, a value may lack a property of the one that takes it
    for part in objects_in(whole):
        part |= {"additionalProperties": False, "required": [*part["properties"]]}
    for value in values:
        assert first_violation(whole, value) is not None or first_violation(strict, value) is None


@pytest.mark.parametrize(
    "part",
    [
        {"type": "string", "oneOf": [{"const": "x"}, {"const": "y"}]},
        {"type": "string", "anyOf": [{"const": "x"}]},
        {"type": "string", "not": {"type": "null"}},
        {"type": "string", "const": "x"},
        {"type": "string", "enum": ["x"], "not": {"const": "y"}},
        {"type": "string", "$ref": "#/$defs/x"},
        {"enum": ["x"]},
    ],
)
def test_an_optional_property_is_nullable_whatever_it_says(part: dict[str, Any]) -> None:
    schema = {"type": "object", "properties": {"a": part}, "$defs": {"x": {"type": "string"}}}
    strict = strict_schema(schema).schema
    assert first_violation(strict, {"a": None}) is None
    assert first_violation(strict, {"a": "x"}) is None
    assert first_violation(strict, {"a": 1}) is not None


CLOSED_FORM: dict[str, Any] = {
    "type": "object",
    "properties": {"v": {"type": "string"}},
    "required": ["v"],
    "additionalProperties": False,
}


@pytest.mark.parametrize("place", ["inside", "by reference"])
def test_null_for_what_may_be_left_out_fits_one_of_several_forms(place: str) -> None:
    """Left out, ``v`` fits the first form; null fits the second; strict, both are written as null."""
    left_out = {"type": "object", "properties": {"v": {"type": "string"}}, "additionalProperties": False}
    null = {"type": "object", "properties": {"v": {"type": ["integer", "null"]}}, "required": ["v"]}
    forms = [left_out, null]
    definitions = {"a": left_out, "b": null} if place == "by reference" else {}
    if definitions:
        forms = [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/b"}]
    schema = {
        "type": "object",
        "properties": {"x": {"oneOf": forms}, "y": {"$ref": "#/properties/x/oneOf/1"}},
        "required": ["x", "y"],
        "$defs": definitions,
    }
    assert first_violation(schema, {"x": {"v": None}, "y": {"v": 1}}) is None
    strict = strict_schema(schema).schema
    check_schema(strict)
    for value in (None, "s", 1):
        assert first_violation(strict, {"x": {"v": value}, "y": {"v": 1}}) is None
    assert first_violation(strict, {"x": {"v": True}, "y": {"v": 1}}) is not None
    assert first_violation(strict, {"x": {"v": 1}, "y": {"v": "s"}}) is not None


@pytest.mark.parametrize("forms", [[{"type": "string"}, {"multipleOf": 2}], [CLOSED_FORM, {"type": "null"}]])
def test_one_of_several_forms_stays_that_where_no_null_can_blur_them(forms: list[dict[str, Any]]) -> None:
    schema = {"type": "object", "properties": {"x": {"oneOf": forms}}, "required": ["x"]}
    assert strict_schema(schema).schema["properties"]["x"] == {"oneOf": forms}


OPEN: dict[str, Any] = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
CLOSED = {**OPEN, "additionalProperties": False}


@pytest.mark.parametrize(
    "around",
    [
        lambda part: {"items": part},
        lambda part: {"items": [part]},
        lambda part: {"items": [{}], "additionalItems": part},
        lambda part: {"prefixItems": [part], "unevaluatedItems": part},
        lambda part: {"anyOf": [{"oneOf": [part]}]},
        lambda part: {"definitions": {"x": part}, "$ref": "#/definitions/x"},
        lambda part: {"items": {"$defs": {"x": {"$defs": {"y": part}}}}},
    ],
)
def test_objects_are_closed_wherever_they_stand(around: Any) -> None:
    assert strict_schema(around(OPEN)).schema == around(CLOSED)


def test_a_reference_into_a_part_that_moved_leads_to_its_new_place() -> None:
    part = {
        "type": "object",
        "properties": {"k~/é": {"$defs": {"x": {"type": "integer"}}, "$ref": "#/$defs/y"}},
    }
    schema = {
        "type": "object",
        "properties": {
            "a": {"anyOf": [part], "$defs": {"x": {"type": "string"}}},
            "b": {"$ref": "#/properties/a/$defs/x"},
            "c": {"$ref": "#/properties/a/anyOf/0/properties/k~0~1%C3%A9/$defs/x"},
            "d": {"$ref": "#/properties/a"},
        },
        "$defs": {"y": {}},
    }
    strict = strict_schema(schema).schema
    check_schema(strict)
    assert first_violation(strict, {"a": None, "b": "x", "c": 1, "d": None}) is None
    assert first_violation(strict, {"a": None, "b": 1, "c": 1, "d": None}) is not None
    assert first_violation(strict, {"a": None, "b": "x", "c": "x", "d": None}) is not None


def test_what_changes_is_counted_and_the_rest_stays() -> None:
    schema = {
        "type": "object",
        "properties": {
            "name": {"type": "string", "description": "of the city"},
            "kind": {"type": "string", "enum": ["town"]},
            "at": {"type": "object", "properties": {"x": {"type": "number"}}, "required": ["x"]},
        },
        "required": ["name", "at"],
    }
    found = strict_schema(schema)
    assert (found.closed, found.nullable) == (2, 1)
    assert found.schema == {
        "type": "object",
        "properties": {
            "name": {"type": "string", "description": "of the city"},
            "kind": {"type": ["string", "null"], "enum": ["town", None]},
            "at": {
                "type": "object",
                "properties": {"x": {"type": "number"}},
                "required": ["x"],
                "additionalProperties": False,
            },
        },
        "required": ["name", "kind", "at"],
        "additionalProperties": False,
    }
    again = strict_schema(found.schema)
    assert (again.schema, again.closed, again.nullable) == (found.schema, 0, 0)


@pytest.mark.parametrize(
    ("schema", "where"),
    [
        ({"type": "object"}, "--strict cannot close $: its property names are open"),
        (
            {"properties": {"m": {"type": "object", "additionalProperties": {"type": "string"}}}},
            "--strict cannot close $.properties.m: ",
        ),
        (
            {"items": {"type": "object", "properties": {}, "additionalProperties": True}},
            "--strict cannot close $.items: ",
        ),
        ({"anyOf": [{"allOf": []}]}, "$.anyOf[0]: allOf has no strict form"),
        ({"patternProperties": {"a": {}}}, "$: patternProperties has no strict form"),
        (
            {"additionalProperties": {"type": "string"}},
            "--strict cannot close $: its property names are open",
        ),
        ({**OPEN, "required": ["a", "b"]}, "--strict cannot close $: its property names are open"),
        ({**OPEN, "not": {"required": ["b"]}}, "$: not with an object in it has no strict form"),
        ({"contains": OPEN}, "$: contains with an object in it has no strict form"),
        ({"dependencies": {"a": OPEN}}, "$: dependencies with an object in it has no strict form"),
        ({**OPEN, "anyOf": [OPEN]}, "$: anyOf beside properties has no strict form"),
        ({**OPEN, "$ref": "#/$defs/b", "$defs": {"b": OPEN}}, "$: $ref beside properties has no strict form"),
        ({"properties": {"a": {}, "b": {}}, "maxProperties": 1}, "$: maxProperties has no strict form"),
        ({"$ref": "#/x/y", "x": {"y": OPEN}}, "$: #/x/y has no strict form"),
        ({"if": {}, "then": OPEN}, "$: if has no strict form"),
        ({"else": OPEN}, "$: else has no strict form"),
    ],
)
def test_what_has_no_strict_form_is_refused(schema: dict[str, Any], where: str) -> None:
    with pytest.raises(NotStrictError) as refused:
        strict_schema(schema)
    assert where in str(refused.value)
