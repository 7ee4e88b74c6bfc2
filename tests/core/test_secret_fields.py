"""Keys in request bodies: learned like those in headers, never shown."""

from __future__ import annotations

import json

import pytest

from tui.core.chat import Endpoint
from tui.core.curl import curl_command
from tui.core.secret import Redactor
from tui.core.secret_fields import body_secrets, is_secret_field, without_secrets

KEY = "q8Zr-41xKv_90TtWp2"
SHAPED = "sk-proj-0A1b2C3d4E5f6G7h8I9j"


@pytest.mark.parametrize(
    "body",
    [
        {"api_key": KEY},
        {"user_api_key": f"Bearer {KEY}"},
        {"metadata": {"langfuse_secret_key": KEY}},
        {"auth": {"value": [KEY]}},
        {"guardrails": [{"headers": {"Authorization": f"Basic {KEY}"}}]},
        {"accessToken": KEY},
        {"extra_body": {"password": KEY}},
        {"extra_headers": {"Cookie": f"sid={KEY}"}},
    ],
    ids=json.dumps,
)
def test_a_key_in_a_body_is_erased_wherever_it_is_repeated(body: dict[str, object]) -> None:
    redactor = Redactor()
    redactor.add_sent(None, {}, body)
    assert redactor.redact(f"no such key: {KEY}") == "no such key: •••"
    assert KEY not in json.dumps(without_secrets(body))
    assert KEY not in curl_command(Endpoint("http://h/v1"), "http://h/v1/chat/completions", body)


def test_what_looks_like_a_key_of_a_service_is_one_in_any_field() -> None:
    assert SHAPED in set(body_secrets({"user": {"note": SHAPED}}))
    assert without_secrets({"user": SHAPED}) == {"user": "•••"}


@pytest.mark.parametrize(
    "name",
    [
        "max_tokens",
        "max_completion_tokens",
        "stop_token_ids",
        "tokenizer",
        "eos_token",
        "prompt_cache_key",
        "keywords",
        "author",
        "user",
        "top_k",
        "model",
        "chat_template_kwargs",
    ],
)
def test_a_parameter_is_no_secret(name: str) -> None:
    body = {name: "Qwen/Qwen3-8B", "n": 2, "nested": [{name: "x", "seed": None}]}
    assert not is_secret_field(name)
    assert without_secrets(body) == body
    assert list(body_secrets(body)) == []


def test_the_command_by_hand_stays_ascii_but_for_the_marks() -> None:
    command = curl_command(Endpoint("http://h/v1"), "http://h/v1", {"api_key": KEY, "user": "\u202eé"})
    assert '"api_key": "•••"' in command
    assert '"user": "\\u202e\\u00e9"' in command


def test_what_lies_deeper_than_anybody_writes_is_masked_whole() -> None:
    body: dict[str, object] = {"api_key": KEY}
    for _ in range(2_000):
        body = {"a": body}
    assert KEY not in curl_command(Endpoint("http://h/v1"), "http://h/v1", body)
    assert list(body_secrets(body)) == []
