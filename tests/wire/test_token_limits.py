"""Errors about too many tokens: their numbers, and whether the prompt or max tokens is the reason."""

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
            "Max tokens (99,999) is too large for a prompt of at least 1 tokens: "
            "the context is 2,048 tokens.",
            "a smaller number",
        ),
        (
            "'max_tokens' or 'max_completion_tokens' is too large: 99999. This model's maximum context "
            "length is 2048 tokens and your request has 12 input tokens (99999 > 2048 - 12).",
            "Max tokens (99,999) is too large for a prompt of 12 tokens: the context is 2,048 tokens.",
            "2,036 or less",
        ),
        (
            "max_tokens is too large: 99999. This model supports at most 16384 completion tokens, whereas "
            "you provided 99999.",
            "Max tokens (99,999) is too large.",
            "16,384 or less",
        ),
        (
            f"{VLLM}you requested 3000 tokens (1000 in the messages, 2000 in the completion).",
            "Max tokens (2,000) is too large for a prompt of 1,000 tokens: the context is 2,048 tokens.",
            "1,048 or less",
        ),
        (
            f"{SGLANG}You requested a total of 100012 tokens: 12 tokens from the input messages and 100000 "
            "tokens for the completion.",
            "Max tokens (100,000) is too large for a prompt of 12 tokens: the context is 2,048 tokens.",
            "2,036 or less",
        ),
        (
            "max_tokens=99999 cannot be greater than max_model_len=2048. Please request fewer output tokens. "
            "(parameter=max_tokens, value=99999)",
            "Max tokens (99,999) is too large: the context is 2,048 tokens.",
            "a smaller number",
        ),
        (
            "max_tokens: 100000 > 64000, which is the maximum allowed number of output tokens for m",
            "Max tokens (100,000) is too large.",
            "64,000 or less",
        ),
        ("max_tokens cannot be greater than 4096", "Max tokens is too large.", "4,096 or less"),
        ("max_tokens must be between 1 and 4096", "Max tokens is too large.", "4,096 or less"),
        (
            "Invalid max_tokens value, the valid range of max_tokens is [1, 8192]",
            "Max tokens is too large.",
            "8,192 or less",
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
        (f"{VLLM}your prompt contains at least 2049 input tokens.", "(at least 2,049 tokens)"),
        (f"{VLLM}your request has at least 2,049 input tokens.", "(at least 2,049 tokens)"),
        (f"{VLLM}you requested 3000 tokens in the messages.", "(3,000 tokens)"),
        (
            f"{VLLM}you requested 5000 tokens (3000 in the messages, 2000 in the completion).",
            "(3,000 tokens)",
        ),
        (
            "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 "
            "`inputs` tokens and 20 `max_new_tokens`",
            "(5,000 tokens)",
        ),
    ],
)
def test_a_prompt_that_is_too_long_has_its_number_as_the_server_knows_it(message: str, shown: str) -> None:
    failure = refused(message)
    assert failure.cause == "context-too-long"
    assert shown in failure.title


REACHED = (
    "Could not finish the message because max_tokens or model output limit was reached. Please try again "
    "with higher max_tokens."
)


@pytest.mark.parametrize(
    ("message", "title", "advice"),
    [
        (REACHED, "Max tokens is too small for an answer.", "a larger number"),
        (
            f"litellm.BadRequestError: AzureException - {REACHED}",
            "Max tokens is too small for an answer.",
            "a larger number",
        ),
        ("The answer is empty: max_completion_tokens reached", "too small for an answer.", "a larger number"),
        (
            "The value of 'max_tokens' is too low for this model",
            "too small for an answer.",
            "a larger number",
        ),
        ("Truncated; please increase max_tokens.", "too small for an answer.", "a larger number"),
        (
            "`max_tokens` must be greater than `thinking.budget_tokens`.",
            "too small for an answer.",
            "a larger number",
        ),
        (
            "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 1.",
            "the server wants at least 16",
            "16 or more",
        ),
        ("max_completion_tokens must be at least 1024.", "the server wants at least 1,024", "1,024 or more"),
    ],
)
@pytest.mark.parametrize("status", [200, 400, 422, 500])
def test_max_tokens_that_do_not_suffice_are_no_refused_parameter(
    message: str, title: str, advice: str, status: int
) -> None:
    body = json.dumps({"error": {"message": message, "param": None, "code": None}}).encode()
    failure = classify_error(status, {}, body)
    assert failure.cause == "max-tokens-too-small"
    assert title in failure.title
    assert advice in failure.advice


@pytest.mark.parametrize(
    "message",
    [
        "Rate limit reached: 6000 tokens per minute. Please try again later.",
        "Daily token limit reached",
        "max_tokens must be at least 1 and at most 4096",
        "This request requires more credits, or fewer max_tokens.",
        "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
    ],
)
def test_other_sentences_with_a_limit_of_tokens_are_something_else(message: str) -> None:
    assert refused(message).cause != "max-tokens-too-small"
