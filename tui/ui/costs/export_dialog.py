"""A small window that asks where to write the costs of a month."""

from __future__ import annotations

from tui.texts import costs_screen as texts
from tui.ui.chat.rename import NameDialog


class CostsExportDialog(NameDialog):
    """Ends with a file or a folder, or ``None`` where nothing is to be written."""

    CSS_PATH = "../chat/windows.tcss"
    HELP_TEXT = texts.EXPORT_HELP
    LONGEST = 1000

    def __init__(self, month: str, place: str) -> None:
        title = texts.EXPORT_TITLE.format(month=month)
        super().__init__(title, place, texts.EXPORT_PLACEHOLDER, texts.EXPORT_KEYS)
