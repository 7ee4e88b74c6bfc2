"""The early frame of the provider list: its title and its first rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.style import Style

from tui.runtime.chat_choice import default_provider
from tui.runtime.contract import ScreenRuntime
from tui.texts import provider_list as texts
from tui.ui.early.drawing import Drawing
from tui.ui.early.look import Look
from tui.ui.providers.columns import Column, fitting
from tui.ui.providers.layout import MOST_RECENTS, WIDE, counts, list_width
from tui.ui.providers.row import Group, Row, first_row, with_headings
from tui.ui.shell.list_rows import ListColumn, cell_of

_SCROLLBAR = 1
_AROUND_ROWS = 4
"""The borders and heads of the list, and the keys."""
_DETAILS = 9
_RECENTS = MOST_RECENTS + 2

_Line = Row | Group | None
"""A row, the heading of a group, or a line that is not drawn early."""


def draw_providers(drawing: Drawing, look: Look, runtime: ScreenRuntime) -> None:
    """Draw what stays as it is when the screen comes; nothing where it may be scrolled."""
    providers = runtime.directory.providers()
    rows = sorted((first_row(runtime, provider) for provider in providers), key=lambda row: row.group)
    lines: list[_Line] = [*with_headings(rows)]
    if all(row.group is not Group.YOURS for row in rows):
        lines.insert(0, None)
    is_wide = drawing.width >= WIDE
    room = drawing.height - _AROUND_ROWS - _RECENTS - (0 if is_wide else _DETAILS)
    shown = lines[: max(room, 1)]
    default = default_provider(runtime.directory)
    if not any(isinstance(line, Row) and line.provider == default for line in shown):
        return
    width = list_width(drawing.width, is_wide=is_wide)
    columns = [
        (column, ListColumn(column.identifier, column.title, cells))
        for column, cells in fitting(rows, width - _SCROLLBAR)
    ]
    _draw_title(drawing, look, width, counts(rows, len(rows), "", None))
    heads = "".join(cell_of(place.title, place) for _, place in columns)
    _draw_line(drawing, look, 1, width, [(f" {heads}".rstrip(), look.muted)])
    for number, line in enumerate(shown, 2):
        if isinstance(line, Group):
            pieces = list(_heading(look, line, width))
        elif line is not None:
            pieces = list(_cells(look, line, columns, width, is_selected=line.provider == default))
        else:
            pieces = []
        _draw_line(drawing, look, number, width, pieces)


def _draw_title(drawing: Drawing, look: Look, width: int, status: str) -> None:
    title = f" {texts.TITLE}"
    line = f" {'─' * (width - 5 - cell_len(title) - cell_len(status))} "
    pieces = (("╭─", look.border), (title, look.title), (line, look.border), (status, look.status))
    _put_in_turn(drawing, 0, 0, pieces)
    _put_in_turn(drawing, 0, width - 1, ((" ", look.title), ("─╮", look.border)))


def _draw_line(
    drawing: Drawing, look: Look, number: int, width: int, pieces: Sequence[tuple[str, Style]]
) -> None:
    _put_in_turn(drawing, number, 0, (("│", look.border), *pieces))
    drawing.put(number, width + 1, "│", look.border)


def _put_in_turn(drawing: Drawing, row: int, column: int, pieces: Sequence[tuple[str, Style]]) -> None:
    for text, style in pieces:
        drawing.put(row, column, text, style)
        column += cell_len(text)


def _heading(look: Look, group: Group, width: int) -> Iterator[tuple[str, Style]]:
    yield " ─ ", look.line
    yield group.title, look.muted
    yield f" {'─' * max(0, width - _SCROLLBAR - cell_len(group.title) - 5)}", look.line


def _cells(
    look: Look, row: Row, columns: Sequence[tuple[Column, ListColumn]], width: int, *, is_selected: bool
) -> Iterator[tuple[str, Style]]:
    """Yield the cells of a row, each with its style."""
    cells = [(column.identifier, cell_of(column.text(row), place)) for column, place in columns]
    if is_selected:
        line = " " + "".join(text for _, text in cells)
        yield line + " " * (width - _SCROLLBAR - cell_len(line)), look.cursor
        return
    yield " ", look.text
    for name, text in cells:
        is_dim = row.is_dim or name == "reach"
        yield text, look.dim if is_dim else look.name if name == "name" else look.text
