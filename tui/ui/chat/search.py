"""The line for searching in a conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from tui.texts import chat as texts
from tui.ui.background import in_background
from tui.ui.shell.offers import key_of
from tui.ui.shell.plain_input import PlainInput
from tui.ui.transcript.search import Search
from tui.ui.transcript.transcript import Transcript

if TYPE_CHECKING:
    from tui.core.search_place import HitPlace


class SearchBar(Horizontal):
    """The search text and the number of matches; hidden until opened."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(id="search")
        self._transcript = transcript

    def compose(self) -> ComposeResult:
        """Create the line."""
        yield Static(Content(texts.SEARCH), id="search-label")
        yield PlainInput(placeholder=texts.SEARCH_PLACEHOLDER, id="search-text")
        yield Static(id="search-count")

    def on_mount(self) -> None:
        """Update the shown keys when the focus changes."""
        self.watch(self.screen, "focused", self._focus_changed, init=False)

    def _focus_changed(self) -> None:
        if self.is_open:
            self.show_count(self._transcript.matches)

    @property
    def is_open(self) -> bool:
        """Whether the line is shown."""
        return self.has_class("-shown")

    def open(self, text: str | None = None) -> None:
        """Show the line and focus it; search for a text, if given."""
        self.add_class("-shown")
        field = self.query_one(PlainInput)
        field.begin()
        if text is not None:
            field.value = text
            field.cursor_position = len(text)

    def open_at(self, place: HitPlace) -> None:
        """Show the line, and go to the match of a search in all conversations."""
        self.add_class("-shown")
        self._transcript.matches.start_at(place)
        self._transcript.focus()
        field = self.query_one(PlainInput)
        if field.value == place.words:
            self._look(place.words)
        field.value = place.words
        self.screen.refresh_bindings()

    def close(self) -> None:
        """Hide the line and end the search."""
        self.query_one(PlainInput).value = ""
        self.remove_class("-shown")
        self.screen.refresh_bindings()

    def show_count(self, found: Search) -> None:
        """Show the position and number of matches, and those in text that is not drawn."""
        words = texts.SEARCH_NOTHING
        if found.count:
            words = texts.SEARCH_COUNT.format(place=found.place or "–", count=f"{found.count:,}")
            words += self._keys()
        if found.hidden_count:
            words += texts.SEARCH_HIDDEN.format(hidden=f"{found.hidden_count:,}")
        has_query = bool(self.query_one(PlainInput).value)
        self.query_one("#search-count", Static).update(Content(words if has_query else ""))

    def _keys(self) -> str:
        """Return the keys that lead to a match with the current focus; none in the prompt."""
        focused = self.screen.focused
        if focused is self.query_one(PlainInput):
            return texts.SEARCH_ENTER
        if focused is not self._transcript:
            return ""
        following, previous = key_of(self, "transcript.next_match"), key_of(self, "transcript.previous_match")
        return texts.SEARCH_KEYS.format(next=following, previous=previous)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Mark the matches in the background; typing restarts the search."""
        event.stop()
        self._look(event.value)

    def _look(self, text: str) -> None:
        look = self._transcript.search_beside
        in_background(self, look, text, self.show_count, group="search", exclusive=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Move to the matches."""
        event.stop()
        self._transcript.focus()
