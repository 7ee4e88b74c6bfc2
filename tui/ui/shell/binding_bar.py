"""The footer: the keys that work here and now. Unavailable actions are dimmed, optional ones hidden.

A single widget that draws one line. Textual's ``Footer`` has a widget per key and recreates all of them on
every change, which costs every startup and every turn of a chat a layout of the screen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

from tui.ui.bindings import OFFERS
from tui.ui.deck import NamesActions
from tui.ui.offers import ActiveAction, active_actions, form_of

_MOST_OWN = 5
_LAST = ("app.palette", "app.help")
"""The end of every footer."""


class _Entry(NamedTuple):
    action: ActiveAction
    label: str
    description: str

    @property
    def width(self) -> int:
        return self.content.cell_length

    @property
    def content(self) -> Content:
        dim = "" if self.action.is_enabled else "dim "
        return Content.assemble(
            (f" {self.label} ", f"{dim}bold $footer-key-foreground"),
            (f"{self.description} ", f"{dim}$footer-description-foreground"),
        )


class BindingBar(Widget):
    """Shows the keys of the focused widget and the screen; unavailable ones are dimmed.

    At most seven entries, each of which works with the current focus: a letter, a chord, or a command.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    BindingBar { dock: bottom; height: 1; background: $footer-background; text-wrap: nowrap; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._entries: tuple[_Entry, ...] = ()
        self._last_count = 0

    def on_mount(self) -> None:
        """Update the keys with the screen."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)
        self._bindings_changed(self.screen)

    def render(self) -> Content:
        """Return the line."""
        return Content("").join(entry.content for entry in self._shown())

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Run the clicked action."""
        entry = self._entry_at(event.x)
        if entry is not None and entry.action.is_enabled:
            self.app.call_later(self.app.run_action, entry.action.binding.action, entry.action.node)
        elif entry is not None:
            self.app.bell()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Show a tooltip for the key."""
        entry = self._entry_at(event.x)
        self.tooltip = Content(entry.action.tooltip) if entry is not None else None

    def _entry_at(self, x: int) -> _Entry | None:
        left = 0
        for entry in self._shown():
            if left <= x < left + entry.width:
                return entry
            left += entry.width
        return None

    def _shown(self) -> tuple[_Entry, ...]:
        """Return the keys that fit; palette and help, the last ones, lead to the others."""
        shown, last = list(self._entries), self._last_count
        while len(shown) > last and sum(entry.width for entry in shown) > self.size.width:
            del shown[-last - 1]
        return tuple(shown)

    def _bindings_changed(self, screen: Screen[object]) -> None:
        found = active_actions(screen)
        last = tuple(self._last(found))
        self._last_count = len(last)
        entries = (*islice(self._own(found), _MOST_OWN), *last)
        if entries != self._entries:
            self._entries = entries
            self.refresh()

    def _own(self, found: Mapping[str, ActiveAction]) -> Iterator[_Entry]:
        """Yield the actions of the focused widget and the screen that are reachable with this focus."""
        for action in found.values():
            is_missing = action.identifier in OFFERS and not action.is_enabled
            if action.binding.show and not is_missing and (entry := self._entry(action)):
                yield entry

    def _last(self, found: Mapping[str, ActiveAction]) -> Iterator[_Entry]:
        for identifier in _LAST:
            if identifier in found and (entry := self._entry(found[identifier])):
                yield entry

    def _entry(self, action: ActiveAction) -> _Entry | None:
        label, name = form_of(action, self.screen.focused, is_short=True), self._name_of(action.binding)
        return _Entry(action, label, name) if label and name else None

    def _name_of(self, binding: Binding) -> str:
        screen = self.screen
        own = screen.action_name(binding.action) if isinstance(screen, NamesActions) else None
        return binding.description if own is None else own
