"""The body of a chat request: the minimum that every server accepts, plus the user's settings."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tui.core.chat import ChatRequest, Role
from tui.core.provider import Sampling
from tui.core.sent_body import sent_body
from tui.wire.content import put_before
from tui.wire.reasoning_replay import past_message, replays_reasoning
from tui.wire.server_quirks import ServerQuirks
from tui.wire.servers import UNKNOWN, Dialect
from tui.wire.thinking import effort_of


def build_chat_body(
    request: ChatRequest, quirks: ServerQuirks, server: Dialect | None = None
) -> dict[str, object]:
    """Return the request body; its ``stream`` is whether to stream.

    Unset sampling values are omitted. ``extra_body`` is merged into the top level and overrides everything
    except what the endpoint rejects; a key ``extra_body`` in it (as used with the Python SDK) is unwrapped,
    never sent.
    """
    server = server or UNKNOWN
    body: dict[str, object] = {
        "model": request.model,
        "messages": _messages(request, quirks, server),
        "stream": (request.stream or quirks.only_streams) and quirks.streams,
    }
    if body["stream"] and server.stream_options:
        body["stream_options"] = {"include_usage": True}
    body |= _sampling(request.sampling, request.model, quirks, server)
    body |= _parameters(request.parameters)
    body |= _thinking(request, quirks, server)
    body |= sent_body(request.extra_body)
    if not body["stream"]:
        body.pop("stream_options", None)
        if quirks.thinking_off_when_whole:
            body["enable_thinking"] = False
    return {name: value for name, value in body.items() if name not in quirks.dropped}


def _messages(request: ChatRequest, quirks: ServerQuirks, server: Dialect) -> list[dict[str, object]]:
    with_reasoning = replays_reasoning(request.reasoning_replay, quirks, server)
    last = len(request.messages) - 1
    messages = [
        past_message(
            message,
            with_reasoning,
            server,
            request.attachments,
            has_images=place == last or not quirks.refuses_images,
        )
        for place, message in enumerate(request.messages)
    ]
    return _fold_system(messages) if quirks.system_role == "user" else messages


def _fold_system(messages: list[dict[str, object]]) -> list[dict[str, object]]:
    """Prepend the system text to the first user message (o1-mini and o1-preview have no system role)."""
    system = "\n\n".join(str(message["content"]) for message in messages if message["role"] == Role.SYSTEM)
    kept = [message for message in messages if message["role"] != Role.SYSTEM]
    if not system:
        return kept
    for message in kept:
        if message["role"] == Role.USER:
            message["content"] = put_before(system, message["content"])
            return kept
    return [{"role": Role.USER.value, "content": system}, *kept]


def _sampling(sampling: Sampling, model: str, quirks: ServerQuirks, server: Dialect) -> dict[str, object]:
    fields: dict[str, object] = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "frequency_penalty": sampling.frequency_penalty,
        "presence_penalty": sampling.presence_penalty,
        quirks.token_field or _token_field(model, server): sampling.max_tokens,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _parameters(parameters: Mapping[str, object]) -> dict[str, object]:
    """Return the other parameters of a chat."""
    fields = dict(parameters)
    if (form := fields.pop("json_schema", None)) is not None:
        fields["response_format"] = form
    return fields


def _token_field(model: str, server: Dialect) -> str:
    """Return the name of the token limit.

    Ollama ignores the new one, OpenAI's reasoning models reject the old one, Mistral the new one.
    """
    wanted = server.completion_tokens
    return "max_tokens" if wanted is None or not re.match(wanted, model) else "max_completion_tokens"


def _thinking(request: ChatRequest, quirks: ServerQuirks, server: Dialect) -> dict[str, object]:
    form = next((form for form in server.thinking if form.field not in quirks.dropped), None)
    if request.thinking is None or form is None:
        return {}
    effort_word = effort_of(request.thinking, server.efforts)
    fields = form.fields(request.thinking, effort_word, request.model)
    efforts = dict(quirks.efforts)
    for _ in efforts:
        effort = fields.get("reasoning_effort")
        if isinstance(effort, str) and effort in efforts:
            fields["reasoning_effort"] = efforts[effort]
    return fields
