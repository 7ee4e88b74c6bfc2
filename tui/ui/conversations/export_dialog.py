"""A small window that asks where to write an export."""

from __future__ import annotations

from tui.texts import conversations as texts
from tui.ui.chat.rename import NameDialog


class ExportDialog(NameDialog):
    """Ends with a file or a folder, or ``None`` where nothing is to be written."""

    CSS_PATH = "../chat/windows.tcss"
    HELP_TEXT = texts.EXPORT_HELP
    LONGEST = 1000

    def __init__(self, title: str, place: str) -> None:
        super().__init__(title, place, texts.EXPORT_PLACEHOLDER, texts.EXPORT_KEYS)
