"""Exports the ability matrix to a file, for the screens."""

from __future__ import annotations

import json

from tui.core.ability_matrix import Matrix
from tui.core.ability_matrix_text import matrix_json, matrix_markdown
from tui.core.causes import explain
from tui.core.failure import UsageError
from tui.core.moments import exact
from tui.store.export_file import current_folder, is_folder, write_export
from tui.store.paths import Paths
from tui.texts import ability_matrix as texts
from tui.texts.history import OTHER_NAME

_NAME = "abilities"
_SUFFIXES = ("md", "json")


def default_place(paths: Paths) -> str:
    """Return the suggested file."""
    return f"{current_folder(paths)}/{_NAME}.md"


def export_matrix(matrix: Matrix, place: str) -> str:
    """Write a matrix to a file (format by its suffix) or a folder; return the path.

    Raises:
        LmdeckError: the file exists or cannot be written, or its suffix is no known format.
    """
    suffix = "md" if is_folder(place) else place.rpartition(".")[2].casefold()
    if suffix not in _SUFFIXES:
        raise UsageError(explain("export-name", reason=texts.UNKNOWN_ENDING))
    if suffix == "json":
        text = json.dumps({"schema_version": 1, **matrix_json(matrix)}, indent=2) + "\n"
    else:
        text = "".join(f"{line}\n" for line in matrix_markdown(matrix, exact(matrix.newest)))
    return write_export(place, f"{_NAME}.md", text, replaces=False, advice=OTHER_NAME)
