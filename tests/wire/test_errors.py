"""Error replies in all formats: classified, with message and numbers preserved and sanitised."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.replies import load_manifest
from tui.core.causes import CATALOGUE
from tui.core.failure import Failure
from tui.core.secret import Redactor, Secret
from tui.wire.error_facts import read_retry_after
from tui.wire.errors import MESSAGE_LENGTH, classify_error


def classify(status: int, body: object, **headers: str) -> Failure:
    data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return classify_error(status, {name.replace("_", "-"): value for name, value in headers.items()}, data)


WORDS = "something is off"


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"message": WORDS, "type": "x", "param": None, "code": 418}},
        {"error": {"message": WORDS, "type": "x", "param": None, "code": "strange"}},
        {"error": WORDS},
        {"error": WORDS, "error_type": "validation"},
        {"object": "error", "message": WORDS, "type": "x", "code": 400},
        {"detail": WORDS},
        {"detail": [{"loc": ["body", "n"], "msg": WORDS, "type": "value_error"}]},
        {"message": WORDS, "request_id": "r"},
        {"code": "x", "msg": WORDS},
        {"error": {"error": {"message": WORDS}}},
        {"error": {"object": "error", "message": WORDS, "type": "x"}},
        {"object": "error", "message": {"detail": [{"msg": WORDS, "loc": ["body", "n"]}]}, "code": 400},
        [{"error": {"message": WORDS}}],
        {"errors": [{"message": WORDS}]},
        {"error": {"message": f"  {WORDS}\n"}},
        WORDS,
        json.dumps(WORDS),
        f"event: error\ndata: {json.dumps({'error': {'message': WORDS}})}\n\ndata: [DONE]\n\n",
    ],
)
def test_finds_the_servers_words_in_every_shape(body: object) -> None:
    failure = classify(400, body)
    assert failure.server_message == WORDS
    assert failure.cause in ("invalid-request", "unexpected-response")
    assert failure.status == 400


CASES: list[tuple[int, object, str]] = [
    # by status
    (401, "", "auth"),
    (401, {"detail": "Could not validate credentials"}, "auth"),
    (402, {"error": {"message": "x"}}, "quota"),
    (403, {"error": {"message": "not from your country"}}, "forbidden"),
    (403, "<html><title>Forbidden</title></html>", "forbidden"),
    (403, {"error": {"code": "insufficient_quota", "message": "x"}}, "quota"),
    (404, "", "wrong-path"),
    (404, "<html><title>404</title>model not found</html>", "wrong-path"),
    (404, {"message": "Invalid URL (POST /v1/v1/chat/completions)", "code": None}, "wrong-path"),
    (405, {"detail": "Method Not Allowed"}, "method-not-allowed"),
    (407, "", "proxy-failed"),
    (408, "", "gateway-timeout"),
    (413, "<html><title>413 Request Entity Too Large</title></html>", "body-too-large"),
    (413, {"error": {"code": "rate_limit_exceeded", "message": "tokens per minute"}}, "rate-limited"),
    (
        422,
        {"detail": [{"type": "extra_forbidden", "loc": ["body", "seed"], "msg": "m"}]},
        "unsupported-param",
    ),
    (422, {"detail": [{"type": "int_type", "loc": ["body", "n"], "msg": "m"}]}, "invalid-request"),
    (429, "", "rate-limited"),
    (429, {"error": {"type": "exceeded_current_quota_error", "message": "x"}}, "quota"),
    (429, {"error": {"type": "insufficient_quota", "code": "insufficient_quota", "message": "x"}}, "quota"),
    (429, {"error": {"type": "rate_limit_reached_error", "message": "x"}}, "rate-limited"),
    (500, {"error": {"message": "CUDA out of memory", "code": 500}}, "server-error"),
    (500, "Internal Server Error", "server-error"),
    (500, {"detail": "Input too long: exceeds the model's maximum context length"}, "context-too-long"),
    (502, "", "bad-gateway"),
    (503, "<html><title>503 Service Temporarily Unavailable</title></html>", "bad-gateway"),
    (503, "", "bad-gateway"),
    (
        503,
        {"error": {"message": "server busy, please try again.  maximum pending requests exceeded"}},
        "overloaded",
    ),
    (
        503,
        {"object": "error", "message": "The request queue is full.", "type": "x", "code": 503},
        "overloaded",
    ),
    (503, {"detail": "Model is loading, please retry later: m"}, "loading"),
    (503, {"error": {"message": "no slot available", "type": "unavailable_error"}}, "overloaded"),
    (504, "<html><title>504</title></html>", "gateway-timeout"),
    (520, "<html></html>", "bad-gateway"),
    (524, "<html></html>", "gateway-timeout"),
    (529, {"type": "error", "error": {"type": "overloaded_error", "message": "x"}}, "overloaded"),
    (301, "", "redirect"),
    (308, "<html></html>", "redirect"),
    # by type and code
    (400, {"error": {"code": "context_length_exceeded", "message": "x"}}, "context-too-long"),
    (400, {"error": {"code": "model_not_found", "message": "x"}}, "model-not-found"),
    (400, {"object": "error", "code": "unknown_model", "message": "x"}, "model-not-found"),
    (400, {"error": {"code": "unknown_parameter", "param": "thinking", "message": "x"}}, "unsupported-param"),
    (400, {"code": "Arrearage", "message": "x"}, "quota"),
    (400, {"error": {"message": "x", "type": "NotFoundError", "param": "model"}}, "model-not-found"),
    # by wording, where nothing else tells
    (
        400,
        {"error": {"message": "Invalid model name passed in model=x. Call `/v1/models`"}},
        "model-not-found",
    ),
    (400, {"error": {"message": "model 'x' not found", "type": "invalid_request_error"}}, "model-not-found"),
    (
        400,
        {"error": {"message": "No models loaded. Please load a model", "param": "model"}},
        "model-not-found",
    ),
    (404, {"error": 'model "x" not found, try pulling it first'}, "model-not-found"),
    (400, {"error": {"message": "litellm.ContextWindowExceededError: too many tokens"}}, "context-too-long"),
    (
        400,
        {
            "error": {
                "message": "Range of input length should be [1, 30720]",
                "code": "invalid_parameter_error",
            }
        },
        "context-too-long",
    ),
    (
        400,
        {"message": "As of transformers v4.44, default chat template is no longer allowed", "code": 400},
        "no-chat-template",
    ),
    (400, {"error": {"message": "Conversation roles must alternate user/assistant"}}, "roles-refused"),
    (400, {"error": {"message": "Only user and assistant roles are supported!"}}, "roles-refused"),
    (500, {"error": {"message": "Value Error: System role not supported"}}, "roles-refused"),
    (400, {"error": {"message": "`temperature` is deprecated for this model."}}, "unsupported-param"),
    (
        400,
        {"error": {"message": "This model only support stream mode, please enable the stream parameter."}},
        "unsupported-param",
    ),
    (400, {"error": {"message": "Unrecognized request argument supplied: top_k"}}, "unsupported-param"),
    (
        400,
        {"error": {"message": "Your organization must be verified to stream this model.", "param": "stream"}},
        "unsupported-param",
    ),
    (400, {"error": {"message": "API key not valid. Please pass a valid API key."}}, "auth"),
    (
        400,
        "<html><title>400 The plain HTTP request was sent to HTTPS port</title></html>",
        "plain-on-tls-port",
    ),
    (400, "Client sent an HTTP request to an HTTPS server.\n", "plain-on-tls-port"),
    (400, "<html><title>Bad Request</title></html>", "unexpected-response"),
    (400, "", "unexpected-response"),
    (400, {"error": {"message": "temperature must be positive", "param": "temperature"}}, "invalid-request"),
    (
        400,
        {"error": {"message": "Extra inputs are not permitted: chat_template_kwargs"}},
        "unsupported-param",
    ),
    # under a status of success
    (200, {"error": {"code": 402, "message": "x"}}, "quota"),
    (200, {"error": {"code": "503", "message": "x", "type": "y"}}, "overloaded"),
    (200, {"error": "Unexpected endpoint or method. (GET /x)"}, "wrong-path"),
    (200, {"error": "anything else"}, "server-error"),
    (200, {"object": "list", "data": []}, "unexpected-response"),
    (200, "<html></html>", "unexpected-response"),
    (204, "", "unexpected-response"),
]


@pytest.mark.parametrize(("status", "body", "cause"), CASES)
def test_classifies(status: int, body: object, cause: str) -> None:
    assert classify(status, body).cause == cause


@pytest.mark.parametrize(
    "entry", [entry for entry in load_manifest() if entry.cause], ids=lambda entry: entry.file
)
def test_recorded_errors_have_words_to_show(entry: object) -> None:
    assert entry.cause in CATALOGUE  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("message", "prompt", "limit"),
    [
        (
            "This model's maximum context length is 8192 tokens. However, you requested 9000 "
            "tokens (8900 in the "
            "messages, 100 in the completion).",
            "8900",
            "8192",
        ),
        (
            "This model's maximum context length is 8192 tokens. However, your request has "
            "9000 input tokens.",
            "9000",
            "8192",
        ),
        (
            "This model's maximum context length is 8192 tokens. However, your prompt "
            "contains at least 8193 input "
            "tokens",
            "at least 8193",
            "8192",
        ),
        (
            "Requested token count exceeds the model's maximum context length of 8192 "
            "tokens. You requested a total "
            "of 9100 tokens: 9000 tokens from the input messages and 100 tokens for the completion.",
            "9000",
            "8192",
        ),
        ("The input (9000 tokens) is longer than the model's context length (8192 tokens).", "9000", "8192"),
        ("Range of input length should be [1, 30720]", None, "30720"),
        ("prompt is too long: 210000 tokens > 200000 maximum", "210000", "200000"),
        (
            "This model's maximum context length is 128,000 tokens, however your messages "
            "resulted in 130,001 tokens",
            "130001",
            "128000",
        ),
        ("context length exceeded", None, None),
    ],
)
def test_reads_the_numbers_of_a_long_prompt(message: str, prompt: str | None, limit: str | None) -> None:
    failure = classify(400, {"error": {"message": message, "code": "context_length_exceeded"}})
    assert (failure.facts.get("prompt_tokens"), failure.facts.get("limit")) == (prompt, limit)


@pytest.mark.parametrize(
    ("body", "parameter"),
    [
        ({"error": {"message": "x", "param": "top_p", "code": "unsupported_parameter"}}, "top_p"),
        ({"error": {"message": "Unsupported parameter: 'top_k' is unknown"}}, "top_k"),
        ({"error": {"message": "Unrecognized request argument supplied: min_p"}}, "min_p"),
        ({"error": {"message": 'json: unknown field "seed"'}}, "seed"),
        ({"error": {"message": "gpt-5 models don't support temperature=0.5"}}, "temperature"),
        ({"detail": [{"type": "extra_forbidden", "loc": ["body", "seed"], "msg": "m"}]}, "seed"),
        ({"error": "[{'type': 'extra_forbidden', 'loc': ('body', 'top_k'), 'msg': 'x'}]"}, "top_k"),
        (
            {
                "object": "error",
                "message": {
                    "detail": [
                        {
                            "type": "extra_forbidden",
                            "loc": ["body", "messages", 1, "assistant", "reasoning_content"],
                            "msg": "x",
                        }
                    ]
                },
            },
            "messages.1.assistant.reasoning_content",
        ),
        ({"error": {"message": "Stream options can only be defined when stream is true"}}, "stream_options"),
    ],
)
def test_names_the_refused_parameter(body: object, parameter: str) -> None:
    failure = classify(400, body)
    assert (failure.cause, failure.facts.get("parameter")) == ("unsupported-param", parameter)


def test_tells_gateway_location_and_scheme() -> None:
    assert classify(502, "", Server="nginx/1.24.0").facts["gateway"] == "nginx/1.24.0"
    assert classify(307, "", location="https://x/v1").facts["location"] == "https://x/v1"
    assert classify(401, "", WWW_Authenticate='Negotiate realm="x"').facts["scheme"] == "Negotiate"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "5"}, 5),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after-ms": "250", "retry-after": "5"}, 0.25),
        ({"retry-after": "Mon, 01 Jan 2024 00:00:30 GMT", "date": "Mon, 01 Jan 2024 00:00:00 GMT"}, 30),
        ({"retry-after": "Mon, 01 Jan 2024 00:00:00 GMT", "date": "Mon, 01 Jan 2024 00:00:30 GMT"}, 0),
        ({"retry-after": "Mon, 01 Jan 2024 00:00:30 GMT"}, None),
        ({"retry-after": "Mon, 01 Jan 2024 00:00:30", "date": "Mon, 01 Jan 2024 00:00:00 GMT"}, 30),
        ({"retry-after": "9" * 5000}, None),
        ({"retry-after": "٣"}, None),
        ({"retry-after": "1_0"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after-ms": "nan", "retry-after": "-1"}, None),
        ({"retry-after": "Mon, 01 Jan 2024 00:00:30 +99999999999", "date": "x"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": ""}, None),
        ({}, None),
    ],
)
def test_reads_when_to_come_back(headers: dict[str, str], seconds: float | None) -> None:
    assert read_retry_after(headers) == seconds


def test_a_date_counts_from_now_where_that_is_known() -> None:
    now = datetime(2024, 1, 1, tzinfo=UTC)
    assert read_retry_after({"retry-after": "Mon, 01 Jan 2024 00:01:00 GMT"}, now) == 60


def test_words_are_redacted_safe_and_short() -> None:
    redactor = Redactor([Secret("sk-very-secret-key")])
    body = json.dumps(
        {"error": {"message": "bad \x1b[31m sk-very-secret-key \ud83d\n" + "x" * 5000}}
    ).encode()
    failure = classify_error(401, {}, body, redactor)
    message = failure.server_message or ""
    assert "secret" not in repr(failure)
    assert "\x1b" not in message
    assert len(message) <= MESSAGE_LENGTH
    message.encode()


def test_html_is_told_by_its_title() -> None:
    failure = classify(502, "<HTML><head><TITLE>\n 502 Bad\nGateway </TITLE></head><script>x</script></HTML>")
    assert failure.server_message == "502 Bad Gateway"


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["error", "message", "code", "type", "detail", "loc", "msg", "param", "n_ctx", "errors"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.integers(100, 999), JSON_VALUES)
def test_any_json_gives_a_failure_of_the_catalogue(status: int, body: object) -> None:
    failure = classify(status, body)
    assert failure.cause in CATALOGUE
    assert failure.title
    assert failure.advice


@given(st.integers(200, 599), st.binary(max_size=60))
def test_any_bytes_give_a_failure_of_the_catalogue(status: int, body: bytes) -> None:
    assert classify_error(status, {}, body).cause in CATALOGUE


@pytest.mark.parametrize(
    ("sentence", "seconds"),
    [
        ("Rate limit reached for gpt-4o. Please try again in 20s. Visit https://x", "20"),
        ("Rate limit reached. Please try again in 6ms.", "0.006"),
        ("Rate limit reached for model `x` (TPM). Please try again in 7m12.5s. Need more tokens?", "432.5"),
        ("Requests have exceeded the call rate limit. Please retry after 26 seconds.", "26"),
        ("You exceeded your current quota. Please retry in 34.074824224s.", "34.0748"),
        ("Please try again in 1h 2m 3s", "3723"),
        ("Please try again in 2 minutes", "120"),
        ("Please try again in 5 apples", None),
        ("Please try again in a moment", None),
        ("try again in 999999999h", None),
        ("try again in ٣s", None),
    ],
)
def test_reads_when_to_come_back_from_the_sentence(sentence: str, seconds: str | None) -> None:
    failure = classify(429, {"error": {"message": sentence}})
    assert (failure.cause, failure.facts.get("retry_after")) == ("rate-limited", seconds)
    asked = classify(429, {"error": {"message": sentence}}, Retry_After="3")
    assert asked.facts["retry_after"] == "3", "the header is what a program is meant to read"
