"""Loads what the first answer needs and the first screen does not."""

from __future__ import annotations

from tui.core.safe_text import safe_text
from tui.ui.transcript import highlight, inline


def warm_up() -> None:
    """Import and build the Markdown parser and the highlighter: about 100 ms, best in a thread."""
    safe_text("\u0301")  # two large classes of characters are compiled when they are first needed
    safe_text("\u0301\U0001f600")
    inline.warm()
    highlight.warm()
