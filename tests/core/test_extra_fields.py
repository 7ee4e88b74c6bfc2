"""Extra headers and bodies as entered by users."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.extra_fields import read_body, read_headers, write_body, write_headers

NAMES = st.text("abcXYZ-09", min_size=1, max_size=10)
VALUES = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(NAMES, VALUES, max_size=5))
def test_headers_come_back_as_written(headers: dict[str, str]) -> None:
    assert read_headers(write_headers(headers)) == (headers, None)


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), JSON, max_size=4))
def test_a_body_comes_back_as_written(body: dict[str, object]) -> None:
    try:
        json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return
    assert read_body(write_body(body)) == (body, None)


def test_lines_of_toml_are_a_body() -> None:
    assert read_body("top_k = 20\n[guided]\nchoice = ['a']") == (
        {"top_k": 20, "guided": {"choice": ["a"]}},
        None,
    )


def test_empty_texts_are_nothing() -> None:
    assert read_body(" \n") == ({}, None)
    assert read_headers("\n \n") == ({}, None)


@pytest.mark.parametrize("text", ["{", "not toml", '{"a": NaN}', "a = 1979-05-27", "[" * 5000, "x" * 200_000])
def test_what_cannot_be_read_says_what_to_write(text: str) -> None:
    body, problem = read_body(text)
    assert body == {}
    assert problem is not None
    assert problem.is_error
    assert problem.field == "extra_body"


def test_a_line_that_is_no_header_is_named() -> None:
    _, problem = read_headers("A: b\nnonsense")
    assert problem is not None
    assert "Line 2" in problem.message


@pytest.mark.parametrize(
    "text", ["x = nan", "x = -inf", "x = [1, { y = inf }]", '{"x": 1e999}', '{"x": NaN}', '{"x": -Infinity}']
)
def test_what_json_cannot_say_is_refused(text: str) -> None:
    body, problem = read_body(text)
    assert body == {}
    assert problem is not None
    assert problem.field == "extra_body"
    assert "nan" in problem.message.lower() or "Infinity" in problem.message
