"""Strict JSON: anything unusual is the same typed error."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.wire.lenient_json import read_objects
from tui.wire.strict_json import StrictJsonError, parse_json, parse_json_object
from tui.wire.surrogates import SurrogateMender, may_hold_surrogates, mend


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1}', {"a": 1}),
        (' \n{"a": 1}\r\n ', {"a": 1}),
        ("[1]", [1]),
        ('"x"', "x"),
        ("1e999", float("inf")),
        ("1e-400", 5e-324),
        ("-0.0e1", 0.0),
    ],
)
def test_reads_json(text: str, value: object) -> None:
    assert parse_json(text) == value


@pytest.mark.parametrize("text", ["-1e-400", "-0.00000000000000000001e-320"])
def test_a_number_too_small_for_a_float_keeps_its_sign_and_is_not_0(text: str) -> None:
    assert parse_json(text) == -5e-324
    assert read_objects(f'{{"a": {text}, "b": NaN}}') == [{"a": -5e-324, "b": None}]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not JSON"),
        ("{", "character"),
        ('{"a":NaN}', "NaN"),
        ("-Infinity", "Infinity"),
        ("[" * 100_000, "too deep"),
        ('{"a":' * 100_000, "too deep"),
        ("1" * 5000, "digits"),
        ('{"a":1}{"b":2}', "follows"),
        ("{'a': 1}", "character"),
    ],
    ids=["empty", "cut", "nan", "infinity", "deep-list", "deep-object", "digits", "two", "python"],
)
def test_refuses_what_is_not_plain_json(text: str, reason: str) -> None:
    with pytest.raises(StrictJsonError, match=reason):
        parse_json(text)


@pytest.mark.parametrize("text", ["null", "[]", "1", '"x"', "true"])
def test_an_object_is_asked_for(text: str) -> None:
    with pytest.raises(StrictJsonError, match="not a JSON object"):
        parse_json_object(text)


@given(st.text(max_size=40))
def test_any_text_gives_a_value_or_the_typed_error(text: str) -> None:
    try:
        parse_json(text)
    except StrictJsonError as error:
        assert str(error)


@given(st.text(st.characters(), max_size=20), st.integers(0, 40))
def test_a_pair_cut_in_two_is_joined(text: str, cut: int) -> None:
    halves = "".join(chr(unit) for unit in memoryview(text.encode("utf-16-le", "surrogatepass")).cast("H"))
    mender = SurrogateMender()
    joined = mender.feed(halves[:cut]) + mender.feed(halves[cut:]) + mender.finish()
    assert joined == mend(halves)
    joined.encode()


def test_lone_halves_are_replaced() -> None:
    assert mend("a\ud83db") == "a\ufffdb"
    assert mend("\ud83d\ude00") == "😀"
    assert may_hold_surrogates(r'{"a":"\ud83d"}')
    assert not may_hold_surrogates('{"a":"😀"}')
