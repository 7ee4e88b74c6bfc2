"""``lmdeck forget``: remove stored keys, conversations or caches, as asked."""

from __future__ import annotations

import argparse
import os

from tui.cli.output import Output
from tui.cli.stdin import is_piped
from tui.core.causes import explain
from tui.core.failure import UsageError
from tui.core.safe_text import safe_line
from tui.store.forget import Forgotten, forget
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
    is_all = True
    for what in chosen:
        forgotten = Forgotten()
        try:
            forget(paths, what, forgotten)
        except KeyboardInterrupt:
            output.result(f"Interrupted: removed {_count(what, forgotten)}, the rest is still there.")
            raise
        output.result(_report(what, forgotten))
        for sentence in forgotten.kept:
            output.aside(f"lmdeck: {safe_line(sentence)}")
        is_all = is_all and not forgotten.kept
    return 0 if is_all else 1


def _report(what: str, forgotten: Forgotten) -> str:
    """Return what was done, not what was meant."""
    removed = _count(what, forgotten)
    if forgotten.kept:
        return f"Removed {removed}, not {WHAT[what]}: {len(forgotten.kept)} stayed."
    is_any = not removed.startswith("0 ")
    return f"Removed {WHAT[what]}: {removed}." if is_any else f"There were no {what} to remove."


def _count(what: str, forgotten: Forgotten) -> str:
    is_of_chats = what == "conversations"
    count, noun = (forgotten.conversations, "conversation") if is_of_chats else (forgotten.files, "file")
    return f"{count} {noun}{'' if count == 1 else 's'}"


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
