"""The ability matrix at the end of ``check --all --deep``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tui.cli.argument_parser import window_columns
from tui.cli.check_subject import Subject
from tui.cli.output import Output
from tui.cli.table import cells
from tui.core.abilities import Ability
from tui.core.ability_matrix import Column, Matrix
from tui.core.ability_matrix_text import cell_text, change_line, matrix_markdown, problem_lines
from tui.core.ability_text import LABELS
from tui.core.diagnosis import DiagnosisReport
from tui.core.safe_text import safe_line
from tui.runtime.ability_matrix import column_of, matrix_cost
from tui.runtime.runtime import Runtime
from tui.texts import ability_matrix as texts

_NARROWEST, _USUAL = 60, 80
_LONGEST_HEAD = 20
_GAP = "  "


def print_cost(
    runtime: Runtime, subjects: Sequence[Subject], abilities: Sequence[Ability], output: Output
) -> None:
    """Print the cost of the tests before anything is sent."""
    output.aside(matrix_cost([subject.provider for subject in subjects], abilities, runtime.abilities.cost))


def tested_matrix(
    runtime: Runtime, subjects: Sequence[Subject], reports: Sequence[DiagnosisReport]
) -> Matrix:
    """Return the results of the checks. Blocks briefly."""
    return Matrix(
        tuple(
            column_of(runtime.endpoint_memory, subject.provider, report)
            for subject, report in zip(subjects, reports, strict=True)
        )
    )


def print_matrix(matrix: Matrix, output: Output, *, as_markdown: bool) -> None:
    """Print the table, or its Markdown."""
    if as_markdown:
        lines = matrix_markdown(matrix, f"{datetime.now().astimezone():%Y-%m-%d %H:%M %Z}")
    else:
        width = max(_NARROWEST, window_columns(output.stdout) or _USUAL)
        lines = ["", *matrix_lines(matrix, width=width, ascii_only=output.is_ascii)]
    for line in lines:
        output.line(line)


def matrix_lines(matrix: Matrix, *, width: int, ascii_only: bool) -> list[str]:
    """Return the table in blocks that fit the width; providers without a column follow as sentences."""
    lines: list[str] = []
    for block in _blocks(matrix, width, ascii_only=ascii_only):
        lines += ["", *block] if lines else block
    if changes := matrix.changes:
        lines += ["", texts.CHANGES, *(f"  {change_line(change)}" for change in changes)]
    problems = problem_lines(matrix)
    lines += ["", *problems] if lines and problems else problems
    return lines or [texts.NOTHING]


def _blocks(matrix: Matrix, width: int, *, ascii_only: bool) -> list[list[str]]:
    labels = [texts.ABILITY, texts.MODEL, *(LABELS[ability] for ability in matrix.abilities)]
    first = _filled(labels)
    blocks: list[list[str]] = []
    for column in matrix.shown:
        filled = _filled(_cells(column, matrix.abilities, ascii_only=ascii_only))
        if not blocks or cells(blocks[-1][0]) + len(_GAP) + cells(filled[0]) > width:
            blocks.append(first)
        blocks[-1] = [row + _GAP + cell for row, cell in zip(blocks[-1], filled, strict=True)]
    return [[row.rstrip() for row in block] for block in blocks]


def _cells(column: Column, abilities: Sequence[Ability], *, ascii_only: bool) -> list[str]:
    return [
        safe_line(column.provider, _LONGEST_HEAD),
        safe_line(column.model, _LONGEST_HEAD),
        *(cell_text(column.cells.get(ability), ascii_only=ascii_only) for ability in abilities),
    ]


def _filled(texts_of_column: Sequence[str]) -> list[str]:
    """Return the texts of a column, padded to the same width."""
    width = max(map(cells, texts_of_column))
    return [text + " " * (width - cells(text)) for text in texts_of_column]
