"""Copies a text from a screen, and reports the result."""

from __future__ import annotations

from typing import Any

from textual.screen import Screen

from tui.ui.deck import runtime_of


async def copy_text(screen: Screen[Any], text: str, what: str) -> None:
    """Copy a text; ``what`` is the beginning of the message."""
    result = await runtime_of(screen).clipboard.copy(text, screen.app.copy_to_clipboard)
    is_plain = result.confirmed and not result.hidden_characters
    screen.notify(result.message(what), severity="information" if is_plain else "warning", timeout=6)
