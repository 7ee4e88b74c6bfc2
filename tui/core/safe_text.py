"""The gate for text from outside: a model, a server, a file, a paste.

One stateless map per character, so that a stream cut anywhere gives the same result: an
introducer of a control sequence becomes a visible picture of itself and the rest of the
sequence is harmless text. The raw text is what gets stored; this is what gets shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

_REPLACEMENT = "\ufffd"
_COMBINING_LIMIT = 8


def _build_table(keep: str) -> dict[int, str]:
    table = {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in keep}
    table[0x7F] = "\u2421"
    unsafe = [
        *range(0x80, 0xA0),  # C1: 8-bit introducers of control sequences
        *range(0x202A, 0x202F),  # bidi embeddings and overrides
        *range(0x2066, 0x206A),  # bidi isolates
        0x200E,
        0x200F,
        0x061C,  # bidi marks
        0x2028,
        0x2029,  # line breaks that terminals and editors disagree on
        *range(0xD800, 0xE000),  # lone surrogates: cannot be encoded
        *range(0xE0000, 0xE0080),  # tag characters: invisible text
        0xFEFF,  # byte order mark inside a text
        0x200B,  # zero-width space
        0x2060,  # word joiner
        *range(0xFFF9, 0xFFFC),  # interlinear annotation
    ]
    table.update(dict.fromkeys(unsafe, _REPLACEMENT))
    return table


_BLOCK_TABLE = _build_table(keep="\n\t")
_LINE_TABLE = _build_table(keep="")
_LINE_TABLE.update({0x0A: "\u240a", 0x09: " "})
_STRIP_TABLE = dict.fromkeys(_BLOCK_TABLE, "") | {0x2028: "\n", 0x2029: "\n"}


def safe_text(raw: str) -> str:
    """Return the text as it may be shown: line feeds and tabs stay, nothing else commands a terminal.

    CR LF becomes LF. Idempotent. About 1 ms per MB of ASCII.
    """
    if raw.isascii() and raw.isprintable():
        return raw
    return _cap_combining(_translate(raw.replace("\r\n", "\n"), _BLOCK_TABLE))


def safe_line(raw: str, limit: int | None = None) -> str:
    """Return the text as one line: a line feed becomes ``␊``, a tab a space; cut to ``limit`` with ``…``."""
    if limit is not None and len(raw) > limit:
        raw = raw[: max(0, limit - 1)] + "…"
    if raw.isascii() and raw.isprintable():
        return raw
    return _cap_combining(_translate(raw, _LINE_TABLE))


def count_neutralised(raw: str) -> int:
    """Return how many characters ``safe_text`` would replace."""
    if raw.isascii() and raw.isprintable():
        return 0
    return sum(1 for _ in _unsafe().finditer(raw.replace("\r\n", "\n")))


class NeutralisedCount:
    """``count_neutralised`` of a text that is still growing, without reading it again from its start."""

    __slots__ = ("_held", "_total")

    def __init__(self, total: int = 0) -> None:
        """Go on from a count of what does not end with a carriage return."""
        self._total = total
        self._held = ""
        """A carriage return at the end: with a line feed behind it, it is half of a line's end."""

    def feed(self, text: str) -> None:
        """Count the next piece."""
        if not text:
            return
        whole = self._held + text
        self._held = "\r" if whole[-1] == "\r" else ""
        self._total += count_neutralised(whole[:-1] if self._held else whole)

    @property
    def total(self) -> int:
        """The count so far."""
        return self._total + len(self._held)


def strip_controls(raw: str) -> str:
    """Return the text without anything that commands a terminal or hides: for the clipboard.

    Line feeds and tabs stay; CR LF and the Unicode line breaks become LF.
    """
    if raw.isascii() and raw.isprintable():
        return raw
    return _translate(raw.replace("\r\n", "\n"), _STRIP_TABLE)


def _translate(text: str, table: Mapping[int, str]) -> str:
    """Map each character. ``str.translate`` takes 1 ms per MB of ASCII, and a second per MB of other text."""
    if text.isascii():
        return text.translate(table)
    return _unsafe_line().sub(lambda run: run[0].translate(table), text)


def _cap_combining(text: str) -> str:
    """Cut runs of combining marks after 8: a run without end is drawn into its neighbours."""
    if text.isascii():
        return text
    highest = max(text)
    if highest < "\u0300":
        return text
    return _long_run(is_astral=highest > "\uffff").sub(r"\1", text)


@cache
def _unsafe() -> re.Pattern[str]:
    """What ``safe_text`` replaces; made when it is first needed, for a text of megabytes must not stall."""
    return re.compile(f"[{_character_class(sorted(_BLOCK_TABLE))}]")


@cache
def _unsafe_line() -> re.Pattern[str]:
    """Runs of what any of the tables replaces."""
    return re.compile(f"[{_character_class(sorted(_LINE_TABLE))}]+")


@cache
def _long_run(*, is_astral: bool) -> re.Pattern[str]:
    """Runs of combining marks that are too long, their beginning as group 1.

    Made in about 10 ms; a class of 16-bit characters alone is looked up ten times as fast.
    """
    from unicodedata import combining

    end = 0x1F000 if is_astral else 0x10000
    marks = _character_class([code for code in range(0x300, end) if combining(chr(code))])
    return re.compile(f"([{marks}]{{{_COMBINING_LIMIT}}})[{marks}]+")


def _character_class(codes: list[int]) -> str:
    """Return the inside of a regular expression's character class for code points in rising order."""
    ranges: list[list[int]] = []
    for code in codes:
        if ranges and code == ranges[-1][1] + 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"{re.escape(chr(first))}-{re.escape(chr(last))}" for first, last in ranges)
