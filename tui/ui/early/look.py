"""The styles of the early frame: those that Textual computes for the program's own themes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from rich.color import Color
from rich.style import Style

from tui.ui.colours import ANSI_THEME, DARK, DARK_THEME, LIGHT, OWN_THEMES, Colours, choose_theme

_MUTED = 0.6
"""How much of black or white is in ``$text-muted``, as Textual defines it."""
_DIM = 0.66
"""How much of its own colour dim text keeps, as Textual draws it."""
_WHITE, _BLACK = "#ffffff", "#000000"


class Look(NamedTuple):
    """Styles by what is drawn in them."""

    background: Style
    text: Style
    name: Style
    dim: Style
    muted: Style
    border: Style
    title: Style
    status: Style
    line: Style
    cursor: Style
    bar: Style
    bar_name: Style
    bar_text: Style
    bar_dim: Style


def look_for(theme: str | None, color_system: str | None, environment: Mapping[str, str]) -> Look | None:
    """Return the styles for a terminal, or ``None`` where colours would be others than Textual's."""
    if theme not in (None, *OWN_THEMES) or environment.get("NO_COLOR") is not None:
        return None
    chosen = choose_theme(theme, OWN_THEMES, color_system)
    if chosen == ANSI_THEME:
        return _ANSI
    return _look(DARK if chosen == DARK_THEME else LIGHT, _WHITE if chosen == DARK_THEME else _BLACK)


def _look(colours: Colours, contrast: str) -> Look:
    back, panel = colours.background, colours.panel
    return Look(
        background=Style(bgcolor=back),
        text=Style(color=colours.foreground, bgcolor=back),
        name=Style(color=colours.foreground, bgcolor=back, bold=True),
        dim=Style(color=_blend(colours.foreground, back, _DIM), bgcolor=back),
        muted=Style(color=_blend(contrast, back, _MUTED), bgcolor=back),
        border=Style(color=colours.primary, bgcolor=back),
        title=Style(color=colours.primary, bgcolor=back, bold=True),
        status=Style(color=contrast, bgcolor=back),
        line=Style(color=colours.border_blurred, bgcolor=back),
        cursor=Style(color=colours.cursor_foreground, bgcolor=colours.cursor_background, bold=True),
        bar=Style(bgcolor=panel),
        bar_name=Style(color=colours.primary, bgcolor=panel, bold=True),
        bar_text=Style(color=colours.foreground, bgcolor=panel),
        bar_dim=Style(color=_blend(colours.foreground, panel, _DIM), bgcolor=panel),
    )


def _blend(colour: str, under: str, share: float) -> str:
    """Return a colour over another one: ``share`` of it."""
    pairs = zip(Color.parse(colour).get_truecolor(), Color.parse(under).get_truecolor(), strict=True)
    return "#" + "".join(f"{int(lower + (upper - lower) * share):02x}" for upper, lower in pairs)


_ACCENT = "bright_blue"
_ANSI = Look(
    background=Style(),
    text=Style(),
    name=Style(bold=True),
    dim=Style(dim=True),
    muted=Style(dim=True),
    border=Style(color=_ACCENT),
    title=Style(color=_ACCENT, bold=True),
    status=Style(),
    line=Style(color="bright_black"),
    cursor=Style(color="bright_white", bgcolor="blue", bold=True),
    bar=Style(bold=True),
    bar_name=Style(color=_ACCENT, bold=True),
    bar_text=Style(bold=True),
    bar_dim=Style(bold=True, dim=True),
)
"""The terminal's own colours."""
