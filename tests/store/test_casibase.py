from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.disk_support import often
from tui.core.api_key_reference import STORED, ApiKeyKind, ApiKeyReference
from tui.core.failure import UsageError
from tui.core.provider import (
    ApiKeyHeader,
    Category,
    Provider,
    ReasoningReplay,
    Refusal,
    Sampling,
    State,
    Thinking,
)
from tui.core.secret import Secret
from tui.core.usage import CURRENCIES
from tui.store.casibase import export_records, import_records
from tui.store.casibase_export import losses_of

RECORD = {
    "owner": "admin",
    "name": "provider_x1",
    "createdTime": "2026-04-01T00:00:00+08:00",
    "displayName": "My model",
    "category": "Model",
    "type": "Local",
    "subType": "custom-model",
    "clientSecret": "sk-test-0123456789",
    "providerUrl": "http://localhost:8000/v1",
    "compatibleProvider": "qwen-plus",
    "inputPricePerThousandTokens": 0.0004,
    "outputPricePerThousandTokens": 0,
    "currency": "CNY",
    "temperature": 1,
    "topP": 0.9,
    "frequencyPenalty": 0,
    "presencePenalty": 0,
    "testContent": "Hi",
    "isDefault": True,
    "isRemote": True,
    "state": "Inactive",
}


def test_a_record_of_casibase_becomes_a_provider() -> None:
    (record,) = import_records(json.dumps(RECORD)).records
    provider = record.provider
    assert record.key == Secret("sk-test-0123456789")
    assert provider.api_key == STORED
    assert provider.name == "provider_x1"
    assert provider.display_name == "My model"
    assert provider.model == "qwen-plus"
    assert provider.input_price == Decimal("0.0004")
    assert provider.output_price == Decimal(0)
    assert provider.currency == "CNY"
    assert provider.sampling == Sampling(top_p=0.9)
    assert provider.state is State.INACTIVE
    assert provider.is_default
    assert not provider.is_remote
    assert provider.test_prompt == "Hi"


@pytest.mark.parametrize(
    "text", [json.dumps([RECORD, RECORD]), json.dumps({"status": "ok", "data": [RECORD] * 2})]
)
def test_a_list_and_an_answer_of_the_api_are_read_too(text: str) -> None:
    assert len(import_records(text).records) == 2


def test_one_bad_record_does_not_cost_the_others() -> None:
    bad = {**RECORD, "name": "bad", "inputPricePerThousandTokens": "sk-secret"}
    imported = import_records(json.dumps([bad, RECORD, {**RECORD, "category": "Storage"}, {}]))
    assert [record.provider.name for record in imported.records] == ["provider_x1"]
    assert [item.number for item in imported.left_out] == [1, 3, 4]
    assert "inputPricePerThousandTokens" in imported.notices[0]
    assert "sk-secret" not in " ".join(imported.notices)


def test_nulls_and_missing_keys_are_what_go_writes_for_nothing() -> None:
    (record,) = import_records('{"name": "a", "clientSecret": null, "isDefault": null, "topP": null}').records
    assert record.provider == Provider("a")
    assert record.key is None


@pytest.mark.parametrize("secret", ["***", "*", "  ", " ****** ", None])
def test_masked_keys_are_no_keys(secret: str | None) -> None:
    (masked,) = import_records(json.dumps({"name": "a", "clientSecret": secret})).records
    assert masked.key is None
    assert masked.provider.api_key is None


def test_other_types_are_imported_as_local_and_said_so() -> None:
    imported = import_records(json.dumps({"name": "a", "type": "OpenAI", "subType": "gpt-4o"}))
    assert imported.records[0].provider.model == "gpt-4o"
    assert "OpenAI" in imported.notices[0]


