"""Validation of schemas, and the first violation in a value."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.safe_text import safe_line
from tui.core.schema_check import SchemaProblemError, Violation, check_schema, first_violation

DRAFT_3 = "http://json-schema.org/draft-03/schema#"
DRAFT_4 = "http://json-schema.org/draft-04/schema#"
DRAFT_7 = "http://json-schema.org/draft-07/schema#"
DRAFT_2019 = "https://json-schema.org/draft/2019-09/schema"
DRAFT_2020 = "https://json-schema.org/draft/2020-12/schema"
LOOP_OF_DRAFT_4 = {"id": "b", "anyOf": [{"$ref": "b"}]}
TREE_OF_ROOT = {"$id": "https://own.example/root", "$dynamicAnchor": "n", "$ref": "tree"}
TREE: dict[str, Any] = {"$id": "tree", "$dynamicAnchor": "n"}
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
        ({"name": "Ulm", "never": 1}, "$", '"never" is not allowed'),
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
        ({"properties": {"a": {"pattern": "("}}}, '$.properties.a.pattern: "(" is not a valid regex'),
        ({"patternProperties": {"(": {}}}, '$.patternProperties: the name "(": "(" is not a valid regex'),
        ({"$schema": DRAFT_4, "patternProperties": {"(": {}}}, 'patternProperties: "(" is not a valid regex'),
        ({"properties": {"a": {"$ref": "#/$defs/b"}}}, "is not in it, and nothing is fetched"),
        ({"$ref": "https://example.org/schema.json"}, "is not in it, and nothing is fetched"),
        ({"$ref": "#"}, "# leads back to itself without end"),
        ({"items": {"anyOf": [{"type": "null"}, {"$ref": "#/items"}]}}, "#/items leads back to itself"),
        ({"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"not": {"$ref": "#/$defs/a"}}}}, "leads back"),
        ({"dependentSchemas": {"x": {"$ref": "#"}}}, "# leads back to itself without end"),
        ({"$schema": "https://json-schema.org/draft/2019-09/schema", "$recursiveRef": "#"}, "# leads back"),
        ({"$id": "https://own.example/a", "allOf": [{"$ref": "a"}]}, "a leads back to itself without end"),
        ({"$dynamicAnchor": "n", "anyOf": [{"$dynamicRef": "#n"}]}, "#n leads back to itself without end"),
        ({"if": {"$ref": "#/then"}, "then": {"$ref": "#/else"}, "else": {"$ref": "#/if"}}, "#/if leads back"),
        (
            {"$schema": DRAFT_4, "id": "http://own.example/a", "properties": {"n": LOOP_OF_DRAFT_4}},
            "b leads back",
        ),
        ({**TREE_OF_ROOT, "$defs": {"tree": {**TREE, "allOf": [{"$dynamicRef": "#n"}]}}}, "tree leads back"),
        ({"$schema": DRAFT_3, "extends": {"$ref": "#"}}, "# leads back to itself without end"),
        ({"$ref": "#/x", "x": {"items": {"$ref": "#/y"}}, "y": {"$ref": "#/y"}}, "#/y leads back"),
        ({"$ref": "#/x", "x": {"items": {"$ref": "#/y"}}}, "#/y is not in it, and nothing is fetched"),
        ({"$ref": "#/x", "x": {"type": 5}}, "it is not a valid JSON Schema: #/x.type: must be one of array"),
        ({"$ref": "#/x", "x": {"pattern": "("}}, '#/x.pattern: "(" is not a valid regex'),
        ({"$ref": "#/minimum", "minimum": 1}, "#/minimum: must be object or boolean, not integer"),
        ({"$ref": "#/minimum/x", "minimum": 1}, "#/minimum/x is not in it, and nothing is fetched"),
        ({"$ref": "#/title/x", "title": "t"}, "#/title/x is not in it, and nothing is fetched"),
        ({"$schema": DRAFT_7, "dependencies": {"a": ["b"], "c": {"$ref": "#/no"}}}, "#/no is not in it"),
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
    assert first_violation(tree, deep) == Violation("$", "the JSON is nested too deeply")
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


CENT = {"multipleOf": 0.01}


@pytest.mark.parametrize(
    "schema",
    [
        {"$schema": DRAFT_2020, "properties": {"p": CENT, "k": {"items": {"$ref": "#"}}}},
        {"$schema": DRAFT_7, "properties": {"p": CENT, "k": {"items": {"$ref": "#"}}}},
        {"$schema": DRAFT_3, "properties": {"p": {"divisibleBy": 0.01}, "k": {"items": {"$ref": "#"}}}},
        {
            "$schema": DRAFT_2019,
            "$recursiveAnchor": True,
            "properties": {"p": CENT, "k": {"items": {"$recursiveRef": "#"}}},
        },
        {
            "$schema": DRAFT_2020,
            "$dynamicAnchor": "n",
            "properties": {"p": CENT, "k": {"items": {"$dynamicRef": "#n"}}},
        },
        {
            "properties": {"k": {"items": {"$ref": "https://own.example/old"}}},
            "$defs": {
                "old": {"$schema": DRAFT_7, "$id": "https://own.example/old", "properties": {"p": CENT}}
            },
        },
        {
            "$schema": DRAFT_4,
            "properties": {"k": {"items": {"$schema": DRAFT_2020, "properties": {"p": CENT}}}},
        },
        {**TREE_OF_ROOT, "$defs": {"tree": {**TREE, "properties": {"k": {"items": {"$dynamicRef": "#n"}}}}}}
        | {"properties": {"p": CENT}},
        {"$schema": "https://own.example/dialect", "properties": {"p": CENT, "k": {"items": {"$ref": "#"}}}},
    ],
)
def test_our_own_rules_hold_wherever_a_schema_leads(schema: dict[str, Any]) -> None:
    check_schema(schema)
    assert first_violation(schema, {"k": [{"p": 19.99}]}) is None
    assert first_violation(schema, {"k": [{"p": 19.999}]}) == Violation(
        "$.k[0].p", "must be a multiple of 0.01, not 19.999"
    )


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"next": {"anyOf": [{"type": "null"}, {"$ref": "#"}]}}},
        {"additionalProperties": {"$ref": "#"}},
        {"patternProperties": {"^x": {"$ref": "#"}}},
        {"prefixItems": [{}, {"$ref": "#"}], "items": {"$ref": "#"}, "contains": {"$ref": "#"}},
        {"unevaluatedProperties": {"$ref": "#"}, "unevaluatedItems": {"$ref": "#"}},
        {"propertyNames": {"$ref": "#"}},
        {"then": {"$ref": "#"}},
        {"$schema": DRAFT_7, "$ref": "#/definitions/a", "allOf": [{"$ref": "#"}], "definitions": {"a": {}}},
        {"$schema": DRAFT_7, "dependentSchemas": {"a": {"$ref": "#"}}},
        {"$schema": DRAFT_4, "id": "http://own.example/a", "items": [{"id": "b", "items": {"$ref": "b"}}]},
        {"$ref": "#/definitions/a", "definitions": {"a": {"items": {"$ref": "#/definitions/a"}}}},
        {"const": {"$ref": "#/no"}, "enum": [{"$ref": "#/no"}], "default": {"pattern": "("}},
    ],
)
def test_a_schema_of_ordinary_recursion_is_one(schema: dict[str, Any]) -> None:
    check_schema(schema)
    first_violation(schema, {"next": {"next": None}, "x": {"x": {}}, "a": 1})
    first_violation(schema, [[], [[], []]])


def test_the_way_to_a_schema_decides_whether_its_reference_ends() -> None:
    """By itself, ``a`` is about ``b``; by way of ``c``, the anchor of ``c`` leads back to ``a``."""
    parts: dict[str, dict[str, Any]] = {
        "a": {"$id": "a", "anyOf": [{"$dynamicRef": "b#n"}]},
        "b": {"$id": "b", "$dynamicAnchor": "n"},
        "c": {"$id": "c", "$ref": "a", "$defs": {"x": {"$dynamicAnchor": "n", "$ref": "a"}}},
    }
    schema = {"$id": "https://own.example/r", "properties": {"a": {"$ref": "a"}}, "$defs": parts}
    check_schema({**schema, "$defs": {name: parts[name] for name in "ab"}})
    assert first_violation(schema, {"a": 1}) is None
    schema["properties"] = {"a": {"$ref": "a"}, "c": {"$ref": "c"}}
    assert first_violation(schema, {"c": 1}) == Violation("$", "the JSON is nested too deeply")
    with pytest.raises(SchemaProblemError, match="leads back to itself without end"):
        check_schema(schema)


def test_many_resources_that_refer_to_each_other_are_followed_once() -> None:
    names = [f"r{number}" for number in range(20)]
    part = {"properties": {name: {"$ref": name} for name in names}}
    parts = {name: {"$id": name, **part} for name in names}
    check_schema({"$id": "https://own.example/r", "$ref": "r0", "$defs": parts})


INTEGER = {"type": "integer"}
FORMS = [
    {"properties": {"kind": {"const": "a"}, "n": INTEGER}, "required": ["kind", "n"]},
    {"properties": {"kind": {"enum": ["b", "c"]}}, "required": ["kind"], "additionalProperties": False},
]


@pytest.mark.parametrize(
    ("schema", "value", "path", "problem"),
    [
        (
            {"allOf": [{"properties": {"a": INTEGER}}], "unevaluatedProperties": False},
            {"a": "q"},
            "$.a",
            "must be integer, not string",
        ),
        (
            {
                "$ref": "#/$defs/a",
                "$defs": {"a": {"properties": {"a": INTEGER}}},
                "unevaluatedProperties": False,
            },
            {"a": "q"},
            "$.a",
            "must be integer, not string",
        ),
        (
            {"anyOf": [{"properties": {"a": INTEGER}, "required": ["a"]}], "unevaluatedProperties": False},
            {"a": "q"},
            "$.a",
            "must be integer, not string",
        ),
        (
            {"dependentSchemas": {"a": {"properties": {"b": INTEGER}}}, "unevaluatedProperties": False}
            | {"properties": {"a": {}}},
            {"a": 1, "b": "q"},
            "$.b",
            "must be integer, not string",
        ),
        (
            {
                "if": {"required": ["a"]},
                "then": {"properties": {"a": INTEGER}},
                "unevaluatedProperties": False,
            },
            {"a": "q"},
            "$.a",
            "must be integer, not string",
        ),
        (
            {"allOf": [{"prefixItems": [INTEGER]}], "unevaluatedItems": False},
            ["q"],
            "$[0]",
            "must be integer, not string",
        ),
        ({"prefixItems": [INTEGER], "unevaluatedItems": False}, [1, 2], "$[1]", "2 is not allowed"),
        (
            {"items": {"properties": {"n": INTEGER}}, "contains": {"properties": {"n": INTEGER}}},
            [{"n": "q"}],
            "$[0].n",
            "must be integer, not string",
        ),
        (
            {
                "properties": {"kind": {"enum": ["a", "b"]}},
                "if": {"properties": {"kind": {"const": "a"}}},
                "then": {"required": ["x"]},
                "else": {"required": ["y"]},
            },
            {"kind": "q"},
            "$.kind",
            'must be one of "a" or "b", not "q"',
        ),
        ({"oneOf": FORMS}, {"kind": "a", "n": "q"}, "$.n", "must be integer, not string"),
        ({"oneOf": FORMS}, {"kind": "c", "n": 1}, "$", '"n" is not allowed'),
        ({"oneOf": FORMS}, {"kind": "z"}, "$.kind", 'must be one of "a" or "b" or "c", not "z"'),
        (
            {"anyOf": [*FORMS, {"type": "null"}]},
            {"kind": "a", "n": "q"},
            "$.n",
            "must be integer, not string",
        ),
        ({"anyOf": [INTEGER, {"type": "null"}]}, "q", "$", "must be integer or null, not string"),
        ({"anyOf": [False, {"type": "null"}]}, "q", "$", "must be null, not string"),
        ({"anyOf": [False, False]}, "q", "$", "matches none of the allowed forms"),
        (
            {"oneOf": [INTEGER, {"minimum": 3}]},
            5,
            "$",
            "matches several of the allowed forms, but may match only one",
        ),
    ],
)
def test_what_can_be_mended_is_told_before_what_follows_from_it(
    schema: dict[str, Any], value: Any, path: str, problem: str
) -> None:
    check_schema(schema)
    assert first_violation(schema, value) == Violation(path, problem)


OBJECTS = st.dictionaries(st.sampled_from("abc"), st.integers(0, 2), max_size=3)
RULES: st.SearchStrategy[Any] = st.recursive(
    st.booleans()
    | st.fixed_dictionaries({}, optional={"maximum": st.integers(0, 1), "const": st.integers(0, 2)}),
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "properties": st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
            "patternProperties": st.dictionaries(st.sampled_from(["a", "b|c"]), inner, max_size=1),
            "additionalProperties": inner,
            "unevaluatedProperties": inner,
            "unevaluatedItems": inner,
            "prefixItems": st.lists(inner, min_size=1, max_size=2),
            "contains": inner,
            "required": st.lists(st.sampled_from("abc"), max_size=1),
            "dependentSchemas": st.dictionaries(st.sampled_from("ab"), inner, max_size=1),
            "allOf": st.lists(inner, min_size=1, max_size=2),
            "anyOf": st.lists(inner, min_size=1, max_size=2),
            "oneOf": st.lists(inner, min_size=1, max_size=2),
            "not": inner,
            "if": inner,
            "then": inner,
            "else": inner,
        },
    ),
    max_leaves=12,
)


@given(RULES.filter(lambda rules: isinstance(rules, dict)), OBJECTS | st.lists(st.integers(0, 2), max_size=3))
def test_how_a_violation_is_told_changes_no_verdict(schema: dict[str, Any], value: Any) -> None:
    """The library's own validator of the newest draft is the judge."""
    from jsonschema import Draft202012Validator

    is_valid: bool = Draft202012Validator(schema).is_valid(value)
    assert (first_violation(schema, value) is None) is is_valid


