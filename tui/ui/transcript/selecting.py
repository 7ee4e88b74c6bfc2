"""Text selection: which characters are highlighted, and what is copied."""

from __future__ import annotations

from collections.abc import Callable

from textual.selection import Selection

from tui.ui.transcript.lines import Line, Role, Span


def mark_selection(line: Line, y: int, selection: Selection | None) -> Line:
    """Return the line with the selected characters highlighted."""
    if selection is None or (span := selection.get_span(y)) is None:
        return line
    start, end = span
    return mark(line, start, len(line.text) if end == -1 else end, Role.SELECTION)


def mark(line: Line, start: int, end: int, style: int) -> Line:
    """Return the line with the characters from ``start`` to ``end`` in another style."""
    spans: list[Span] = []
    lead = line.lead
    position = 0
    for index, span in enumerate(line.spans):
        text = span.text
        low, high = max(0, start - position), min(len(text), end - position)
        position += len(text)
        if high <= low:
            spans.append(span)
            continue
        pieces = [Span(text[:low], span.style, span.url), Span(text[low:high], style, span.url)]
        pieces.append(Span(text[high:], span.style, span.url))
        kept = [piece for piece in pieces if piece.text]
        if index < line.lead:
            lead += len(kept) - 1
        spans.extend(kept)
    return line._replace(spans=tuple(spans), lead=lead)


def selected_text(line_at: Callable[[int], Line], rows: int, selection: Selection) -> str:
    """Return the selected text, without decoration and with wrapped lines joined."""
    first = selection.start.y if selection.start is not None else 0
    last = selection.end.y if selection.end is not None else rows - 1
    pieces: list[str] = []
    for y in range(max(0, first), min(rows - 1, last) + 1):
        span = selection.get_span(y)
        if span is None:
            continue
        line = line_at(y)
        text, lead = line.text, sum(len(span.text) for span in line.spans[: line.lead])
        start, end = span
        end = _written_end(line) if end == -1 else min(end, _written_end(line))
        pieces.append(text[max(start, lead) : max(end, lead)])
        pieces.append(" " if line.soft and y != last else "\n")
    return "".join(pieces[:-1])


def _written_end(line: Line) -> int:
    """Return where the text of a line ends, before the border of a box."""
    if line.spans and line.spans[-1].style == Role.BOX:
        return len("".join(span.text for span in line.spans[:-1]).rstrip())
    return len(line.text)
