"""The transcript's keys: those in the table, and paging, which a surrounding screen may handle."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from tui.texts.chat import PAGE_DOWN, PAGE_UP
from tui.ui.bindings import bindings_of

TRANSCRIPT_BINDINGS: list[BindingType] = [
    *bindings_of("transcript"),
    Binding("pagedown", "scroll_pages(1)", PAGE_DOWN, show=False),
    Binding("pageup", "scroll_pages(-1)", PAGE_UP, show=False),
]
