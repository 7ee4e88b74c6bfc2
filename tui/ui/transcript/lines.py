"""Lines of styled spans, independent of colours.

A style is an integer: a role in its low byte, attributes above. The colours of a role are looked up when a
line is drawn, so that a change of theme does not render anything again.
"""

from __future__ import annotations

from enum import IntEnum, IntFlag
from typing import NamedTuple


class Role(IntEnum):
    """The role of a span. Each has a class ``transcript--<name>`` in ``roles.tcss``."""

    TEXT = 0
    HEADING = 1
    SUBHEADING = 2
    MARKER = 3
    QUOTE_BAR = 4
    QUOTE = 5
    RULE = 6
    INLINE_CODE = 7
    CODE = 8
    CODE_BORDER = 9
    CODE_LABEL = 10
    TABLE_BORDER = 11
    TABLE_HEADER = 12
    LINK = 13
    URL = 14
    LITERAL = 15
    PROMPT = 16
    PROMPT_BAR = 17
    SPEAKER = 18
    FOOTER = 19
    NOTE = 20
    ERROR = 21
    ADVICE = 22
    WARNING = 23
    TOOL = 24
    KEYWORD = 25
    STRING = 26
    NUMBER = 27
    COMMENT = 28
    FUNCTION = 29
    TYPE = 30
    OPERATOR = 31
    INSERTED = 32
    DELETED = 33
    REASONING = 34
    CURSOR = 35
    MATCH = 36
    CURRENT_MATCH = 37
    SELECTION = 38
    VARIANT = 39
    OFFER = 40
    """An action to click. No text of a model has this role."""
    BOX = 41
    """The border of a box: decoration at both ends of a line, which is never copied."""


class Attribute(IntFlag):
    """An attribute of a span; ORed into a style."""

    BOLD = 1 << 8
    ITALIC = 1 << 9
    STRIKE = 1 << 10
    UNDERLINE = 1 << 11


ROLE_MASK = 0xFF


class Span(NamedTuple):
    """A run of text in one style."""

    text: str
    style: int = Role.TEXT
    url: str = ""
    """The URL of a link."""


class Line(NamedTuple):
    """One line of the transcript, without its line end."""

    spans: tuple[Span, ...]
    lead: int = 0
    """The number of decoration spans at its start (bars, indentation), which are not copied."""
    soft: bool = False
    """The text continues on the next line: copying joins them with a space."""
    fill: int = Role.TEXT
    """The style for the rest of the row."""
    block: int = -1
    """The number of its block, -1 between blocks."""

    @property
    def text(self) -> str:
        """The characters as drawn."""
        return "".join(span.text for span in self.spans)


EMPTY_LINE = Line(())
