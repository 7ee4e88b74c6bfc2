"""Extracting JSON from an answer: whole or from its only code block, parsed strictly, printed losslessly."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.json_answer import NotJsonError, printable_json, read_json_answer
from tui.core.safe_text import safe_text

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
AROUND = st.sampled_from(["", "\ufeff", " \r\n", "\n\n"])


@given(VALUES, AROUND, AROUND, st.booleans())
def test_every_json_text_is_taken_as_it_came(value: object, before: str, after: str, is_ascii: bool) -> None:
    text = json.dumps(value, ensure_ascii=is_ascii, indent=1)
    found = read_json_answer(before + text + after)
    assert (found.text, found.value, found.note) == (text, value, "")


@given(VALUES, st.sampled_from(["```json\n%s\n```", "Here it is:\n```\n%s\n```\nBye.", "``` json\n%s\n```"]))
def test_the_one_code_block_is_taken_with_a_note(value: object, around: str) -> None:
    text = json.dumps([value, "```"], indent=1)
    found = read_json_answer(around % text)
    assert (found.text, found.value) == (text, [value, "```"])
    assert found.note == "the JSON was taken out of a code block"


def test_a_block_on_one_line_and_one_with_carriage_returns_are_taken() -> None:
    assert read_json_answer('```json {"a": 1}```').value == {"a": 1}
    assert read_json_answer('```json\r\n{"a": 1}\r\n```').value == {"a": 1}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("", "there is no text in it"),
        ("\ufeff \n", "there is no text in it"),
        ('{"a": 1} {"a": 2}', "it has more than one JSON value"),
        ('{"a": 1}\n{"a": 2}', "it has more than one JSON value"),
        ('{"a": 1}\nI hope this helps', "text follows the JSON at line 2, column 1"),
        ("```\n1\n```\n```\n2\n```", "it has 2 code blocks"),
        ('{"a": NaN}', "NaN is not JSON"),
        ("[-Infinity]", "-Infinity is not JSON"),
        ('{"a": 1, "b": {"c": 1, "c": 2}}', 'the property "c" appears twice'),
        ("[1e999]", "the number 1e999 is too large to be checked"),
        ("9" * 5000, "the number 999999999999999999999999999999999999999… is too large to be checked"),
        ("[" * 100_000, "the JSON is nested too deeply"),
        ('{"a": ', "Expecting value at line 1, column 6"),
        ("{'a': 1}", "Expecting property name enclosed in double quotes at line 1, column 2"),
        ('{"a": "\x01"}', "Invalid control character at line 1, column 8"),
        ("Sure! The answer is 4.", "Expecting value at line 1, column 1"),
        ('```json\n{"a": 1', "Expecting value at line 1, column 1"),
    ],
)
def test_what_is_not_one_json_value_is_refused(answer: str, reason: str) -> None:
    with pytest.raises(NotJsonError) as refused:
        read_json_answer(answer)
    assert str(refused.value) == reason


def test_numbers_keep_their_digits() -> None:
    text = '{"id": 12345678901234567890123, "price": 1.10, "small": 1e-7}'
    assert read_json_answer(text).text == text


@given(st.text(alphabet=st.characters()), st.sampled_from(["utf-8", "ascii", "latin-1"]))
def test_what_is_printed_is_the_same_value_and_commands_nothing(text: str, encoding: str) -> None:
    written = json.dumps({text: [text]}, ensure_ascii=False, indent="\t")
    printed = printable_json(written, encoding)
    assert json.loads(printed) == {text: [text]}
    assert safe_text(printed) == printed
    assert printed.encode(encoding)
