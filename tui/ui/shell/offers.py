"""The actions for what is shown, as keys that can be pressed and clicked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from textual import events
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widget import Widget

from tui.ui.bindings import BY_IDENTIFIER, remapped, spelled_key, types_text
from tui.ui.deck import runtime_of
from tui.ui.offers import active_actions, form_of, takes_text
from tui.ui.own_keys import own_keys

_SEPARATOR = Content.styled(" · ", "dim")


def key_of(node: DOMNode, binding: str) -> str:
    """Return the key of a binding for display, as in the settings.

    For a binding without a key, the key of the command palette, which contains it.
    """
    own = own_keys(runtime_of(node).settings.keys).usable
    keys = (remapped(BY_IDENTIFIER[name], own) for name in (binding, "app.palette"))
    return next((spelled_key(key.names[0]) for key in keys if key.names), "")


def working_key_of(node: DOMNode, binding: str) -> str:
    """Return the key of a binding; empty while it would type text into the focused field."""
    key = remapped(BY_IDENTIFIER[binding], own_keys(runtime_of(node).settings.keys).usable)
    is_typing = takes_text(node.screen.focused)
    names = [name for name in key.names if not (is_typing and types_text(name))]
    return spelled_key(names[0]) if names else ""


class Offer(NamedTuple):
    """A binding, and its label here."""

    binding: str
    """The name of the binding."""
    label: str


class _Printed(NamedTuple):
    """An offer with a key that works now."""

    action: str
    key: str
    label: str

    @property
    def content(self) -> Content:
        return Content.assemble((self.key, "bold $footer-key-foreground"), " ", self.label)


class OfferLine(Widget):
    """Shows offers on one line, each with the key that works with the current focus."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "OfferLine { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }"

    _offers: tuple[Offer, ...] = ()
    _printed: tuple[_Printed, ...] = ()

    def on_mount(self) -> None:
        """Follow the focus: in a text field, other keys work than in a list."""
        self.screen.bindings_updated_signal.subscribe(self, self._show_keys)

    def show(self, offers: Sequence[Offer]) -> None:
        """Set the offers."""
        self._offers = tuple(offers)
        self._show_keys(self.screen)

    def _show_keys(self, screen: Screen[Any]) -> None:
        printed = tuple(self._reachable(screen))
        if printed != self._printed:
            self._printed = printed
            self.refresh()

    def _reachable(self, screen: Screen[Any]) -> Iterator[_Printed]:
        """Yield the offers with a key that works with the current focus."""
        found = active_actions(screen) if self._offers else {}
        for offer in self._offers:
            action = found.get(offer.binding)
            key = form_of(action, screen.focused) if action is not None and action.is_enabled else ""
            if key:
                yield _Printed(BY_IDENTIFIER[offer.binding].action, key, offer.label)

    def render(self) -> Content:
        """Return the line."""
        return _SEPARATOR.join(printed.content for printed in self._printed)

    def on_click(self, event: events.Click) -> None:
        """Run the clicked offer, whatever has the focus."""
        left = 0
        for printed in self._printed:
            width = printed.content.cell_length
            if left <= event.x < left + width:
                event.stop()
                self.screen.call_later(self.screen.run_action, printed.action)
                return
            left += width + _SEPARATOR.cell_length
