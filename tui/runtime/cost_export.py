"""Exports the costs of a month to a file, for the screens."""

from __future__ import annotations

import json

from tui.core.causes import explain
from tui.core.cost_report import costs_json, csv_lines
from tui.core.costs import By
from tui.core.failure import UsageError
from tui.runtime.cost_month import CostMonth
from tui.store.export_file import current_folder, is_folder, write_export
from tui.store.paths import Paths
from tui.texts import costs_screen as texts
from tui.texts.history import OTHER_NAME

_SUFFIXES = ("csv", "json")


def default_place(paths: Paths, month: CostMonth) -> str:
    """Return the suggested file."""
    return f"{current_folder(paths)}/{_name(month)}.csv"


def export_costs(month: CostMonth, by: By, place: str) -> str:
    """Write the sums of a month to a file (format by its suffix) or a folder; return the path.

    Raises:
        LmdeckError: the file exists or cannot be written, or its suffix is no known format.
    """
    suffix = "csv" if is_folder(place) else place.rpartition(".")[2].casefold()
    if suffix not in _SUFFIXES:
        raise UsageError(explain("export-name", reason=texts.UNKNOWN_ENDING))
    report = month.report(by)
    if suffix == "csv":
        text = "".join(f"{line}\n" for line in csv_lines(report))
    else:
        projected = [] if month.projection is None else [month.projection]
        found = costs_json(report, month.wanted, projected)
        text = json.dumps({"schema_version": 1, **found}, indent=2) + "\n"
    return write_export(place, f"{_name(month)}.csv", text, replaces=False, advice=OTHER_NAME)


def _name(month: CostMonth) -> str:
    return f"costs-{month.first:%Y-%m}"
