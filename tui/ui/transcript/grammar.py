"""What a line of Markdown can begin: the patterns of block structure, as pure functions."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from tui.core.lazy_dataclass import dataclass
from tui.core.lazy_pattern import lazy_pattern

BLANKS = " \t"
"""White space in CommonMark: other spaces, form feeds and control characters are not blank."""
_BULLET = lazy_pattern(r"([-+*])(?=[ \t]|$)")
_ORDERED = lazy_pattern(r"([0-9]{1,9})([.)])(?=[ \t]|$)")
_FENCE = lazy_pattern(r"(`{3,}|~{3,})(.*)$", re.S)
_HEADING = lazy_pattern(r"(#{1,6})(?=[ \t]|$)(.*)$", re.S)
_HEADING_END = lazy_pattern(r"(?:(?<=[ \t])|^)#+[ \t]*$")
_RULE = lazy_pattern(r"(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$")
_UNDERLINE = lazy_pattern(r"(=+|-+)[ \t]*$")
_DELIMITER_CELL = lazy_pattern(r":?-+:?$")
_HTML_NAMES = lazy_pattern(
    r"</?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir"
    r"|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend"
    r"|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td"
    r"|tfoot|th|thead|title|tr|track|ul)(?=[ \t]|/?>|$)",
    re.I,
)
_HTML_SPANS = (
    (
        lazy_pattern(r"<(?:script|pre|style|textarea)(?=[ \t>]|$)", re.I),
        lazy_pattern(r"</(?:script|pre|style|textarea)>", re.I),
    ),
    (lazy_pattern(r"<!--"), lazy_pattern(r"-->")),
    (lazy_pattern(r"<\?"), lazy_pattern(r"\?>")),
    (lazy_pattern(r"<![A-Za-z]"), lazy_pattern(r">")),
    (lazy_pattern(r"<!\[CDATA\["), lazy_pattern(r"\]\]>")),
)
"""The beginning and end of HTML that may contain blank lines."""
_HTML_INLINE = lazy_pattern(
    r"</(?:pre|script|style|textarea)(?=[\s>])"
    r"|</?(?:a|abbr|acronym|audio|b|bdi|bdo|big|br|button|canvas|cite|code|data|datalist|del|dfn|em|embed|font|i|img"
    r"|input|ins|kbd|label|map|mark|math|meter|nobr|object|output|picture|progress|q|rp|rt|ruby|s|samp|select|slot"
    r"|small|span|strike|strong|sub|sup|svg|template|time|tt|u|var|video|wbr)(?=[\s/>])",
    re.I,
)
"""Elements for which a single tag on a line begins a block as well."""
_MATH_START = lazy_pattern(r"\\\[(?:[ \t\\]|$|.*\\\])")
_MATH_ENDS = {"\\": lazy_pattern(r"\\\]"), "$": lazy_pattern(r"\$\$")}
_NEVER = lazy_pattern(r"(?!)")


class Rest(NamedTuple):
    """The rest of a line inside containers, with its leading tabs expanded."""

    text: str
    column: int
    """The column in the line at which it begins."""

    def after(self, characters: int) -> Rest:
        """Return what follows a marker or blanks of this many characters."""
        column = self.column + characters
        return Rest(expand_indent(self.text[characters:], column), column)

    @property
    def indent(self) -> int:
        """The number of leading spaces."""
        return indent_of(self.text)

    @property
    def is_blank(self) -> bool:
        """Whether only blanks are left."""
        return not self.text.strip(BLANKS)


@dataclass(frozen=True, slots=True)
class LiteralStart:
    """The first line of a block that is shown unchanged: HTML or a display formula."""

    end: re.Pattern[str]
    """A pattern in the last line of the block."""
    at_blank: bool
    """Whether a blank line ends it as well."""
    is_closed: bool
    """Whether its first line is its last."""


@dataclass(frozen=True, slots=True)
class ItemMarker:
    """The marker of a list item."""

    kind: str
    """The bullet, or the delimiter of a numbered item; a different one begins a new list."""
    number: int | None
    length: int
    """The length of the marker itself in characters."""
    width: int
    """The columns from the marker's first character to the item's content."""
    is_empty: bool


@dataclass(frozen=True, slots=True)
class FenceStart:
    """The opening line of a fenced code block."""

    mark: str
    info: str


def indent_of(text: str) -> int:
    """Return the number of leading spaces."""
    return len(text) - len(text.lstrip(" "))


def expand_indent(text: str, column: int = 0) -> str:
    """Expand the tabs among a line's leading blanks to multiples of 4 columns."""
    body = text.lstrip(" \t")
    lead = text[: len(text) - len(body)]
    if "\t" not in lead:
        return text
    width = column
    for character in lead:
        width += 4 - width % 4 if character == "\t" else 1
    return " " * (width - column) + body


def from_column(source: str, column: int) -> str:
    """Return a line from a column, unchanged; a tab across that column is replaced by spaces."""
    if "\t" not in source[:column]:
        return source[column:]
    at = 0
    for index, character in enumerate(source):
        if at >= column:
            return " " * (at - column) + source[index:]
        at += 4 - at % 4 if character == "\t" else 1
    return " " * (at - column)


