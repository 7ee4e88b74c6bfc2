"""A text area that completes commands at its beginning, and file names after an ``@``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.actions import SkipAction
from textual.message import Message
from textual.widgets.text_area import Edit, EditResult

from tui.core.completion import Values
from tui.core.mentions import MARK
from tui.ui.chat.completing import Completer, Completing
from tui.ui.chat.mentioning import Mentioning, PathsFound
from tui.ui.chat.paste_area import PasteArea
from tui.ui.chat.prompt_text import to_document, to_raw

_WHEN_COMPLETING = frozenset({"complete", "choose_completion", "close_completions"})


class CompletingArea(PasteArea):
    """Keeps the list of completions; the surrounding box shows it."""

    completing: Completer | None = None
    """The list of commands or files, once used."""
    _commands: Completing | None = None
    _was_completing = False
    """Whether the list was shown at the last message."""

    class CompletionsChanged(Message):
        """The list has changed."""

    class PathsWanted(Message):
        """A file is about to be mentioned."""

    def __init__(self, values: Values, paths: PathsFound | None, **options: Any) -> None:
        """Create the area; ``paths`` are the files for mentions, which ``PathsWanted`` requests."""
        self.mentioning = Mentioning(paths)
        self._values = values
        super().__init__(**options)

    def edit(self, edit: Edit) -> EditResult:
        """Change the text, and the list."""
        result = super().edit(edit)
        self._follow_line(edit.text, result.end_location)
        return result

    def action_undo(self) -> None:
        """Undo the last change."""
        super().action_undo()
        self._follow_line()

    def _follow_line(self, typed: str = "", place: tuple[int, int] | None = None) -> None:
        self._show_completions(self._follow, typed, place or self.cursor_location)

    def _follow(self, typed: str, place: tuple[int, int]) -> None:
        mentioning, opens = self.mentioning, typed == MARK
        if opens or mentioning.is_active:
            before = to_raw(self.document.get_line(place[0])[: place[1]])
            if mentioning.follow(before, opens=opens):
                self.completing = mentioning
                if opens:
                    self.post_message(self.PathsWanted())
                return
        line = self.document.get_line(0) if self.document.line_count == 1 else ""
        if self._commands is None and line == "/":
            self._commands = Completing(self._values)
        if self._commands is not None:
            self._commands.follow(to_raw(line))
            self.completing = self._commands

    def show_paths(self) -> None:
        """Show further files that were found."""
        if self.mentioning.is_active:
            self._show_completions(self.mentioning.refresh)

    def load_text(self, text: str) -> None:
        """Show a new text without completing it."""
        super().load_text(text)
        self.action_close_completions()
        self.mentioning.close()

    @property
    def _is_completing(self) -> bool:
        return self.completing is not None and self.completing.is_open

    def _show_completions(self, change: Callable[..., None], *arguments: object) -> None:
        change(*arguments)
        was_open, self._was_completing = self._was_completing, self._is_completing
        if was_open or self._was_completing:
            self.post_message(self.CompletionsChanged())
        if was_open != self._was_completing:
            self.refresh_bindings()

    def action_complete(self, step: int) -> None:
        """Move the mark in the list."""
        if self.completing is not None:
            self._show_completions(self.completing.move, step)

    def action_choose_completion(self, is_sent: bool) -> None:
        """Use the marked entry; the key that sends does not replace a complete command."""
        line = self.completing.chosen(is_sent=is_sent) if self.completing is not None else None
        if line is not None:
            self.use_completion(line)
        elif is_sent:
            raise SkipAction

    def use_completion(self, line: str) -> None:
        """Insert a completed line, or a file in place of its mention; can be undone."""
        row, end = self.cursor_location
        start = self.mentioning.start
        if self.completing is not self.mentioning:
            self.replace(line, (0, 0), self.document.end)
            self.move_cursor(self.document.end)
        elif start < end:
            self.mentioning.use(line)
            result = self.replace(to_document(line), (row, start), (row, end))
            self.move_cursor(result.end_location)

    def mention(self, words: str) -> None:
        """Insert the mention of a file, or its beginning, at the cursor after a space."""
        row, column = self.cursor_location
        before = self.document.get_line(row)[:column]
        self.mentioning.use(words)
        if before and not before[-1].isspace():
            words = f" {words}"
        for piece in filter(None, (words[:-1], words[-1])):
            result = self.replace(to_document(piece), *self.selection, maintain_selection_offset=False)
            self.move_cursor(result.end_location)

    def action_close_completions(self) -> None:
        """Close the list."""
        if self.completing is not None and self._is_completing:
            self._show_completions(self.completing.close)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable the keys of the list while it is closed."""
        if action in _WHEN_COMPLETING:
            return self._is_completing
        return super().check_action(action, parameters)
