"""The shapes of error bodies: whatever a server sends becomes one record of message, type, code and field.

Shapes read in the sources of vLLM, SGLang, llama.cpp, TGI, TensorRT-LLM, Ollama, LocalAI, LiteLLM and
FastAPI, and in the documents or captures of OpenRouter, DeepSeek, Mistral, DashScope, Moonshot, infini-ai.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tui.wire.numbers import read_count
from tui.wire.reasoning import flatten
from tui.wire.strict_json import StrictJsonError, parse_json

_TITLE = re.compile(r"<title[^>]*>(.{0,500}?)</title", re.IGNORECASE | re.DOTALL)
_HTML_START = re.compile(r"\s*<(?:!doctype|html|head|body|\?xml|!--)", re.IGNORECASE)
_PYTHON_LOCATION = re.compile(r"'loc':\s*\(([^)]{0,200})\)")
_PYTHON_TYPE = re.compile(r"'type':\s*'([a-z_.]{1,60})'")
_QUOTED = re.compile(r"'([^']+)'")
_MESSAGE_KEYS = ("message", "msg", "error", "detail", "error_description", "title", "reason", "description")
_CODE_KEYS = ("code", "error_code", "errorCode")
_TYPE_KEYS = ("type", "error_type", "errorType", "object")


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """What an error says of itself. Its texts are raw."""

    message: str = ""
    words: frozenset[str] = frozenset()
    """Types and codes in lower case."""
    number: int | None = None
    """A code that is an HTTP status."""
    parameter: str | None = None
    """The field that it is about, as a path: ``max_tokens``, ``messages[0].role``."""
    location: str | None = None
    """The whole place of a validation error, such as ``body.messages.0.role``."""
    fields: Mapping[str, object] = field(default_factory=dict)
    """The error object itself, for numbers such as ``n_ctx``."""
    content: str = "an empty body"
    """What the body is, for a reply that is no error object: ``a web page titled "…"``."""
    is_html: bool = False
    is_json: bool = False
    is_error: bool = False
    """Whether it is an error object, whatever the status says."""


def read_error_body(text: str) -> ErrorBody:
    """Return what an error body says, whatever its shape: JSON, an event stream, HTML, text, nothing."""
    text = text.lstrip("\ufeff").strip()
    if not text:
        return ErrorBody()
    if _HTML_START.match(text):
        return _read_html(text)
    for candidate in _json_candidates(text):
        try:
            value = parse_json(candidate)
        except StrictJsonError:
            continue
        return read_error_object(value)
    return ErrorBody(message=text, content="plain text")


def _json_candidates(text: str) -> Iterator[str]:
    if text[0] in '{["':
        yield text
    if text.startswith(("data:", "event:", ":", "error:")):
        for line in text.splitlines():
            name, _, value = line.partition(":")
            if name in ("data", "error") and value.strip().startswith("{"):
                yield value.strip()


def _read_html(text: str) -> ErrorBody:
    import html  # its table of names is large, and few servers answer with a page

    found = _TITLE.search(text)
    title = " ".join(html.unescape(found[1]).split()) if found else ""
    content = f'a web page titled "{title}"' if title else "a web page"
    return ErrorBody(message=title, content=content, is_html=True)


def is_error_object(value: Mapping[str, object]) -> bool:
    """Return whether a JSON object is an error, though it may have come under status 200."""
    if value.get("error") or value.get("errors") or value.get("object") == "error":
        return True
    if "choices" in value:
        return False
    if value.get("detail"):
        return True
    message = value.get("message") or value.get("msg")
    return isinstance(message, str) and any(name in value for name in ("code", "type", "request_id"))


def read_error_object(value: object) -> ErrorBody:
    """Return what a JSON value says as an error."""
    layers = tuple(_layers(value))
    objects = [layer for layer in layers if isinstance(layer, dict)]
    message = _message(layers)
    words = {word.lower() for word in _strings(objects, (*_TYPE_KEYS, *_CODE_KEYS))} - {"error"}
    if "'type':" in message:
        words.update(_PYTHON_TYPE.findall(message))
    location = _location(layers, message)
    parameter = next(iter(_strings(objects, ("param",))), None) or _parameter_at(location)
    fields = {name: item for layer in reversed(objects) for name, item in layer.items()}
    return ErrorBody(
        message=message,
        words=frozenset(words),
        number=_status_number(objects),
        parameter=parameter,
        location=location,
        fields=fields,
        content="JSON of another kind" if isinstance(value, dict | list) else "plain text",
        is_json=True,
        is_error=any(is_error_object(layer) for layer in objects),
    )


def _layers(value: object, depth: int = 5) -> Iterator[object]:
    """Yield a value, and what it wraps as ``error``, ``detail``, ``errors``, or as a list's first item."""
    yield value
    if depth == 0:
        return
    if isinstance(value, list) and value:
        yield from _layers(value[0], depth - 1)
    if isinstance(value, dict):
        for name in ("error", "errors", "detail", "message"):
            inner = value.get(name)
            if inner and (isinstance(inner, dict | list) or name in ("error", "detail")):
                yield from _layers(inner, depth - 1)
                return


def _message(layers: tuple[object, ...]) -> str:
    """Return the words of the innermost layer that has some."""
    for layer in reversed(layers):
        if isinstance(layer, str) and layer.strip():
            return layer.strip()
        if isinstance(layer, dict):
            for name in _MESSAGE_KEYS:
                text = layer.get(name)
                if isinstance(text, str) and text.strip():
                    return text.strip()
    return flatten(layers[0]).strip()


def _strings(objects: list[dict[str, object]], names: tuple[str, ...]) -> list[str]:
    values = [layer.get(name) for layer in reversed(objects) for name in names]
    return [value for value in values if isinstance(value, str) and value]


def _status_number(objects: list[dict[str, object]]) -> int | None:
    for layer in reversed(objects):
        for name in (*_CODE_KEYS, "http_status_code", "status", "statusCode"):
            number = read_count(layer.get(name))
            if number is not None and 400 <= number < 600:
                return number
    return None


def _location(layers: tuple[object, ...], message: str) -> str | None:
    for layer in layers:
        place = layer.get("loc") if isinstance(layer, dict) else None
        if isinstance(place, list) and place:
            return ".".join(str(step) for step in place)
    found = _PYTHON_LOCATION.search(message)
    if found:
        steps = [step.strip().strip("'\"") for step in found[1].split(",") if step.strip()]
        return ".".join(steps) or None
    return None


def _parameter_at(location: str | None) -> str | None:
    """Return the name of a request's field from a validation error's place (``body.seed`` → ``seed``)."""
    if location is None:
        return None
    steps = [step for step in location.split(".") if step not in ("body", "__root__")]
    return ".".join(steps) or None
