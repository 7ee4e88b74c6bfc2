"""What an endpoint rejects is dropped or replaced once, reported, and remembered."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.replies import DATA
from tui.core.causes import explain
from tui.core.chat import ChatRequest, Message, Role
from tui.core.parts import parts_of
from tui.core.provider import ReasoningReplay, Sampling, Thinking
from tui.wire.dialects import OLLAMA, OPENAI
from tui.wire.errors import classify_error
from tui.wire.request import build_chat_body
from tui.wire.server_quirks import ServerQuirks, adapt
from tui.wire.servers import Dialect

REQUEST = ChatRequest(
    model="m",
    messages=(
        Message(Role.SYSTEM, parts_of("Be brief.")),
        Message(Role.USER, parts_of("Hello")),
        Message(Role.ASSISTANT, parts_of("Hi"), reasoning="A greeting."),
        Message(Role.USER, parts_of("Bye")),
    ),
    sampling=Sampling(temperature=0.5, top_p=0.9, max_tokens=64),
    thinking=Thinking.OFF,
    reasoning_replay=ReasoningReplay.WHEN_DEMANDED,
    extra_body={"top_k": 5},
)


def refuse(
    body: object, *, status: int = 400, request: ChatRequest = REQUEST, server: Dialect | None = None
) -> tuple[ServerQuirks, str, dict[str, object]]:
    """Return the adaptation to a refusal, its note, and the next body."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    failure = classify_error(status, {}, data)
    sent = build_chat_body(request, ServerQuirks(), server)
    adapted = adapt(ServerQuirks(), failure, sent, reasoning_replay=request.reasoning_replay)
    assert adapted is not None, failure
    quirks, note = adapted
    again = build_chat_body(request, quirks, server)
    assert again != sent
    assert ServerQuirks.from_json(json.loads(json.dumps(quirks.to_json()))) == quirks
    return quirks, note, again


def recorded(name: str) -> bytes:
    return (DATA / name).read_bytes()


def test_max_tokens_gives_way_to_max_completion_tokens() -> None:
    _, note, body = refuse(recorded("openai-400-max_tokens.json"))
    assert (body.get("max_completion_tokens"), body.get("max_tokens")) == (64, None)
    assert note == "retried with max_completion_tokens instead of max_tokens"


def test_and_the_other_way_round_and_then_neither() -> None:
    request = ChatRequest("o3", REQUEST.messages, sampling=REQUEST.sampling)
    refused = {"detail": [{"type": "extra_forbidden", "loc": ["body", "max_completion_tokens"], "msg": "x"}]}
    quirks, _, body = refuse(refused, status=422, request=request)
    assert body["max_tokens"] == 64
    failure = classify_error(400, {}, recorded("openai-400-max_tokens.json"))
    again = adapt(quirks, failure, body)
    assert again is not None
    assert not {"max_tokens", "max_completion_tokens"} & build_chat_body(request, again[0]).keys()


def test_a_limit_that_is_too_large_is_for_the_person_to_see() -> None:
    error = {
        "error": {
            "message": "max_tokens is too large: 64. At most 32.",
            "param": "max_tokens",
            "code": "unsupported_value",
        }
    }
    failure = classify_error(400, {}, json.dumps(error).encode())
    assert adapt(ServerQuirks(), failure, build_chat_body(REQUEST, ServerQuirks())) is None


@pytest.mark.parametrize(
    "message",
    [
        "Could not finish the message because max_tokens or model output limit was reached. Please try again "
        "with higher max_tokens.",
        "`max_tokens` must be greater than `thinking.budget_tokens`.",
        "Invalid value for 'max_tokens'",
    ],
)
def test_a_limit_that_is_only_named_is_sent_again_under_no_other_name(message: str) -> None:
    failure = classify_error(400, {}, json.dumps({"error": {"message": message}}).encode())
    assert adapt(ServerQuirks(), failure, build_chat_body(REQUEST, ServerQuirks())) is None


def test_the_system_role_is_folded_into_the_first_message() -> None:
    _, note, body = refuse(recorded("openai-400-system-role.json"))
    assert body["messages"][0] == {"role": "user", "content": "Be brief.\n\nHello"}  # type: ignore[index]
    assert "system prompt" in note


def test_a_template_without_a_system_role_is_served_too() -> None:
    _, _, body = refuse({"error": {"message": "System role not supported", "type": "BadRequestError"}})
    assert {message["role"] for message in body["messages"]} == {"user", "assistant"}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "message",
    [
        "Conversation roles must alternate user/assistant/user/assistant/...",
        "Only user and assistant roles are supported!",
        "Conversations must start with a user prompt",
    ],
)
def test_a_template_that_wants_a_person_first_gets_the_system_text_in_the_message(message: str) -> None:
    quirks, note, body = refuse({"error": {"message": message, "type": "BadRequestError"}})
    assert quirks.system_role == "user"
    assert "system" in note
    assert body["messages"][0] == {"role": "user", "content": "Be brief.\n\nHello"}  # type: ignore[index]


