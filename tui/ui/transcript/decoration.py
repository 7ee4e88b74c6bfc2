"""The parts around an answer: prompt, model (if there are several), notes and end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from tui.core.counted import Counted
from tui.core.losses import losses
from tui.core.safe_text import safe_line, safe_text
from tui.core.turn import Turn
from tui.core.variants import variant_place
from tui.texts import chat as texts
from tui.ui.transcript.attached import attachment_rows
from tui.ui.transcript.cells import cell_len, expand_tabs, settle_cells
from tui.ui.transcript.ending import ending_lines
from tui.ui.transcript.lines import EMPTY_LINE, Attribute, Line, Role, Span
from tui.ui.transcript.offers import Offer
from tui.ui.transcript.raw import raw_spans
from tui.ui.transcript.wrap import cut, wrap

_MOST_TOOL_CALLS = 16
"""The most tool calls shown, since they are laid out again with every frame."""
PROMPT_BLOCK = -2
"""The block number of a prompt's lines."""
_PROMPT_BAR = Span("┃ ", Role.PROMPT_BAR)


def head_lines(
    turn: Turn,
    width: int,
    *,
    raw: bool,
    speaker: bool = True,
    attached: Mapping[str, bytes] | None = None,
) -> list[Line]:
    """Return the prompt, and a line with the model (``speaker``) and the variant.

    ``attached`` are the contents of attachments to show, by SHA-256.
    """
    lines: list[Line] = []
    if turn.prompt:
        for source in turn.prompt.words.split("\n") if turn.prompt.words else ():
            rows = _raw_rows(source, width - 2) if raw else _prompt_rows(source, width - 2)
            lines.extend(_prompt_line(row) for row in rows)
        lines.extend(map(_prompt_line, attachment_rows(turn.prompt, width - 2, attached)))
        lines.append(EMPTY_LINE)
    lines.extend(_speaker_lines(turn, width, _speaker(turn) if speaker else ""))
    return lines


def _prompt_line(row: Sequence[Span]) -> Line:
    return Line((_PROMPT_BAR, *row), 1, block=PROMPT_BLOCK)


def _speaker_lines(turn: Turn, width: int, speaker: str) -> list[Line]:
    """Return the model and the number of the variant."""
    place = variant_place(turn)
    mark = (Span(f"‹ {place[0]}/{place[1]} ›", Role.VARIANT),) if place else ()
    room = width - sum(cell_len(span.text) + 2 for span in mark)
    rows = wrap([Span(speaker, Role.SPEAKER | Attribute.BOLD)], max(1, room)) if speaker else []
    if mark and rows and sum(cell_len(span.text) for span in rows[-1]) <= room:
        rows[-1] = (*rows[-1], Span("  "), *mark)
    elif mark:
        rows.append(mark)
    return [Line(row) for row in rows]


def variant_step(line: Line, column: int) -> int:
    """Return the step for a click on the variant mark: -1 or 1; 0 outside of it."""
    position = 0
    for span in line.spans:
        offset = column - position
        position += cell_len(span.text)
        if span.style == Role.VARIANT and 0 <= offset < cell_len(span.text):
            return -1 if offset < cell_len(span.text) / 2 else 1
    return 0


def _raw_rows(source: str, width: int) -> list[tuple[Span, ...]]:
    return wrap(raw_spans(source), width) or [()]


def _prompt_rows(source: str, width: int) -> list[tuple[Span, ...]]:
    """Wrap a line of the prompt at its words, or anywhere where its blanks mean something."""
    if 0 < len(source) <= width and source.isascii() and source.isprintable() and source[-1] != " ":
        return [(Span(source, Role.PROMPT),)]  # most lines of a paste of 100,000
    text = settle_cells(expand_tabs(safe_text(source)))
    if text.startswith(" ") or "  " in text:
        return [(Span(piece, Role.PROMPT),) for piece in cut(text, width)]
    return wrap((Span(text, Role.PROMPT),), width) or [()]


def _speaker(turn: Turn) -> str:
    parts = [settle_cells(safe_line(part, 60)) for part in (turn.provider, turn.model) if part]
    return " · ".join(dict.fromkeys(parts))


def foot_lines(turn: Turn, width: int, offers: Sequence[Offer] = ()) -> list[Line]:
    """Return what follows the answer: tool calls, notes, how it ended, its figures."""
    spans = [*_tool_spans(turn), *_note_spans(turn)]
    lines = [Line(row) for line in spans for row in wrap(line, width)]
    return lines + ending_lines(turn, width, offers)


def _tool_spans(turn: Turn) -> Iterator[tuple[Span, ...]]:
    for call in islice(turn.tool_calls.values(), _MOST_TOOL_CALLS):
        name, arguments = safe_line(call.name, 80), safe_line(call.arguments, 2_000)
        yield Span(texts.TOOL_CALL, Role.NOTE), Span(settle_cells(f"{name}({arguments})"), Role.TOOL)
    if (more := len(turn.tool_calls) - _MOST_TOOL_CALLS) > 0:
        yield (Span(texts.MORE_TOOL_CALLS.format(count=Counted(more)), Role.NOTE),)


def _note_spans(turn: Turn) -> Iterator[tuple[Span, ...]]:
    for note in turn.notes:
        yield (Span(f"· {settle_cells(safe_line(note, 500))}", Role.NOTE),)
    for sentence in losses(turn):
        yield (Span(f"⚠ {settle_cells(safe_line(sentence, 500))}", Role.WARNING),)


def estimated_rows(text: str, width: int) -> int:
    """Estimate the rows of a text without rendering it."""
    return 1 + int(len(text) / max(10, width * 0.75)) + text.count("\n") if text else 0
