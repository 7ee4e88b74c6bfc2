"""What one line of Markdown can begin: the patterns of block structure, each a pure function."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BULLET = re.compile(r"([-+*])(?= |$)")
_ORDERED = re.compile(r"(\d{1,9})([.)])(?= |$)")
_FENCE = re.compile(r"(`{3,}|~{3,})(.*)$", re.S)
_HEADING = re.compile(r"(#{1,6})(?=[ \t]|$)(.*)$", re.S)
_HEADING_END = re.compile(r"(?:(?<=[ \t])|^)#+[ \t]*$")
_RULE = re.compile(r"(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$")
_UNDERLINE = re.compile(r"(=+|-+)[ \t]*$")
_DELIMITER_CELL = re.compile(r":?-+:?$")
_REFERENCE = re.compile(
    r" {0,3}\[((?:[^\\\[\]]|\\.){1,999})\]:[ \t]*(?:<([^<>\n]*)>|([^\s<]\S*))"
    r"(?:[ \t]+(?:\"([^\"]*)\"|'([^']*)'|\(([^()]*)\)))?[ \t]*$"
)
_HTML_BLOCK = re.compile(
    r"<(?:!--|\?|![A-Za-z]|!\[CDATA\[|/?(?:address|article|aside|blockquote|body|caption|center|col|colgroup|dd"
    r"|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr"
    r"|html|iframe|legend|li|link|main|menu|menuitem|nav|ol|optgroup|option|p|param|pre|script|search|section"
    r"|style|summary|table|tbody|td|textarea|tfoot|th|thead|title|tr|track|ul)(?=[\s>/]|$))",
    re.I,
)
_SELF_ENDING = {"<!--": "-->", "<?": "?>", "<![": "]]>"}


@dataclass(frozen=True, slots=True)
class ItemMarker:
    """The marker of a list item."""

    kind: str
    """The bullet, or the delimiter of a numbered item: what tells one list from the next."""
    number: int | None
    width: int
    """Columns from the marker's first character to the item's content."""
    is_empty: bool


@dataclass(frozen=True, slots=True)
class FenceStart:
    """The opening line of a fenced code block."""

    mark: str
    info: str


def indent_of(text: str) -> int:
    """Return how many spaces the text begins with."""
    return len(text) - len(text.lstrip(" "))


def expand_indent(text: str, column: int = 0) -> str:
    """Expand the tabs among a line's leading blanks to stops of 4 columns."""
    body = text.lstrip(" \t")
    lead = text[: len(text) - len(body)]
    if "\t" not in lead:
        return text
    width = column
    for character in lead:
        width += 4 - width % 4 if character == "\t" else 1
    return " " * (width - column) + body


def item_marker(text: str) -> ItemMarker | None:
    """Read a list marker at the start of a text without indent."""
    match = _BULLET.match(text) or _ORDERED.match(text)
    if match is None:
        return None
    rest = text[match.end() :]
    blank = not rest.strip()
    spaces = indent_of(rest)
    gap = 1 if blank or spaces > 4 else spaces
    ordered = match.re is _ORDERED
    kind = match[2] if ordered else match[1]
    return ItemMarker(kind, int(match[1]) if ordered else None, match.end() + gap, blank)


def fence_start(text: str) -> FenceStart | None:
    """Read the opening of a fence; backticks in the info make it inline code instead."""
    match = _FENCE.match(text)
    if match is None or (match[1][0] == "`" and "`" in match[2]):
        return None
    return FenceStart(match[1], match[2].strip())


def is_fence_end(text: str, mark: str) -> bool:
    """Whether a line closes the fence that ``mark`` opened."""
    stripped = text.strip()
    return indent_of(text) < 4 and len(stripped) >= len(mark) and not stripped.strip(mark[0])


def heading(text: str) -> tuple[int, str] | None:
    """Read a heading: its level and its text."""
    match = _HEADING.match(text)
    if match is None:
        return None
    return len(match[1]), _HEADING_END.sub("", match[2].strip()).strip()


def is_rule(text: str) -> bool:
    """Whether the line is a thematic break."""
    return text[:1] in "-*_" and bool(text) and _RULE.match(text) is not None


def underline_level(text: str) -> int | None:
    """Return the level of the heading that a line of ``=`` or ``-`` makes of the paragraph above."""
    match = _UNDERLINE.match(text)
    return None if match is None else (1 if match[1][0] == "=" else 2)


def html_end(text: str) -> str | None:
    """Return what ends the HTML block that begins here (an empty text: a blank line), or ``None``."""
    if not text.startswith("<") or _HTML_BLOCK.match(text) is None:
        return None
    return next((end for start, end in _SELF_ENDING.items() if text.startswith(start)), "")


def math_end(text: str) -> str | None:
    """Return what ends the display formula that begins here, or ``None``."""
    if text.startswith("\\["):
        return "\\]"
    return "$$" if text.rstrip() == "$$" or (text.startswith("$$") and "$$" not in text[2:]) else None


def reference(text: str) -> tuple[str, str, str] | None:
    """Read a link reference definition: label (normalised), address, title."""
    match = _REFERENCE.match(text)
    if match is None or not match[1].strip():
        return None
    url = match[2] if match[2] is not None else match[3]
    return normal_label(match[1]), url, match[4] or match[5] or match[6] or ""


def normal_label(label: str) -> str:
    """Return the form in which labels of link references are compared."""
    return " ".join(label.split()).lower().upper()


def delimiter_row(text: str) -> tuple[str, ...] | None:
    """Read the line below a table's header: how each column is aligned (``left``, ``center``, ``right``)."""
    if (
        not text
        or text[0] not in "|-:"
        or text.strip(" \t|:-")
        or (len(text) > 1 and text[0] == "-" and text[1] in " \t")
    ):
        return None
    cells = [cell.strip() for cell in text.strip().removeprefix("|").removesuffix("|").split("|")]
    if not all(_DELIMITER_CELL.match(cell) for cell in cells):
        return None
    return tuple(_alignment(cell) for cell in cells)


def _alignment(cell: str) -> str:
    if cell.startswith(":"):
        return "center" if cell.endswith(":") and len(cell) > 1 else "left"
    return "right" if cell.endswith(":") else ""


def table_cells(text: str) -> list[str]:
    """Split a table's row at its pipes; an escaped pipe belongs to its cell."""
    cells: list[str] = [""]
    escaped = False
    for character in text.strip():
        if character == "|" and not escaped:
            cells.append("")
        elif character == "|":
            cells[-1] = cells[-1][:-1] + "|"
        else:
            cells[-1] += character
        escaped = character == "\\" and not escaped
    if cells and not cells[0].strip():
        cells.pop(0)
    if cells and not cells[-1].strip():
        cells.pop()
    return [cell.strip() for cell in cells]
