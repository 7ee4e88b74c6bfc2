"""The settings of a chat: parsing, formatting, and the round trip through a journal."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui.core.chat import Message, Role
from tui.core.chat_settings import (
    PARAMETERS,
    OwnSettings,
    SettingError,
    name_of,
    provider_value,
    read_parameter,
    read_parameters,
    shown_parameter,
)
from tui.core.parts import parts_of
from tui.core.provider import Provider, Sampling, Thinking
from tui.session.target import ChatTarget
from tui.wire.request import build_chat_body
from tui.wire.server_quirks import ServerQuirks

TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "temperature": st.floats(0, 2).map(lambda number: round(number, 12)),
    "top_p": st.floats(0, 1).map(lambda number: round(number, 12)),
    "max_tokens": st.integers(1, 100_000_000),
    "seed": st.integers(0, 999_999_999),
    "stop": st.lists(TEXT, min_size=1, max_size=4),
    "json_schema": st.dictionaries(TEXT.map(lambda name: f"x-{name}"), st.booleans() | TEXT),
}
PARAMETER_SETS = st.fixed_dictionaries(
    {}, optional={name: st.none() | values for name, values in VALUES.items()}
)


@given(PARAMETER_SETS)
@example({"stop": ["default"]})
@example({"stop": ["Default "]})
def test_what_is_shown_is_read_as_the_same_value(parameters: dict[str, Any]) -> None:
    shown = {name: shown_parameter(value) for name, value in parameters.items()}
    assert read_parameters(shown) == parameters


@given(st.sampled_from((None, *Thinking)), st.none() | st.text(), PARAMETER_SETS)
def test_a_journal_gives_back_what_it_was_given(
    thinking: Thinking | None, system: str | None, parameters: dict[str, Any]
) -> None:
    own = OwnSettings(thinking, system, parameters)
    assert OwnSettings.from_json(own.to_json()) == own


@given(st.dictionaries(st.sampled_from((*PARAMETERS, "thinking", "system_prompt", "sampling", "x")), JSON))
def test_any_record_gives_settings_that_can_be_kept_again(record: dict[str, object]) -> None:
    own = OwnSettings.from_json(record)
    assert OwnSettings.from_json(own.to_json()) == own


@pytest.mark.parametrize("text", ["", " ", "default", "DEFAULT"])
@pytest.mark.parametrize("name", PARAMETERS)
def test_nothing_leaves_a_parameter_to_the_provider(name: str, text: str) -> None:
    assert read_parameters({name: text}) == {}


@pytest.mark.parametrize("name", PARAMETERS)
def test_none_is_a_state_of_its_own(name: str) -> None:
    assert read_parameters({name: "none"}) == {name: None}


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("temperature", "0", 0.0),
        ("max_tokens", " 12 ", 12),
        ("stop", "END", ["END"]),
        ("stop", "\\n\\n", ["\n\n"]),
        ("stop", '["a", "b"]', ["a", "b"]),
        ("json_schema", '{"type": "object"}', {"type": "object"}),
    ],
)
def test_values_are_read(name: str, text: str, value: object) -> None:
    assert read_parameter(name, text) == value


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("temperature", "hot", "Temperature must be a number from 0 to 2."),
        ("temperature", "2.1", "Temperature must be a number from 0 to 2."),
        ("top_p", "-1", "Top P must be a number"),
        ("max_tokens", "0", "Max tokens must be a whole number"),
        ("seed", "1.5", "Seed must be a whole number"),
        ("stop", "[1]", "Stop: write one text"),
        ("stop", "[]", "Stop: write one text"),
        ("stop", '["a"', "Stop: write one text"),
        ("stop", '["a', "Stop: write one text"),
        (
            "json_schema",
            "{'a': 1}",
            "JSON schema: it is not JSON: Expecting property name enclosed in double quotes",
        ),
        (
            "json_schema",
            '{"a',
            "JSON schema: it is not JSON: Unterminated string starting at line 1",
        ),
        ("json_schema", "[1]", "JSON schema: a schema is a JSON object."),
        ("json_schema", '{"a": NaN}', "JSON schema: it is not JSON: NaN is not JSON"),
        ("json_schema", '{"a": 1e999}', "JSON schema: it is not JSON: the number 1e999 is too large"),
        ("json_schema", '{"a": "\\ud800"}', "JSON schema: it is not JSON: it has an unpaired surrogate"),
        ("json_schema", '{"a":' * 100_000, "JSON schema: it must not have more"),
        ("json_schema", '{"a":' * 15_000, "JSON schema: "),
    ],
)
def test_what_is_no_value_is_a_sentence(name: str, text: str, said: str) -> None:
    with pytest.raises(SettingError) as caught:
        read_parameters({name: text})
    assert str(caught.value).startswith(said)
    assert str(caught.value).endswith(".")


def test_names_are_typed_in_several_ways() -> None:
    assert [name_of(name) for name in ("Top-P", "system", "schema", "seed", "other")] == [
        "top_p",
        "system_prompt",
        "json_schema",
        "seed",
        None,
    ]


def test_a_provider_has_a_value_in_its_fields_or_in_its_extra_body() -> None:
    provider = Provider("p", sampling=Sampling(top_p=0.5), extra_body={"seed": 3, "n_predict": 9})
    found = {name: provider_value(provider, name) for name in PARAMETERS}
    assert found == {
        "temperature": None,
        "top_p": 0.5,
        "max_tokens": 9,
        "seed": 3,
        "stop": None,
        "json_schema": None,
    }


@pytest.mark.parametrize(
    ("extra", "name", "value"),
    [
        ({"temperature": 0.9}, "temperature", 0.9),
        ({"extra_body": {"temperature": 0.9}}, "temperature", 0.9),
        ({"temperature": 0.9, "extra_body": {"temperature": 0.1}}, "temperature", 0.9),
        ({"max_completion_tokens": 7}, "max_tokens", 7),
        ({"extra_body": {"seed": 3}}, "seed", 3),
        ({"temperature": None}, "temperature", None),
    ],
)
def test_an_extra_body_says_what_is_sent_as_in_the_request(
    extra: dict[str, Any], name: str, value: object
) -> None:
    provider = Provider("p", sampling=Sampling(temperature=0.2, max_tokens=5), extra_body=extra)
    assert provider_value(provider, name) == value
    request = ChatTarget(provider, "m").request((Message(Role.USER, parts_of("x")),))
    body = build_chat_body(request, ServerQuirks())
    assert body[next(field for field in extra.get("extra_body", extra) if field in body)] == value
