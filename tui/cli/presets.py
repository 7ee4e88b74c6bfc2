"""``lmdeck presets``: lists presets and problems of their files, and writes the samples."""

from __future__ import annotations

import argparse
import os

from tui.cli.output import Output
from tui.cli.table import table
from tui.core.safe_text import safe_line
from tui.store.paths import resolve_paths
from tui.store.presets import PresetStore
from tui.texts import presets as texts

_MOST = 60


def run(arguments: argparse.Namespace, output: Output) -> int:
    """List the presets, or write the samples; return 1 if a file is unusable."""
    store = PresetStore(resolve_paths(os.environ))
    if arguments.install:
        added, kept = store.install()
        if added:
            output.result(texts.INSTALLED.format(folder=store.shown, names=", ".join(added)))
        if kept:
            output.line(texts.KEPT.format(names=", ".join(kept)))
        return 0
    known = store.known()
    if known.presets:
        rows = [
            (preset.name, safe_line(preset.description, _MOST), safe_line(preset.provider, _MOST))
            for preset in known.presets.values()
        ]
        for line in table(("NAME", "DESCRIPTION", "PROVIDER"), rows):
            output.line(line)
        output.aside(texts.FOLDER.format(folder=store.shown))
    elif not known.problems:
        output.text(texts.NONE.format(folder=store.shown))
    for problem in known.problems.values():
        output.aside(problem)
    return 1 if known.problems else 0
