"""Where endless text is split; depends only on the text, never on how it arrived."""

from __future__ import annotations

from tui.core.lazy_pattern import lazy_pattern

LINE_LIMIT = 1_000
"""In characters; longer source lines are processed in pieces."""
PARAGRAPH_LIMIT = 1_500
"""In characters; longer paragraphs are parsed in pieces."""

_SPECIAL = lazy_pattern(r"\\.|`+|\*+|_+|~~|[\[\]() \n$]")


def line_cut(text: str) -> int:
    """Return where to split a long line: after the last space within the limit, or at the limit."""
    space = text.rfind(" ", LINE_LIMIT // 2, LINE_LIMIT)
    return space + 1 if space >= 0 else LINE_LIMIT


def paragraph_cut(text: str) -> int:
    """Return where to split a long paragraph: at the last white space within the limit outside markup.

    If everything is inside markup, the last white space; without any, the limit.
    """
    head = text[:PARAGRAPH_LIMIT]
    best = _balanced_cut(head)
    if best > PARAGRAPH_LIMIT // 4:
        return best
    space = max(head.rfind(" "), head.rfind("\n"))
    return space + 1 if space > 0 else PARAGRAPH_LIMIT


def _balanced_cut(head: str) -> int:
    """Return the index after the last white space at which no emphasis, code or bracket is open."""
    best = depth = 0
    code = ""
    open_marks: list[str] = []
    for match in _SPECIAL.finditer(head):
        mark = match[0]
        if mark[0] == "`":
            code = mark if not code else ("" if mark == code else code)
        elif code or mark[0] == "\\":
            continue
        elif mark in "[(":
            depth += 1
        elif mark in "])":
            depth = max(0, depth - 1)
        elif mark in " \n":
            if not depth and not open_marks:
                best = match.end()
        elif open_marks and open_marks[-1] == mark:
            open_marks.pop()
        elif not _stands_alone(head, match.start(), match.end()):
            open_marks.append(mark)
    return best


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Return whether a run of marks is surrounded by white space, or underscores are inside a word."""
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    return (before.isspace() and after.isspace()) or (
        text[start] == "_" and before.isalnum() and after.isalnum()
    )
