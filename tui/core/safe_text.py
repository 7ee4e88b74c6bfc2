"""Sanitises untrusted text: from a model, a server, a file or the clipboard.

Characters are mapped one by one: an introducer of a control sequence becomes a visible symbol, which makes
the rest of the sequence harmless; invisible characters become visible. For a text that arrives in pieces,
pass what arrived before: the result does not depend on where the stream is cut. The raw text is stored; the
sanitised text is displayed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, partial

from tui.core.invisible import IGNORABLE, MAY_BE_MEANT, is_mark, is_meant, mark_codes

_REPLACEMENT = "\ufffd"
_COMBINING_LIMIT = 8
CONTEXT = _COMBINING_LIMIT + 1
"""How many preceding characters determine how a piece is shown."""


@cache
def _block_table() -> dict[int, str]:
    table = {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\n\t"}
    table[0x7F] = "\u2421"
    unsafe = [
        *range(0x80, 0xA0),  # C1: 8-bit introducers of control sequences
        0x2028,
        0x2029,  # line breaks that terminals and editors treat differently
        *range(0xD800, 0xE000),  # lone surrogates: cannot be encoded
        *range(0xFDD0, 0xFDF0),  # noncharacters
        *range(0xFFF9, 0xFFFC),  # interlinear annotation
        0xFFFE,
        0xFFFF,
        *range(0x13430, 0x13460),  # format controls of hieroglyphs
    ]
    for first, last in IGNORABLE:  # includes all that change the direction of text
        unsafe += range(first, last + 1)
    table.update(dict.fromkeys(unsafe, _REPLACEMENT))
    return table


@cache
def _line_table() -> dict[int, str]:
    return _block_table() | {0x0A: "\u240a", 0x09: " "}


@cache
def _strip_table() -> dict[int, str]:
    return dict.fromkeys(_block_table(), "") | {0x2028: "\n", 0x2029: "\n"}


def safe_text(raw: str, after: str = "") -> str:
    """Return a text for display, keeping line feeds and tabs and neutralising all other control characters.

    CR LF becomes LF. Idempotent. About 1 ms per MB of ASCII. For a piece of a text, ``after`` is what arrived
    before it, or at least its last ``CONTEXT`` characters.
    """
    if raw.isascii():
        return raw if raw.isprintable() else raw.replace("\r\n", "\n").translate(_block_table())
    if after:
        before = after[-CONTEXT:]
        return safe_text(before + raw)[len(safe_text(before)) :]
    return _cap_combining(_translate(raw.replace("\r\n", "\n"), _block_table()))


def safe_line(raw: str, limit: int | None = None) -> str:
    """Return a text on one line: a line feed becomes ``␊``, a tab a space; cut to ``limit`` with ``…``."""
    if limit is not None and len(raw) > limit:
        raw = raw[: max(0, limit - 1)] + "…"
    if raw.isascii() and raw.isprintable():
        return raw
    return _cap_combining(_translate(raw, _line_table()))


_PLAIN_SIGNS = str.maketrans(
    {
        "→": "->", "…": "...", "·": "-", "•": "*", "—": "-", "–": "-", "−": "-", "×": "x", "≥": ">=",
        "›": ">", "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "✓": "ok", "✗": "x", "★": "*",
    }
)  # fmt: skip


def in_encoding(text: str, encoding: str) -> str:
    """Return a text for an encoding, replacing our symbols by plain characters if it lacks some."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_PLAIN_SIGNS).encode(encoding, "replace").decode(encoding)
    return text


def replace_hidden(raw: str, replace: Callable[[str], str]) -> str:
    """Replace each character that ``safe_line`` would not show, including line feeds and tabs."""
    if raw.isascii() and raw.isprintable():
        return raw

    text = _unsafe_line().sub(partial(_replace_run, replace=replace), raw)
    if text.isascii() or (run := _long_run_in(text)) is None:
        return text
    return run.sub(lambda match: match[1] + "".join(map(replace, match[0][len(match[1]) :])), text)


