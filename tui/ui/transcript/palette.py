"""Styles of spans to Rich styles, from the style sheet of whatever theme is on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style

from tui.ui.transcript.cells import cell_len
from tui.ui.transcript.lines import ROLE_MASK, Attribute, Role, Span

if TYPE_CHECKING:
    from textual.widget import Widget

COMPONENTS = {f"transcript--{role.name.lower().replace('_', '-')}" for role in Role}


class Palette:
    """Looks styles up once each. Make a new one when the theme changes."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self.background = widget.background_colors[1]
        self._styles: dict[int, Style] = {}

    def style(self, code: int) -> Style:
        """Return the Rich style for a span's style."""
        style = self._styles.get(code)
        if style is None:
            style = self._styles[code] = self._make(code)
        return style

    def _make(self, code: int) -> Style:
        name = Role(code & ROLE_MASK).name.lower().replace("_", "-")
        return self._widget.get_component_rich_style(f"transcript--{name}") + Style(
            bold=True if code & Attribute.BOLD else None,
            italic=True if code & Attribute.ITALIC else None,
            strike=True if code & Attribute.STRIKE else None,
            underline=True if code & Attribute.UNDERLINE else None,
        )

    def segments(self, spans: Iterable[Span]) -> list[Segment]:
        """Return spans as segments."""
        style = self.style
        return [Segment(span.text, style(span.style)) for span in spans]

    def filled(self, spans: Sequence[Span], width: int, fill: int) -> list[Segment]:
        """Return spans as segments, filled with blanks up to ``width`` cells."""
        segments = self.segments(spans)
        gap = width - sum(cell_len(span.text) for span in spans)
        if gap > 0:
            style = self.style(fill)
            if segments and segments[-1].style == style:
                segments[-1] = Segment(segments[-1].text + " " * gap, style)
            else:
                segments.append(Segment(" " * gap, style))
        return segments
