"""Recovers the text of truncated JSON."""

from __future__ import annotations

from tui.core.lazy_pattern import lazy_pattern
from tui.wire.reasoning import FIELDS
from tui.wire.strict_json import StrictJsonError, parse_json
from tui.wire.surrogates import mend

_TEXT = lazy_pattern(
    r'"(content|reasoning_content|reasoning)"\s*:\s*"((?:[^"\\\x00-\x1f]|\\u[0-9a-fA-F]{4}|\\["\\/bfnrt])*+)'
)
_START = lazy_pattern(r'"(?:delta|message)"\s*:\s*\{')
_OTHER_CHOICE = lazy_pattern(r'"index"\s*:\s*[1-9]')


def salvage(text: str) -> list[tuple[str, bool]]:
    """Return the texts of choice 0 in a truncated JSON document, each with whether it is reasoning."""
    text = text.rstrip("\ufffd")  # a truncated character
    start = _START.search(text)
    if start is None or _OTHER_CHOICE.search(text, 0, start.start()):
        return []
    found: dict[bool, str] = {}
    for match in _TEXT.finditer(text, start.end()):
        found.setdefault(match[1] in FIELDS, _unescape(match[2]))
        if len(found) == 2:
            break
    return [(found[kind], kind) for kind in (True, False) if found.get(kind)]


def _unescape(escaped: str) -> str:
    try:
        value = parse_json(f'"{escaped}"')
    except StrictJsonError:
        return ""
    return mend(value) if isinstance(value, str) else ""


def is_cut_json(text: str) -> bool:
    """Return whether invalid JSON may be truncated: it fails at its very end."""
    return not text.rstrip().endswith(("}", "]")) or text.count("{") > text.count("}")
