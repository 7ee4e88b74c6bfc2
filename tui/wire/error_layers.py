"""Unwraps nested errors: objects, lists and quoted text."""

from __future__ import annotations

from collections.abc import Iterator

from tui.core.lazy_dataclass import dataclass
from tui.core.lazy_pattern import lazy_pattern
from tui.wire.strict_json import StrictJsonError, parse_json

_PYTHON_WORDS = lazy_pattern(
    r"['\"](?:message|detail|msg|error)['\"]:\s*(?:'((?:[^'\\]|\\.){1,2000})'|\"((?:[^\"\\]|\\.){1,2000})\")"
)
_PYTHON_CODE = lazy_pattern(r"'code':\s*'?([\w.-]{1,60})")
_LONGEST_QUOTE = 8_000
"""Characters of a quoted object that is not JSON; its message is at its beginning."""
_DEEPEST = 6
_MESSAGES = ("message", "msg", "error_msg", "error_description")
_CAUSES = ("details", "cause", "caused_by", "innererror", "inner_error", "original_error")
"""Fields in which an error contains its cause, used by Google, Azure, Node and Elastic."""
_CAUSE_MESSAGES = ("message", "msg", "detail", "error", "Message", *_CAUSES[1:])


@dataclass(frozen=True, slots=True)
class Layer:
    """One value in a nested error."""

    value: object
    is_quoted: bool
    """It was quoted by the enclosing layer: the error of the server behind a gateway."""


def layers_of(value: object, depth: int = _DEEPEST, *, is_quoted: bool = False) -> Iterator[Layer]:
    """Yield a value and everything it wraps or quotes, outermost first."""
    yield Layer(value, is_quoted)
    if depth == 0:
        return
    if isinstance(value, list) and value:
        yield from layers_of(value[0], depth - 1, is_quoted=is_quoted)
    if isinstance(value, str):
        for quoted in quoted_in(value):
            yield from layers_of(quoted, depth - 1, is_quoted=True)
    if isinstance(value, dict):
        for inner, is_told_by_another in _wrapped(value):
            yield from layers_of(inner, depth - 1, is_quoted=is_quoted or is_told_by_another)


def _wrapped(layer: dict[str, object]) -> Iterator[tuple[object, bool]]:
    """Yield the values that an object wraps, each with whether it comes from another server."""
    for name in ("error", "errors", "detail", "message", "fault", "base_resp"):
        inner = layer.get(name)
        if inner and (
            isinstance(inner, dict | list) or (name in ("error", "detail") and not title_of(layer))
        ):
            yield inner, False
            break
    for name in _CAUSES:
        inner = layer.get(name)
        for item in inner if isinstance(inner, list) else [inner]:
            words = isinstance(item, str) and " " in item.strip()
            if words or (isinstance(item, dict) and any(item.get(key) for key in _CAUSE_MESSAGES)):
                yield item, False
    choices = layer.get("choices")
    if isinstance(choices, list) and choices and isinstance(choices[0], dict) and choices[0].get("error"):
        yield choices[0]["error"], False
    message = next((text for name in ("message", "msg") if isinstance(text := layer.get(name), str)), "")
    for quoted in quoted_in(message):
        yield quoted, True
    metadata = layer.get("metadata")
    raw = metadata.get("raw") if isinstance(metadata, dict) else None
    if raw:  # OpenRouter: the response of the upstream provider
        yield _parsed(raw), True


def _parsed(raw: object) -> object:
    if not isinstance(raw, str):
        return raw
    try:
        return parse_json(raw)
    except StrictJsonError:
        return raw


def quoted_in(text: str) -> Iterator[object]:
    """Yield the object quoted in a message, in JSON or Python syntax."""
    begin, end = text.find("{"), text.rfind("}")
    if not 0 <= begin < end:
        return
    try:
        yield parse_json(text[begin : end + 1])
        return
    except StrictJsonError:
        pass
    found = _PYTHON_WORDS.findall(text[begin : begin + _LONGEST_QUOTE])
    if found:
        single, double = found[-1]
        yield {"message": single or double, "code": _python_code(text[begin:])}


def _python_code(text: str) -> str | None:
    found = _PYTHON_CODE.search(text[:_LONGEST_QUOTE])
    return found[1] if found else None


def title_of(layer: dict[str, object]) -> str:
    """Return the value of ``error`` if it is only the title of a message next to it."""
    title = layer.get("error")
    has_message = any(isinstance(text := layer.get(name), str) and text.strip() for name in _MESSAGES)
    return title.strip() if has_message and isinstance(title, str) and title.strip() else ""
