"""Rescues keys from a damaged TOML file: its intact lines, and the file itself."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from tui.core.failure import LmdeckError
from tui.core.lazy_pattern import lazy_pattern
from tui.core.safe_text import safe_line
from tui.store.api_key_text import checked_key
from tui.store.files import kept_aside, read_file
from tui.store.toml_file import TomlDocument, parse_toml
from tui.texts import store as texts

_TABLE = lazy_pattern(r"\s*\[+\s*[\"']?(\w*)")
WHOLE_TABLE = ""
"""The name that means all keys."""
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def readable_keys(data: bytes, size_limit: int) -> dict[str, str]:
    """Return the keys in lines that are intact.

    A name that occurs twice with different keys is ignored, since either may be right. So are other tables
    than ``[keys]``.
    """
    found: dict[str, str] = {}
    unclear: set[str] = set()
    is_of_keys = is_head = True  # the line of the table itself may be damaged
    for line in _text(data[:size_limit]).splitlines():
        if table := _TABLE.match(line):
            is_of_keys, is_head = table[1] == "keys", False
        elif is_of_keys and not (is_head and line.lstrip().startswith("schema")):
            for name, key in _key_of(line):
                unclear |= {name} if found.get(name, key) != key else set()
                found[name] = key
    return {name: key for name, key in found.items() if name not in unclear}


def kept_file(path: Path, name: str) -> Path | None:
    """Return the file set aside that may contain a provider's key: the newest with its name.

    If none has it, the newest one, since the name may be damaged.
    """
    kept = kept_aside(path)
    return next((file for file in kept if _has(file, name)), kept[0] if kept else None)


def _text(data: bytes) -> str:
    encoding = "utf-16" if data.startswith(_UTF_16) else "utf-8-sig"
    return data.decode(encoding, "replace")


def _key_of(line: str) -> list[tuple[str, str]]:
    try:
        table = parse_toml(line.strip().encode("utf-8", "replace"))
        return [
            (name, checked_key(key, name).reveal()) for name, key in table.items() if isinstance(key, str)
        ]
    except (ValueError, LmdeckError):  # no line with a key, or not a key
        return []


def _has(path: Path, name: str) -> bool:
    try:
        content = read_file(path)
    except OSError:
        return False
    return content is not None and name in _text(content.data)


def odd_entries(document: TomlDocument) -> dict[str, str]:
    """Return the problem of each key that is not text, by name; ``WHOLE_TABLE`` if it concerns all."""
    keys = document.table.get("keys", {})
    if not isinstance(keys, dict):
        return {WHOLE_TABLE: texts.KEYS_TABLE.format(line=_line_of(document, "keys"))}
    return {
        name: texts.KEY_NO_TEXT.format(name=safe_line(name, 60), line=_line_of(document, name))
        for name, value in keys.items()
        if not isinstance(value, str)
    }


def _line_of(document: TomlDocument, name: str) -> str:
    """Return the line of an entry, as the end of a sentence; empty if ambiguous."""
    pattern = re.compile(rf"\s*\[*(?:keys\s*\.\s*)?[\"']?{re.escape(name)}[\"']?\s*[=.\]]")
    for number, line in enumerate(document.data.decode("utf-8", "replace").splitlines(), 1):
        if pattern.match(line):
            return f" (line {number})"
    return ""
