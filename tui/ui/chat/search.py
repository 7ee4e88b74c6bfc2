"""The line in which a conversation is searched."""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from tui.ui.shell.plain_input import PlainInput


class SearchBar(Horizontal):
    """Asks for a text and says how often it was found; hidden until it is opened."""

    @dataclass
    class Searched(Message):
        """The text to look for changed; empty ends the search."""

        query: str

    class Accepted(Message):
        """The text is as wanted: on to its matches."""

    def compose(self) -> ComposeResult:
        """Lay out the line."""
        yield Static(Content("Search "), id="search-label")
        yield PlainInput(placeholder="any text of this conversation", id="search-text")
        yield Static(id="search-count")

    @property
    def is_open(self) -> bool:
        """Whether the line is shown."""
        return self.has_class("-shown")

    def open(self) -> None:
        """Show the line and type into it."""
        self.add_class("-shown")
        self.query_one(PlainInput).begin()

    def close(self) -> None:
        """Hide the line and end the search."""
        self.query_one(PlainInput).value = ""
        self.remove_class("-shown")

    def show_count(self, count: int, hidden_count: int = 0) -> None:
        """Say how many matches there are, and how many of them are in text that is too long to be drawn."""
        words = f"{count} match{'' if count == 1 else 'es'} · Enter, then n and N" if count else "no match"
        if hidden_count:
            words = f"{count} match{'' if count == 1 else 'es'}, {hidden_count} in text too long to draw"
        has_query = bool(self.query_one(PlainInput).value)
        self.query_one("#search-count", Static).update(Content(words if has_query else ""))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search while it is typed."""
        event.stop()
        self.post_message(self.Searched(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go on to the matches."""
        event.stop()
        self.post_message(self.Accepted())
