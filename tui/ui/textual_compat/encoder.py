"""Encodes segments as terminal sequences that only contain what changes between them.

Rich and Textual write every segment with all its colours and a reset, which for streamed text is most of the
bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style

RESET = "\x1b[0m"
_LEAST_ERASED = 8
"""Fewer blanks at the end of a row are not worth an erase sequence."""


class _Codes(NamedTuple):
    """The terminal codes of a style."""

    attributes: str
    foreground: str
    background: str
    shows_on_blanks: bool
    """A blank in this style looks different from one with only the same background."""


@lru_cache(maxsize=1024)
def _codes(style: Style, system: ColorSystem) -> _Codes:
    plain = style.without_color
    attributes = plain._make_ansi_codes(system)
    foreground = style.color.downgrade(system).get_ansi_codes(True) if style.color else ("39",)
    background = style.bgcolor.downgrade(system).get_ansi_codes(False) if style.bgcolor else ("49",)
    shows = bool(style.underline or style.underline2 or style.reverse or style.strike or style.overline)
    return _Codes(attributes, ";".join(foreground), ";".join(background), shows)


class Encoder:
    """Writes segments for one terminal. ``can_erase``: erased cells get the current background."""

    def __init__(self, console: Console) -> None:
        self._system = console._color_system
        terminal = console._environ.get("TERM", "")
        self._can_erase = not terminal.startswith(("screen", "tmux", "linux", "dumb"))
        self._now: _Codes | None = None

    def begin(self) -> None:
        """Forget the terminal's state, since something else may have written."""
        self._now = None

    def encode(self, segments: Iterable[Segment], *, to_edge: bool) -> str:
        """Return the sequences for segments. ``to_edge``: they end at the right edge of the screen."""
        parts = [(text, style or Style.null()) for text, style, control in segments if text and not control]
        output: list[str] = []
        for index, (text, style) in enumerate(parts):
            if to_edge and index == len(parts) - 1 and self._can_erase:
                text, blanks = _split_blanks(text)
                if blanks >= _LEAST_ERASED and not self._shows_on_blanks(style):
                    output += (self._change(style, text), text, self._change(style, ""), "\x1b[K")
                    continue
                text += " " * blanks
            output += (self._change(style, text), text)
        return "".join(output)

    def _shows_on_blanks(self, style: Style) -> bool:
        return self._system is not None and _codes(style, self._system).shows_on_blanks

    def _change(self, style: Style, text: str) -> str:
        """Return the sequence to change the terminal's style for this text."""
        if self._system is None:
            return ""
        now, wanted = self._now, _codes(style, self._system)
        if now == wanted:
            return ""
        if now is None or now.attributes != wanted.attributes:
            if now is not None and text.isspace() and _alike_on_blanks(now, wanted):
                return ""
            self._now = wanted
            codes = [code for code in ("0", wanted.attributes, wanted.foreground, wanted.background) if code]
            return f"\x1b[{';'.join(codes)}m"
        if text.isspace() and _alike_on_blanks(now, wanted):
            return ""
        changed = [new for old, new in zip(now[1:3], wanted[1:3], strict=True) if old != new]
        self._now = wanted
        return f"\x1b[{';'.join(changed)}m" if changed else ""


def _alike_on_blanks(left: _Codes, right: _Codes) -> bool:
    return left.background == right.background and not left.shows_on_blanks and not right.shows_on_blanks


def _split_blanks(text: str) -> tuple[str, int]:
    kept = text.rstrip(" ")
    return kept, len(text) - len(kept)
