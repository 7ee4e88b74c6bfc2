"""The second safeguard: keeps control sequences that pass ``core.safe_text`` from the terminal.

Textual removes five control characters and passes the rest. This filter is applied to every line of every
widget, and to the URLs of links, which become OSC 8 sequences.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from tui.core.lazy_pattern import lazy_pattern
from tui.core.safe_text import replace_hidden

_URL = lazy_pattern(r"(?:https?://|mailto:)[!-~]+", re.IGNORECASE)
_LONGEST_URL = 2048


def safe_url(url: str) -> str | None:
    """Return the URL if a link may have it: http, https or mailto, printable ASCII, at most 2 kB."""
    return url if len(url) <= _LONGEST_URL and _URL.fullmatch(url) else None


def _in_its_cells(character: str) -> str:
    """Return a replacement with the same width as an unsafe character, so that the layout stays valid."""
    cells = cell_len(character)
    return "\ufffd".ljust(cells) if cells else ""


@lru_cache(maxsize=1024)
def _shown_anew(text: str) -> str:
    return replace_hidden(text, _in_its_cells)


def _shown(text: str) -> str:
    return text if text.isascii() and text.isprintable() else _shown_anew(text)


class ControlCharacterGuard(LineFilter):
    """Removes control, bidi and invisible characters from lines, and links with other URLs."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the line without control sequences; the same list if it was clean."""
        if all(map(self._is_clean, segments)):
            return segments
        return [self._clean(segment) for segment in segments]

    @staticmethod
    def _is_clean(segment: Segment) -> bool:
        text, style, _ = segment
        return (style is None or style.link is None) and _shown(text) == text

    @staticmethod
    def _clean(segment: Segment) -> Segment:
        text, style, control = segment
        if control is not None:
            return segment
        return Segment(_shown(text), _without_unsafe_link(style))


def _without_unsafe_link(style: Style | None) -> Style | None:
    if style is None or style.link is None or safe_url(style.link):
        return style
    return style.update_link(None)
