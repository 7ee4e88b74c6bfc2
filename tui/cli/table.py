"""Tables with aligned columns of untrusted text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from unicodedata import category, east_asian_width

from tui.core.safe_text import safe_line

_GAP = "  "
_NARROWEST = 8
_NO_CELL = ("Mn", "Me", "Cf")


def cells(text: str) -> int:
    """Return the width of a line in terminal cells."""
    if text.isascii():
        return len(text)
    return sum(
        0 if category(character) in _NO_CELL else 2 if east_asian_width(character) in "WF" else 1
        for character in text
    )


def table(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    room: int | None = None,
    ellipsis: str = "…",
    texts: Sequence[int] | None = None,
) -> Iterator[str]:
    """Yield the lines of a table, each column as wide as its widest cell.

    With ``room`` the widest columns are cut until no line takes more cells; only those of ``texts``, where
    they are named: half a figure is another one.
    """
    safe = [[safe_line(cell, 60) for cell in row] for row in (header, *rows)]
    widths = [max(cells(row[column]) for row in safe) for column in range(len(header))]
    cut = range(len(widths)) if texts is None else texts
    while room is not None and sum(widths) + len(_GAP) * (len(widths) - 1) > room:
        widest = max(cut, key=widths.__getitem__)
        if widths[widest] <= _NARROWEST:
            break
        widths[widest] -= 1
    for row in safe:
        padded = (_filled(cell, width, ellipsis) for cell, width in zip(row, widths, strict=True))
        yield _GAP.join(padded).rstrip()


def narrow_table(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    room: int | None,
    ellipsis: str,
    *,
    texts: Sequence[str],
    left_out: Sequence[str],
) -> list[str]:
    """Return the lines of a table: the columns ``texts`` are cut to fit into ``room``, and where that is not
    enough, the columns ``left_out`` are left out, one after the other."""
    names, gone = list(header), iter(left_out)
    while True:
        places = [header.index(name) for name in names]
        picked = [[row[place] for place in places] for row in rows]
        cut = [names.index(name) for name in texts if name in names]
        lines = [*table(names, picked, room=room, ellipsis=ellipsis, texts=cut)]
        if room is None or max(map(cells, lines)) <= room or (name := next(gone, None)) is None:
            return lines
        names.remove(name)


def _filled(text: str, width: int, ellipsis: str) -> str:
    """Return a cell of exactly this width: cut, or padded."""
    missing = width - cells(text)
    if missing >= 0:
        return text + " " * missing
    while cells(text) > width - len(ellipsis):
        text = text[:-1]
    return text + ellipsis + " " * (width - len(ellipsis) - cells(text))
