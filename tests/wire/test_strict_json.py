"""JSON from strangers: everything odd is one typed error."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    ],
)
def test_reads_json(text: str, value: object) -> None:
    assert parse_json(text) == value


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
