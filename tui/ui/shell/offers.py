"""What can be done about what is shown, as keys that work: they can be pressed and clicked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from textual import events
from textual.content import Content
from textual.dom import DOMNode
from textual.widget import Widget

from tui.ui.bindings import BY_IDENTIFIER, remapped, spelled_key
from tui.ui.deck import runtime_of

_SEPARATOR = Content.styled(" · ", "dim")


def key_of(node: DOMNode, binding: str) -> str:
    """Return the key of a binding as the settings have it and people write it."""
    key = remapped(BY_IDENTIFIER[binding], runtime_of(node).settings.keys)
    return spelled_key(key.names[0]) if key.names else ""


class Offer(NamedTuple):
    """A key of the table, and what it does here."""

    binding: str
    """The name of the binding."""
    label: str


class OfferLine(Widget):
    """Shows offers in one line, each behind its key."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "OfferLine { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }"

    _offers: tuple[Offer, ...] = ()

    def show(self, offers: Sequence[Offer]) -> None:
        """Show other offers."""
        if tuple(offers) != self._offers:
            self._offers = tuple(offers)
            self.refresh()

    def render(self) -> Content:
        """Return the line."""
        return _SEPARATOR.join(content for _, content in self._parts())

    def _parts(self) -> Iterator[tuple[str, Content]]:
        """Yield the action and the words of each offer."""
        for offer in self._offers:
            key = (key_of(self, offer.binding), "bold $footer-key-foreground")
            yield BY_IDENTIFIER[offer.binding].action, Content.assemble(key, " ", offer.label)

    def on_click(self, event: events.Click) -> None:
        """Do what the offer under the pointer says, whatever has the focus."""
        left = 0
        for action, words in self._parts():
            if left <= event.x < left + words.cell_length:
                event.stop()
                self.screen.call_later(self.screen.run_action, action)
                return
            left += words.cell_length + _SEPARATOR.cell_length
