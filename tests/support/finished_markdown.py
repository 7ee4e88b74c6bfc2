"""Renders a complete text to lines."""

from __future__ import annotations

from tui.ui.transcript.lines import Line
from tui.ui.transcript.render import Layout
from tui.ui.transcript.stream import MarkdownLines


def markdown_lines(text: str, layout: Layout) -> list[Line]:
    """Return a finished text as lines: what a stream of it ends as, whatever its pieces were."""
    lines = MarkdownLines(layout)
    lines.feed(text)
    lines.finish()
    late = lines.late_references
    if late is None:
        return lines.settled
    again = MarkdownLines(layout, late)
    again.feed(text)
    again.finish()
    return again.settled
