"""The strict form of a schema: closed, complete, and nullable where something was optional."""

from __future__ import annotations

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
    ],
)
def test_what_has_no_strict_form_is_refused(schema: dict[str, Any], where: str) -> None:
    with pytest.raises(NotStrictError) as refused:
        strict_schema(schema)
    assert where in str(refused.value)
