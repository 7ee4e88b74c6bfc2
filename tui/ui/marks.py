"""The symbols of the screens, and their substitutes for terminals that cannot show them.

Screens use the symbols on the left. A line filter of the app replaces them by those on the right, of the same
width, on the Linux console, whose fonts have few glyphs, and if the locale is not UTF-8.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from tui.ui.mark_support import is_linux_console, lacks_marks

MARKS: Mapping[str, str] = {
    # states
    "★": "*",
    "●": "*",
    "■": "#",
    "◌": "o",
    "○": "o",
    "✓": "+",
    "✗": "x",
    "⏹": "x",
    "✻": "*",
    "⚠": "!",
    "⚙": "*",
    "☐": "o",
    "☑": "x",
    # directions and folds
    "▶": ">",
    "▷": ">",
    "▸": ">",
    "▼": "v",
    "▾": "v",
    "▲": "^",
    "◁": "<",
    "◀": "<",
    "‹": "<",
    "›": ">",
    "→": ">",
    "←": "<",
    "↑": "^",
    "↓": "v",
    "⏎": "<",
    # punctuation
    "…": ".",
    "·": "-",
    "•": "*",
    "◦": "o",
    "▪": "*",
    "—": "-",
    "–": "-",
    "−": "-",
    "×": "x",
    "≤": "<",
    "≥": ">",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "␊": "_",
    "\ufffd": "?",
    # bars
    "▌": "|",
    "▐": "|",
    "▀": "-",
    "▄": "=",
    "▔": "-",
    "▁": "_",
    "█": "#",
    **dict.fromkeys("▏▎▍▋▊▉", "|"),
    **dict.fromkeys("▂▃▅▆▇", "="),
    **dict.fromkeys("▖▗▘▙▚▛▜▝▞▟", "+"),
}
"""All symbols except lines, with their ASCII substitutes."""

_HORIZONTAL = "─━┄┅┈┉╌╍═╴╶╸╺╼╾"
_VERTICAL = "│┃┆┇┊┋╎╏║╵╷╹╻╽╿"
_LINES: Mapping[str, str] = {
    **{chr(code): "+" for code in range(0x2500, 0x2580)},
    **dict.fromkeys(_HORIZONTAL, "-"),
    **dict.fromkeys(_VERTICAL, "|"),
}
_CONSOLE_LINES: Mapping[str, str] = {
    **dict.fromkeys(_HORIZONTAL, "─"),
    **dict.fromkeys(_VERTICAL, "│"),
    **dict(zip("╭╮╰╯┏┓┗┛╔╗╚╝", "┌┐└┘" * 3, strict=True)),
}
"""Lines with square corners, which all fonts of the Linux console have."""

_CONSOLE = str.maketrans({**MARKS, **_CONSOLE_LINES, "·": "·"})
_ASCII = str.maketrans({**MARKS, **_LINES})


class PlainMarks(LineFilter):
    """Replaces symbols by ASCII; lines stay lines on the Linux console."""

    def __init__(self, *, keeps_lines: bool) -> None:
        super().__init__()
        self._table = _CONSOLE if keeps_lines else _ASCII
        self._shown = lru_cache(maxsize=1024)(lambda text: text.translate(self._table))

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the line with symbols that the terminal supports, with the same width."""
        return [
            segment if segment.text.isascii() else Segment(self._shown(segment.text), *segment[1:])
            for segment in segments
        ]


def marks_for(environment: Mapping[str, str], encoding: str) -> PlainMarks | None:
    """Return the filter for a terminal, or ``None`` if it shows all symbols.

    ``encoding`` is that of its stream.
    """
    if not lacks_marks(environment, encoding):
        return None
    return PlainMarks(keeps_lines=is_linux_console(environment))
