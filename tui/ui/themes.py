"""The three themes: dark, light, and the terminal's own 16 colours. Each has one accent colour."""

from __future__ import annotations

from dataclasses import replace

from textual.theme import BUILTIN_THEMES, Theme

from tui.ui.colours import ANSI_THEME, DARK, DARK_THEME, LIGHT, LIGHT_THEME, Colours


def _theme(name: str, colours: Colours, *, is_dark: bool) -> Theme:
    return Theme(
        name=name,
        primary=colours.primary,
        secondary=colours.secondary,
        accent=colours.primary,
        success=colours.success,
        warning=colours.warning,
        error=colours.error,
        foreground=colours.foreground,
        background=colours.background,
        surface=colours.surface,
        panel=colours.panel,
        dark=is_dark,
        variables={
            "border": colours.primary,
            "border-blurred": colours.border_blurred,
            "block-cursor-background": colours.cursor_background,
            "block-cursor-foreground": colours.cursor_foreground,
            "block-cursor-text-style": "bold",
            "block-cursor-blurred-background": colours.panel,
            "block-cursor-blurred-foreground": colours.foreground,
            "footer-background": colours.surface,
            "footer-key-foreground": colours.primary,
            "footer-description-foreground": colours.footer_description,
        },
    )


_ANSI_BASE = BUILTIN_THEMES["ansi-dark"]

ANSI = replace(
    _ANSI_BASE,
    name=ANSI_THEME,
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

THEMES = (_theme(DARK_THEME, DARK, is_dark=True), _theme(LIGHT_THEME, LIGHT, is_dark=False), ANSI)
"""Registered by the app, beside Textual's own."""
