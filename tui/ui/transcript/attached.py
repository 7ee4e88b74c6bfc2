"""The attachments of a message: one line each, followed by the text of an opened file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tui.core.attachment import attachment_words
from tui.core.counted import Counted
from tui.core.parts import FilePart, ImagePart, Parts
from tui.core.safe_text import safe_line, safe_text
from tui.texts import attachments as texts
from tui.ui.transcript.cells import expand_tabs, settle_cells
from tui.ui.transcript.lines import Role, Span
from tui.ui.transcript.wrap import cut, wrap

OPEN_ATTACHED = "attached"
"""The action of a click on such a line, handled by the transcript itself."""
_MOST_LINES = 200
"""The most lines shown of a file."""
_INDENT = Span("  ", Role.CODE)


def attachment_rows(
    prompt: Parts, width: int, contents: Mapping[str, bytes] | None
) -> Iterator[tuple[Span, ...]]:
    """Yield the rows; ``contents`` are shown below them, by SHA-256."""
    images = 0
    for part in prompt.blobs:
        images += isinstance(part, ImagePart)
        words = settle_cells(attachment_words(part, images))
        yield from wrap((Span(words, Role.OFFER, OPEN_ATTACHED),), width)
        if contents is not None:
            yield from _opened(part, contents.get(part.sha256), max(1, width - 2))


def _opened(part: FilePart | ImagePart, data: bytes | None, width: int) -> Iterator[tuple[Span, ...]]:
    if data is None or isinstance(part, ImagePart):
        words = texts.LOST if data is None else f"{part.name} · {part.media_type}"
        for row in wrap((Span(settle_cells(safe_line(words)), Role.NOTE),), width):
            yield (_INDENT, *row)
        return
    lines = safe_text(data.decode("utf-8", "replace")).removesuffix("\n").split("\n")
    for line in lines[:_MOST_LINES]:
        for piece in cut(settle_cells(expand_tabs(line)), width) or [""]:
            yield _INDENT, Span(piece, Role.CODE)
    if (more := len(lines) - _MOST_LINES) > 0:
        yield _INDENT, Span(texts.MORE_LINES.format(count=Counted(more)), Role.NOTE)
