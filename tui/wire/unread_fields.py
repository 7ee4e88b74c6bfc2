"""Finds fields of a delta that contain part of the answer but are not shown, so that they can be reported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tui.core.safe_text import safe_line
from tui.texts import answers, bodies
from tui.wire.reasoning import FIELDS, flatten, is_reasoning_field

KNOWN_FIELDS = frozenset(
    ("role", "content", "tool_calls", "function_call", "refusal", "name", "annotations", "index", *FIELDS)
)
"""Fields that are read, or are irrelevant, in what nearly every server sends."""

_METADATA = frozenset(
    (
        "audio", "cache_control", "citations", "context", "created", "created_at", "end_turn", "extra",
        "extra_content", "extra_fields", "finish_reason", "function", "id", "logprobs", "matched_stop",
        "metadata", "model", "obfuscation", "object", "padding", "phase", "provider",
        "provider_specific_fields", "recipient", "search_results", "service_tier", "sources", "status",
        "stop_reason", "system_fingerprint", "timestamp", "tool_call_id", "token_ids", "type", "usage",
        "weight",
    )
)  # fmt: skip
"""Metadata next to the text; ``audio`` is handled separately."""
_NO_TEXT = ("_id", "_ids", "_index", "_signature", "_type", "_reason", "_tokens", "_encrypted", "_metadata")
_SILENT_PARTS = (
    "text", "output_text", "thinking", "reasoning", "redacted", "reference", "citation", "signature",
)  # fmt: skip
"""Prefixes of part types that only contain text where ``flatten`` finds it."""


def find_unread(delta: Mapping[str, object]) -> Iterable[str]:
    """Yield a sentence for each field that contains part of the answer and is not shown."""
    for name, value in delta.items():
        if name in KNOWN_FIELDS or name in _METADATA or name.endswith(_NO_TEXT):
            continue
        if is_reasoning_field(name) or not value or isinstance(value, bool | int | float):
            continue
        if name in bodies.MEDIA:
            yield answers.MEDIA.format(media=bodies.MEDIA[name])
        elif isinstance(value, list | dict) and (what := find_media([value])):
            yield what
        elif flatten(value).strip():
            yield answers.UNKNOWN_FIELD.format(name=safe_line(name, 40))


def find_unread_part(part: object) -> str:
    """Return a sentence about a part of a content list that is not shown; empty if it is shown."""
    if not isinstance(part, dict) or flatten(part):
        return ""
    kind = part.get("type")
    if isinstance(kind, str) and kind.startswith(_SILENT_PARTS):
        return ""
    if what := find_media([part]):
        return what
    if not any(name != "type" and value for name, value in part.items()):
        return ""
    name = safe_line(kind, 40) if isinstance(kind, str) else "unknown"
    return answers.UNKNOWN_PART.format(name=name)


def holds_text(chunk: Mapping[str, object]) -> bool:
    """Return whether an object without a choice may contain part of the answer.

    Ollama's own ``message`` and ``response``, a plain ``delta`` or ``content``.
    """
    names = ("delta", "message", "response", "content", "text")
    return any(flatten(chunk.get(name)).strip() for name in names) or _has_inner_text(chunk)


def _has_inner_text(value: object, depth: int = 6) -> bool:
    """Return whether a nested object has a ``text`` or ``content`` (Gemini's own ``candidates``)."""
    if depth == 0 or not isinstance(value, dict | list):
        return False
    for item in value.values() if isinstance(value, dict) else value:
        if isinstance(item, dict) and any(
            isinstance(text := item.get(name), str) and text.strip() for name in ("text", "content")
        ):
            return True
        if _has_inner_text(item, depth - 1):
            return True
    return False


def find_media(parts: Iterable[object]) -> str:
    """Return a sentence about the first part of a content list that is not text; empty if there is none."""
    for part in parts:
        kind = part.get("type") if isinstance(part, dict) else None
        if not isinstance(kind, str) or flatten(part):
            continue
        for word in ("image", "video", "audio", "file"):
            if word in kind:
                article = "an" if word in ("image", "audio") else "a"
                return answers.MEDIA.format(media=f"{article} {word}")
    return ""
