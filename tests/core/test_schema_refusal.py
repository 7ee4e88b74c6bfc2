"""Real error messages about schemas, and their meaning."""

from __future__ import annotations

import pytest

from tui.core.causes import explain
from tui.core.schema_refusal import is_form_refused, is_too_complex, refused_keyword

SCHEMA = {
    "type": "object",
    "properties": {
        "minItems": {"type": "integer", "maximum": 4},
        "pattern": {"type": "string", "pattern": "a"},
    },
    "minProperties": 1,
}

FORM = [
    (400, "'response_format.type' must be 'json_schema' or 'text'"),
    (400, "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model."),
    (400, "This response_format type is unavailable now"),
    (422, "body.response_format.type: Input should be 'text' or 'json_object'"),
    (400, "Model does not support structured outputs"),
]
KEYWORD = [
    (400, "Grammar error: Unimplemented keys: minProperties", "minProperties"),
    (
        400,
        "Invalid schema for response_format 'city': In context=(), 'additionalProperties' is required to be "
        "supplied and to be false.",
        "additionalProperties",
    ),
    (400, "Invalid schema for response_format 'a': 'required' is required to be supplied", "required"),
    (400, 'Invalid JSON payload received. Unknown name "$schema" at response_schema', "$schema"),
    (400, "Invalid schema: $ref is not supported", "$ref"),
    (422, "the keyword `pattern` is not supported", "pattern"),
]
COMPLEX = [
    (400, "Failed to initialize samplers: failed to parse grammar"),
    (400, "number of repetitions exceeds sane defaults"),
    (422, "grammar is not valid: too complex"),
]
OTHER = [
    (400, "max_tokens is too high: maximum context length is 2048"),
    (401, "response_format needs a key"),
    (503, "json_schema: overloaded"),
    (400, "pattern of the prompt refused"),
]


@pytest.mark.parametrize(("status", "message"), FORM)
def test_a_form_that_a_server_does_not_have_is_told_from_a_keyword(status: int, message: str) -> None:
    failure = explain("invalid-request", status=status, server_message=message)
    assert is_form_refused(failure)
    assert refused_keyword(failure, SCHEMA) is None
    assert not is_too_complex(failure)


def test_the_field_that_a_server_names_counts_as_well() -> None:
    named = explain("invalid-request", status=400, server_message="no", parameter="response_format.type")
    assert is_form_refused(named)
    assert not is_form_refused(explain("invalid-request", status=400, server_message="no"))
    assert not is_form_refused(None)


@pytest.mark.parametrize(("status", "message", "keyword"), KEYWORD)
def test_a_keyword_is_named(status: int, message: str, keyword: str) -> None:
    failure = explain("invalid-request", status=status, server_message=message)
    assert refused_keyword(failure, SCHEMA) == keyword


@pytest.mark.parametrize(("status", "message"), COMPLEX)
def test_a_grammar_that_does_not_compile_is_named(status: int, message: str) -> None:
    failure = explain("invalid-request", status=status, server_message=message)
    assert is_too_complex(failure)
    assert refused_keyword(failure, SCHEMA) is None


@pytest.mark.parametrize(("status", "message"), OTHER)
def test_another_refusal_is_none_of_them(status: int, message: str) -> None:
    failure = explain("invalid-request", status=status, server_message=message)
    assert not is_form_refused(failure)
    assert refused_keyword(failure, SCHEMA) is None
    assert not is_too_complex(failure)
