"""Parses error bodies of all formats into message, type, code and field.

Formats from the sources of vLLM, SGLang, llama.cpp, TGI, TensorRT-LLM, Ollama, LocalAI, LiteLLM and FastAPI,
and the documentation or captures of OpenRouter, DeepSeek, Mistral, DashScope, Moonshot, infini-ai.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import field

from tui.core.lazy_dataclass import dataclass
from tui.core.lazy_pattern import lazy_pattern
from tui.texts import bodies
from tui.wire.error_layers import Layer, layers_of, quoted_in, title_of
from tui.wire.error_words import bare
from tui.wire.numbers import read_count
from tui.wire.reasoning import flatten
from tui.wire.strict_json import StrictJsonError, parse_json

_TITLE = lazy_pattern(r"<title[^>]*>(.{0,500}?)</title", re.IGNORECASE | re.DOTALL)
_HTML_START = lazy_pattern(r"\s*<(?:!doctype|html|head|body|\?xml|!--)", re.IGNORECASE)
_PYTHON_LOCATION = lazy_pattern(r"'loc':\s*\(([^)]{0,200})\)")
_PYTHON_TYPE = lazy_pattern(r"'type':\s*'([a-z_.]{1,60})'")
_IDENTIFIER = lazy_pattern(r"[a-z]+(?:_[a-z]+)+", re.IGNORECASE)
_PAGE = 20_000
"""Characters of a web page that are searched for known marks."""
_MESSAGE_KEYS = (
    "message", "msg", "error_msg", "error_description", "error", "detail", "title", "reason", "description",
    "Message", "error_message", "errorMessage", "faultstring", "status_msg",
)  # fmt: skip
_CODE_KEYS = ("code", "error_code", "errorCode")
_SUCCESS = frozenset({"0", "200", "ok", "success", "succeeded", "true"})
_TYPE_KEYS = ("type", "error_type", "errorType", "object", "__type")


_GOOGLE = frozenset(
    {
        "RESOURCE_EXHAUSTED",
        "UNAVAILABLE",
        "DEADLINE_EXCEEDED",
        "UNAUTHENTICATED",
        "PERMISSION_DENIED",
        "INTERNAL",
    }
)
"""Values of Google's ``status`` that are more specific than its number."""


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """The content of an error. Its texts are unsanitised."""

    message: str = ""
    words: frozenset[str] = frozenset()
    """Types and codes in lower case."""
    quoted_words: frozenset[str] = frozenset()
    """The same of an error quoted by this one, from the server behind a gateway."""
    is_wrapped: bool = False
    """Whether it quotes the error of another server."""
    number: int | None = None
    """A code that is an HTTP status."""
    quoted_number: int | None = None
    """The same of an error quoted by this one."""
    parameter: str | None = None
    """The path of the field that it is about: ``max_tokens``, ``messages[0].role``."""
    location: str | None = None
    """The full location of a validation error, such as ``body.messages.0.role``."""
    fields: Mapping[str, object] = field(default_factory=dict)
    """The error object itself, for numbers such as ``n_ctx``."""
    content: str = bodies.EMPTY
    """A description of a body that is not an error object: ``a web page titled "…"``."""
    page: str = ""
    """The beginning of a web page in lower case, for known marks."""
    is_html: bool = False
    is_json: bool = False
    is_error: bool = False
    """Whether it is an error object, whatever the status."""

    @property
    def codes(self) -> frozenset[str]:
        """Its types and codes, normalised like in the lists of known ones."""
        return frozenset(map(bare, self.words))

    @property
    def quoted_codes(self) -> frozenset[str]:
        """The same of an error that it quotes."""
        return frozenset(map(bare, self.quoted_words))


def read_error_body(text: str) -> ErrorBody:
    """Parse an error body of any format: JSON, an event stream, HTML, text, or empty."""
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
    return ErrorBody(message=text, content=bodies.PLAIN_TEXT)


def is_page(body: bytes) -> bool:
    """Return whether a body is a web page."""
    return _HTML_START.match(body[:_PAGE].decode("utf-8", "replace").lstrip("\ufeff").strip()) is not None


def _json_candidates(text: str) -> Iterator[str]:
    if text[0] in '{["':
        yield text
    if text.startswith(("data:", "event:", ":", "error:")):
        for line in text.splitlines():
            name, _, value = line.partition(":")
            if name in ("data", "error") and value.strip().startswith("{"):
                yield value.strip()


def _read_html(text: str) -> ErrorBody:
    found = _TITLE.search(text)
    title = " ".join(html.unescape(found[1]).split()) if found else ""
    content = bodies.TITLED_PAGE.format(title=title) if title else bodies.WEB_PAGE
    return ErrorBody(message=title, content=content, page=text[:_PAGE].lower(), is_html=True)


