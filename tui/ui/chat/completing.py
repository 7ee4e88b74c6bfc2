"""The list of commands while one is typed: what is in it and what is marked."""

from __future__ import annotations

from typing import Protocol

from tui.core.commands import request_of
from tui.core.completion import Completion, Values, completions
from tui.texts import chat as texts


class Completer(Protocol):
    """A list over the prompt: its entries, the marked one, and notes."""

    @property
    def title(self) -> str:
        """What it lists."""

    @property
    def hint(self) -> str:
        """What is to be known of it."""

    @property
    def entries(self) -> tuple[Completion, ...]:
        """What can be chosen."""

    @property
    def marked(self) -> int | None:
        """Which of them is marked."""

    @property
    def is_open(self) -> bool:
        """Whether it is shown."""

    def move(self, step: int) -> None:
        """Mark the next entry."""

    def chosen(self, *, is_sent: bool) -> str | None:
        """Return what the text becomes; ``None``: it stays as it is."""

    def close(self) -> None:
        """Close it."""


class Completing:
    """Follows a line; opened by a slash in an empty prompt, until it is closed or the line is no command."""

    title = texts.COMMANDS
    hint = texts.LEADING_SLASH

    def __init__(self, values: Values) -> None:
        self._values = values
        self._is_active = False
        self._line = ""
        self._has_moved = False
        self.entries: tuple[Completion, ...] = ()
        self.marked: int | None = None
        """A name is marked by itself, a value only by a key: what follows a command may be any text."""

    @property
    def is_open(self) -> bool:
        """Whether there is something to choose from."""
        return bool(self.entries)

    def follow(self, line: str) -> None:
        """Show what fits to the line as it is now."""
        self._is_active = line == "/" or (self._is_active and line.startswith("/"))
        if self._is_active and line == self._line and self.entries:
            return
        self._line, self._has_moved = line, False
        self.entries = completions(line, self._values) if self._is_active else ()
        self.marked = 0 if self.entries and " " not in line else None

    def move(self, step: int) -> None:
        """Mark the next entry, round the ends."""
        start = self.marked if self.marked is not None else (-1 if step > 0 else 0)
        self.marked = (start + step) % len(self.entries)
        self._has_moved = True

    def chosen(self, *, is_sent: bool) -> str | None:
        """Return what the line becomes; ``None``: it stays as it is.

        ``is_sent``: by the key that sends, which sends what is a command already unless another was marked.
        """
        place = 0 if self.marked is None and not is_sent else self.marked
        line = None if place is None else self.entries[place].line
        request = request_of(self._line)
        is_complete = request is not None and request.command is not None
        is_typed = line is None or line.rstrip() == self._line
        if line is None or (is_sent and (is_typed or (is_complete and not self._has_moved))):
            return None
        return line

    def close(self) -> None:
        """Close the list until the next slash in an empty prompt."""
        self._is_active, self._line, self.entries, self.marked = False, "", (), None
