"""The three themes: dark, light, and the terminal's own 16 colours. One accent colour each."""

from __future__ import annotations

from dataclasses import replace

from textual.theme import BUILTIN_THEMES, Theme

DARK = Theme(
    name="dark",
    primary="#7aa2f7",
    secondary="#5b7cc4",
    accent="#7aa2f7",
    success="#8fbf7f",
    warning="#e0af68",
    error="#f7768e",
    foreground="#d5d9e3",
    background="#14161b",
    surface="#1a1d24",
    panel="#232732",
    dark=True,
    variables={
        "border": "#7aa2f7",
        "border-blurred": "#3a4050",
        "block-cursor-background": "#2b3a5e",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#232732",
        "block-cursor-blurred-foreground": "#d5d9e3",
        "footer-background": "#1a1d24",
        "footer-key-foreground": "#7aa2f7",
        "footer-description-foreground": "#a4abbd",
    },
)

LIGHT = Theme(
    name="light",
    primary="#2f5fd0",
    secondary="#5f7fc8",
    accent="#2f5fd0",
    success="#2e7d32",
    warning="#8a5a00",
    error="#c0262d",
    foreground="#23272f",
    background="#fcfcfa",
    surface="#f3f4f1",
    panel="#e6e8e3",
    dark=False,
    variables={
        "border": "#2f5fd0",
        "border-blurred": "#c5c9c0",
        "block-cursor-background": "#cfdcfa",
        "block-cursor-foreground": "#10131a",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#e6e8e3",
        "block-cursor-blurred-foreground": "#23272f",
        "footer-background": "#f3f4f1",
        "footer-key-foreground": "#2f5fd0",
        "footer-description-foreground": "#565c66",
    },
)

_ANSI_BASE = BUILTIN_THEMES["ansi-dark"]

ANSI = replace(
    _ANSI_BASE,
    name="ansi",
    primary="ansi_bright_blue",  # terminals draw the other blue too dark to read on black
    secondary="ansi_bright_blue",
    accent="ansi_bright_blue",
    warning="ansi_yellow",
    variables={
        **_ANSI_BASE.variables,
        "border": "ansi_bright_blue",
        "border-blurred": "ansi_bright_black",
        "block-cursor-background": "ansi_blue",
        "block-cursor-foreground": "ansi_bright_white",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "ansi_default",
        "block-cursor-blurred-foreground": "ansi_default",
        "block-cursor-blurred-text-style": "bold",
        "footer-key-foreground": "ansi_bright_blue",
    },
)

THEMES = (DARK, LIGHT, ANSI)
"""Registered by the app, beside Textual's own."""


def choose_theme(wanted: str | None, available: frozenset[str], color_system: str | None) -> str:
    """Return the theme to start with: the wanted one where it exists, else one that the terminal can show."""
    if wanted in available:
        return wanted
    return ANSI.name if color_system in (None, "standard") else DARK.name
