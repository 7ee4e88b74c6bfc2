"""The transcript's keys: those of the table, and the paging that a screen around it may take over."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from tui.ui.bindings import bindings_of

TRANSCRIPT_BINDINGS: list[BindingType] = [
    *bindings_of("transcript"),
    Binding("pagedown", "scroll_pages(1)", "Page down", show=False),
    Binding("pageup", "scroll_pages(-1)", "Page up", show=False),
]
