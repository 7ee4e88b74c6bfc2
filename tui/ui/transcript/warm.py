"""Loads what the first answer needs but the first screen does not."""

from __future__ import annotations

from tui.core.safe_text import safe_text
from tui.ui.transcript import highlight, inline


def warm_up() -> None:
    """Import and create the Markdown parser and the highlighter: about 100 ms, best in a thread."""
    safe_text("\u0301")  # compiles two large character classes
    safe_text("\u0301\U0001f600")
    inline.warm()
    highlight.warm()
