"""The colours of the program's own themes, without Textual: the early frame needs them before it."""

from __future__ import annotations

from typing import NamedTuple


class Colours(NamedTuple):
    """The colours of a theme, as ``#rrggbb``."""

    primary: str
    secondary: str
    success: str
    warning: str
    error: str
    foreground: str
    background: str
    surface: str
    panel: str
    border_blurred: str
    cursor_background: str
    cursor_foreground: str
    footer_description: str


DARK = Colours(
    primary="#7aa2f7",
    secondary="#5b7cc4",
    success="#8fbf7f",
    warning="#e0af68",
    error="#f7768e",
    foreground="#d5d9e3",
    background="#14161b",
    surface="#1a1d24",
    panel="#232732",
    border_blurred="#3a4050",
    cursor_background="#2b3a5e",
    cursor_foreground="#ffffff",
    footer_description="#a4abbd",
)

LIGHT = Colours(
    primary="#2f5fd0",
    secondary="#5f7fc8",
    success="#2e7d32",
    warning="#8a5a00",
    error="#c0262d",
    foreground="#23272f",
    background="#fcfcfa",
    surface="#f3f4f1",
    panel="#e6e8e3",
    border_blurred="#c5c9c0",
    cursor_background="#cfdcfa",
    cursor_foreground="#10131a",
    footer_description="#565c66",
)

DARK_THEME, LIGHT_THEME, ANSI_THEME = "dark", "light", "ansi"
OWN_THEMES = frozenset({DARK_THEME, LIGHT_THEME, ANSI_THEME})
"""The names of the program's own themes."""


def choose_theme(wanted: str | None, available: frozenset[str], color_system: str | None) -> str:
    """Return the theme to start with: the wanted one where it exists, else one that the terminal can show."""
    if wanted in available:
        return wanted
    return ANSI_THEME if color_system in (None, "standard") else DARK_THEME
