"""Converting between a provider and the texts of its form is lossless in both directions."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tui.core.api_key_reference import STORED, ApiKeyKind, ApiKeyReference
from tui.core.provider import (
    ApiKeyHeader,
    Category,
    Provider,
    ReasoningReplay,
    Sampling,
    State,
    Thinking,
    TlsSettings,
)
from tui.core.provider_schema import ROWS
from tui.core.provider_texts import changed_fields, read_form, read_key, values_of
from tui.core.usage import CURRENCIES

PRICES = st.none() | st.decimals(0, 1000, allow_nan=False, allow_infinity=False, places=9)
NUMBERS = st.none() | st.integers(0, 20).map(lambda tenths: tenths / 10)
KEYS = st.sampled_from([None, STORED, ApiKeyReference(ApiKeyKind.ENVIRONMENT, "A_KEY")])
LINES = st.text("abc {}[]'\"/=", max_size=10).map(str.strip)

PROVIDERS = st.builds(
    Provider,
    name=st.sampled_from(["a", "my-server", "x.y_z"]),
    display_name=LINES,
    category=st.just(Category.MODEL),
    model=st.sampled_from(["Qwen/Qwen3-8B", "hf.co/unsloth/x:Q4_K_M", "[/]"]),
    input_price=PRICES,
    output_price=PRICES,
    currency=st.sampled_from(CURRENCIES),
    api_key=KEYS,
    provider_url=st.sampled_from(["http://localhost:8000/v1", "https://a.example/maas/v1"]),
    is_default=st.booleans(),
    state=st.sampled_from(State),
    system_prompt=st.text("ab\n[]", max_size=10),
    sampling=st.builds(
        Sampling,
        temperature=NUMBERS,
        top_p=st.none() | st.sampled_from([0.0, 0.5, 1.0]),
        max_tokens=st.none() | st.integers(1, 10**8),
    ),
    thinking=st.none() | st.sampled_from(Thinking),
    reasoning_replay=st.sampled_from(ReasoningReplay),
    key_header=st.sampled_from(ApiKeyHeader),
    extra_headers=st.dictionaries(st.sampled_from(["X-A", "X-B"]), st.text("abc", max_size=4)),
    extra_body=st.dictionaries(st.text("ab"), st.integers()),
    tls=st.builds(TlsSettings, ca_file=st.none() | st.just("/ca.pem"), insecure=st.booleans()),
)


@given(PROVIDERS)
def test_a_form_left_alone_gives_the_same_provider(provider: Provider) -> None:
    reading = read_form(
        values_of(provider), provider, (), allow_unencrypted_key=provider.allow_unencrypted_key
    )
    assert reading.errors == ()
    assert reading.provider == provider


def test_every_field_has_a_text() -> None:
    assert {field.name for field in ROWS} == set(values_of(Provider("a")))


def test_every_digit_of_a_price_is_kept() -> None:
    values = {**values_of(Provider("a")), "input_price": "0.000000000000000000125"}
    assert read_form(values, Provider("a"), ()).provider.input_price == Decimal("1.25E-19")


def test_problems_come_in_the_order_of_the_form() -> None:
    values = values_of(Provider(""))
    values.update(extra_body="{", provider_url="x y", temperature="9", input_price="-1")
    names = [problem.field for problem in read_form(values, Provider(""), ()).errors]
    order = [field.name for field in ROWS]
    assert names == sorted(names, key=order.index)
    assert {"name", "input_price", "provider_url", "temperature", "extra_body"} <= set(names)


def test_a_literal_key_is_recorded_as_stored_only() -> None:
    assert read_key("sk-secret") == STORED
    assert read_key("env:A") == ApiKeyReference(ApiKeyKind.ENVIRONMENT, "A")
    assert read_key(" ") is None
    values = {**values_of(Provider("a")), "api_key": "sk-secret"}
    assert "sk-secret" not in repr(read_form(values, Provider("a"), ()))


def test_changes_are_named() -> None:
    before = values_of(Provider("a"))
    assert list(changed_fields(before, {**before, "name": "b"})) == ["name"]
