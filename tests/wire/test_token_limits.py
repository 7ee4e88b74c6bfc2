"""Refusals for too many tokens: their numbers, and whether the prompt or max tokens is to blame."""

from __future__ import annotations

import json

import pytest

from tui.core.failure import Failure
from tui.wire.errors import classify_error

VLLM = "This model's maximum context length is 2048 tokens. However, "
SGLANG = "Requested token count exceeds the model's maximum context length of 2048 tokens. "


def refused(message: str) -> Failure:
    body = {"error": {"message": message, "type": "BadRequestError", "code": 400}}
    return classify_error(400, {"content-type": "application/json"}, json.dumps(body).encode())


@pytest.mark.parametrize(
    ("message", "title", "advice"),
    [
        (
            f"{VLLM}you requested 99,999 output tokens and your prompt contains at least 1 input tokens.",
            "Max tokens (99999) is too large for a prompt of at least 1 tokens: the context is 2048 tokens.",
            "a smaller number",
        ),
        (
            "'max_tokens' or 'max_completion_tokens' is too large: 99999. This model's maximum context "
            "length is 2048 tokens and your request has 12 input tokens (99999 > 2048 - 12).",
            "Max tokens (99999) is too large for a prompt of 12 tokens: the context is 2048 tokens.",
            "2036 or less",
        ),
        (
            "max_tokens is too large: 99999. This model supports at most 16384 completion tokens, whereas "
            "you provided 99999.",
            "Max tokens (99999) is too large.",
            "16384 or less",
        ),
        (
            f"{VLLM}you requested 3000 tokens (1000 in the messages, 2000 in the completion).",
            "Max tokens (2000) is too large for a prompt of 1000 tokens: the context is 2048 tokens.",
            "1048 or less",
        ),
        (
            f"{SGLANG}You requested a total of 100012 tokens: 12 tokens from the input messages and 100000 "
            "tokens for the completion.",
            "Max tokens (100000) is too large for a prompt of 12 tokens: the context is 2048 tokens.",
            "2036 or less",
        ),
        (
            "max_tokens=99999 cannot be greater than max_model_len=2048. Please request fewer output tokens. "
            "(parameter=max_tokens, value=99999)",
            "Max tokens (99999) is too large: the context is 2048 tokens.",
            "a smaller number",
        ),
        (
            "Invalid max_tokens value, the valid range of max_tokens is [1, 8192]",
            "Max tokens is too large.",
            "8192 or less",
        ),
    ],
)
def test_max_tokens_that_do_not_fit_are_told_with_their_numbers(
    message: str, title: str, advice: str
) -> None:
    failure = refused(message)
    assert (failure.cause, failure.title) == ("max-tokens-too-large", title)
    assert advice in failure.advice


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        (f"{VLLM}your prompt contains at least 2049 input tokens.", "(at least 2049 tokens)"),
        (f"{VLLM}your request has at least 2,049 input tokens.", "(at least 2049 tokens)"),
        (f"{VLLM}you requested 3000 tokens in the messages.", "(3000 tokens)"),
        (f"{VLLM}you requested 5000 tokens (3000 in the messages, 2000 in the completion).", "(3000 tokens)"),
        (
            "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 "
            "`inputs` tokens and 20 `max_new_tokens`",
            "(5000 tokens)",
        ),
    ],
)
def test_a_prompt_that_is_too_long_has_its_number_as_the_server_knows_it(message: str, shown: str) -> None:
    failure = refused(message)
    assert failure.cause == "context-too-long"
    assert shown in failure.title
