"""``lmdeck forget``: deletes stored keys, chats, caches or the ledger."""

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
from tui.texts import cli as texts

WHAT = {
    "keys": texts.EVERY_KEY,
    "conversations": texts.EVERY_CHAT,
    "caches": texts.EVERY_CACHE,
    "ledger": texts.EVERY_COST,
}


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Ask for confirmation, delete, and report what was deleted."""
    chosen = list(dict.fromkeys(arguments.what))
    if not arguments.yes and not _agrees(chosen, output):
        output.text(texts.NOTHING_DELETED)
        return 1
    paths = resolve_paths(os.environ)
    is_all = True
    for what in chosen:
        forgotten = Forgotten()
        try:
            forget(paths, what, forgotten)
        except KeyboardInterrupt:
            output.result(texts.DELETE_INTERRUPTED.format(count=_count(what, forgotten)))
            raise
        output.result(_report(what, forgotten))
        for sentence in forgotten.kept:
            output.aside(texts.PROGRAM.format(text=safe_line(sentence)))
        is_all = is_all and not forgotten.kept
    return 0 if is_all else 1


def _report(what: str, forgotten: Forgotten) -> str:
    """Return what was really done."""
    removed = _count(what, forgotten)
    if forgotten.kept:
        return texts.DELETED_SOME.format(count=removed, kept=len(forgotten.kept))
    is_any = not removed.startswith("0 ")
    if not is_any:
        return texts.NOTHING_TO_DELETE.format(what=what)
    return texts.DELETED_ALL.format(what=WHAT[what], count=removed)


def _count(what: str, forgotten: Forgotten) -> str:
    is_of_chats = what == "conversations"
    count, noun = (forgotten.conversations, "conversation") if is_of_chats else (forgotten.files, "file")
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _agrees(chosen: list[str], output: Output) -> bool:
    if is_piped():
        raise UsageError(explain("usage", reason=texts.FORGET_NEEDS_YES, command="forget"))
    output.text(texts.WILL_DELETE.format(what=texts.AND.join(WHAT[what] for what in chosen)))
    try:
        return input(texts.TYPE_YES).strip().lower() == "yes"
    except EOFError:  # Ctrl+D
        output.text("")
        return False
