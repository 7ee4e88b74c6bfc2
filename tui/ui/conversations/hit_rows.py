"""The matches of a search, shown below their conversations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from rich.cells import cell_len

from tui.core.safe_text import safe_line
from tui.texts import conversations as texts
from tui.ui.shell.fitted import fitted
from tui.ui.shell.list_rows import ListRow, TextRow

if TYPE_CHECKING:
    from tui.runtime.history_search import Found, Hit

_MOST = 2
"""Lines per conversation: further matches are shown as a number."""
_INDENT = "     "


def with_hits(rows: Iterable[ListRow], found: Callable[[str], Found | None], width: int) -> Iterator[ListRow]:
    """Yield rows, each followed by the first matching lines in its conversation."""
    for row in rows:
        yield row
        conversation = found(row.key) if row.key else None
        hits = () if conversation is None else conversation.best
        for index, hit in enumerate(hits[:_MOST]):
            more = len(hits) - _MOST if index == _MOST - 1 else 0
            yield TextRow(partial(pieces_of_line, hit, more, width))


def pieces_of_line(hit: Hit, more: int, width: int) -> list[tuple[str, bool]]:
    """Return a line cut to a width in pieces, each with whether it is a match."""
    place = texts.OF_REASONING if hit.where == "reasoning" else ""
    if hit.turn is None:
        place = texts.OF_OTHER_BRANCH
    end = texts.MORE_LINES.format(count=more) if more > 0 else ""
    pieces = [(safe_line(text), is_word) for text, is_word in hit.line.pieces]
    room = max(0, width - cell_len(_INDENT + place + end))
    first = next((index for index, (_, is_word) in enumerate(pieces) if is_word), 0)
    before, rest = "".join(text for text, _ in pieces[:first]), pieces[first:]
    word = cell_len(rest[0][0])
    after = sum(cell_len(text) for text, _ in rest[1:])
    beside = max(0, room - word)
    before = _last_cells(before, beside // 2 if after > beside // 2 else beside - after)
    return [(f"{_INDENT}{place}{before}", False), *_cut(rest, room - cell_len(before)), (end, False)]


def _cut(pieces: Iterable[tuple[str, bool]], room: int) -> Iterator[tuple[str, bool]]:
    """Yield pieces as far as they fit."""
    for text, is_word in pieces:
        cut = _first_cells(text, room)
        room -= cell_len(cut)
        yield cut, is_word
        if cut != text:
            return


def _first_cells(text: str, width: int) -> str:
    return text if cell_len(text) <= width else fitted(text, width).rstrip()


def _last_cells(text: str, width: int) -> str:
    return _first_cells(text[::-1], width)[::-1]
