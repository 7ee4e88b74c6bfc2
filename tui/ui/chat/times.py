"""Where the time of a message went, as bars: its phases, and the last messages for comparison."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from textual.content import Content

from tui.core.figures import format_milliseconds
from tui.core.time_words import (
    TimeRow,
    arrivals_row,
    firsts_of_kind,
    known_phases,
    stacked_bar,
    time_rows,
    time_sentences,
)
from tui.core.turn import Turn
from tui.texts import time as texts

_NAME_CELLS = 12
_TIME_CELLS = 9
_NOTE_CELLS = 24
_MOST_TURNS = 20
_TURN_CELLS = 14


def time_content(turn: Turn, width: int) -> Content:
    """Return one line per phase with its bar, the sources, and what is remarkable."""
    bar_cells = max(8, width - _NAME_CELLS - _TIME_CELLS - _NOTE_CELLS - 4)
    rows = time_rows(turn)
    lines = [_row(row, bar_cells) for row in rows]
    bars, gap = arrivals_row(turn, bar_cells)
    if bars:
        lines.append(_line(texts.ARRIVALS, "", bars.ljust(bar_cells), gap))
    sources = dict.fromkeys(row.source for row in rows if len(row.note) > _NOTE_CELLS)
    lines += (Content.styled(source, "dim") for source in sources if source)
    lines += (Content(line) for line in time_sentences(turn))
    return Content("\n").join(lines)


def _row(row: TimeRow, cells: int) -> Content:
    begin = min(cells - 1, int(row.begin * cells))
    end = max(begin + 1, round(row.end * cells)) if row.end > row.begin else begin
    bar = f"{' ' * begin}{'█' * (end - begin)}".ljust(cells)
    notes = (row.note, row.tokens, _word(row))
    note = next((text for text in notes if text and len(text) <= _NOTE_CELLS), "")
    return _line(row.name, row.time, bar, note)


def _line(name: str, time: str, bar: str, note: str) -> Content:
    return Content.assemble(
        (name.ljust(_NAME_CELLS), "dim"),
        f"{time.rjust(_TIME_CELLS)}  ",
        (bar, "$primary"),
        (f"  {note}", "dim") if note else "",
    )


def _word(row: TimeRow) -> str:
    """Return the source of a figure without details."""
    return row.source.partition(":")[0]


def turns_content(turns: Sequence[Turn], shown: Turn | None, width: int) -> Content:
    """Return one line for each of the last turns, relative to the slowest."""
    return Content("\n").join(_turn_lines(turns, shown, width))


def _turn_lines(turns: Sequence[Turn], shown: Turn | None, width: int) -> Iterator[Content]:
    first = max(0, len(turns) - _MOST_TURNS)
    if shown in turns:
        first = min(first, turns.index(shown))
    rows = [(number, turn, known_phases(turn)) for number, turn in enumerate(turns, 1)][first:][:_MOST_TURNS]
    totals = [sum(phase.milliseconds for phase in phases) for _, _, phases in rows]
    firsts = [id(turn) for turn in firsts_of_kind(turns)]
    is_first = [id(turn) in firsts for _, turn, _ in rows]
    compared = [total for total, first in zip(totals, is_first, strict=True) if not first] or totals
    longest = max(compared, default=0.0)
    yield Content.styled(texts.TURNS, "bold")
    for (number, turn, phases), total, first in zip(rows, totals, is_first, strict=True):
        time = format_milliseconds(total) if phases else texts.UNKNOWN
        mark = texts.FIRST_MARK if first and compared is not totals else " "
        head = f"{'▸' if turn is shown else ' '}{number:>3}{mark}{time:>8} "
        bar = stacked_bar(phases, longest, max(1, width - cell_len(head)))
        yield Content.assemble((head, "bold" if turn is shown else ""), (bar, "$primary"))
    yield Content.styled(texts.LEGEND, "dim")
    if compared is not totals and any(is_first):
        yield Content.styled(texts.FIRST, "dim")
