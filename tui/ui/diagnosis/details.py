"""All details of one row of a diagnosis: request, response, events, causes; next to the list or above it."""

from __future__ import annotations

from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.texts import diagnosis as texts
from tui.ui.bindings import bindings_of
from tui.ui.deck import runtime_of
from tui.ui.shell.modal import Window
from tui.ui.shell.offers import key_of


class DetailsText(VerticalScroll, inherit_bindings=False):
    """The details of a row, scrollable."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("diagnosis.text")

    def compose(self) -> ComposeResult:
        """Create the text."""
        yield Static()

    def show(self, content: Content) -> None:
        """Show a text, with all known keys masked."""
        # already redacted by the probe; this is a second safeguard
        redacted = runtime_of(self).redactor.redact(content.plain)
        self.query_one(Static).update(content if redacted == content.plain else Content(redacted))
        self.scroll_home(animate=False)


class CheckDetailsScreen(Window[None]):
    """Shows the evidence of one check, or of an ability test."""

    CSS_PATH = "screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("diagnosis.details")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("diagnosis.details", "diagnosis.text")
    HELP_TEXT: ClassVar[str] = texts.DETAILS_HELP

    def __init__(self, title: str, content: Content) -> None:
        super().__init__()
        self._title, self._content = title, content

    def compose(self) -> ComposeResult:
        """Create the window."""
        with Vertical(id="window"):
            yield DetailsText()

    def on_mount(self) -> None:
        """Set the title and the key that closes the window."""
        window = self.query_one("#window")
        window.border_title = cast(str, Content(self._title))
        close = texts.CLOSE.format(key=key_of(self, "check_details.close"))
        window.border_subtitle = cast(str, Content(close))
        text = self.query_one(DetailsText)
        text.show(self._content)
        text.focus()

    def action_close(self) -> None:
        """Return to the checks."""
        self.dismiss()
