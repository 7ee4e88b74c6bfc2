"""Small windows that ask for one line of text."""

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


class NameDialog(Window[str | None]):
    """Returns the entered text, or ``None`` if it is empty."""

    CSS_PATH = "windows.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("chat.rename")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("chat.rename",)
    LONGEST: ClassVar[int] = LONGEST_TITLE

    def __init__(self, title: str, value: str, placeholder: str, keys: str) -> None:
        """Create a dialog; ``keys`` describes Enter and the key in ``{cancel}``."""
        super().__init__()
        self._title, self._value, self._placeholder, self._keys = title, value, placeholder, keys

    def compose(self) -> ComposeResult:
        """Create the window."""
        with Vertical(classes="window"):
            yield PlainInput(safe_line(self._value), placeholder=self._placeholder, max_length=self.LONGEST)
            yield Static(
                Content(self._keys.format(cancel=key_of(self, "rename.cancel"))), classes="window-note"
            )

    def on_mount(self) -> None:
        """Set the title and the focus."""
        self.query_one(".window").border_title = Content(self._title)
        field = self.query_one(PlainInput)
        field.focus()
        field.cursor_position = len(field.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Close with the text; an empty one changes nothing."""
        self.dismiss(event.value.strip() or None)

    def action_cancel(self) -> None:
        """Close without a change."""
        self.dismiss(None)


class RenameDialog(NameDialog):
    """Returns the new name, or ``None`` if unchanged."""

    HELP_TEXT = texts.RENAME_HELP

    def __init__(self, title: str) -> None:
        super().__init__(texts.RENAME, title, texts.RENAME_PLACEHOLDER, texts.RENAME_KEYS)