def item_marker(rest: Rest) -> ItemMarker | None:
    """Parse a list marker at the start of a text without indentation."""
    match = _BULLET.match(rest.text) or _ORDERED.match(rest.text)
    if match is None:
        return None
    content = rest.after(match.end())
    is_blank = content.is_blank
    gap = 1 if is_blank or content.indent > 4 else content.indent
    ordered = match.lastindex == 2
    kind = match[2] if ordered else match[1]
    return ItemMarker(kind, int(match[1]) if ordered else None, match.end(), match.end() + gap, is_blank)


def fence_start(text: str) -> FenceStart | None:
    """Parse the opening of a fence; with backticks in the info, it is inline code instead."""
    match = _FENCE.match(text)
    if match is None or (match[1][0] == "`" and "`" in match[2]):
        return None
    return FenceStart(match[1], _plain(match[2].strip(BLANKS)))


def _plain(info: str) -> str:
    """Return an info string without escapes and character references."""
    if "\\" not in info and "&" not in info:
        return info
    unescape, _ = _markdown_it()
    return unescape(info)


@cache
def _markdown_it() -> tuple[Callable[[str], str], re.Pattern[str]]:
    from markdown_it.common import html_re, utils

    return utils.unescapeAll, html_re.HTML_OPEN_CLOSE_TAG_RE


def is_fence_end(text: str, mark: str) -> bool:
    """Return whether a line closes the fence that ``mark`` opened."""
    stripped = text.strip(BLANKS)
    return indent_of(text) < 4 and len(stripped) >= len(mark) and not stripped.strip(mark[0])


def heading(text: str) -> tuple[int, str] | None:
    """Parse a heading: its level and text."""
    match = _HEADING.match(text)
    if match is None:
        return None
    return len(match[1]), _HEADING_END.sub("", match[2].strip(BLANKS)).strip(BLANKS)


def is_rule(text: str) -> bool:
    """Return whether the line is a thematic break."""
    return text[:1] in "-*_" and bool(text) and _RULE.match(text) is not None


def underline_level(text: str) -> int | None:
    """Return the heading level for the paragraph above a line of ``=`` or ``-``."""
    match = _UNDERLINE.match(text)
    return None if match is None else (1 if match[1][0] == "=" else 2)


def literal_start(text: str, *, in_paragraph: bool) -> LiteralStart | None:
    """Parse the first line of HTML or a display formula; ``in_paragraph``: a paragraph is open."""
    if text[0] == "<":
        return _html_start(text, in_paragraph)
    is_formula = text.rstrip(BLANKS) == "$$" or (text.startswith("$$") and "$$" not in text[2:])
    if not is_formula and _MATH_START.match(text) is None:
        return None
    end = _MATH_ENDS[text[0]]
    return LiteralStart(end, at_blank=True, is_closed=end.search(text, 2) is not None)


def _html_start(text: str, in_paragraph: bool) -> LiteralStart | None:
    for start, end in _HTML_SPANS:
        if start.match(text):
            return LiteralStart(end, at_blank=False, is_closed=end.search(text) is not None)
    if _HTML_NAMES.match(text) or (not in_paragraph and _is_lone_tag(text)):
        return LiteralStart(_NEVER, at_blank=True, is_closed=False)
    return None


def _is_lone_tag(text: str) -> bool:
    """Return whether a line is a single HTML tag.

    Unknown tags are text: models wrap Markdown in their own.
    """
    if _HTML_INLINE.match(text) is None:
        return False
    _, lone_tag = _markdown_it()
    tag = lone_tag.match(text)
    return tag is not None and not text[tag.end() :].strip(BLANKS)


def delimiter_row(text: str) -> tuple[str, ...] | None:
    """Parse the line below a table's header: ``left``, ``center`` or ``right`` for each column."""
    if (
        not text
        or text[0] not in "|-:"
        or text.strip(" \t|:-")
        or (len(text) > 1 and text[0] == "-" and text[1] in " \t")
    ):
        return None
    cells = [cell.strip(BLANKS) for cell in text.strip(BLANKS).removeprefix("|").removesuffix("|").split("|")]
    if not all(_DELIMITER_CELL.match(cell) for cell in cells):
        return None
    return tuple(_alignment(cell) for cell in cells)


def _alignment(cell: str) -> str:
    if cell.startswith(":"):
        return "center" if cell.endswith(":") and len(cell) > 1 else "left"
    return "right" if cell.endswith(":") else ""


def table_cells(text: str) -> list[str]:
    """Split a table row at its pipes; an escaped pipe belongs to its cell."""
    cells: list[str] = [""]
    escaped = False
    for character in text.strip(BLANKS):
        if character == "|" and not escaped:
            cells.append("")
        elif character == "|":
            cells[-1] = cells[-1][:-1] + "|"
        else:
            cells[-1] += character
        escaped = character == "\\" and not escaped
    if cells and not cells[0].strip(BLANKS):
        cells.pop(0)
    if cells and not cells[-1].strip(BLANKS):
        cells.pop()
    return [cell.strip(BLANKS) for cell in cells]
