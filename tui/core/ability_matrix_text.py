"""The ability matrix as text: cells, sentences, Markdown and JSON."""

from __future__ import annotations

from collections.abc import Sequence

from tui.core.ability_matrix import Cell, Change, Column, Matrix
from tui.core.ability_text import ASCII_MARKS, LABELS, MARKS
from tui.core.safe_text import safe_line
from tui.texts import ability_matrix as texts


def cell_text(cell: Cell | None, *, ascii_only: bool = False) -> str:
    """Return a cell: mark, word and, if it changed, the previous outcome."""
    if cell is None:
        return texts.UNTESTED_ASCII if ascii_only else texts.UNTESTED
    mark = (ASCII_MARKS if ascii_only else MARKS)[cell.result.outcome]
    return f"{mark} {cell_words(cell)}"


def cell_words(cell: Cell) -> str:
    """Return the text of a cell without its mark."""
    outcome = cell.result.outcome
    return str(outcome) if cell.before is None else texts.WAS.format(word=outcome, before=cell.before)


def change_line(change: Change) -> str:
    """Return one change as a sentence."""
    return texts.CHANGE.format(
        provider=safe_line(change.provider, 60),
        ability=LABELS[change.ability],
        before=change.before,
        now=change.now,
    )


def problem_lines(matrix: Matrix) -> list[str]:
    """Return one sentence for each provider without a column."""
    return [
        texts.PROBLEM.format(provider=safe_line(column.provider, 60), sentence=safe_line(column.problem))
        for column in matrix.columns
        if column.problem
    ]


def matrix_markdown(matrix: Matrix, at: str) -> list[str]:
    """Return the matrix as a Markdown table for a README; ``at`` is the time of the test."""
    columns = matrix.shown
    if not columns:
        return [texts.NOTHING, *_markdown_problems(matrix)]
    heads = [texts.ABILITY, *(_markdown_head(column) for column in columns)]
    lines = [_row(heads), _row(["---"] * len(heads))]
    lines += [
        _row([LABELS[ability], *(cell_text(column.cells.get(ability)) for column in columns)])
        for ability in matrix.abilities
    ]
    if at:
        lines += ["", texts.TESTED_AT.format(at=at)]
    return [*lines, *_markdown_problems(matrix)]


def _markdown_problems(matrix: Matrix) -> list[str]:
    problems = problem_lines(matrix)
    return ["", texts.MARKDOWN_PROBLEMS, "", *(f"- {_plain(line)}" for line in problems)] if problems else []


def _markdown_head(column: Column) -> str:
    parts = [_plain(safe_line(part, 60)) for part in (column.provider, column.model, column.server) if part]
    return "<br>".join(parts)


def _plain(text: str) -> str:
    """Return a text without Markdown syntax."""
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]<>#|&~" else letter for letter in text)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def matrix_json(matrix: Matrix) -> dict[str, object]:
    """Return the matrix as JSON, with the evidence for each cell."""
    return {
        "providers": [
            {
                "provider": column.provider,
                "model": column.model or None,
                "server": column.server or None,
                "problem": column.problem or None,
                "abilities": {
                    str(ability): {
                        **cell.result.to_json(),
                        "before": None if cell.before is None else str(cell.before),
                        "at": cell.at or None,
                    }
                    for ability, cell in column.cells.items()
                },
            }
            for column in matrix.columns
        ],
        "changes": changes_json(matrix),
    }


def changes_json(matrix: Matrix) -> list[dict[str, object]]:
    """Return the changes as JSON."""
    return [
        {
            "provider": change.provider,
            "ability": str(change.ability),
            "before": str(change.before),
            "now": str(change.now),
        }
        for change in matrix.changes
    ]
