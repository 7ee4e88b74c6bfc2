"""What stands around an answer: the prompt, who answers, how it ended, what it used."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from tui.core.losses import losses
from tui.core.safe_text import safe_line, safe_text
from tui.core.server_words import server_words
from tui.core.turn import Turn, TurnState
from tui.core.turn_summary import FINISHES
from tui.core.usage import Source, Usage
from tui.core.variants import variant_place
from tui.ui.transcript.cells import cell_len, expand_tabs, settle_cells
from tui.ui.transcript.lines import EMPTY_LINE, Attribute, Line, Role, Span
from tui.ui.transcript.raw import raw_spans
from tui.ui.transcript.wrap import cut, wrap

_MOST_TOOL_CALLS = 16
"""How many are drawn, each with its arguments; they are laid out anew with every frame."""
PROMPT_BLOCK = -2
"""The block ordinal of a prompt's lines."""
_PROMPT_BAR = Span("┃ ", Role.PROMPT_BAR)


def head_lines(turn: Turn, width: int, *, raw: bool) -> list[Line]:
    """Return the prompt and the line that says who answers."""
    lines: list[Line] = []
    if turn.prompt:
        for source in turn.prompt.text.split("\n"):
            rows = _raw_rows(source, width - 2) if raw else _prompt_rows(source, width - 2)
            lines.extend(Line((_PROMPT_BAR, *row), 1, block=PROMPT_BLOCK) for row in rows)
        lines.append(EMPTY_LINE)
    lines.extend(_speaker_lines(turn, width))
    return lines


def _speaker_lines(turn: Turn, width: int) -> list[Line]:
    """Return who answers and, behind it, which of several answers this is."""
    place = variant_place(turn)
    mark = (Span(f"‹ {place[0]}/{place[1]} ›", Role.VARIANT),) if place else ()
    room = width - sum(cell_len(span.text) + 2 for span in mark)
    speaker = _speaker(turn)
    rows = wrap([Span(speaker, Role.SPEAKER | Attribute.BOLD)], max(1, room)) if speaker else []
    if mark and rows and sum(cell_len(span.text) for span in rows[-1]) <= room:
        rows[-1] = (*rows[-1], Span("  "), *mark)
    elif mark:
        rows.append(mark)
    return [Line(row) for row in rows]


def variant_step(line: Line, column: int) -> int:
    """Return which way the mark of a variant leads at a column: -1 or 1; 0 where there is none."""
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
    text = settle_cells(expand_tabs(safe_text(source)))
    if text.startswith(" ") or "  " in text:
        return [(Span(piece, Role.PROMPT),) for piece in cut(text, width)]
    return wrap((Span(text, Role.PROMPT),), width) or [()]


def _speaker(turn: Turn) -> str:
    parts = [settle_cells(safe_line(part, 60)) for part in (turn.provider, turn.model) if part]
    return " · ".join(dict.fromkeys(parts))


def foot_lines(turn: Turn, width: int) -> list[Line]:
    """Return what follows the answer: tool calls, notes, the end and its reason."""
    spans = [*_tool_spans(turn), *_note_spans(turn), *_end_spans(turn)]
    lines = [Line(row) for line in spans for row in wrap(line, width)]
    if lines and (turn.answer or turn.reasoning):
        lines.insert(0, EMPTY_LINE)
    return lines


def _tool_spans(turn: Turn) -> Iterator[tuple[Span, ...]]:
    for call in islice(turn.tool_calls.values(), _MOST_TOOL_CALLS):
        name, arguments = safe_line(call.name, 80), safe_line(call.arguments, 2_000)
        yield Span("⚙ tool call, not run: ", Role.NOTE), Span(settle_cells(f"{name}({arguments})"), Role.TOOL)
    if (more := len(turn.tool_calls) - _MOST_TOOL_CALLS) > 0:
        yield (Span(f"⚙ {more:,} more tool calls, not run", Role.NOTE),)


def _note_spans(turn: Turn) -> Iterator[tuple[Span, ...]]:
    for note in turn.notes:
        yield (Span(f"· {settle_cells(safe_line(note, 500))}", Role.NOTE),)
    for sentence in losses(turn):
        yield (Span(f"⚠ {settle_cells(safe_line(sentence, 500))}", Role.WARNING),)


def _end_spans(turn: Turn) -> Iterator[tuple[Span, ...]]:
    if turn.state.is_live:
        return
    neutralised = turn.answer.neutralised + turn.reasoning.neutralised
    if neutralised:
        what = "character" if neutralised == 1 else "characters"
        yield (Span(f"⚠ {neutralised} control {what} neutralised", Role.WARNING),)
    if turn.failure is not None:
        mark = "⏹" if turn.state is TurnState.STOPPED else "✗"
        yield (Span(f"{mark} {safe_line(turn.failure.title)}", Role.ERROR | Attribute.BOLD),)
        if said := server_words(turn.failure):
            yield (Span(f"  {settle_cells(said)}", Role.NOTE),)
        yield (Span(f"  {safe_line(turn.failure.advice)}", Role.ADVICE),)
    if footer := " · ".join(_footer_parts(turn)):
        yield (Span(footer, Role.FOOTER),)


def _footer_parts(turn: Turn) -> Iterator[str]:
    if turn.state is TurnState.STOPPED:
        yield "stopped by you"
    elif turn.state is TurnState.INTERRUPTED:
        yield "interrupted: the program or the connection ended before the answer did"
    elif turn.state is TurnState.DONE and turn.finish_reason not in (None, "stop"):
        reason = str(turn.finish_reason)
        yield FINISHES.get(reason, f"ended with “{safe_line(reason, 40)}”")
    if turn.usage is not None:
        yield from _usage_parts(turn.usage)
    if (total := turn.timings.total_ms) is not None:
        yield f"{total / 1000:.1f} s"


def _usage_parts(usage: Usage) -> Iterator[str]:
    mark = "~" if usage.source is Source.ESTIMATED else ""
    if usage.prompt_tokens is not None:
        yield f"{mark}{usage.prompt_tokens:,} in"
    if usage.completion_tokens is not None:
        yield f"{mark}{usage.completion_tokens:,} out"


def estimated_rows(text: str, width: int) -> int:
    """Guess how many rows a text takes without rendering it."""
    return 1 + int(len(text) / max(10, width * 0.75)) + text.count("\n") if text else 0
