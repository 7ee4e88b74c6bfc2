"""``lmdeck forget``: remove stored keys, conversations or caches, as asked."""

from __future__ import annotations

import argparse
import os

from tui.cli.output import Output
from tui.cli.stdin import is_piped
from tui.core.causes import explain
from tui.core.failure import UsageError
from tui.store.forget import forget
from tui.store.paths import resolve_paths

WHAT = {
    "keys": "every stored API key",
    "conversations": "every conversation",
    "caches": "what was learned of endpoints, logs and caches",
}


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Ask, remove, and say what was removed."""
    chosen = list(dict.fromkeys(arguments.what))
    if not arguments.yes and not _agrees(chosen, output):
        output.text("Nothing was removed.")
        return 1
    paths = resolve_paths(os.environ)
    for what in chosen:
        removed = forget(paths, what)
        files = f"{removed} file{'' if removed == 1 else 's'}"
        output.line(f"Removed {WHAT[what]}: {files}." if removed else f"There were no {what} to remove.")
    return 0


def _agrees(chosen: list[str], output: Output) -> bool:
    if is_piped():
        raise UsageError(
            explain("usage", reason="forget asks before it removes: give --yes", command="forget")
        )
    output.text(f"This removes {', and '.join(WHAT[what] for what in chosen)}. It cannot be undone.")
    try:
        return input("Type yes to go on: ").strip().lower() == "yes"
    except EOFError:  # Ctrl+D
        output.text("")
        return False