def test_without_a_system_text_there_is_nothing_to_move() -> None:
    request = replace(REQUEST, messages=REQUEST.messages[1:])
    failure = classify_error(400, {}, b'{"error": {"message": "Conversation roles must alternate"}}')
    assert failure.cause == "roles-refused"
    assert adapt(ServerQuirks(), failure, build_chat_body(request, ServerQuirks())) is None


def test_a_model_that_only_streams_is_asked_to() -> None:
    message = "This model only support stream mode, please enable the stream parameter to access the model. "
    quirks, note, body = refuse({"error": {"message": message}}, request=replace(REQUEST, stream=False))
    assert (body["stream"], body["stream_options"]) == (True, {"include_usage": True})
    assert note == "retried with streaming: the server offers nothing else"
    assert build_chat_body(replace(REQUEST, stream=True), quirks)["stream"] is True


def test_a_deprecated_parameter_is_left_out() -> None:
    _, note, body = refuse({"error": {"message": "`temperature` is deprecated for this model."}})
    assert "temperature" not in body
    assert "temperature" in note


@pytest.mark.parametrize(
    "body",
    [
        {
            "error": {
                "message": "Unknown parameter: 'stream_options'.",
                "param": "stream_options",
                "code": "unknown_parameter",
            }
        },
        {"detail": [{"type": "extra_forbidden", "loc": ["body", "stream_options"], "msg": "Extra inputs"}]},
        {
            "object": "error",
            "message": {
                "detail": [
                    {
                        "type": "extra_forbidden",
                        "loc": ["body", "stream_options", "include_usage"],
                        "msg": "Extra inputs are not permitted",
                    }
                ]
            },
        },
        {
            "error": "[{'type': 'extra_forbidden', 'loc': ('body', 'stream_options'), 'msg': "
            "'x', 'input': {}}]"
        },
        {"error": {"message": "Unrecognized request argument supplied: stream_options"}},
        {"error": {"message": "stream options are not supported here"}},
    ],
)
@pytest.mark.parametrize("status", [400, 422])
def test_stream_options_are_dropped(body: object, status: int) -> None:
    _, note, again = refuse(body, status=status)
    assert "stream_options" not in again
    assert again["stream"] is True
    assert note == "retried without stream_options"


@pytest.mark.parametrize(
    "error",
    [
        {
            "message": "Your organization must be verified to stream this model.",
            "param": "stream",
            "code": "unsupported_value",
        },
        {
            "message": "Unsupported value: 'stream' does not support true with this model.",
            "param": "stream",
            "code": "unsupported_value",
        },
        {"message": "This model does not support streaming", "code": "unsupported_parameter"},
    ],
)
def test_streaming_is_given_up(error: dict[str, object]) -> None:
    _, note, body = refuse({"error": error})
    assert (body["stream"], "stream_options" in body) == (False, False)
    assert note == "retried without streaming"


@pytest.mark.parametrize(
    ("error", "field"),
    [
        (
            {
                "message": "Unsupported value: 'temperature' does not support 0.5 with this model. Only the "
                "default (1) "
                "value is supported.",
                "param": "temperature",
                "code": "unsupported_value",
            },
            "temperature",
        ),
        (
            {"message": "litellm.UnsupportedParamsError: gpt-5 models don't support temperature=0.5."},
            "temperature",
        ),
        ({"message": "Unrecognized request argument supplied: top_k"}, "top_k"),
        (
            {
                "message": "Unsupported parameter: 'top_p' is not supported with this model.",
                "param": "top_p",
                "code": "unsupported_parameter",
            },
            "top_p",
        ),
        ({"message": "property 'top_k' is unsupported, not supported by this model"}, "top_k"),
    ],
)
def test_a_refused_field_is_dropped(error: dict[str, object], field: str) -> None:
    _, note, body = refuse({"error": error})
    assert field not in body
    assert note == f"retried without {field}"


def test_thinking_that_a_model_does_not_know_is_dropped_whole() -> None:
    _, note, body = refuse(recorded("ollama-400-no-thinking.json"), server=OLLAMA)
    assert "reasoning_effort" not in body
    assert "does not support it" in note
    unknown = refuse(recorded("ollama-400-no-thinking.json"))[2]
    assert not {"reasoning_effort", "chat_template_kwargs"} & unknown.keys()


def test_a_refused_form_of_thinking_gives_way_to_the_next() -> None:
    old_vllm = {
        "object": "error",
        "message": "1 validation error: {'type': 'literal_error', 'loc': ('body', "
        "'reasoning_effort'), 'msg': \"Input should be 'low', 'medium' or 'high'\", 'input': 'none'}",
        "type": "BadRequestError",
        "code": 400,
    }
    _, _, body = refuse(old_vllm)
    assert body["chat_template_kwargs"] == {"enable_thinking": False, "thinking": False}
    assert "reasoning_effort" not in body


