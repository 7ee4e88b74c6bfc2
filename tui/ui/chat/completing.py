"""The list of commands while one is being typed: its entries and the marked one."""

from __future__ import annotations

from typing import Protocol

from tui.core.commands import request_of
from tui.core.completion import Completion, Values, completions
from tui.texts import chat as texts


class Completer(Protocol):
    """A list above the prompt: its entries, the marked one, and notes."""

    @property
    def title(self) -> str:
        """The kind of entries."""

    @property
    def hint(self) -> str:
        """A hint about the list."""

    @property
    def entries(self) -> tuple[Completion, ...]:
        """The entries."""

    @property
    def marked(self) -> int | None:
        """The index of the marked entry."""

    @property
    def is_open(self) -> bool:
        """Whether it is open."""

    def move(self, step: int) -> None:
        """Move the mark."""

    def chosen(self, *, is_sent: bool) -> str | None:
        """Return the completed text; ``None`` leaves it unchanged."""

    def close(self) -> None:
        """Close the list."""


class Completing:
    """Completes a line; opened by a slash in an empty prompt, until closed or the line is no command."""

    title = texts.COMMANDS
    hint = texts.LEADING_SLASH

    def __init__(self, values: Values) -> None:
        self._values = values
        self._is_active = False
        self._line = ""
        self._has_moved = False
        self.entries: tuple[Completion, ...] = ()
        self.marked: int | None = None
        """A name is marked automatically, but an argument only by a key, since any text may follow."""

    @property
    def is_open(self) -> bool:
        """Whether there are entries."""
        return bool(self.entries)

    def follow(self, line: str) -> None:
        """Show the completions of the current line."""
        self._is_active = line == "/" or (self._is_active and line.startswith("/"))
        if self._is_active and line == self._line and self.entries:
            return
        self._line, self._has_moved = line, False
        self.entries = completions(line, self._values) if self._is_active else ()
        self.marked = 0 if self.entries and " " not in line else None

    def move(self, step: int) -> None:
        """Move the mark, wrapping around."""
        start = self.marked if self.marked is not None else (-1 if step > 0 else 0)
        self.marked = (start + step) % len(self.entries)
        self._has_moved = True

    def chosen(self, *, is_sent: bool) -> str | None:
        """Return the completed line; ``None`` leaves it unchanged.

        ``is_sent``: for the key that sends, which sends a complete command unless another entry was marked.
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
