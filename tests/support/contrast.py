"""The contrast of texts on a screen according to WCAG 2: 4.5 is readable."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.color import Color
from textual.screen import ModalScreen, Screen

from tui.ui.shell.binding_bar import BindingBar

READABLE = 4.5
_OUT_OF_USE = 3.0
"""A key that cannot be used now may be paler."""


def pale_texts(screen: Screen[Any]) -> list[str]:
    """Return the words that are hard to read, each with its contrast: of a screen, or of a window."""
    shown = screen.children[0].region if isinstance(screen, ModalScreen) else screen.region
    footer = {bar.region.y for bar in screen.query(BindingBar)}
    found: dict[str, None] = {}
    for y in shown.line_range:
        least = _OUT_OF_USE if y in footer else READABLE
        for contrast, text in _words(screen, y, shown.column_span):
            if contrast < least:
                found[f"{contrast:.1f} {text}"] = None
    return list(found)


def _words(screen: Screen[Any], y: int, columns: tuple[int, int]) -> Iterator[tuple[float, str]]:
    line = screen._compositor.render_strips()[y].crop(*columns)
    for segment in line:
        style, text = segment.style, segment.text.strip()
        if style is None or not any(character.isalnum() for character in text):
            continue
        assert style.color is not None and style.bgcolor is not None, text
        yield contrast_of(style.color, style.bgcolor), f"{text!r} {style.color.name} on {style.bgcolor.name}"


def contrast_of(one: Color, other: Color) -> float:
    """Return the contrast of two colours: from 1, the same, to 21, black and white."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: Color) -> float:
    """Return the relative luminance of a colour, from 0 to 1."""
    parts = (part / 255 for part in color.get_truecolor())
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
