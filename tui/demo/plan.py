"""Turns the body of a chat request into the reply to send: tokens, finish reason, usage."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tui.core.lazy_dataclass import dataclass
from tui.demo.contexts import DEMO_CONTEXT
from tui.demo.script import MODELS, script_for, text_of
from tui.demo.tokens import count_tokens

CREATED = 1_767_225_600
"""The time in all replies, fixed so that two runs give the same bytes."""
_FINGERPRINT = "fp_demo"


class RequestRefusedError(Exception):
    """The request cannot be answered; ``status`` and ``body`` are the server's response."""

    def __init__(self, status: int, message: str, kind: str, parameter: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body = error_body(status, message, kind, parameter)


@dataclass(frozen=True, slots=True)
class Plan:
    """One reply, before any of it is sent."""

    identifier: str
    model: str
    reasoning: tuple[str, ...]
    answer: tuple[str, ...]
    finish_reason: str
    prompt_tokens: int
    is_streamed: bool
    includes_usage: bool
    rate: float
    """Tokens per second; 0 sends as fast as the socket accepts them."""
    marker: str = ""

    @property
    def usage(self) -> dict[str, object]:
        """The token counts, with the field names of the protocol."""
        completion = len(self.reasoning) + len(self.answer)
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": completion,
            "total_tokens": self.prompt_tokens + completion,
            "completion_tokens_details": {"reasoning_tokens": len(self.reasoning)},
        }

    def frames(self) -> list[bytes]:
        """Return the events with text, one per token."""
        head, tail = self._envelope()
        reasoning = (_event(head, tail, '{"reasoning_content":', token) for token in self.reasoning)
        answer = (_event(head, tail, '{"content":', token) for token in self.answer)
        return [*reasoning, *answer]

    def opening(self) -> bytes:
        """Return the first event: the role, without text."""
        return self._choice({"role": "assistant", "content": ""}, None)

    def closing(self) -> bytes:
        """Return what follows the last token: finish reason, usage if requested, end mark."""
        events = self._choice({}, self.finish_reason)
        if self.includes_usage:
            events += encode_event({**self._header(), "choices": [], "usage": self.usage})
        return events + b"data: [DONE]\n\n"

    def whole(self) -> dict[str, object]:
        """Return the reply as one JSON object, without streaming."""
        message: dict[str, object] = {"role": "assistant", "content": "".join(self.answer)}
        if self.reasoning:
            message["reasoning_content"] = "".join(self.reasoning)
        choice = {"index": 0, "message": message, "finish_reason": self.finish_reason}
        header = {**self._header(), "object": "chat.completion"}
        return {**header, "choices": [choice], "usage": self.usage}

    def _header(self) -> dict[str, object]:
        return {
            "id": self.identifier,
            "object": "chat.completion.chunk",
            "created": CREATED,
            "model": self.model,
            "system_fingerprint": _FINGERPRINT,
        }

    def _choice(self, delta: Mapping[str, object], finish_reason: str | None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        return encode_event({**self._header(), "choices": [choice]})

    def _envelope(self) -> tuple[str, str]:
        """Return what surrounds the text of a delta, so that a token only costs a small join."""
        header = json.dumps(self._header(), separators=(",", ":"))[:-1]
        return f'data: {header},"choices":[{{"index":0,"delta":', '},"finish_reason":null}]}\n\n'


def make_plan(body: bytes, identifier: str, default_rate: float) -> Plan:
    """Parse a chat request and plan the reply.

    Raises:
        RequestRefusedError: the body is not a chat request, its model is unknown, or its prompt is too long.
    """
    request = parse_request(body)
    model, messages = str(request.get("model", "")), _messages(request)
    script = script_for(model, messages, thinks=_may_think(request))
    if script is None:
        names = ", ".join(MODELS)
        raise RequestRefusedError(
            404, f"The model `{model}` does not exist. Valid names: {names}.", "NotFoundError", "model"
        )
    prompt_tokens = sum(count_tokens(text_of(message)) + 4 for message in messages)
    if prompt_tokens > DEMO_CONTEXT:
        raise context_too_long(prompt_tokens, DEMO_CONTEXT)
    limit = _limit(request)
    reasoning, answer = script.reasoning, script.answer
    is_cut = limit is not None and limit < len(reasoning) + len(answer)
    if is_cut and limit is not None:
        reasoning, answer = reasoning[:limit], answer[: max(0, limit - len(reasoning))]
    options = request.get("stream_options")
    return Plan(
        identifier=identifier,
        model=model,
        reasoning=reasoning,
        answer=answer,
        finish_reason="length" if is_cut else "stop",
        prompt_tokens=prompt_tokens,
        is_streamed=request.get("stream") is True,
        includes_usage=isinstance(options, Mapping) and options.get("include_usage") is True,
        rate=default_rate if script.rate is None else script.rate,
        marker=script.marker,
    )


def context_too_long(tokens: int, window: int) -> RequestRefusedError:
    """Return the error for a prompt that is too long, with the message of a common server."""
    return RequestRefusedError(
        400,
        f"This model's maximum context length is {window} tokens. However, your prompt contains "
        f"{tokens} input tokens. Please reduce the length of the input prompt.",
        "BadRequestError",
        "input_tokens",
    )


def error_body(status: int, message: str, kind: str, parameter: str | None = None) -> dict[str, object]:
    """Return an error in the format of the protocol."""
    return {"error": {"message": message, "type": kind, "param": parameter, "code": status}}


def encode_event(payload: Mapping[str, object]) -> bytes:
    """Return a server-sent event with a JSON object."""
    text = json.dumps(payload, separators=(",", ":"), ensure_ascii=False)
    return f"data: {text}\n\n".encode()


def _event(head: str, tail: str, field: str, token: str) -> bytes:
    return f"{head}{field}{json.dumps(token, ensure_ascii=False)}{tail}".encode()


def parse_request(body: bytes) -> Mapping[str, object]:
    """Parse the JSON object of a request.

    Raises:
        RequestRefusedError: it is invalid.
    """
    try:
        request = json.loads(body)
    except ValueError as error:
        raise RequestRefusedError(400, f"The body is not JSON: {error}", "BadRequestError") from error
    if not isinstance(request, dict):
        raise RequestRefusedError(400, "The body must be a JSON object.", "BadRequestError")
    return request


def _messages(request: Mapping[str, object]) -> list[Mapping[str, object]]:
    messages = request.get("messages")
    if not isinstance(messages, list) or not messages:
        raise RequestRefusedError(
            422, "`messages` must be a list with a message.", "BadRequestError", "messages"
        )
    if not all(isinstance(message, Mapping) for message in messages):
        raise RequestRefusedError(422, "Each message must be an object.", "BadRequestError", "messages")
    return messages


def _limit(request: Mapping[str, object]) -> int | None:
    for name in ("max_completion_tokens", "max_tokens"):
        value = request.get(name)
        if value is None:
            continue
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise RequestRefusedError(400, f"`{name}` must be at least 1.", "BadRequestError", name)
        return value
    return None


def _may_think(request: Mapping[str, object]) -> bool:
    """Return whether the request does not disable thinking, with any parameter known by servers."""
    if request.get("reasoning_effort") in ("none", "off") or request.get("enable_thinking") is False:
        return False
    template = request.get("chat_template_kwargs")
    if isinstance(template, Mapping):
        return template.get("enable_thinking") is not False and template.get("thinking") is not False
    thinking = request.get("thinking")
    return not (isinstance(thinking, Mapping) and thinking.get("type") == "disabled")