def test_an_effort_that_a_model_does_not_know_gives_way_to_the_weakest() -> None:
    error = {
        "message": "Unsupported value: 'reasoning_effort' does not support 'none' with this model. Supported "
        "values are: 'minimal', 'low', 'medium', and 'high'.",
        "param": "reasoning_effort",
        "code": "unsupported_value",
    }
    _, note, body = refuse({"error": error}, server=OPENAI)
    assert body["reasoning_effort"] == "minimal"
    assert "minimal" in note


def test_dashscope_gets_thinking_switched_off_where_it_does_not_stream() -> None:
    request = ChatRequest("qwen3-8b", REQUEST.messages, stream=False)
    _, _, body = refuse(recorded("dashscope-400-nonstream-thinking.json"), request=request)
    assert body["enable_thinking"] is False


def test_a_refused_field_of_an_old_server_is_found_in_its_repr() -> None:
    request = ChatRequest("m", REQUEST.messages, extra_body={"enable_thinking": False})
    _, _, body = refuse(recorded("trtllm-400-extra.json"), request=request)
    assert "enable_thinking" not in body


def test_a_refusal_that_comes_as_the_first_event_of_a_stream_counts_too() -> None:
    error = {
        "error": {"message": "Unknown parameter: 'top_k'", "param": "top_k", "code": "unknown_parameter"}
    }
    assert "top_k" not in refuse(error, status=200)[2]


def test_past_reasoning_is_sent_where_it_is_demanded() -> None:
    _, note, body = refuse(recorded("deepseek-400-passback.json"))
    assert body["messages"][2]["reasoning_content"] == "A greeting."  # type: ignore[index]
    assert "requires" in note


def test_past_reasoning_stays_here_where_the_policy_says_never() -> None:
    failure = classify_error(400, {}, recorded("deepseek-400-passback.json"))
    body = build_chat_body(REQUEST, ServerQuirks())
    assert adapt(ServerQuirks(), failure, body, reasoning_replay=ReasoningReplay.NEVER) is None


def test_past_reasoning_that_is_refused_is_left_out() -> None:
    request = ChatRequest("m", REQUEST.messages, reasoning_replay=ReasoningReplay.ALWAYS)
    error = {
        "object": "error",
        "message": {
            "detail": [
                {
                    "type": "extra_forbidden",
                    "loc": ["body", "messages", 2, "assistant", "reasoning_content"],
                    "msg": "Extra inputs",
                }
            ]
        },
    }
    _, note, body = refuse(error, status=422, request=request)
    assert "A greeting." not in json.dumps(body)
    assert note == "retried without earlier reasoning"


@pytest.mark.parametrize(
    "failure",
    [
        explain("auth", status=401),
        explain("server-error", status=500, server_message="temperature is too high"),
        explain(
            "invalid-request",
            status=400,
            server_message="temperature must be below 2",
            parameter="temperature",
        ),
        explain("unsupported-param", status=400, parameter="model"),
        explain("unsupported-param", status=400, parameter="messages[0].content"),
        explain("unsupported-param", status=400, parameter="something_else"),
        explain("unsupported-param", status=400),
        explain("rate-limited", status=429, parameter="temperature"),
    ],
)
def test_other_failures_are_not_adapted_to(failure: object) -> None:
    assert adapt(ServerQuirks(), failure, build_chat_body(REQUEST, ServerQuirks())) is None  # type: ignore[arg-type]


@given(
    st.sampled_from(["unsupported-param", "thinking-unsupported", "invalid-request", "roles-refused"]),
    st.sampled_from(
        [None, *build_chat_body(REQUEST, ServerQuirks()), "messages[0].role", "messages.1.reasoning"]
    ),
    st.sampled_from(
        [
            "",
            "system role",
            "stream_options",
            "does not support streaming",
            "reasoning sent back",
            "supported values 'minimal' not 'none'",
        ]
    ),
)
def test_adapting_comes_to_an_end(cause: str, parameter: str | None, message: str) -> None:
    quirks = ServerQuirks()
    failure = explain(cause, status=400, server_message=message, parameter=parameter)
    for _ in range(12):
        step = adapt(quirks, failure, build_chat_body(REQUEST, quirks))
        if step is None:
            return
        assert step[1]
        quirks = step[0]
    raise AssertionError("it never ends")


@pytest.mark.parametrize(
    "junk",
    [
        None,
        [],
        "x",
        {"dropped": "x"},
        {"dropped": [1, "model", None]},
        {"efforts": [["a"], 1, ["a", 2]]},
        {"token_field": "n"},
        {"system_role": 3},
        {"sends_reasoning": "yes"},
        {"unknown": 1},
    ],
)
def test_junk_in_the_memory_is_left_out(junk: object) -> None:
    assert ServerQuirks.from_json(junk) == ServerQuirks()


def test_a_portable_endpoint_needs_no_memory() -> None:
    assert ServerQuirks().to_json() == {}
