"""Resolves the styles of spans with the current theme: a style sheet gives each role a Rich style."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.css.stylesheet import Stylesheet
from textual.strip import Strip

from tui.core.lazy_pattern import lazy_pattern
from tui.ui.textual_compat.internals import style_of_class
from tui.ui.transcript.cells import cell_len
from tui.ui.transcript.lines import ROLE_MASK, Attribute, Line, Role, Span

if TYPE_CHECKING:
    from textual.widget import Widget

_ROLES = Path(__file__).with_name("roles.tcss")
_RULE = lazy_pattern(r"& >[^{}]*\{[^{}]*\}")


@lru_cache(maxsize=4)
def _sheet(variables: frozenset[tuple[str, str]]) -> Stylesheet:
    """Return a style sheet for the roles in a theme's colours; rules are added on first use.

    They are not component classes of the widget: Textual would apply forty of them whenever its focus
    changes.
    """
    return Stylesheet(variables=dict(variables))


@cache
def _rules() -> list[list[str]]:
    """Return the rules for all themes, and those for the terminal's own colours."""
    return [_RULE.findall(part) for part in _ROLES.read_text("utf-8").split("&:ansi {")]


@cache
def _css_of(name: str) -> str:
    """Return the rules of one class: parsing all of them would take as long as a frame."""
    own = re.compile(rf"\.{name}[ ,]")
    usual, ansi = (" ".join(filter(own.search, rules)) for rules in _rules())
    return f"Transcript {{ {usual} &:ansi {{ {ansi} }} }}"


class Palette:
    """Caches styles. Create a new one when the theme changes."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self.background = widget.background_colors[1]
        self._styles: dict[int, Style] = {}
        self._rows: dict[int, tuple[Line, Strip]] = {}

    def style(self, code: int) -> Style:
        """Return the Rich style for a span's style."""
        style = self._styles.get(code)
        if style is None:
            style = self._styles[code] = self._make(code)
        return style

    def _make(self, code: int) -> Style:
        return self._of_role(Role(code & ROLE_MASK)) + Style(
            bold=True if code & Attribute.BOLD else None,
            italic=True if code & Attribute.ITALIC else None,
            strike=True if code & Attribute.STRIKE else None,
            underline=True if code & Attribute.UNDERLINE else None,
        )

    def _of_role(self, role: Role) -> Style:
        if role is Role.TEXT:
            return self._widget.rich_style
        name = f"transcript--{role.name.lower().replace('_', '-')}"
        sheet = _sheet(frozenset(self._widget.app.theme_variables.items()))
        sheet.add_source(_css_of(name), (name, ""))
        return style_of_class(self._widget, sheet, name)

    def segments(self, spans: Iterable[Span]) -> list[Segment]:
        """Return spans as segments."""
        style = self.style
        return [Segment(span.text, style(span.style)) for span in spans]

    def strip(self, spans: Sequence[Span], width: int, fill: int) -> Strip:
        """Return spans as a strip of exactly ``width`` cells, after the application's line filters."""
        segments = self.segments(spans)
        gap = width - sum(cell_len(span.text) for span in spans)
        if gap > 0:
            style = self.style(fill)
            if segments and segments[-1].style == style:
                segments[-1] = Segment(segments[-1].text + " " * gap, style)
            else:
                segments.append(Segment(" " * gap, style))
        strip = Strip(segments)
        if strip.cell_length > width:
            strip = strip.crop(0, width)
        for line_filter in self._widget.get_line_filters():
            strip = strip.apply_filter(line_filter, self.background)
        return strip

    def row(self, y: int, line: Line, width: int) -> Strip:
        """Return a row as a strip, from the cache if unchanged.

        For any change on the screen, the compositor requests all rows of every widget.
        """
        known = self._rows.get(y)
        if known is not None and known[0] == line and known[1].cell_length == width:
            return known[1]
        strip = self.strip(line.spans, width, line.fill)
        self._rows[y] = (line, strip)
        return strip
