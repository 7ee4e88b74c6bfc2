"""A small window that asks for a name."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.core.safe_text import safe_line
from tui.texts import chat as texts
from tui.ui.bindings import bindings_of
from tui.ui.shell.modal import Window
from tui.ui.shell.offers import key_of
from tui.ui.shell.plain_input import PlainInput

LONGEST_TITLE = 200


class RenameDialog(Window[str | None]):
    """Ends with the new name, or ``None`` where nothing is to change."""

    CSS_PATH = "windows.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("chat.rename")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("chat.rename",)
    HELP_TEXT: ClassVar[str] = texts.RENAME_HELP

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def compose(self) -> ComposeResult:
        """Lay out the window."""
        with Vertical(classes="window"):
            yield PlainInput(
                safe_line(self._title), placeholder=texts.RENAME_PLACEHOLDER, max_length=LONGEST_TITLE
            )
            yield Static(
                Content(texts.RENAME_KEYS.format(cancel=key_of(self, "rename.cancel"))), classes="window-note"
            )

    def on_mount(self) -> None:
        """Name the window and be ready to type."""
        self.query_one(".window").border_title = Content(texts.RENAME)
        field = self.query_one(PlainInput)
        field.focus()
        field.cursor_position = len(field.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Save the name; an empty one changes nothing."""
        self.dismiss(event.value.strip() or None)

    def action_cancel(self) -> None:
        """Change nothing."""
        self.dismiss(None)