@pytest.mark.parametrize(
    "text", ["", "sk-secret", "[]", "[1]", "3", '{"data": []}', '{"a": NaN}', "[" * 100_000]
)
def test_what_is_no_record_is_refused_in_words(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        import_records(text)
    assert caught.value.failure.cause == "import-malformed"
    assert "sk-secret" not in str(caught.value)


def test_keys_leave_only_when_asked_for() -> None:
    provider = Provider("a", api_key=STORED)
    assert 'clientSecret": ""' in export_records([provider])
    assert "sk-1234" in export_records([provider], {"a": Secret("sk-1234")})
    assert json.loads(export_records([])) == []


def test_an_export_has_the_keys_of_casibase() -> None:
    (record,) = json.loads(export_records([Provider("a", input_price=Decimal(1), output_price=Decimal(2))]))
    assert list(record) == list(RECORD)
    assert (record["temperature"], record["topP"], record["frequencyPenalty"]) == (1, 1, 0)


prices = st.none() | st.decimals(min_value=0, max_value=10**6, places=12) | st.just(Decimal("0.00005"))


@often
@given(
    st.lists(
        st.builds(
            Provider,
            name=st.text(min_size=1).map(lambda text: f"p{text.strip()}".strip()),
            display_name=st.text(),
            category=st.sampled_from(Category),
            model=st.text().map(str.strip),
            input_price=prices,
            output_price=prices,
            currency=st.sampled_from(CURRENCIES),
            provider_url=st.text().map(str.strip),
            is_default=st.booleans(),
            state=st.sampled_from(State),
            created_time=st.text(),
            test_prompt=st.text(min_size=1),
            sampling=st.builds(
                Sampling,
                temperature=st.none() | st.floats(0, 2).filter(lambda value: value != 1),
                top_p=st.none() | st.floats(0, 0.99),
                frequency_penalty=st.none() | st.floats(0.01, 2),
                presence_penalty=st.none() | st.floats(-2, -0.01),
            ),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_a_round_trip_loses_nothing_that_casibase_has(providers: list[Provider]) -> None:
    text = export_records(providers)
    assert text.isascii()
    back = [record.provider for record in import_records(text, zero_is_free=True).records]
    for provider, read in zip(providers, back, strict=True):
        assert read.label == provider.label
        assert (read.input_price is None) == (provider.input_price is None)
        if read.input_price is not None and provider.input_price is not None:
            assert read.input_price.as_tuple() == provider.input_price.as_tuple()  # every digit
        for name in (
            "name",
            "category",
            "model",
            "output_price",
            "currency",
            "sampling",
            "state",
        ):
            assert getattr(read, name) == getattr(provider, name)


CHANGES: dict[str, object] = {
    "display_name": "Shown",
    "category": Category.EMBEDDING,
    "model": "m",
    "input_price": Decimal("0.5"),
    "output_price": Decimal("1.5"),
    "cached_input_price": Decimal("0.05"),
    "gpu_hour_price": Decimal("2.40"),
    "currency": "CNY",
    "api_key": ApiKeyReference(ApiKeyKind.ENVIRONMENT, "KEY"),
    "provider_url": "https://h/v1",
    "is_default": True,
    "state": State.INACTIVE,
    "created_time": "2026-01-01T00:00:00+00:00",
    "test_prompt": "Hi",
    "system_prompt": "Be brief",
    "thinking": Thinking.LOW,
    "reasoning_replay": ReasoningReplay.ALWAYS,
    "key_header": ApiKeyHeader.API_KEY,
    "extra_headers": {"X-Org": "abc"},
    "extra_body": {"top_k": 5},
    "allow_unencrypted_key": True,
    "refusals": (Refusal("tls", "must be a table", ("tls",)),),
}
"""Another value than the default for each field."""
NESTED: dict[str, dict[str, object]] = {
    "sampling": {
        "temperature": 0.5,
        "top_p": 0.5,
        "frequency_penalty": 0.5,
        "presence_penalty": 0.5,
        "max_tokens": 5,
    },
    "tls": {
        "ca_file": "/ca.pem",
        "client_certificate": "/c.pem",
        "client_key": "/k.pem",
        "pinned_sha256": "ab" * 32,
        "insecure": True,
    },
}


def changed_providers() -> Iterator[Any]:
    """Yield a provider for each field that any provider can have, with that field set."""
    for field in fields(Provider):
        if field.name in ("name", "is_remote"):  # what it is called; whether it is somebody else's
            continue
        if field.name not in NESTED:
            yield pytest.param(replace(Provider("a"), **{field.name: CHANGES[field.name]}), id=field.name)  # type: ignore[arg-type]
            continue
        inner = getattr(Provider("a"), field.name)
        for part in fields(inner):
            value = replace(inner, **{part.name: NESTED[field.name][part.name]})
            provider = replace(Provider("a"), **{field.name: value})
            yield pytest.param(provider, id=f"{field.name}.{part.name}")
    for number in (0, 1):
        for name in ("temperature", "top_p", "frequency_penalty", "presence_penalty"):
            provider = Provider("a", sampling=Sampling(**{name: number}))
            yield pytest.param(provider, id=f"{name}={number}")
    zero = Decimal(0)
    for prices in ((zero, zero), (zero, None), (None, zero), (zero, Decimal(1)), (Decimal(1), zero)):
        yield pytest.param(Provider("a", input_price=prices[0], output_price=prices[1]), id=str(prices))


@pytest.mark.parametrize("provider", changed_providers())
def test_every_setting_survives_a_round_trip_or_is_named_as_lost(provider: Provider) -> None:
    """Also those that are added some day: then this test wants to know what becomes of them."""
    losses = losses_of(provider, with_key=False)
    (record,) = import_records(export_records([provider])).records
    assert (record.provider == provider) != bool(losses), (record.provider, losses)