def count_neutralised(raw: str, after: str = "") -> int:
    """Return how many characters ``safe_text`` would replace; ``after`` is the same as there."""
    if raw.isascii() and raw.isprintable():
        return 0
    before = after[-1:]
    count = 0

    def replace(character: str) -> str:
        nonlocal count
        count += 1
        return character

    for run in _unsafe().finditer(before + raw.replace("\r\n", "\n"), len(before)):
        if MAY_BE_MEANT.isdisjoint(run[0]):
            count += len(run[0])
        else:
            _replace_run(run, replace)
    return count


class NeutralisedCount:
    """An incremental ``count_neutralised``, for a text that is still growing."""

    __slots__ = ("_before", "_held", "_total")

    def __init__(self, total: int = 0, before: str = "") -> None:
        """Continue from the count of a text ending with ``before``, which must not be a carriage return."""
        self._total = total
        self._before = before
        self._held = ""
        """A carriage return at the end, which may be followed by a line feed."""

    def feed(self, text: str) -> None:
        """Count the next piece."""
        if not text:
            return
        whole = self._held + text
        self._held = "\r" if whole[-1] == "\r" else ""
        self._total += count_neutralised(whole[:-1] if self._held else whole, self._before)
        self._before = whole[-1]

    @property
    def total(self) -> int:
        """The count so far."""
        return self._total + len(self._held)


def strip_controls(raw: str) -> str:
    """Return a text for the clipboard, without control characters and invisible characters.

    Line feeds and tabs stay; CR LF and Unicode line breaks become LF.
    """
    if raw.isascii() and raw.isprintable():
        return raw
    return _cap_combining(_translate(raw.replace("\r\n", "\n"), _strip_table()))


def _translate(text: str, table: Mapping[int, str]) -> str:
    """Map each character. ``str.translate`` takes 1 ms per MB of ASCII, but a second per MB of other text."""
    if text.isascii():
        return text.translate(table)
    return _unsafe_line().sub(partial(_translate_run, table=table), text)


def _translate_run(match: re.Match[str], table: Mapping[int, str]) -> str:
    run = match[0]
    if MAY_BE_MEANT.isdisjoint(run):
        return run.translate(table)
    return _replace_run(match, lambda character: table.get(ord(character), character))


def _replace_run(match: re.Match[str], replace: Callable[[str], str]) -> str:
    """Replace the characters of a run that are not legitimate where they are."""
    run, start = match[0], match.start()
    before = match.string[start - 1] if start else ""
    if len(run) == 1:
        return run if is_meant(run, before) else replace(run)
    pairs = zip(run, before + run if before else ("", *run), strict=False)
    return "".join([mark if is_meant(mark, previous) else replace(mark) for mark, previous in pairs])


def _cap_combining(text: str) -> str:
    """Limit runs of combining marks to 8: longer ones would be drawn over neighbouring cells."""
    if text.isascii() or (run := _long_run_in(text)) is None:
        return text
    return run.sub(r"\1", text)


def _long_run_in(text: str) -> re.Pattern[str] | None:
    """Return the pattern for long runs of marks in a text; ``None`` if the text has no marks."""
    characters = set(text)
    return _long_run(is_astral=max(characters) > "\uffff") if any(map(is_mark, characters)) else None


@cache
def _unsafe() -> re.Pattern[str]:
    """What ``safe_text`` replaces; compiled in advance, so that a text of megabytes does not stall."""
    return re.compile(f"[{_character_class(sorted(_block_table()))}]+")


@cache
def _unsafe_line() -> re.Pattern[str]:
    """Runs of characters that any of the tables replaces."""
    return re.compile(f"[{_character_class(sorted(_line_table()))}]+")


@cache
def _long_run(*, is_astral: bool) -> re.Pattern[str]:
    """Runs of combining marks that are too long, the part to keep as group 1.

    A character class limited to 16-bit characters is ten times as fast.
    """
    marks = _character_class(sorted(mark_codes(is_astral=is_astral)))
    return re.compile(f"([{marks}]{{{_COMBINING_LIMIT}}})[{marks}]+")


def _character_class(codes: list[int]) -> str:
    """Return the content of a regular expression's character class, for sorted code points."""
    ranges: list[list[int]] = []
    for code in codes:
        if ranges and code == ranges[-1][1] + 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"{re.escape(chr(first))}-{re.escape(chr(last))}" for first, last in ranges)
