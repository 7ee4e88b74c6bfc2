"""Styles of spans to Rich styles, from the style sheet of whatever theme is on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style

from tui.ui.transcript.cells import cell_len
from tui.ui.transcript.lines import CODE_ROLES, ROLE_MASK, Attribute, Line, Role, Span

if TYPE_CHECKING:
    from textual.widget import Widget

COMPONENTS = {f"transcript--{role.name.lower().replace('_', '-')}" for role in Role}


class Palette:
    """Looks styles up once each. Make a new one when the theme changes."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self.base = widget.rich_style
        self._styles: dict[int, Style] = {}

    def style(self, code: int) -> Style:
        """Return the Rich style for a span's style."""
        style = self._styles.get(code)
        if style is None:
            style = self._styles[code] = self._make(code)
        return style

    def _make(self, code: int) -> Style:
        role = Role(code & ROLE_MASK)
        style = self.base + self._component(role)
        if role in CODE_ROLES and role is not Role.CODE:
            style = self.base + self._component(Role.CODE) + self._component(role)
        return style + Style(
            bold=True if code & Attribute.BOLD else None,
            italic=True if code & Attribute.ITALIC else None,
            strike=True if code & Attribute.STRIKE else None,
            underline=True if code & Attribute.UNDERLINE else None,
        )

    def _component(self, role: Role) -> Style:
        name = f"transcript--{role.name.lower().replace('_', '-')}"
        return self._widget.get_component_rich_style(name, partial=True)

    def segments(self, spans: Iterable[Span]) -> list[Segment]:
        """Return spans as segments."""
        style = self.style
        return [Segment(span.text, style(span.style)) for span in spans]

    def filled(self, line: Line, width: int) -> list[Segment]:
        """Return a line's segments, filled with blanks to ``width`` cells."""
        segments = self.segments(line.spans)
        gap = width - sum(cell_len(span.text) for span in line.spans)
        if gap > 0:
            segments.append(Segment(" " * gap, self.style(line.fill)))
        return segments
