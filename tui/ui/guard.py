"""The second wall: what reaches the terminal in spite of ``core.safe_text`` commands nothing.

Textual removes five control characters and passes the rest. This filter is applied to every
line of every widget, and to the addresses of links, which become OSC 8 sequences.
"""

from __future__ import annotations

import re

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

_URL = re.compile(r"(?:https?://|mailto:)[!-~]+", re.IGNORECASE)
_LONGEST_URL = 2048


def safe_url(url: str) -> str | None:
    """Return the URL where a link may carry it: http, https or mailto, printable ASCII, at most 2 kB."""
    return url if len(url) <= _LONGEST_URL and _URL.fullmatch(url) else None


_UNSAFE = frozenset(
    (
        *range(0x20),
        *range(0x7F, 0xA0),
        0x061C,
        0x200B,
        *range(0x200E, 0x2010),
        *range(0x2028, 0x202F),
        0x2060,
        *range(0x2066, 0x206A),
        *range(0xD800, 0xE000),
        0xFEFF,
        *range(0xFFF9, 0xFFFC),
        *range(0xE0000, 0xE0080),
    )
)


class _Replacements(dict[int, str | int | None]):
    """Maps each unsafe character to one that takes as many cells, so that the layout stays true."""

    def __missing__(self, code: int) -> str | int | None:
        """Work out a character when it is first met."""
        if code in _UNSAFE:
            self[code] = "\ufffd" if cell_len(chr(code)) else None
        else:
            self[code] = code
        return self[code]


class ControlCharacterGuard(LineFilter):
    """Drops control, bidi and invisible characters from lines, and links that are not plain addresses."""

    def __init__(self) -> None:
        super().__init__()
        self._table = _Replacements()

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the line without anything that commands a terminal; the same list where it was clean."""
        if all(map(self._is_clean, segments)):
            return segments
        return [self._clean(segment) for segment in segments]

    @staticmethod
    def _is_clean(segment: Segment) -> bool:
        text, style, _ = segment
        return text.isprintable() and (style is None or style.link is None)

    def _clean(self, segment: Segment) -> Segment:
        text, style, control = segment
        if control is not None:
            return segment
        return Segment(text.translate(self._table), _without_unsafe_link(style))


def _without_unsafe_link(style: Style | None) -> Style | None:
    if style is None or style.link is None or safe_url(style.link):
        return style
    return style.update_link(None)
