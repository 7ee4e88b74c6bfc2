"""Makes ready what the first answer needs and the first screen does not."""

from __future__ import annotations

from tui.ui.transcript import highlight, inline


def warm_up() -> None:
    """Import and build the Markdown parser and the highlighter: about 100 ms, best in a thread."""
    inline.warm()
    highlight.warm()