BROKEN: dict[str, list[tuple[Any, Any]]] = {
    DRAFT_2020: [
        ({"type": "integer"}, ""),
        ({"required": ["a"]}, {}),
        ({"enum": [1]}, 2),
        ({"const": 1}, 2),
        ({"pattern": "b"}, "a"),
        ({"minimum": 2}, 1),
        ({"maximum": 0}, 1),
        ({"exclusiveMinimum": 1}, 1),
        ({"exclusiveMaximum": 1}, 1),
        ({"multipleOf": 2}, 1),
        ({"minLength": 1}, ""),
        ({"maxLength": 0}, "a"),
        ({"minItems": 1}, []),
        ({"maxItems": 0}, [1]),
        ({"uniqueItems": True}, [1, 1]),
        ({"minProperties": 1}, {}),
        ({"maxProperties": 0}, {"a": 1}),
        ({"properties": {"a": False}}, {"a": 1}),
        ({"patternProperties": {"a": False}}, {"a": 1}),
        ({"additionalProperties": False}, {"a": 1}),
        ({"unevaluatedProperties": False}, {"a": 1}),
        ({"propertyNames": {"maxLength": 0}}, {"a": 1}),
        ({"dependentRequired": {"a": ["b"]}}, {"a": 1}),
        ({"dependentSchemas": {"a": False}}, {"a": 1}),
        ({"items": False}, [1]),
        ({"prefixItems": [False]}, [1]),
        ({"unevaluatedItems": False}, [1]),
        ({"contains": {"const": 2}}, [1]),
        ({"contains": {"const": 1}, "minContains": 2}, [1]),
        ({"contains": {"const": 1}, "maxContains": 1}, [1, 1]),
        ({"allOf": [False]}, 1),
        ({"anyOf": [False]}, 1),
        ({"oneOf": [False]}, 1),
        ({"oneOf": [True, True]}, 1),
        ({"not": True}, 1),
        ({"if": True, "then": False}, 1),
        ({"$ref": "#/$defs/a", "$defs": {"a": False}}, 1),
        ({"$dynamicRef": "#/$defs/a", "$defs": {"a": False}}, 1),
    ],
    DRAFT_2019: [
        ({"items": [True], "additionalItems": False}, [1, 2]),
    ],
    DRAFT_7: [({"dependencies": {"a": ["b"]}}, {"a": 1})],
    DRAFT_3: [
        ({"properties": {"a": {"required": True}}}, {}),
        ({"dependencies": {"a": "b"}}, {"a": 1}),
        ({"divisibleBy": 2}, 1),
        ({"disallow": "integer"}, 1),
        ({"extends": [{"type": "string"}]}, 1),
    ],
}


def test_every_keyword_of_every_draft_has_words_of_its_own() -> None:
    from tui.core.schema_library import _DIALECTS

    known = {keyword for dialect in _DIALECTS for keyword in dialect.VALIDATORS} - {"format", "$recursiveRef"}
    samples = [({"$schema": draft, **schema}, value) for draft in BROKEN for schema, value in BROKEN[draft]]
    for schema, value in samples:
        check_schema(schema)
        found = first_violation(schema, value)
        assert found is not None and "does not follow" not in found.problem, schema
        known -= schema.keys()
    assert not known


def test_a_large_number_is_judged_by_every_digit() -> None:
    assert first_violation({"multipleOf": 0.01}, 1e300) is None
    assert first_violation({"multipleOf": 3}, 10**400) is not None
    assert first_violation({"multipleOf": 3}, 3 * 10**400) is None


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
