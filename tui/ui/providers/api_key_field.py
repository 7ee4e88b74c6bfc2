"""The API key field: a literal key is masked and never copied, a reference is shown as text."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message

from tui.core.api_key_reference import parse_api_key_reference
from tui.ui.bindings import bindings_of
from tui.ui.shell.plain_input import PlainInput


class ApiKeyField(PlainInput):
    """Masks a literal key; it can be revealed while the field has the focus."""

    ALLOW_SELECT = False
    keeps_cuts = False
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("form.key")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("form.key",)

    class CopyRefused(Message):
        """The user tried to copy the key."""

    def __init__(self, value: str, placeholder: str, **options: Any) -> None:
        self._is_revealed = False
        super().__init__(value, placeholder, **options)
        self._mask()

    @property
    def is_secret(self) -> bool:
        """Return whether it contains a literal key."""
        return bool(self.value) and parse_api_key_reference(self.value) is None

    def _mask(self) -> None:
        self.password = self.is_secret and not self._is_revealed

    def watch_value(self) -> None:
        """Mask the text once it is a key."""
        self._mask()

    def on_blur(self, event: events.Blur) -> None:
        """Mask the key again."""
        self._reveal(False)

    def action_reveal(self) -> None:
        """Show the key while the field has the focus, or mask it again."""
        self._reveal(not self._is_revealed)

    def _reveal(self, is_revealed: bool) -> None:
        self._is_revealed = is_revealed
        self._mask()

    def action_copy(self) -> None:
        """Refuse to copy: other programs can often read the clipboard."""
        self.post_message(self.CopyRefused())

    def action_cut(self) -> None:
        """Refuse to cut, for the same reason."""
        self.action_copy()

    def __rich_repr__(self) -> Any:
        """Yield nothing about the value, so that no log or trace contains it."""
        yield "id", self.id
