"""The body of a request: the portable minimum, each server's form of thinking, past reasoning."""

from __future__ import annotations

import json

import pytest

from tui.core.chat import ChatRequest, Message, Role
from tui.core.parts import parts_of
from tui.core.provider import ReasoningReplay, Sampling, Thinking
from tui.wire import dialects
from tui.wire.dialects import DIALECTS
from tui.wire.request import build_chat_body
from tui.wire.server_quirks import ServerQuirks
from tui.wire.servers import Dialect

HELLO = (Message(Role.USER, parts_of("Hello")),)
TALK = (
    Message(Role.SYSTEM, parts_of("Be brief.")),
    Message(Role.USER, parts_of("Hello")),
    Message(Role.ASSISTANT, parts_of("Hi"), reasoning="A greeting."),
    Message(Role.USER, parts_of("Bye")),
)


def build(
    server: Dialect | None = None, quirks: ServerQuirks | None = None, **request: object
) -> dict[str, object]:
    request.setdefault("model", "m")
    request.setdefault("messages", HELLO)
    body = build_chat_body(ChatRequest(**request), quirks or ServerQuirks(), server)  # type: ignore[arg-type]
    json.dumps(body, allow_nan=False)
    return body


def test_the_smallest_request() -> None:
    assert build() == {
        "model": "m",
        "messages": [{"role": "user", "content": "Hello"}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_a_whole_answer_is_asked_for_without_stream_options() -> None:
    assert build(stream=False) == {
        "model": "m",
        "messages": [{"role": "user", "content": "Hello"}],
        "stream": False,
    }


def test_mistral_knows_no_stream_options() -> None:
    assert "stream_options" not in build(dialects.MISTRAL)


def test_only_sampling_that_is_set_is_sent() -> None:
    body = build(sampling=Sampling(temperature=0.0, top_p=0.9, max_tokens=64))
    assert (body["temperature"], body["top_p"], body["max_tokens"]) == (0.0, 0.9, 64)
    assert not {"frequency_penalty", "presence_penalty"} & body.keys()


@pytest.mark.parametrize(
    ("model", "server", "field"),
    [
        ("m", None, "max_tokens"),
        ("o3-mini", None, "max_completion_tokens"),
        ("o1", dialects.OPENAI, "max_completion_tokens"),
        ("gpt-5", dialects.AZURE, "max_completion_tokens"),
        ("gpt-5.2-chat", dialects.OPENAI, "max_completion_tokens"),
        ("gpt-4o", dialects.OPENAI, "max_tokens"),
        ("gpt-50b", dialects.OLLAMA, "max_tokens"),
        ("o3-mini", dialects.MISTRAL, "max_tokens"),
    ],
)
def test_the_limit_of_tokens_has_the_name_that_is_known(
    model: str, server: Dialect | None, field: str
) -> None:
    body = build(server, model=model, sampling=Sampling(max_tokens=5))
    assert {name for name in body if "tokens" in name} == {field}


def test_extra_fields_go_to_the_top_level_and_win() -> None:
    extra = {"top_k": 5, "temperature": 0.1, "extra_body": {"min_p": 0.2, "top_k": 7, "extra_body": {}}}
    body = build(extra_body=extra, sampling=Sampling(temperature=0.9))
    assert (body["top_k"], body["temperature"], body["min_p"]) == (5, 0.1, 0.2)
    assert "extra_body" not in body


def test_extra_fields_never_replace_model_and_messages() -> None:
    body = build(extra_body={"model": "other", "messages": []})
    assert (body["model"], len(body["messages"])) == ("m", 1)  # type: ignore[arg-type]


# Thinking


OFF_KWARGS = {"chat_template_kwargs": {"enable_thinking": False, "thinking": False}}
ON_KWARGS = {"chat_template_kwargs": {"enable_thinking": True, "thinking": True}}
K = dialects


@pytest.mark.parametrize(
    ("server", "thinking", "model", "fields"),
    [
        (None, Thinking.OFF, "m", {"reasoning_effort": "none"}),
        (None, Thinking.HIGH, "m", {"reasoning_effort": "high"}),
        (K.VLLM, Thinking.OFF, "m", OFF_KWARGS),
        (K.VLLM, Thinking.ON, "m", ON_KWARGS),
        (K.SGLANG, Thinking.LOW, "m", {**ON_KWARGS, "reasoning_effort": "low"}),
        (K.LLAMA_CPP, Thinking.OFF, "m", OFF_KWARGS),
        (K.LM_STUDIO, Thinking.LOW, "m", {"reasoning_effort": "low"}),
        (K.LOCALAI, Thinking.OFF, "m", {"reasoning_effort": "none"}),
        (K.OLLAMA, Thinking.OFF, "m", {"reasoning_effort": "none"}),
        (K.OLLAMA, Thinking.MINIMAL, "m", {"reasoning_effort": "low"}),
        (K.TGI, Thinking.HIGH, "m", {}),
        (K.TENSORRT_LLM, Thinking.OFF, "m", {"reasoning_effort": "none"}),
        (K.LITELLM, Thinking.MEDIUM, "m", {"reasoning_effort": "medium"}),
        (K.OPENROUTER, Thinking.OFF, "m", {"reasoning": {"effort": "none"}}),
        (K.OPENROUTER, Thinking.ON, "m", {"reasoning": {"enabled": True}}),
        (K.OPENROUTER, Thinking.HIGH, "m", {"reasoning": {"effort": "high"}}),
        (K.DEEPSEEK, Thinking.OFF, "m", {"thinking": {"type": "disabled"}}),
        (K.DEEPSEEK, Thinking.HIGH, "m", {"thinking": {"type": "enabled"}, "reasoning_effort": "high"}),
        (K.OPENAI, Thinking.OFF, "gpt-5", {"reasoning_effort": "none"}),
        (K.OPENAI, Thinking.ON, "gpt-5", {"reasoning_effort": "medium"}),
        (K.AZURE, Thinking.MINIMAL, "gpt-5", {"reasoning_effort": "minimal"}),
        (K.DASHSCOPE, Thinking.OFF, "m", {"enable_thinking": False}),
        (K.DASHSCOPE, Thinking.HIGH, "m", {"enable_thinking": True}),
        (K.MISTRAL, Thinking.OFF, "magistral-medium", {}),
        (K.MISTRAL, Thinking.ON, "magistral-medium", {"prompt_mode": "reasoning"}),
        (K.MISTRAL, Thinking.ON, "mistral-medium", {"reasoning_effort": "high"}),
        (K.MISTRAL, Thinking.OFF, "mistral-medium", {}),
        (K.MOONSHOT, Thinking.OFF, "kimi-k2.5", {"thinking": {"type": "disabled"}}),
        (K.MOONSHOT, Thinking.LOW, "kimi-k3", {"reasoning_effort": "low"}),
        (K.XINFERENCE, Thinking.OFF, "m", {"enable_thinking": False}),
        (K.INFINI_AI, Thinking.OFF, "m", OFF_KWARGS),
    ],
)
def test_thinking_has_the_form_of_the_server(
    server: Dialect | None, thinking: Thinking, model: str, fields: dict[str, object]
) -> None:
    plain = build(server, model=model)
    body = build(server, model=model, thinking=thinking)
    assert {name: value for name, value in body.items() if name not in plain} == fields


@pytest.mark.parametrize("server", [None, *DIALECTS])
def test_nothing_is_sent_while_thinking_is_unset(server: Dialect | None) -> None:
    assert set(build(server)) <= {"model", "messages", "stream", "stream_options"}


@pytest.mark.parametrize("server", [None, *DIALECTS])
@pytest.mark.parametrize("thinking", list(Thinking))
def test_every_server_takes_every_setting(server: Dialect | None, thinking: Thinking) -> None:
    assert build(server, thinking=thinking)["model"] == "m"


def test_a_refused_form_gives_way_to_the_next() -> None:
    refused = ServerQuirks(dropped=frozenset({"reasoning_effort"}))
    assert build(None, refused, thinking=Thinking.OFF)["chat_template_kwargs"]
    both = ServerQuirks(dropped=frozenset({"reasoning_effort", "chat_template_kwargs"}))
    assert set(build(None, both, thinking=Thinking.OFF)) == {"model", "messages", "stream", "stream_options"}


# Past reasoning


@pytest.mark.parametrize(
    ("policy", "quirks", "server", "is_sent"),
    [
        (ReasoningReplay.NEVER, ServerQuirks(), None, False),
        (ReasoningReplay.NEVER, ServerQuirks(sends_reasoning=True), K.DEEPSEEK, False),
        (ReasoningReplay.WHEN_DEMANDED, ServerQuirks(), K.DEEPSEEK, False),
        (ReasoningReplay.WHEN_DEMANDED, ServerQuirks(sends_reasoning=True), K.DEEPSEEK, True),
        (ReasoningReplay.ALWAYS, ServerQuirks(), None, True),
        (ReasoningReplay.ALWAYS, ServerQuirks(sends_reasoning=False), None, False),
        (ReasoningReplay.ALWAYS, ServerQuirks(), K.TGI, False),
        (ReasoningReplay.ALWAYS, ServerQuirks(), K.OPENAI, False),
    ],
)
def test_past_reasoning_follows_the_policy(
    policy: ReasoningReplay, quirks: ServerQuirks, server: Dialect | None, is_sent: bool
) -> None:
    body = build(server, quirks, messages=TALK, reasoning_replay=policy)
    assert ("A greeting." in json.dumps(body)) is is_sent


@pytest.mark.parametrize(
    ("server", "message"),
    [
        (None, {"role": "assistant", "content": "Hi", "reasoning_content": "A greeting."}),
        (K.OLLAMA, {"role": "assistant", "content": "Hi", "reasoning": "A greeting."}),
        (
            K.MISTRAL,
            {
                "role": "assistant",
                "content": [
                    {"type": "thinking", "thinking": [{"type": "text", "text": "A greeting."}]},
                    {"type": "text", "text": "Hi"},
                ],
            },
        ),
    ],
)
def test_past_reasoning_has_the_form_of_the_server(
    server: Dialect | None, message: dict[str, object]
) -> None:
    body = build(server, messages=TALK, reasoning_replay=ReasoningReplay.ALWAYS)
    assert body["messages"][2] == message  # type: ignore[index]


# The system text


def test_the_system_text_goes_into_the_first_user_message_where_its_role_is_unknown() -> None:
    body = build(None, ServerQuirks(system_role="user"), messages=TALK)
    assert body["messages"] == [
        {"role": "user", "content": "Be brief.\n\nHello"},
        {"role": "assistant", "content": "Hi"},
        {"role": "user", "content": "Bye"},
    ]


def test_a_system_text_alone_becomes_a_user_message() -> None:
    body = build(None, ServerQuirks(system_role="user"), messages=TALK[:1])
    assert body["messages"] == [{"role": "user", "content": "Be brief."}]
    assert build(None, ServerQuirks(system_role="user"))["messages"] == [{"role": "user", "content": "Hello"}]
