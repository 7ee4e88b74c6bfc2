"""Exports saved conversations to files, from the list or from a chat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textual.screen import Screen

from tui.core.safe_text import safe_line
from tui.runtime.history_export import default_place, export_conversations
from tui.texts import conversations as texts
from tui.ui.deck import runtime_of
from tui.ui.exporting import ExportDialog, export, export_to


def export_chats(screen: Screen[Any], identities: Sequence[str], place: str = "") -> None:
    """Export conversations to a place, asking for one if none is given."""
    runtime = runtime_of(screen)

    def write(place: str) -> str:
        done = export_conversations(runtime.chat_history, identities, place)
        shown = done.paths[0] if len(done.paths) == 1 else safe_line(place, 200)
        text = texts.EXPORTED if len(identities) == 1 else texts.EXPORTED_MANY
        return " ".join((text.format(count=len(identities), path=shown), *done.sentences))

    if place:
        export_to(screen, place, write)
        return
    count = len(identities)
    title = texts.EXPORT_TITLE if count == 1 else texts.EXPORT_MANY_TITLE.format(count=count)
    words = texts.EXPORT_PLACEHOLDER, texts.EXPORT_KEYS, texts.EXPORT_HELP
    export(screen, ExportDialog(title, default_place(runtime.paths), *words), write)
