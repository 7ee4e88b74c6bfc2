"""Schemas and values: what is no schema, and the first thing that a schema does not allow."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.safe_text import safe_line
from tui.core.schema_check import SchemaProblemError, Violation, check_schema, first_violation

CITY = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 2, "pattern": "^[A-Z]"},
        "people": {"type": ["integer", "null"], "minimum": 0, "maximum": 9},
        "kind": {"enum": ["town", "village"]},
        "price": {"type": "number", "multipleOf": 0.01},
        "tags": {"type": "array", "items": {"type": "string"}, "uniqueItems": True, "maxItems": 3},
        "one of": {"anyOf": [{"type": "string"}, {"type": "object", "required": ["q"]}]},
        "fixed": {"const": 3},
        "when": {"format": "date"},
        "never": False,
    },
    "patternProperties": {"^x-": {}},
    "required": ["name"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("value", "path", "problem"),
    [
        ([], "$", "must be object, not array"),
        ({}, "$", '"name" is missing'),
        ({"name": 1}, "$.name", "must be string, not integer"),
        ({"name": None}, "$.name", "must be string, not null"),
        ({"name": "B"}, "$.name", "must have at least 2 characters, not 1"),
        ({"name": "berlin"}, "$.name", '"berlin" does not match the pattern "^[A-Z]"'),
        ({"name": "Ulm", "people": "1"}, "$.people", "must be integer or null, not string"),
        ({"name": "Ulm", "people": True}, "$.people", "must be integer or null, not boolean"),
        ({"name": "Ulm", "people": -1}, "$.people", "must be at least 0, not -1"),
        ({"name": "Ulm", "people": 10}, "$.people", "must be at most 9, not 10"),
        ({"name": "Ulm", "kind": "city"}, "$.kind", 'must be one of "town" or "village", not "city"'),
        ({"name": "Ulm", "price": 19.995}, "$.price", "must be a multiple of 0.01, not 19.995"),
        ({"name": "Ulm", "tags": ["a", 2]}, "$.tags[1]", "must be string, not integer"),
        ({"name": "Ulm", "tags": ["a", "a"]}, "$.tags", "has the same item twice"),
        ({"name": "Ulm", "tags": list("abcd")}, "$.tags", "must have at most 3 items, not 4"),
        ({"name": "Ulm", "one of": {}}, '$["one of"]', '"q" is missing'),
        ({"name": "Ulm", "fixed": 4}, "$.fixed", "must be 3, not 4"),
        ({"name": "Ulm", "x-a": 1, "more": 1}, "$", '"more" is not allowed'),
        ({"name": "Ulm", "never": 1}, "$", "1 is not allowed"),
        ({"kind": 1, "name": 1}, "$.kind", 'must be one of "town" or "village", not 1'),
        ({"name": "\x1b[31mred" * 20}, "$.name", None),
    ],
)
def test_the_first_violation_has_its_place_and_a_sentence(value: Any, path: str, problem: str | None) -> None:
    check_schema(CITY)
    found = first_violation(CITY, value)
    assert isinstance(found, Violation)
    assert found.path == path
    assert problem is None or found.problem == problem
    assert len(found.problem) < 200
    assert "\x1b" not in found.problem


def test_a_price_is_a_multiple_of_a_cent_and_a_format_is_not_judged() -> None:
    assert first_violation(CITY, {"name": "Ulm", "price": 19.99, "when": "never", "x-a": 1}) is None


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({"type": "text"}, "it is not a valid JSON Schema: $.type: must be one of array or boolean"),
        ({"required": "a"}, "it is not a valid JSON Schema: $.required: must be array, not string"),
        ({"properties": {"a": {"pattern": r"\p{L}"}}}, "$.properties.a.pattern: "),
        ({"properties": {"a": {"$ref": "#/$defs/b"}}}, "is not in it, and nothing is fetched"),
        ({"$ref": "https://example.org/schema.json"}, "is not in it, and nothing is fetched"),
        ({"$ref": "#"}, "# leads back to itself without end"),
        ({"items": {"anyOf": [{"type": "null"}, {"$ref": "#/items"}]}}, "#/items leads back to itself"),
        ({"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"not": {"$ref": "#/$defs/a"}}}}, "leads back"),
        ({"dependentSchemas": {"x": {"$ref": "#"}}}, "# leads back to itself without end"),
        ({"$schema": "https://json-schema.org/draft/2019-09/schema", "$recursiveRef": "#"}, "# leads back"),
        ({"$id": "https://own.example/a", "allOf": [{"$ref": "a"}]}, "a leads back to itself without end"),
        ({"$schema": 3}, "$schema must be a text"),
        ({"$id": "http://[bad", "$ref": "x"}, "$id or $ref in it is not a URI"),
    ],
)
def test_what_is_no_schema_is_refused_with_its_place(schema: dict[str, Any], reason: str) -> None:
    with pytest.raises(SchemaProblemError) as refused:
        check_schema(schema)
    assert reason in str(refused.value)


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a schema was fetched")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.raises(SchemaProblemError):
        check_schema({"$ref": "http://127.0.0.1:9/schema"})


def test_references_inside_and_other_dialects_are_followed() -> None:
    tree = {
        "$ref": "#/$defs/tree",
        "$defs": {"tree": {"type": "object", "properties": {"left": {"$ref": "#/$defs/tree"}}}},
    }
    check_schema(tree)
    assert first_violation(tree, {"left": {"left": 1}}) == Violation(
        "$.left.left", "must be object, not integer"
    )
    deep: dict[str, Any] = {}
    for _ in range(100_000):
        deep = {"left": deep}
    assert first_violation(tree, deep) == Violation("$", "it is nested too deep")
    draft4 = {"$schema": "http://json-schema.org/draft-04/schema#", "minimum": 1, "exclusiveMinimum": True}
    check_schema(draft4)
    assert first_violation(draft4, 1) == Violation("$", "must be greater than 1, not 1")
    check_schema({"$ref": "https://json-schema.org/draft/2020-12/schema"})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
PARTS = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["object", "array", "string", "integer", "null"]),
        "enum": st.lists(JSON, min_size=1, max_size=3),
        "const": JSON,
        "required": st.lists(st.text(max_size=3), unique=True),
        "maxItems": st.integers(0, 3),
        "minLength": st.integers(0, 3),
        "additionalProperties": st.booleans(),
    },
)


@given(PARTS, JSON)
def test_any_schema_and_any_value_have_a_verdict(schema: dict[str, Any], value: Any) -> None:
    check_schema(schema)
    found = first_violation(schema, value)
    assert found is None or (found.path == "$" and safe_line(found.problem) == found.problem)


@pytest.mark.parametrize("draft", ["2019-09", "2020-12"])
def test_of_unevaluated_properties_the_one_that_nothing_allows_is_named(draft: str) -> None:
    schema: dict[str, Any] = {
        "$schema": f"https://json-schema.org/draft/{draft}/schema",
        "properties": {"a": {}},
        "allOf": [{"properties": {"b": {}}}],
        "unevaluatedProperties": False,
    }
    assert first_violation(schema, {"a": 1, "b": 2, "c": 3, "d": 4}) == Violation("$", '"c" is not allowed')
    assert first_violation(schema, {"a": 1, "b": 2}) is None
    schema["unevaluatedProperties"] = {"type": "string"}
    assert first_violation(schema, {"a": 1, "c": "x", "d": 4}) == Violation(
        "$.d", "must be string, not integer"
    )


def test_an_older_draft_does_not_know_unevaluated_properties() -> None:
    schema = {"$schema": "http://json-schema.org/draft-07/schema#", "unevaluatedProperties": False}
    assert first_violation(schema, {"a": 1}) is None


def test_an_exclusive_limit_of_draft_4_is_said_as_one() -> None:
    draft = {"$schema": "http://json-schema.org/draft-04/schema#"}
    for limits, problem in (
        ({"minimum": 1, "exclusiveMinimum": True}, "must be greater than 1, not 1"),
        ({"maximum": 1, "exclusiveMaximum": True}, "must be less than 1, not 1"),
    ):
        assert first_violation({**draft, **limits}, 1) == Violation("$", problem)


def test_one_is_singular() -> None:
    assert first_violation({"minItems": 1}, []) == Violation("$", "must have at least 1 item, not 0")
    assert first_violation({"maxLength": 1}, "ab") == Violation("$", "must have at most 1 character, not 2")
