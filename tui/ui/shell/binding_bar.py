"""The bottom line: the keys that work here and now. What cannot be done now is greyed; an offer is left out.

One widget that draws one line. Textual's ``Footer`` makes a widget of every key, and makes them
all anew whenever one changes, which costs a start and every turn of a chat a layout of the screen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

from tui.ui.bindings import OFFERS, spelled_key
from tui.ui.deck import NamesActions


class _Entry(NamedTuple):
    key: str
    label: str
    short_label: str
    description: str
    tooltip: str
    is_enabled: bool

    @property
    def width(self) -> int:
        return self.content.cell_length

    @property
    def content(self) -> Content:
        dim = "" if self.is_enabled else "dim "
        return Content.assemble(
            (f" {self.label} ", f"{dim}bold $footer-key-foreground"),
            (f"{self.description} ", f"{dim}$footer-description-foreground"),
        )


class BindingBar(Widget):
    """Shows the keys of the focused widget and the screen; what cannot be done now is dim.

    Keys are written as everywhere else, and in Textual's short form (``^s``) where that takes too much room.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    BindingBar { dock: bottom; height: 1; background: $footer-background; text-wrap: nowrap; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._entries: tuple[_Entry, ...] = ()

    def on_mount(self) -> None:
        """Follow what the screen says of its keys."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)
        self._bindings_changed(self.screen)

    def render(self) -> Content:
        """Return the line."""
        return Content("").join(entry.content for entry in self._shown())

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Do what the key under the pointer does."""
        entry = self._entry_at(event.x)
        if entry is not None and entry.is_enabled:
            self.app.simulate_key(entry.key)
        elif entry is not None:
            self.app.bell()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Explain the key under the pointer."""
        entry = self._entry_at(event.x)
        self.tooltip = Content(entry.tooltip) if entry is not None and entry.tooltip else None

    def _entry_at(self, x: int) -> _Entry | None:
        left = 0
        for entry in self._shown():
            if left <= x < left + entry.width:
                return entry
            left += entry.width
        return None

    def _shown(self) -> tuple[_Entry, ...]:
        """Return the keys as there is room for them; the last one, the help, tells the others."""
        if _width(self._entries) <= self.size.width:
            return self._entries
        shown = [entry._replace(label=entry.short_label) for entry in self._entries]
        while len(shown) > 1 and _width(shown) > self.size.width:
            del shown[-2]
        return tuple(shown)

    def _bindings_changed(self, screen: Screen[object]) -> None:
        entries = tuple(self._active())
        if entries != self._entries:
            self._entries = entries
            self.refresh()

    def _active(self) -> Iterator[_Entry]:
        """Yield a key for every action: the first one that leads to it."""
        seen: set[str] = set()
        for _, binding, is_enabled, tooltip in self.screen.active_bindings.values():
            is_missing = binding.id in OFFERS and not is_enabled
            if binding.show and not is_missing and binding.action not in seen:
                seen.add(binding.action)
                label = binding.key_display or spelled_key(binding.key)
                short_label = self.app.get_key_display(binding)
                name = self._name_of(binding)
                yield _Entry(binding.key, label, short_label, name, tooltip, is_enabled)

    def _name_of(self, binding: Binding) -> str:
        screen = self.screen
        own = screen.action_name(binding.action) if isinstance(screen, NamesActions) else None
        return own or binding.description


def _width(entries: Sequence[_Entry]) -> int:
    return sum(entry.width for entry in entries)
