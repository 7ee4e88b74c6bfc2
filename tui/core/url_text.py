"""Finds the URL in pasted text: a line of a shell, a file or a chat, with artefacts of input methods.

Changes are reported, so that no URL is altered silently.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

from tui.core.lazy_pattern import lazy_pattern
from tui.core.secret_headers import is_secret_header
from tui.core.url_parts import is_hidden
from tui.texts import fields as texts

LONGEST_PASTE = 65_536
"""The longest pasted text, in characters, that is searched for a URL."""

_WIDE: dict[int, str] = {
    **{0xFF01 + offset: chr(0x21 + offset) for offset in range(94)},  # full-width forms
    **dict.fromkeys((0x3002, 0xFF61, 0xFE52, 0x2024), "."),
    **dict.fromkeys((0x3001, 0xFF64, 0xFE50, 0xFE51), ","),
    **dict.fromkeys((0xFE55, 0xFE13, 0xFE30, 0x2236, 0xA789, 0x02D0), ":"),
    **dict.fromkeys((0x2044, 0x2215, 0x29F8, 0x2571), "/"),
    **dict.fromkeys((0x2216, 0x29F5, 0x29F9, 0xFE68), "\\"),
    **dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2212, 0xFE63), "-"),
}
_KINDS = {"Pi": '"', "Pf": '"', "Ps": "<", "Pe": ">"}


class _Quotes(dict[int, str]):
    """Plain marks for every other quotation mark and bracket, whatever language writes it."""

    def __missing__(self, code: int) -> str:
        plain = None if code < 128 else _KINDS.get(unicodedata.category(chr(code)))
        if plain is None:
            raise LookupError
        return plain


_QUOTES = _Quotes(
    {
        **dict.fromkeys(map(ord, "\u201a\u201e\u300c\u300d\u300e\u300f"), '"'),
        ord("\u3010"): "[",
        ord("\u3011"): "]",
    }
)
_START = lazy_pattern(r"https?:/{2,}", re.IGNORECASE)
_TWICE = lazy_pattern(r"(?:https?:/+)+(?=https?:/+)", re.IGNORECASE)
_END = lazy_pattern(r"[\s\"'`<>|{},;)\\\u2026*]")
_PROXY = lazy_pattern(
    r"(?:^|\s)(?:-x|-e|--referer|--(?:pre)?proxy[\d.]*)[\s=]*[\"']?$|_proxy\s*[=:]\s*[\"']?$", re.IGNORECASE
)
"""Command-line options whose value is another URL."""
_QUOTED_OPTION = lazy_pattern(
    r"(?:^|\s)(?:-[HdFA]|--(?:header|data(?:-\w+)?|json|form|user-agent))[\s=]*(?:\"[^\"]*|'[^']*)$"
)
"""An unclosed header or body: a URL in it is not the endpoint."""
_LIST = lazy_pattern(r"[,;|](?=https?://)", re.IGNORECASE)
_NEXT_SENTENCE = lazy_pattern(r"(\w+://[^/]*(?::\d+|/[!-~]*))\.[^\x00-\x7f].*", re.DOTALL)
_GLUED = lazy_pattern(r"([!-~]*/v\d+)([^\x00-\x7f]).*", re.DOTALL)
"""Words of another script directly behind the version of an API."""
_ENCODED = lazy_pattern(r"https?%3A(?:%2F%2F|//)", re.IGNORECASE)
_ENTITY = lazy_pattern(r"&(?:lt|gt|quot|apos|#39|#x27);", re.IGNORECASE)
_LONGEST_OPTION = 64
_LONGEST_BEFORE = 256
"""Characters before a URL that are checked for whether it is part of another one."""
_HALF_PASSWORD = lazy_pattern(r"://[^/@]*:(?!\d+(?:/|$))[^/@]+$")
"""Text before an @ may be a password with special characters: it is never read as a port."""
_NAMED = lazy_pattern(
    r"""(?:^|[\s({])(?:--?|\$env:)?["'`]?(?P<name>[A-Za-z_][\w.-]*)["'`]?"""
    r"""(?P<mark>\s*(?::?=>?)\s*|(?<=["'`])\s*:\s*|:\s+)["'`]?(?=(?P<value>[^\s"'`<>|{},;)\\]+))"""
)
"""The name before a value in a shell, a settings file or code, and the value."""
_COMMAND = lazy_pattern(r"[$%>\s]*(?:curl|wget|xh|https?|setx?|--?[A-Za-z][\w-]*)\s")
"""The beginning of a shell command, or of its options."""
_WORD = lazy_pattern(r"""(?<=\s)["'`]?([^\s"'`<>|{},;)\\]+)""")
_ADDRESS = lazy_pattern(
    r"(?!\d+(?:[:/]|$))(?:[A-Za-z0-9_][\w.-]*|\[[0-9A-Fa-f:.]+\])(?::\d{1,5}(?![^/])|/.*v\d).*"
)
"""A host with a port or an API path, after an ambiguous prefix."""
_HAS_PLACE = lazy_pattern(r"[:/.\[]|^localhost$", re.IGNORECASE)
_NAME_OF_ADDRESS = lazy_pattern(r"url|uri|base|host|server|endpoint|address", re.IGNORECASE)
_MARKS = "\"'`<"
_OPENING = "\"'`<([{"
_TRAILING = "\"'`<>,;!*\u2026"


def folded(text: str) -> tuple[str, tuple[str, ...]]:
    """Return a text converted to the characters of URLs, and the corrections, each as a clause."""
    plain = text.translate(_WIDE)
    bare = plain.translate(_QUOTES)
    reasons: list[str] = []
    if plain != text:
        reasons.append(texts.URL_WIDE)
    if bare != plain:
        reasons.append(texts.URL_QUOTED)
    return bare, tuple(reasons)


def without_surroundings(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the first URL in a longer text, and what surrounded it.

    Without ``http://`` or ``https://``, only the value of ``NAME=`` and the like is considered.
    """
    reasons = []
    if "\\/\\/" in text:  # slashes escaped by JSON
        text = text.replace("\\/", "/")
        reasons.append(texts.URL_ESCAPED)
    if _ENTITY.search(text):
        text = html.unescape(text)
        reasons.append(texts.URL_ENTITIES)
    if _ENCODED.search(text):
        text = unquote(text)
        reasons.append(texts.URL_ENCODED)
    once = _TWICE.sub("", text)
    if once != text:
        reasons.append(texts.URL_TWICE)
    start = next(_starts(once), None)
    found = once if start is None else once[start:]
    if start:
        found = _cut(found)
        reasons.append(texts.URL_TEXT_AROUND)
    elif start == 0 and (shorter := _without_sentence(found)) != found:
        found = shorter
        reasons.append(texts.URL_TEXT_BEHIND)
    elif start is None and (value := _value_of(once)) is not None:
        found = value
        reasons.append(texts.URL_TEXT_AROUND)
    glued = _GLUED.fullmatch(found)
    if glued is not None and not is_hidden(glued[2]):
        found = glued[1]
        reasons.append(texts.URL_TEXT_BEHIND)
    bare = _without_punctuation(found)
    if bare != found and bare:
        found = bare
        reasons.append(texts.URL_PUNCTUATION)
    return found, tuple(reasons)


def _starts(text: str) -> Iterator[int]:
    """Yield the positions of URLs that are not part of another one; 0 if only punctuation precedes it."""
    words = (at for at, mark in enumerate(text) if not (is_hidden(mark) or mark in _MARKS))
    words_at = next(words, len(text))
    for match in _START.finditer(text):
        start = match.start()
        if start <= words_at:
            yield 0
            return
        before = text[max(0, start - _LONGEST_BEFORE) : start]
        glued = re.split(rf"[\s{re.escape(_OPENING)}]", before)[-1]
        is_word = bool(glued) and glued[-1].isascii() and glued[-1].isalnum()
        is_part = is_word or any(mark in glued for mark in "/?&@#%")
        if not (is_part or _PROXY.search(before) or _QUOTED_OPTION.search(before)):
            yield start


def _value_of(text: str) -> str | None:
    """Return the URL without a scheme that is the value of a name, an option or a command; never a secret.

    Parts of a query are skipped, and so is text next to an @, which may end a password.
    """
    for start, value in (*_named_values(text), *_arguments(text)):
        if "?" not in text[:start] and "@" not in text[:start] + text[start + len(value) :]:
            return value
    return None


def _named_values(text: str) -> Iterator[tuple[int, str]]:
    for match in _NAMED.finditer(text):
        name, value = match["name"], match["value"]
        if "=" in match["mark"]:
            is_address = _HAS_PLACE.search(value) or _NAME_OF_ADDRESS.search(name)
        else:
            is_address = _ADDRESS.fullmatch(value)
        if is_address and not is_secret_header(name):
            yield match.end(), value


def _arguments(text: str) -> Iterator[tuple[int, str]]:
    for match in _WORD.finditer(text) if _COMMAND.match(text) else ():
        start, value = match.start(1), match[1]
        if _ADDRESS.fullmatch(value) and not _PROXY.search(text[max(0, start - _LONGEST_OPTION) : start]):
            yield start, value


def _cut(text: str) -> str:
    """Return a text up to the first character that cannot be in a URL."""
    end = _END.search(text)
    found = text if end is None else text[: end.start()]
    if _HALF_PASSWORD.search(found) and "@" in text[len(found) :]:
        start = _START.match(text)
        return _cut((start[0] if start else "") + text.partition("@")[2])
    if "]" in found and "[" not in found:
        found = found.partition("]")[0]
    return _NEXT_SENTENCE.sub(r"\1", found)


def _without_sentence(text: str) -> str:
    """Remove words after a URL; a space inside one is handled separately."""
    bare = text.lstrip(_OPENING + " \t\r\n")
    first = _LIST.split(bare, maxsplit=1)[0]
    if first != bare:
        return first
    parts = bare.split(None, 1)
    if len(parts) < 2:
        return text
    head, rest = parts
    if "@" in rest:
        return text
    follows = re.match(r"[:/?#.]|v\d+\b|\d+/", rest)
    if follows is None or _START.search(rest):
        is_host_only = "/" not in _START.sub("", head, count=1) and ":" not in head.partition("://")[2]
        if not (is_host_only and re.search(r"[:/]", rest) and not _START.search(rest)):
            return _cut(head)
    return text


def _without_punctuation(text: str) -> str:
    """Remove punctuation after a URL that belongs to a sentence or a list."""
    rest = text.rpartition("://")[2]
    bare = text
    while bare:
        last, address = bare[-1], bare.rpartition("://")[2]
        has_place = "/" in address or re.search(r":\d", address) is not None
        is_mark = last in _TRAILING or (last in ".:" and has_place and not re.search(r"(?:^|/)\.+$", address))
        is_bracket = (last == ")" and "(" not in address) or (last == "}" and "{" not in address)
        is_square = last == "]" and "[" not in address
        if not (is_mark or is_bracket or is_square) or not rest.strip(_TRAILING):
            break
        bare = bare[:-1]
    return bare
