"""The lines of a search below the conversations that have them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from rich.cells import cell_len

from tui.core.safe_text import safe_line
from tui.texts import conversations as texts
from tui.ui.shell.fitted import fitted
from tui.ui.shell.row_list import ListRow, TextRow

if TYPE_CHECKING:
    from tui.runtime.history_search import Found, Hit

_MOST = 2
"""Lines of each conversation: more hits are told as a number."""
_INDENT = "     "


def with_hits(rows: Iterable[ListRow], found: Callable[[str], Found | None], width: int) -> Iterator[ListRow]:
    """Yield rows, and below each the first lines that were found in its conversation."""
    for row in rows:
        yield row
        conversation = found(row.key) if row.key else None
        hits = () if conversation is None else conversation.best
        for index, hit in enumerate(hits[:_MOST]):
            more = len(hits) - _MOST if index == _MOST - 1 else 0
            yield TextRow(partial(parts_of_line, hit, more, width))


def parts_of_line(hit: Hit, more: int, width: int) -> tuple[str, str, str]:
    """Return a line that fits a width: what stands before the word, the word, and what follows."""
    place = texts.OF_REASONING if hit.where == "reasoning" else ""
    if hit.turn is None:
        place = texts.OF_OTHER_BRANCH
    end = texts.MORE_LINES.format(count=more) if more > 0 else ""
    line = hit.line
    before, word, after = map(safe_line, (line.text[: line.start], line.word, line.text[line.end :]))
    room = max(0, width - cell_len(_INDENT + place + word + end))
    before = _last_cells(before, room // 2 if cell_len(after) > room // 2 else room - cell_len(after))
    return f"{_INDENT}{place}{before}", word, f"{_first_cells(after, room - cell_len(before))}{end}"


def _first_cells(text: str, width: int) -> str:
    return text if cell_len(text) <= width else fitted(text, width).rstrip()


def _last_cells(text: str, width: int) -> str:
    return _first_cells(text[::-1], width)[::-1]
