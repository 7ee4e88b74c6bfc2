"""Finds reasoning and text: in different fields, duplicated fields, objects and lists.

vLLM 0.11.2–0.15.1 and OpenRouter send the same text in two fields: only one is used.
"""

from __future__ import annotations

from collections.abc import Mapping

FIELDS = ("reasoning_content", "reasoning", "thinking", "reasoning_details", "thinking_blocks")
"""Fields of a delta or message, in order of precedence."""

_PREFIXES = ("reasoning", "thinking", "thought")
_NO_TEXT = (
    "_signature", "_id", "_ids", "_tokens", "_effort", "_budget", "_type", "_status", "_format",
    "_encrypted",
)  # fmt: skip

_TEXT_KEYS = ("text", "thinking", "summary", "content", "reasoning")


def find_reasoning(delta: Mapping[str, object]) -> tuple[str, str]:
    """Return the text of the first non-empty reasoning field, and its name; empty strings if none."""
    for name in FIELDS:
        value = delta.get(name)
        if value:
            text = value if type(value) is str else flatten(value)
            if text:
                return text, name
    for name in delta:
        if name not in FIELDS and is_reasoning_field(name):
            text = flatten(delta[name])
            if text:
                return text, name
    return "", ""


def is_reasoning_field(name: str) -> bool:
    """Return whether a field contains reasoning, judging by its name.

    ``reasoning_text`` (Copilot), ``thought``… Signatures, identifiers and counts are not text of the model.
    """
    return name in FIELDS or (name.startswith(_PREFIXES) and not name.endswith(_NO_TEXT))


def flatten(value: object, depth: int = 8) -> str:
    """Return the text of a string, of an object that has one, or of a list of these."""
    if isinstance(value, str):
        return value
    if depth == 0:
        return ""
    if isinstance(value, list):
        return "".join(flatten(item, depth - 1) for item in value)
    if isinstance(value, dict):
        for key in _TEXT_KEYS:
            text = flatten(value.get(key), depth - 1)
            if text:
                return text
    return ""


def split_parts(parts: list[object]) -> list[tuple[str, bool]]:
    """Return the texts of a content list in order, each with whether it is reasoning.

    Mistral: ``{"type": "thinking", "thinking": [{"type": "text", "text": …}]}`` besides ``{"type": "text",
    "text": …}`` and plain strings.
    """
    found: list[tuple[str, bool]] = []
    for part in parts:
        kind = part.get("type") if isinstance(part, dict) else None
        is_reasoning = isinstance(kind, str) and kind.startswith(("thinking", "reasoning", "redacted"))
        text = flatten(part)
        if text:
            found.append((text, is_reasoning))
    return found
