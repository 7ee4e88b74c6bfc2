"""Remembers what an endpoint rejected, so that each thing is rejected only once.

A rejected parameter is dropped or replaced, the request is sent again, and a note says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from tui.core.failure import Failure
from tui.core.lazy_dataclass import dataclass
from tui.core.lazy_pattern import lazy_pattern
from tui.core.provider import ReasoningReplay
from tui.texts import answers
from tui.wire.dialects import thinking_field_names

_TOKEN_FIELDS = ("max_tokens", "max_completion_tokens")
_CAUSES = frozenset(
    {"unsupported-param", "thinking-unsupported", "invalid-request", "roles-refused", "images-refused"}
)
_STATUSES = frozenset({200, 400, 404, 415, 422, 500, 501})
_NEVER_DROPPED = frozenset({"model", "messages", "stream", "response_format"})
_DEMAND = lazy_pattern(
    r"reasoning.{0,80}(?:pass|sent|send|provid|return|includ)\w* back|missing.{0,20}reasoning"
)
_WEAKER = {"none": ("minimal",), "minimal": ("low",), "low": ("high",), "medium": ("high",)}
_ROLE = lazy_pattern(r"system.{0,40}role|role.{0,40}system|'system'")
_VALUE_REFUSED = lazy_pattern(
    r"supported values|must be one of|input should be|unsupported value|invalid.{0,20}value"
)
_STREAMS_ONLY = lazy_pattern(r"only supports? (?:the )?stream|requires? stream(?:ing)?\b")
_TOO_LARGE = lazy_pattern(
    r"too large|at most|less than or equal|cannot exceed|maximum (?:value|allowed)|must be <="
)


@dataclass(frozen=True, slots=True)
class ServerQuirks:
    """How requests to one model of one endpoint differ from the portable format."""

    dropped: frozenset[str] = frozenset()
    """Top-level fields that are not sent."""
    token_field: str | None = None
    """The name of the token limit, if it differs from the usual one."""
    system_role: str | None = None
    """``user``: the system text is prepended to the first user message. ``system``: never use
    ``developer``."""
    streams: bool = True
    only_streams: bool = False
    """DashScope's reasoning models: an answer without streaming is streamed nevertheless, and assembled
    here."""
    efforts: tuple[tuple[str, str], ...] = ()
    """Rejected values of ``reasoning_effort``, each with its replacement."""
    thinking_off_when_whole: bool = False
    """DashScope's open Qwen models: without streaming, they require ``enable_thinking: false``."""
    sends_reasoning: bool | None = None
    """Past reasoning is required (True) or rejected (False)."""
    refuses_images: bool = False
    """Images of earlier messages are replaced by their names; one in the new message is still sent."""
    accepts_images: bool = False
    """An image was answered: this overrides any test of the model."""

    def to_json(self) -> dict[str, object]:
        """Return the differences from the portable format as JSON values."""
        values: dict[str, object] = {
            "dropped": sorted(self.dropped),
            "token_field": self.token_field,
            "system_role": self.system_role,
            "streams": self.streams,
            "only_streams": self.only_streams,
            "efforts": [list(pair) for pair in self.efforts],
            "thinking_off_when_whole": self.thinking_off_when_whole,
            "sends_reasoning": self.sends_reasoning,
            "refuses_images": self.refuses_images,
            "accepts_images": self.accepts_images,
        }
        portable = ServerQuirks()
        return {name: value for name, value in values.items() if value not in (getattr(portable, name), [])}

    @classmethod
    def from_json(cls, value: object) -> ServerQuirks:
        """Read the result of ``to_json``; invalid parts are ignored."""
        if not isinstance(value, dict):
            return cls()
        dropped, efforts = value.get("dropped"), value.get("efforts")
        return cls(
            dropped=frozenset(name for name in _items(dropped) if isinstance(name, str)) - _NEVER_DROPPED,
            token_field=_one_of(value.get("token_field"), _TOKEN_FIELDS),
            system_role=_one_of(value.get("system_role"), ("user", "system")),
            streams=value.get("streams") is not False,
            only_streams=value.get("only_streams") is True,
            efforts=tuple(_pairs(efforts)),
            thinking_off_when_whole=value.get("thinking_off_when_whole") is True,
            sends_reasoning=_truth(value.get("sends_reasoning")),
            refuses_images=value.get("refuses_images") is True,
            accepts_images=value.get("accepts_images") is True,
        )


