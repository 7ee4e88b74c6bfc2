"""Undoes escapes in texts, and maps positions in the result back to the original.

Supports JSON and programming languages (``\\/``, ``\\"``, ``\\u002B``, ``\\x2b``), URLs (``%2B``) and HTML
(``&#43;``, ``&#x2b;``, ``&plus;``), also nested.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import field

from tui.core.lazy_dataclass import dataclass
from tui.core.lazy_pattern import lazy_pattern

_NAMES = {
    "Tab": "\t", "NewLine": "\n", "excl": "!", "quot": '"', "QUOT": '"', "num": "#", "dollar": "$",
    "percnt": "%", "amp": "&", "AMP": "&", "apos": "'", "lpar": "(", "rpar": ")", "ast": "*", "midast": "*",
    "plus": "+", "comma": ",", "period": ".", "sol": "/", "colon": ":", "semi": ";", "lt": "<", "LT": "<",
    "equals": "=", "gt": ">", "GT": ">", "quest": "?", "commat": "@", "lsqb": "[", "lbrack": "[",
    "bsol": "\\", "rsqb": "]", "rbrack": "]", "Hat": "^", "lowbar": "_", "UnderBar": "_", "grave": "`",
    "lcub": "{", "lbrace": "{", "verbar": "|", "vert": "|", "VerticalLine": "|", "rcub": "}", "rbrace": "}",
    "DiacriticalGrave": "`", "nbsp": " ",
}  # fmt: skip
"""The HTML names of ASCII characters."""
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_AFTER_BACKSLASH = (
    r"(?:u\{0{0,4}(?P<braced>[0-9a-fA-F]{1,6})\}|u(?P<u4>[0-9a-fA-F]{4})|U00(?P<u8>[0-9a-fA-F]{6})"
    r"|x(?P<x>[0-9a-fA-F]{2})|(?P<control>[nrtbf])|(?P<mark>[^\w\s\\]))"
)
_OTHERS = (
    r"|%(?:25){0,4}(?P<percent>[0-7][0-9a-fA-F])"
    r"|(?P<wide>(?:%(?:25){0,4}[89a-fA-F][0-9a-fA-F])+)"
    r"|&(?:amp;){0,4}(?:#0{0,6}(?P<decimal>[0-9]{1,7});?|#[xX]0{0,6}(?P<hexadecimal>[0-9a-fA-F]{1,6});?"
    rf"|(?P<name>{'|'.join(_NAMES)});)"
)
_ESCAPE = lazy_pattern(rf"\\{{1,16}}{_AFTER_BACKSLASH}|\\{{2,16}}{_OTHERS}", re.ASCII)
"""Several backslashes count as one escape: quoted texts are often quoted again."""
_SINGLE = lazy_pattern(rf"\\\\|\\{_AFTER_BACKSLASH}", re.ASCII)
"""Two backslashes are one, whatever follows: for a text that was quoted once."""
_UNFINISHED = lazy_pattern(
    r"(?:\\{1,16}(?:u[0-9a-fA-F]{0,3}|u\{[0-9a-fA-F]{0,10}|U[0-9a-fA-F]{0,7}|x[0-9a-fA-F]?)?"
    r"|%(?:25){0,4}[0-9a-fA-F]?"
    r"|&(?:amp;){0,4}(?:#[0-9]{0,13}|#[xX][0-9a-fA-F]{0,12}|[A-Za-z]{0,12})?)\Z",
    re.ASCII,
)
_LONGEST_UNFINISHED = 48
_MOST_LAYERS = 4
_HEXADECIMAL = ("braced", "u4", "u8", "x", "percent", "hexadecimal")


@dataclass(slots=True)
class _Layer:
    """The positions of one layer's escapes, before and after decoding."""

    old_starts: list[int] = field(default_factory=list)
    old_ends: list[int] = field(default_factory=list)
    new_starts: list[int] = field(default_factory=list)
    new_ends: list[int] = field(default_factory=list)

    def start(self, position: int) -> int:
        """Return the position before decoding of a character in the decoded text."""
        index = bisect_right(self.new_starts, position) - 1
        if index < 0:
            return position
        if position < self.new_ends[index]:
            return self.old_starts[index]
        return self.old_ends[index] + position - self.new_ends[index]


class Plain:
    """A text without its escapes."""

    def __init__(self, text: str, *, is_complete: bool = True, quotings: int = 0) -> None:
        """Decode a text.

        If it is not complete, an escape that is cut off at the end is omitted.

        Args:
            quotings: how many times to first replace two backslashes by one, for quoted texts.
        """
        self.length = len(text)
        self._layers: list[_Layer] = []
        self.cut = self.length
        """Where the cut-off escape begins in the given text; its length if there is none."""
        for _ in range(quotings or _MOST_LAYERS):
            if not is_complete:
                text = self._without_end(text)
            if not has_escapes(text):
                break
            plain, layer = _decoded(text, _SINGLE if quotings else _ESCAPE)
            if not layer.old_starts:
                break
            self._layers.append(layer)
            text = plain
        self.text = text

    def start(self, position: int) -> int:
        """Return the position in the given text of a character in the plain text."""
        if position >= len(self.text):
            return self.cut
        for layer in reversed(self._layers):
            position = layer.start(position)
        return position

    def whole(self, position: int) -> int:
        """Return a position in the given text, moved to the beginning of an escape that it would cut."""
        if position >= self.cut:
            return self.cut
        return self.start(bisect_right(range(len(self.text)), position, key=self.start) - 1)

    def _without_end(self, text: str) -> str:
        offset = max(0, len(text) - _LONGEST_UNFINISHED)
        unfinished = _UNFINISHED.search(text, offset)
        if unfinished is None:
            return text
        position = unfinished.start()
        for layer in reversed(self._layers):
            position = layer.start(position)
        self.cut = min(self.cut, position)
        return text[: unfinished.start()]


def has_escapes(text: str) -> bool:
    """Return whether a text may contain an escape."""
    return "\\" in text or "%" in text or "&" in text


def _decoded(text: str, escape: re.Pattern[str]) -> tuple[str, _Layer]:
    layer = _Layer()
    pieces: list[str] = []
    read = written = 0
    for match in escape.finditer(text):
        start, end = match.span()
        plain = _character(match)
        written += start - read
        layer.old_starts.append(start)
        layer.old_ends.append(end)
        layer.new_starts.append(written)
        written += len(plain)
        layer.new_ends.append(written)
        pieces += (text[read:start], plain)
        read = end
    pieces.append(text[read:])
    return "".join(pieces), layer


def _character(match: re.Match[str]) -> str:
    kind = match.lastgroup
    if kind is None:
        return "\\"
    value = match[kind]
    if kind in _HEXADECIMAL:
        return _numbered(int(value, 16))
    if kind == "decimal":
        return _numbered(int(value))
    if kind == "control":
        return _CONTROLS[value]
    if kind == "name":
        return _NAMES[value]
    if kind == "wide":
        return bytes.fromhex(value.replace("%25", "%").replace("%", "")).decode("utf-8", "replace")
    return value


def _numbered(number: int) -> str:
    return chr(number) if number <= 0x10FFFF else "\N{REPLACEMENT CHARACTER}"
