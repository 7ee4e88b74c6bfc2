"""Embeds texts in a Markdown page, so that they neither end a block nor become HTML."""

from __future__ import annotations

import re

from tui.core.lazy_pattern import lazy_pattern
from tui.core.safe_text import safe_line, safe_text

_FENCE = lazy_pattern(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
_TICKS = lazy_pattern(r"`+")
_TAG = lazy_pattern(r"<(?=[A-Za-z/!?])")
_SPECIAL = lazy_pattern(r"([\\`*_\[\]{}#|~!<>&])")


def one_line(text: str) -> str:
    """Return a text on one line, with Markdown escaped."""
    return _SPECIAL.sub(r"\\\1", safe_line(text))


def answer(text: str) -> str:
    """Return a Markdown text with open blocks closed and tags escaped."""
    lines, open_fence = _without_tags(text)
    return "\n".join([*lines, open_fence] if open_fence else lines)


def quoted(text: str) -> str:
    """Return a text as a block quotation, whose end also closes open blocks."""
    return "\n".join(f"> {line}" if line else ">" for line in _without_tags(text)[0])


def unquoted(text: str) -> str:
    """Return the text of a block quotation."""
    return "\n".join(line.removeprefix(">").removeprefix(" ") for line in text.split("\n"))


def _without_tags(text: str) -> tuple[list[str], str]:
    """Return the lines, and the fence of a code block that is open at the end."""
    lines: list[str] = []
    fence = ""
    is_cut = False
    """A code span may continue from an earlier line of this paragraph."""
    for line in safe_text(text).split("\n"):
        begun = _FENCE.match(line) if not fence else None
        if fence:
            if re.fullmatch(rf" {{0,3}}{fence[0]}{{{len(fence)},}}[ \t]*", line):
                fence = ""
        elif begun:
            fence, is_cut = begun[1], False
        else:
            is_cut = is_cut and bool(line.strip())
            line, is_cut = _escaped(line, is_cut)
        lines.append(line)
    return lines, fence


def _escaped(line: str, is_cut: bool) -> tuple[str, bool]:
    """Return a line with tags outside code escaped, and whether its code spans are ambiguous."""
    ticks = list(_TICKS.finditer(line))
    if is_cut or "\\" in line or not ticks:
        return _TAG.sub("&lt;", line), is_cut or bool(ticks)
    pieces: list[str] = []
    read = index = 0
    while index < len(ticks):
        opening = ticks[index]
        following = range(index + 1, len(ticks))
        closing = next((at for at in following if len(ticks[at][0]) == len(opening[0])), None)
        if closing is None:
            return "".join((*pieces, _TAG.sub("&lt;", line[read:]))), True
        end = ticks[closing].end()
        pieces += (_TAG.sub("&lt;", line[read : opening.start()]), line[opening.start() : end])
        read, index = end, closing + 1
    return "".join((*pieces, _TAG.sub("&lt;", line[read:]))), False
