"""The columns and rows of the ability matrix: as many providers as fit, including the current one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import partial

from rich.cells import cell_len

from tui.core.abilities import Ability
from tui.core.ability_matrix import Cell, Column, Matrix
from tui.core.ability_matrix_text import cell_text, change_line, problem_lines
from tui.core.ability_text import LABEL_WIDTH, LABELS
from tui.core.safe_text import safe_line
from tui.texts import ability_matrix as texts
from tui.ui.shell.list_rows import ListColumn, ListRow, width_of

ABILITY = "ability"
_LONGEST_HEAD = 20
_NARROWEST = 11


def columns_for(
    providers: Sequence[Column], abilities: Sequence[Ability], current: int, width: int
) -> list[ListColumn]:
    """Return the columns that fit around the current provider."""
    columns = [
        _column(column, abilities, is_current=place == current) for place, column in enumerate(providers)
    ]
    first = ListColumn(ABILITY, texts.ABILITY, LABEL_WIDTH)
    start = end = current
    while columns:
        if end + 1 < len(columns) and width_of([first, *columns[start : end + 2]]) <= width:
            end += 1
        elif start > 0 and width_of([first, *columns[start - 1 : end + 1]]) <= width:
            start -= 1
        else:
            break
    return [first, *columns[start : end + 1]]


def _column(column: Column, abilities: Sequence[Ability], *, is_current: bool) -> ListColumn:
    name = (texts.CURRENT if is_current else texts.OTHER).format(
        name=safe_line(column.provider, _LONGEST_HEAD)
    )
    cells = (cell_len(cell_text(column.cells.get(ability))) for ability in abilities)
    return ListColumn(column.provider, name, max(_NARROWEST, cell_len(name), *cells))


def rows_of(
    providers: Sequence[Column],
    abilities: Sequence[Ability],
    columns: Sequence[ListColumn],
    testing: Collection[str],
) -> Iterator[ListRow]:
    """Yield a row for each ability."""
    shown = [next(each for each in providers if each.provider == column.key) for column in columns[1:]]
    for ability in abilities:
        yield ListRow(str(ability), partial(_cells, ability, shown, testing))


def _cells(ability: Ability, columns: Sequence[Column], testing: Collection[str]) -> tuple[str, ...]:
    return (
        LABELS[ability],
        *(_cell(column.cells.get(ability), is_testing=column.provider in testing) for column in columns),
    )


def _cell(cell: Cell | None, *, is_testing: bool) -> str:
    return texts.PENDING if cell is None and is_testing else cell_text(cell)


def note_lines(matrix: Matrix, most: int) -> list[str]:
    """Return the changes, and the providers that cannot be tested, one per line."""
    lines = [*map(change_line, matrix.changes), *problem_lines(matrix)]
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], texts.MORE.format(count=len(lines) - most + 1)]
