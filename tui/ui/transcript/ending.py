"""The end of a turn: a box with the failure and actions, or the figures on the last line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tui.core.answer_figures import FIGURE_MARK, answer_figures
from tui.core.finish_reasons import ending_words
from tui.core.safe_text import safe_line
from tui.core.server_phase import WAITING_STAGES
from tui.core.server_words import server_words
from tui.core.turn import Turn, TurnState
from tui.texts import chat as texts
from tui.ui.transcript.cells import cell_len, settle_cells
from tui.ui.transcript.lines import Attribute, Line, Role, Span
from tui.ui.transcript.offers import Offer, offer_spans
from tui.ui.transcript.wrap import cut, wrap

_NARROWEST_BOX = 20
"""The minimum width for a box around a failure."""


def ending_lines(turn: Turn, width: int, offers: Sequence[Offer] = ()) -> list[Line]:
    """Return the lines of a finished turn, or of one without text yet."""
    if turn.state.is_live:
        return [Line(row) for spans in _waiting(turn) for row in wrap(spans, width)]
    lines = [Line(row) for spans in _warnings(turn) for row in wrap(spans, width)]
    if turn.failure is not None:
        lines += _box(list(_failure(turn)), width, offers)
    elif ending := _ending(turn):
        lines += _with_offers((Span(ending, Role.WARNING),), width, offers)
    if figures := answer_figures(turn):
        rows = _figure_rows(figures, width)
        lines += [Line(row) for text in rows for row in wrap((Span(text, Role.FOOTER),), width)]
    return lines


def _figure_rows(figures: str, width: int) -> list[str]:
    """Return the figures in as few rows as possible, without separating numbers from units."""
    rows: list[str] = []
    for figure in figures.split(FIGURE_MARK):
        if rows and cell_len(rows[-1] + FIGURE_MARK + figure) <= width:
            rows[-1] += FIGURE_MARK + figure
        else:
            rows.append(figure)
    return rows


def _waiting(turn: Turn) -> Iterator[tuple[Span, ...]]:
    """Yield what is being waited for; the status bar shows the seconds."""
    if turn.state is TurnState.WAITING:
        progress = turn.progress
        is_told = progress is not None and progress.stage in WAITING_STAGES and progress.detail
        words = safe_line(progress.detail) if progress is not None and is_told else texts.WAITING
        yield (Span(words, Role.NOTE),)


def _warnings(turn: Turn) -> Iterator[tuple[Span, ...]]:
    count = turn.answer.neutralised + turn.reasoning.neutralised
    if count:
        text = texts.NEUTRALISED_ONE if count == 1 else texts.NEUTRALISED.format(count=count)
        yield (Span(text, Role.WARNING),)


def _ending(turn: Turn) -> str:
    """Return how a turn without a failure ended; empty for a complete one."""
    if turn.state is TurnState.STOPPED:
        return texts.STOPPED
    if turn.state is TurnState.INTERRUPTED:
        return texts.INTERRUPTED
    return ending_words(turn.finish_reason) if turn.state is TurnState.DONE else ""


def _failure(turn: Turn) -> Iterator[tuple[Span, ...]]:
    """Yield the problem, the server's message and the advice, one paragraph each."""
    failure = turn.failure
    if failure is None:
        return
    mark = texts.STOP_MARK if turn.state is TurnState.STOPPED else texts.FAILURE_MARK
    yield (Span(f"{mark} {safe_line(failure.title)}", Role.ERROR | Attribute.BOLD),)
    if said := server_words(failure):
        yield (Span(settle_cells(said), Role.NOTE),)
    yield (Span(safe_line(failure.advice), Role.ADVICE),)


def _with_offers(spans: tuple[Span, ...], width: int, offers: Sequence[Offer]) -> list[Line]:
    """Return a line followed by the offers, on the next line if they do not fit."""
    last = offer_spans(offers)
    rows = wrap(spans, width)
    room = width - sum(cell_len(span.text) for span in rows[-1]) if rows else 0
    if last and rows and _cells(last) + 2 <= room:
        rows[-1] = (*rows[-1], Span("  "), *last)
    elif last:
        rows += _offer_rows(offers, width)
    return [Line(row) for row in rows]


def _box(paragraphs: Sequence[tuple[Span, ...]], width: int, offers: Sequence[Offer]) -> list[Line]:
    """Return paragraphs and offers in a box."""
    inner = max(1, width - 4)
    rows = [row for spans in paragraphs for row in wrap(spans, inner)]
    if offers:
        rows += [(), *_offer_rows(offers, inner)]
    if width < _NARROWEST_BOX:
        return [Line(row) for row in rows]
    line = "─" * (width - 2)
    top, bottom = Line((Span(f"╭{line}╮", Role.BOX),), 1), Line((Span(f"╰{line}╯", Role.BOX),), 1)
    left = Span("│ ", Role.BOX)
    body = [Line((left, *row, Span(" " * (inner - _cells(row)) + " │", Role.BOX)), 1) for row in rows]
    return [top, *body, bottom]


def _offer_rows(offers: Sequence[Offer], width: int) -> list[tuple[Span, ...]]:
    """Return offers in as few rows as possible, without splitting any."""
    rows: list[list[Offer]] = [[]]
    for offer in offers:
        if rows[-1] and _cells(offer_spans([*rows[-1], offer])) > width:
            rows.append([])
        rows[-1].append(offer._replace(label=(cut(offer.label, max(1, width)) or [""])[0]))
    return [offer_spans(row) for row in rows if row]


def _cells(spans: Sequence[Span]) -> int:
    return sum(cell_len(span.text) for span in spans)