def _items(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _pairs(value: object) -> Iterator[tuple[str, str]]:
    for item in _items(value):
        match item:
            case [str(refused), str(sent)]:
                yield refused, sent


def _one_of(value: object, allowed: tuple[str, ...]) -> str | None:
    return value if isinstance(value, str) and value in allowed else None


def _truth(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


@dataclass(frozen=True, slots=True)
class _Refusal:
    """What a failure says about the request body."""

    parameter: str
    """The path of the rejected field; empty if the server does not name it."""
    head: str
    """Its top-level field."""
    message: str
    """The server's message in lower case."""
    cause: str
    body: Mapping[str, object]


_Rule = Callable[[ServerQuirks, _Refusal], "tuple[ServerQuirks, str] | None"]


def adapt(
    quirks: ServerQuirks,
    failure: Failure,
    body: Mapping[str, object],
    *,
    reasoning_replay: ReasoningReplay = ReasoningReplay.WHEN_DEMANDED,
) -> tuple[ServerQuirks, str] | None:
    """Return the adaptation for the next attempt and a note; ``None`` if nothing can be changed.

    Every step changes the adaptation, so that repeating until ``None`` terminates. ``reasoning_replay`` is
    the user's policy: past reasoning is never sent against it, even if required.
    """
    if failure.cause not in _CAUSES or (failure.status or 400) not in _STATUSES:
        return None
    refusal = _understand(failure, body)
    for rule in _RULES:
        if rule is _send_reasoning and reasoning_replay is ReasoningReplay.NEVER:
            continue
        step = rule(quirks, refusal)
        if step is not None and step[0] != quirks:
            return step
    return None


def _understand(failure: Failure, body: Mapping[str, object]) -> _Refusal:
    message = (failure.server_message or "").lower()
    parameter = failure.facts.get("parameter") or _named_in(message, body)
    head = re.split(r"[.\[]", parameter, maxsplit=1)[0]
    return _Refusal(parameter, head, message, failure.cause, body)


def _named_in(message: str, body: Mapping[str, object]) -> str:
    """Return the longest field of the body that is named in the message; common words are ignored."""
    names = sorted((name for name in body if "_" in name or name in ("temperature",)), key=len, reverse=True)
    return next((name for name in names if re.search(rf"\b{re.escape(name.lower())}\b", message)), "")


def _send_reasoning(quirks: ServerQuirks, refusal: _Refusal) -> tuple[ServerQuirks, str] | None:
    if quirks.sends_reasoning is not None or not _DEMAND.search(refusal.message):
        return None
    return replace(quirks, sends_reasoning=True), answers.REASONING_SENT_BACK


def _keep_reasoning(quirks: ServerQuirks, refusal: _Refusal) -> tuple[ServerQuirks, str] | None:
    if refusal.head != "messages" or "reasoning" not in refusal.parameter:
        return None
    return replace(quirks, sends_reasoning=False), answers.WITHOUT_REASONING


def _leave_images_out(quirks: ServerQuirks, refusal: _Refusal) -> tuple[ServerQuirks, str] | None:
    """Omit the images of earlier messages; a new one is what the question is about."""
    if refusal.cause != "images-refused" or not _messages(refusal.body):
        return None
    *before, last = _messages(refusal.body)
    if has_image(last) or not any(map(has_image, before)):
        return None
    return replace(quirks, refuses_images=True, accepts_images=False), answers.WITHOUT_IMAGES


def after_images(quirks: ServerQuirks, body: Mapping[str, object], cause: str | None) -> ServerQuirks:
    """Return what is known after a request with an image in its last message.

    ``cause`` is that of its failure, or ``None`` if it was answered.
    """
    if not _messages(body) or not has_image(_messages(body)[-1]):
        return quirks
    if cause is None:
        return replace(quirks, refuses_images=False, accepts_images=True)
    refused = replace(quirks, refuses_images=True, accepts_images=False)
    return refused if cause == "images-refused" else quirks


def has_image(message: Mapping[str, object]) -> bool:
    """Return whether a message in a request body contains an image."""
    content = message.get("content")
    return isinstance(content, list) and any(
        isinstance(part, dict) and part.get("type") == "image_url" for part in content
    )


def _change_role(quirks: ServerQuirks, refusal: _Refusal) -> tuple[ServerQuirks, str] | None:
    if quirks.system_role == "user":
        return None
    speaks_of_role = refusal.head == "messages" and "role" in refusal.parameter
    if not (speaks_of_role or refusal.cause == "roles-refused" or _ROLE.search(refusal.message)):
        return None
    roles = {message.get("role") for message in _messages(refusal.body)}
    if "developer" in roles:
        return replace(quirks, system_role="system"), answers.SYSTEM_ROLE
    if "system" in roles:
        return replace(quirks, system_role="user"), answers.SYSTEM_IN_MESSAGE
    return None


def _messages(body: Mapping[str, object]) -> list[dict[str, object]]:
    messages = body.get("messages")
    return [item for item in messages if isinstance(item, dict)] if isinstance(messages, list) else []


def _swap_token_field(quirks: ServerQuirks, refusal: _Refusal) -> tuple[ServerQuirks, str] | None:
    name = refusal.head
    if name not in _TOKEN_FIELDS or name not in refusal.body or _TOO_LARGE.search(refusal.message):
        return None
    other = _TOKEN_FIELDS[1 - _TOKEN_FIELDS.index(name)]
    if refusal.cause != "unsupported-param" and other not in refusal.message:
        return None  # the field is supported, but its value is wrong: left to the user
    if quirks.token_field is not None:
        return _drop(quirks, *_TOKEN_FIELDS)
    return replace(quirks, token_field=other), answers.OTHER_FIELD.format(other=other, name=name)


def _start_streaming(quirks: ServerQuirks, refusal: _Refusal) -> tuple[ServerQuirks, str] | None:
    if refusal.body.get("stream") is True or not _STREAMS_ONLY.search(refusal.message):
        return None
    return replace(quirks, streams=True, only_streams=True), answers.WITH_STREAMING


def _stop_streaming(quirks: ServerQuirks, refusal: _Refusal) -> tuple[ServerQuirks, str] | None:
    if refusal.body.get("stream") is not True:
        return None
    if refusal.parameter == "stream" or re.search(
        r"\bstream(?:ing)?\b.{0,30}(?:not|n't) .{0,10}support|"
        r"(?:not|n't) support stream|verified to stream",
        refusal.message,
    ):
        return replace(quirks, streams=False), answers.WITHOUT_STREAMING
    return None


def _drop_stream_options(quirks: ServerQuirks, refusal: _Refusal) -> tuple[ServerQuirks, str] | None:
    if "stream_options" not in refusal.body:
        return None
    if refusal.head in ("stream_options", "include_usage") or re.search("stream[ _]options", refusal.message):
        return _drop(quirks, "stream_options")
    return None


def _switch_off_when_whole(quirks: ServerQuirks, refusal: _Refusal) -> tuple[ServerQuirks, str] | None:
    if "enable_thinking" not in refusal.message or "non-streaming" not in refusal.message:
        return None
    return (
        replace(quirks, thinking_off_when_whole=True),
        answers.THINKING_OFF,
    )


def _swap_effort(quirks: ServerQuirks, refusal: _Refusal) -> tuple[ServerQuirks, str] | None:
    value = refusal.body.get("reasoning_effort")
    if refusal.head != "reasoning_effort" or not isinstance(value, str):
        return None
    if value not in refusal.message or not _VALUE_REFUSED.search(refusal.message):
        return None
    named = [other for other in _WEAKER.get(value, ()) if re.search(rf"['\"`]{other}\b", refusal.message)]
    if not named:
        return None
    return (
        replace(quirks, efforts=(*quirks.efforts, (value, named[0]))),
        answers.OTHER_EFFORT.format(other=named[0], value=value),
    )


def _drop_thinking(quirks: ServerQuirks, refusal: _Refusal) -> tuple[ServerQuirks, str] | None:
    if refusal.cause != "thinking-unsupported" or not thinking_field_names() & refusal.body.keys():
        return None
    changed = replace(quirks, dropped=quirks.dropped | thinking_field_names())
    return changed, answers.WITHOUT_THINKING


def _drop_named(quirks: ServerQuirks, refusal: _Refusal) -> tuple[ServerQuirks, str] | None:
    name = refusal.head
    if name not in refusal.body or name in _NEVER_DROPPED or name in _TOKEN_FIELDS:
        return None
    if refusal.cause == "invalid-request" and name not in thinking_field_names():
        return None  # the field is supported, but its value is wrong: left to the user
    return _drop(quirks, name)


def _drop(quirks: ServerQuirks, *names: str) -> tuple[ServerQuirks, str]:
    changed = replace(quirks, dropped=quirks.dropped.union(names))
    return changed, answers.WITHOUT.format(name=names[0])


_RULES: tuple[_Rule, ...] = (
    _send_reasoning,
    _keep_reasoning,
    _leave_images_out,
    _change_role,
    _swap_token_field,
    _drop_stream_options,
    _start_streaming,
    _stop_streaming,
    _switch_off_when_whole,
    _swap_effort,
    _drop_thinking,
    _drop_named,
)