def is_error_object(value: Mapping[str, object]) -> bool:
    """Return whether a JSON object is an error, even with status 200."""
    if value.get("error") or value.get("errors") or value.get("error_msg") or value.get("object") == "error":
        return True
    status = value.get("base_resp")  # MiniMax
    if isinstance(status, dict) and read_count(status.get("status_code")):
        return True
    if "choices" in value:
        return False
    if value.get("detail"):
        return True
    message = value.get("message") or value.get("msg")
    if not isinstance(message, str) or str(value.get("code")).lower() in _SUCCESS:
        return False
    return any(name in value for name in ("code", "type", "__type", "request_id"))


def read_error_object(value: object) -> ErrorBody:
    """Parse a JSON value as an error."""
    layers = tuple(layers_of(value))
    objects = [layer.value for layer in layers if isinstance(layer.value, dict)]
    own = [layer.value for layer in layers if isinstance(layer.value, dict) and not layer.is_quoted]
    quoted = [layer.value for layer in layers if isinstance(layer.value, dict) and layer.is_quoted]
    message = _message(layers)
    words = _words_of(own)
    quotes = " ".join(text for layer in layers if (text := _sentence(layer.value)) and "'type':" in text)
    words.update(_PYTHON_TYPE.findall(quotes))
    location = _location(objects, quotes)
    parameter = next(iter(_strings(objects, ("param",))), None) or _parameter_at(location)
    fields = {name: item for layer in reversed(objects) for name, item in layer.items()}
    return ErrorBody(
        message=message,
        words=frozenset(words),
        quoted_words=frozenset(_words_of(quoted)),
        is_wrapped=any(layer.is_quoted for layer in layers),
        number=_status_number(own),
        quoted_number=_status_number(quoted),
        parameter=parameter,
        location=location,
        fields=fields,
        content=bodies.OTHER_JSON if isinstance(value, dict | list) else bodies.PLAIN_TEXT,
        is_json=True,
        is_error=any(is_error_object(item) for item in objects),
    )


def _message(layers: tuple[Layer, ...]) -> str:
    """Return the message of the innermost layer, followed by who passed it on in brackets."""
    sentences: list[str] = []
    provider = ""
    for layer in reversed(layers):
        if isinstance(layer.value, dict):
            metadata = layer.value.get("metadata")
            name = metadata.get("provider_name") if isinstance(metadata, dict) else None
            provider = name.strip() if isinstance(name, str) else provider
        text = _own_words(layer.value)
        if text and not any(text in known for known in sentences):
            sentences.append(text)
    if not sentences:
        return flatten(layers[0].value).strip()
    inner, *outer = sentences
    told = ": ".join(filter(None, (provider, "; ".join(outer))))
    return f"{inner} ({told})" if told else inner


def _sentence(value: object) -> str:
    """Return the message of one layer, unchanged."""
    if isinstance(value, dict):
        texts = (value.get(name) for name in _MESSAGE_KEYS)
        text = next((text for text in texts if isinstance(text, str) and text.strip()), "")
        title = title_of(value)
        value = f"{text.strip()} ({title})" if title else text
    return value.strip() if isinstance(value, str) else ""


def _own_words(value: object) -> str:
    """Return the message of one layer, without what it quotes."""
    text = _sentence(value)
    if any(True for _ in quoted_in(text)):
        begin, end = text.find("{"), text.rfind("}")
        text = f"{text[:begin]}…{text[end + 1 :]}".strip()
        text = "" if text == "…" else text
    return text


def _words_of(objects: list[dict[str, object]]) -> set[str]:
    words = {word.rpartition("#")[2].lower() for word in _strings(objects, (*_TYPE_KEYS, *_CODE_KEYS))}
    words |= {text.lower() for text in _strings(objects, ("error",)) if _IDENTIFIER.fullmatch(text)}
    words |= {text.lower() for text in _strings(objects, ("status",)) if text in _GOOGLE}
    numbers = (read_count(layer.get("status_code")) for layer in objects if "status_msg" in layer)
    words |= {f"base_resp.{number}" for number in numbers if number}  # MiniMax
    return words - {"error"}


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


def _location(objects: list[dict[str, object]], message: str) -> str | None:
    for layer in objects:
        place = layer.get("loc")
        if isinstance(place, list) and place:
            return ".".join(str(step) for step in place)
    found = _PYTHON_LOCATION.search(message)
    if found:
        steps = [step.strip().strip("'\"") for step in found[1].split(",") if step.strip()]
        return ".".join(steps) or None
    return None


def _parameter_at(location: str | None) -> str | None:
    """Return the request field in the location of a validation error (``body.seed`` → ``seed``)."""
    if location is None:
        return None
    steps = [step for step in location.split(".") if step not in ("body", "__root__")]
    return ".".join(steps) or None
