"""``lmdeck paths``: prints where files are stored."""

from __future__ import annotations

import argparse
import os

from tui.cli.output import Output
from tui.cli.table import table
from tui.store.paths import Place, resolve_paths
from tui.texts import cli as texts


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Print all locations, their content and whether they exist."""
    places = resolve_paths(os.environ).places()
    if arguments.json:
        output.json(
            {
                "paths": [
                    {
                        "what": place.what,
                        "path": str(place.path),
                        "exists": place.exists,
                        "problem": place.problem,
                    }
                    for place in places
                ]
            }
        )
        return 0
    rows = [(place.what, str(place.path), _state(place)) for place in places]
    for line in table(("WHAT", "PATH", ""), rows):
        output.line(line)
    return 0


def _state(place: Place) -> str:
    if place.problem is not None:
        return texts.PLACE_UNSEEN.format(problem=place.problem)
    return "" if place.exists else texts.PLACE_MISSING
