"""A sent message that is being edited in the prompt."""

from __future__ import annotations

from typing import NamedTuple

from textual.widget import Widget

from tui.core.turn import Turn
from tui.texts import chat as texts
from tui.ui.shell.offers import key_of


class Edited(NamedTuple):
    """The edited message, and the previous text of the prompt."""

    turn: Turn
    number: int
    """The number of the message in the chat, from 1."""
    raw: str
    """Its text before the edit."""
    draft: str


def edit_words(prompt: Widget, number: int) -> str:
    """Return the text in the border of the prompt, with the key only while it works."""
    if not prompt.has_focus:
        return texts.EDITING.format(number=number)
    return texts.EDITING_KEYS.format(number=number, cancel=key_of(prompt, "edit.cancel"))
