"""A one-line button with its key next to the label."""

from __future__ import annotations

from textual.content import Content
from textual.style import Style
from textual.widgets import Button


class KeyButton(Button):
    """Runs an action on Enter or a click; ``key`` is the binding of the same action."""

    def __init__(self, label: str, action: str, key: str = "", *, classes: str | None = None) -> None:
        super().__init__(_text(label, key), action=action, compact=True, classes=classes)
        self._key = key

    def call_it(self, label: str) -> None:
        """Set the label."""
        self.label = _text(label, self._key)


def _text(label: str, key: str) -> Content:
    return Content(label) + (Content.styled(f" {key}", Style(bold=False)) if key else Content(""))
