"""Translates patterns of JSON Schema (ECMA-262 regular expressions with the flag ``u``) to Python.

They are defined in section 6.4 of https://json-schema.org/draft/2020-12/json-schema-core. Patterns that
Python does not support, such as variable-length look-behind or ``\\p{Script=Greek}``, are rejected.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from tui.core.lazy_pattern import lazy_pattern

_ESCAPE = (
    r"\\(?:u\{[0-9A-Fa-f]+\}|u[dD][89abAB][0-9A-Fa-f]{2}\\u[dD][c-fC-F][0-9A-Fa-f]{2}"
    r"|[pP]\{\w+\}|k<\w+>|c[A-Za-z]|[\s\S])"
)
_IN_CLASS = lazy_pattern(_ESCAPE + r"|[\s\S]")
_OUTSIDE = lazy_pattern(
    rf"{_ESCAPE}|\[(?:{_ESCAPE}|[^\]\\])*\]"
    r"|\(\?<(?![=!])|\(\?(?![:=!<])|\{,\d*\}|(?:[*+?]|\{\d+(?:,\d*)?\})\+|[\s\S]"
)
_SAID = {
    "$": r"\Z",  # in Python, $ also matches before a line feed at the end
    ".": "[^\n\r\u2028\u2029]",
    "(?<": "(?P<",
    "[]": "(?!)",
    "[^]": r"[\s\S]",
}
_SPACES = "\t-\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_OTHERS = (
    "\0-\x08\x0e-\x1f!-\x9f\xa1-\u167f\u1681-\u1fff\u200b-\u2027\u202a-\u202e\u2030-\u205e\u2060-\u2fff"
    "\u3001-\ufefe\uff00-\U0010ffff"
)
_CATEGORIES = {
    "Letter": "L",
    "Uppercase_Letter": "Lu",
    "Lowercase_Letter": "Ll",
    "Mark": "M",
    "Number": "N",
    "Decimal_Number": "Nd",
    "Punctuation": "P",
    "Symbol": "S",
    "Separator": "Z",
    "Space_Separator": "Zs",
    "Other": "C",
}
_SAME_ESCAPES = "bBdDwWfnrtvux0123456789"
"""Escapes with the same meaning in Python, given that ``\\d``, ``\\w`` and ``\\b`` are limited to ASCII."""


def is_match(pattern: str, text: str) -> bool:
    """Return whether a pattern of a checked schema matches anywhere in a text."""
    return compiled(pattern).search(text) is not None


@lru_cache(maxsize=512)
def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern for Python.

    Raises:
        ValueError: it is invalid, or Python does not support it.
    """
    try:
        return re.compile(_translated(pattern), re.ASCII)
    except (re.error, OverflowError) as wrong:
        raise ValueError(str(wrong)) from wrong


def _translated(pattern: str) -> str:
    return "".join(_said(found.group()) for found in _OUTSIDE.finditer(pattern))


def _said(text: str) -> str:
    if text.startswith("\\"):
        return _escape(text, in_class=False)
    if text in _SAID:
        return _SAID[text]
    if text.startswith("["):
        return _class(text)
    if text == "(?" or (len(text) > 1 and text.endswith("+")):
        raise ValueError(text)  # flags and possessive quantifiers exist only in Python
    return re.escape(text) if text.startswith("{,") else text


def _class(text: str) -> str:
    """Return a character class, escaping what Python could read as set operations."""
    begin = "[^" if text.startswith("[^") else "["
    if not text.endswith("]"):
        raise ValueError(text)
    found, can_begin, is_open = [begin], False, False
    for part in _IN_CLASS.findall(text, len(begin), len(text) - 1):
        if part == "-" and can_begin and not is_open:
            found.append("-")
            is_open = True
            continue
        is_set = part[0] == "\\" and part[1] in "dDwWsSpP"
        if is_set and is_open:
            raise ValueError(text)
        found.append(_escape(part, in_class=True) if part[0] == "\\" else re.escape(part))
        can_begin, is_open = not (is_set or is_open), False
    if is_open:  # a hyphen at the end is literal
        found[-1] = r"\-"
    return "".join(found) + "]"


def _escape(text: str, *, in_class: bool) -> str:
    kind, name = text[1:2], text[3:-1]
    if not kind:  # at the end of the pattern
        raise ValueError(text)
    if kind in "sS":
        return _set(_SPACES if kind == "s" else _OTHERS, in_class=in_class)
    if kind in "pP" and name:
        return _set(_category(_CATEGORIES.get(name, name), is_in=kind == "p"), in_class=in_class)
    if kind == "u" and len(text) > 2:
        return re.escape(chr(int(name, 16)) if text[2] == "{" else _pair(text))
    if kind == "k" and name:
        return f"(?P={name})"
    if kind == "c" and len(text) > 2:
        return re.escape(chr(ord(text[2]) % 32))
    if kind.isascii() and kind.isalnum() and kind not in _SAME_ESCAPES:
        raise ValueError(text)
    return text


def _pair(text: str) -> str:
    """Return the character of a surrogate pair."""
    return bytes.fromhex(text[2:6] + text[8:]).decode("utf-16-be")


def _set(content: str, *, in_class: bool) -> str:
    return content if in_class else f"[{content}]"


@lru_cache(maxsize=64)
def _category(name: str, *, is_in: bool) -> str:
    """Return the characters in or outside a general category of Unicode, such as ``L`` or ``Lu``."""
    inside = [unicodedata.category(chr(code)).startswith(name) is is_in for code in range(0x110000)]
    edges = [code for code in range(0x110000) if inside[code] is not (code > 0 and inside[code - 1])]
    if not edges or edges == [0]:
        raise ValueError(name)
    if len(edges) % 2:
        edges.append(0x110000)
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return "".join(f"\\U{first:08x}-\\U{end - 1:08x}" for first, end in pairs)
