"""Validation of provider fields: accepted values, repairs, exact money, keys never quoted."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.api_key_reference import ApiKeyKind, ApiKeyReference
from tui.core.certificate_pin import normal_pin
from tui.core.provider import ApiKeyHeader, Provider, Sampling, TlsSettings
from tui.core.provider_rules import (
    check_currency,
    check_display_name,
    check_headers,
    check_key,
    check_model,
    check_name,
    check_price,
    check_tls,
    check_url,
)
from tui.core.provider_schema import BY_NAME
from tui.core.provider_texts import check_provider, read_number

GOOD = Provider(
    name="local",
    model="Qwen/Qwen3-8B",
    provider_url="http://localhost:8000/v1",
    input_price=Decimal("0.00005"),
    output_price=Decimal("0"),
)


KEY = ApiKeyReference(ApiKeyKind.ENVIRONMENT, "A_KEY")
NUMBERS = [field.name for field in BY_NAME.values() if field.bounds != (0, 0)]


def test_a_good_provider_has_no_problem() -> None:
    assert check_provider(GOOD, ["other"]) == ()


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"name": ""}, ["name"]),
        ({"name": "other"}, ["name"]),
        ({"display_name": "a\nb"}, ["display_name"]),
        ({"model": " "}, ["compatible_provider"]),
        ({"input_price": Decimal("NaN")}, ["input_price"]),
        ({"output_price": Decimal("-1")}, ["output_price"]),
        ({"output_price": Decimal("1e999999")}, ["output_price"]),
        ({"currency": "BTC"}, ["currency"]),
        ({"api_key": ApiKeyReference(ApiKeyKind.ENVIRONMENT, "not a name")}, ["api_key"]),
        ({"provider_url": "localhost:8000/v1"}, ["provider_url"]),
        ({"sampling": Sampling(temperature=3.0, max_tokens=0)}, ["temperature", "max_tokens"]),
        ({"sampling": Sampling(top_p=float("nan"))}, ["top_p"]),
        ({"extra_headers": {"Host": "x"}}, ["extra_headers"]),
        ({"extra_headers": {"authorization": "x"}, "api_key": KEY}, ["extra_headers"]),
        (
            {"extra_headers": {"X-API-Key": "x"}, "api_key": KEY, "key_header": ApiKeyHeader.X_API_KEY},
            ["extra_headers"],
        ),
        ({"tls": TlsSettings(client_key="/k.pem")}, ["client_certificate"]),
    ],
)
def test_each_bad_field_is_named(change: dict[str, object], fields: list[str]) -> None:
    problems = check_provider(replace(GOOD, **change), ["other"])  # type: ignore[arg-type]
    assert [problem.field for problem in problems if problem.is_error] == fields


@pytest.mark.parametrize(
    "change",
    [
        {"extra_headers": {"Authorization": "Basic dTpw"}},
        {"extra_headers": {"Authorization": "x"}, "api_key": KEY, "key_header": ApiKeyHeader.API_KEY},
        {"extra_headers": {"api-key": "x"}, "api_key": KEY},
    ],
)
def test_a_header_that_no_api_key_needs_may_be_given(change: dict[str, object]) -> None:
    assert check_provider(replace(GOOD, **change), ["other"]) == ()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "repair"),
    [("my server", "my-server"), ("a" * 101, "a" * 100), ("taken", "taken-2"), ("..", None), ("é", None)],
)
def test_names_are_repaired(text: str, repair: str | None) -> None:
    problem = check_name(text, ["taken"])
    assert problem is not None
    assert problem.repair == repair
    assert repair is None or check_name(repair, ["taken"]) is None


def test_a_name_that_differs_only_in_case_is_a_doubt_with_a_repair() -> None:
    problem = check_name("Taken", ["taken", "TAKEN-2"])
    assert problem is not None
    assert (problem.is_error, problem.repair) == (False, "Taken-3")
    assert check_name("Taken-3", ["taken", "TAKEN-2"]) is None


@pytest.mark.parametrize("text", ["a", "A.b_c-9", "a" * 100, "_x", ".x", "x-"])
def test_names_that_are_fine(text: str) -> None:
    assert check_name(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "deepseek-v3.2",
        "qwen-plus",
        "llama-3.1-70b",
        "o1-mini",
        "Qwen/Qwen3-8B",
        "hf.co/unsloth/x:Q4_K_M",
        "模型",
    ],
)
def test_model_names_that_are_fine(text: str) -> None:
    assert check_model(text) is None


def test_model_names_are_trimmed_by_repair() -> None:
    problem = check_model(" qwen-plus\n")
    assert problem is not None
    assert problem.repair == "qwen-plus"


@pytest.mark.parametrize("text", ["0", "0.5", ".5", "5.", "0.00005", "12345678901234567890.000000000001"])
def test_prices_keep_every_digit(text: str) -> None:
    assert check_price(text) == (Decimal(text), None)


def test_an_empty_price_is_no_price() -> None:
    assert check_price("  ") == (None, None)


@pytest.mark.parametrize(
    ("text", "repair"),
    [
        ("0,5", "0.5"),
        ("$0.5", "0.5"),
        ("0.5 EUR", "0.5"),
        ("1,000.50", "1000.50"),
        ("5e-05", "0.00005"),
        ("-1", None),
        ("NaN", None),
        ("Infinity", None),
        ("1e999999999", None),
        ("٣", None),
        ("0x10", None),
        ("1" * 41, None),
    ],
)
def test_prices_that_are_refused(text: str, repair: str | None) -> None:
    price, problem = check_price(text, "output_price")
    assert price is None
    assert problem is not None
    assert (problem.field, problem.repair) == ("output_price", repair)


@given(st.decimals(min_value=0, max_value=10**9, places=12))
def test_written_prices_read_back_exactly(price: Decimal) -> None:
    assert check_price(f"{price:f}")[0] == price


@given(st.text(max_size=60))
def test_no_text_is_a_price_below_zero_or_breaks_the_reader(text: str) -> None:
    price, problem = check_price(text)
    assert price is None or (price.is_finite() and price >= 0)
    if problem is not None and problem.repair is not None:
        assert check_price(problem.repair)[1] is None


def test_currencies() -> None:
    assert check_currency("CNY") is None
    problem = check_currency("eur ")
    assert problem is not None
    assert problem.repair == "EUR"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sk-abcdef1234567890",
        "EMPTY",
        "env:OPENAI_API_KEY",
        "cmd:pass show 'x y'",
        "file:~/.key",
        "stored",
    ],
)
def test_keys_that_are_fine(text: str) -> None:
    assert check_key(text) is None


@pytest.mark.parametrize(
    ("text", "repair", "is_error"),
    [
        ("${OPENAI_API_KEY}", "env:OPENAI_API_KEY", True),
        ("$KEY", "env:KEY", True),
        ('"sk-abc123def"', "sk-abc123def", True),
        ("Bearer sk-abc123def", "sk-abc123def", True),
        ("Authorization: Bearer sk-abc123def", "sk-abc123def", True),
        ("sk-abc123def\n", "sk-abc123def", True),
        ("sk-abc 123", None, True),
        ("sk-ключ", None, True),
        ("   ", "", True),
        ("sk-xxx", None, False),
        ("<your key>", None, True),
        ("your-api-key", None, False),
        ("env:$KEY", "env:KEY", True),
        ("env:", None, True),
        ("cmd:pass 'x", None, True),
    ],
)
def test_keys_that_cannot_be_right(text: str, repair: str | None, is_error: bool) -> None:
    problem = check_key(text)
    assert problem is not None
    assert (problem.repair, problem.is_error, problem.cause) == (repair, is_error, "key-malformed")


@given(st.text(min_size=6, max_size=60))
def test_no_message_or_repr_shows_a_key(text: str) -> None:
    problem = check_key(f"{text} SECRETSECRET")
    if problem is not None:
        assert "SECRETSECRET" not in problem.message + repr(problem)


def test_a_key_in_clear_over_a_network_is_pointed_out() -> None:
    provider = replace(
        GOOD, provider_url="http://gpu01:8000/v1", api_key=ApiKeyReference(ApiKeyKind.ENVIRONMENT, "K")
    )
    (problem,) = check_provider(provider, [])
    assert (problem.cause, problem.is_error) == ("key-unencrypted", False)
    assert check_provider(replace(provider, allow_unencrypted_key=True), []) == ()
    assert check_provider(replace(provider, provider_url="http://127.0.0.1:8000/v1"), []) == ()
    assert check_provider(replace(provider, provider_url="https://gpu01:8000/v1"), []) == ()


def test_what_is_typed_as_key_goes_before_the_stored_reference() -> None:
    assert [problem.field for problem in check_provider(GOOD, [], key_text='"quoted"')] == ["api_key"]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("temperature", "0.7", 0.7),
        ("top_p", "1", 1.0),
        ("presence_penalty", "-2", -2.0),
        ("max_tokens", "64", 64),
    ],
)
def test_numbers(name: str, text: str, value: float) -> None:
    assert read_number(BY_NAME[name], text) == (value, None)
    assert read_number(BY_NAME[name], " ") == (None, None)


@given(st.sampled_from(NUMBERS), st.text(alphabet="0123456789.-eEnaif+ ", max_size=20))
def test_numbers_stay_in_their_range(name: str, text: str) -> None:
    value, problem = read_number(BY_NAME[name], text)
    lowest, highest = BY_NAME[name].bounds
    assert value is None or lowest <= value <= highest
    assert (value is None and problem is None) == (not text.strip())


@pytest.mark.parametrize("digits", ["ab" * 32, "AB" * 32, ":".join(["Ab"] * 32), " ".join(["ab"] * 32)])
@pytest.mark.parametrize("before", ["", "sha256:", "SHA-256=", "sha256 Fingerprint=", " sha256/ "])
def test_a_fingerprint_is_one_however_a_tool_prints_it(before: str, digits: str) -> None:
    assert normal_pin(f"{before}{digits}\n") == "ab" * 32
    assert check_tls(TlsSettings(pinned_sha256=before + digits)) == ()


@pytest.mark.parametrize("text", ["", "zz", "ab" * 31, "ab" * 33, "sha1:" + "ab" * 32, "sha256:", ":"])
def test_what_is_no_fingerprint_is_refused(text: str) -> None:
    assert normal_pin(text) is None
    assert len(check_tls(TlsSettings(pinned_sha256=text))) == (1 if text else 0)


def test_headers_that_no_request_can_carry() -> None:
    assert check_headers({"X-Title": "lmdeck"}) == ()
    assert len(check_headers({"bad name": "x", "X-A": "a\nb", "Host": "h"})) == 3


def test_the_first_problem_of_a_url_is_an_error_with_its_repair() -> None:
    problems = check_url("localhost:8000")
    assert (problems[0].is_error, problems[0].repair) == (True, "http://localhost:8000/v1")
    assert check_display_name("") is None


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("5e-05", "0.00005"),
        ("5E-5", "0.00005"),
        ("1.5e+2", "150"),
        (".5e1", "5"),
        ("2.e-1", "0.2"),
        ("$3e-06", "0.000003"),
        ("0e9", "0"),
    ],
)
def test_prices_in_exponent_form_are_repaired(text: str, amount: str) -> None:
    price, problem = check_price(text)
    assert price is None
    assert problem is not None
    assert problem.repair is not None
    assert Decimal(problem.repair) == Decimal(amount)
    assert check_price(problem.repair) == (Decimal(problem.repair), None)


@pytest.mark.parametrize("text", ["5e", "e5", "5e-", "5e-5e", "5e-100", "5 e5 x", "--5e5"])
def test_what_is_no_exponent_form_is_not_guessed(text: str) -> None:
    price, problem = check_price(text)
    assert price is None
    assert problem is not None
    assert problem.repair is None or "e" not in problem.repair.lower()
