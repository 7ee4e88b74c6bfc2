"""Texts of a chat as parts of a Markdown page: nothing in them ends a part, or is markup for a browser."""

from __future__ import annotations

import re

from tui.core.lazy_pattern import lazy_pattern
from tui.core.safe_text import safe_line, safe_text

_FENCE = lazy_pattern(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
_TICKS = lazy_pattern(r"`+")
_TAG = lazy_pattern(r"<(?=[A-Za-z/!?])")
_SPECIAL = lazy_pattern(r"([\\`*_\[\]{}#|~!<>&])")


def one_line(text: str) -> str:
    """Return a text as one line that shows as it is."""
    return _SPECIAL.sub(r"\\\1", safe_line(text))


def answer(text: str) -> str:
    """Return a text that is Markdown itself: what it opens it closes, and tags show as text."""
    lines, open_fence = _without_tags(text)
    return "\n".join([*lines, open_fence] if open_fence else lines)


def quoted(text: str) -> str:
    """Return a text as a quotation; the end of that closes whatever the text opens."""
    return "\n".join(f"> {line}" if line else ">" for line in _without_tags(text)[0])


def unquoted(text: str) -> str:
    """Return what was quoted."""
    return "\n".join(line.removeprefix(">").removeprefix(" ") for line in text.split("\n"))


def _without_tags(text: str) -> tuple[list[str], str]:
    """Return the lines, and the fence of a block of code that is still open at the end."""
    lines: list[str] = []
    fence = ""
    is_cut = False
    """A code span may have begun in this paragraph and go into the next line."""
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
    """Return a line whose tags outside of code show as text, and whether its code spans are uncertain."""
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
