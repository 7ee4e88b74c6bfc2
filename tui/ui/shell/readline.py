"""Shell-like editing for single-line and multi-line text fields: words, cut and yank."""

from __future__ import annotations

import re
from typing import ClassVar

from textual.binding import BindingType
from textual.widgets import TextArea

from tui.core.lazy_pattern import lazy_pattern
from tui.ui.background import in_background
from tui.ui.bindings import bindings_of
from tui.ui.deck import deck_of

_WORD = lazy_pattern(r"\W*\w*")
_TO_SPACE = lazy_pattern(r"\s*\S*")
"""The text skipped by a step, symmetric in both directions."""


class CutText:
    """The last cut text. Consecutive cuts are joined, as in a shell."""

    def __init__(self) -> None:
        self.text = ""
        self._state_after: object = None

    def cut(self, text: str, *, before: object, after: object, is_left: bool) -> None:
        """Store a cut text; the state of its field before and after shows whether cuts are consecutive."""
        if before != self._state_after:
            self.text = ""
        self.text = text + self.text if is_left else self.text + text
        self._state_after = after


CUT_TEXT = CutText()
"""Shared by all fields: what is cut in one can be inserted in another."""


class Readline:
    """Adds the actions of the group ``text`` to a field that provides its text and cursor as offsets."""

    keeps_cuts = True
    """Whether text cut here can be inserted elsewhere."""
    is_opaque = False
    """Whether the input is masked, so that words must not be distinguishable."""

    @property
    def flat_text(self) -> str:
        """The text."""
        raise NotImplementedError

    @property
    def flat_selection(self) -> tuple[int, int]:
        """Start of the selection, and the cursor, as offsets into the text."""
        raise NotImplementedError

    def flat_replace(self, start: int, end: int, text: str) -> None:
        """Replace a part, and move the cursor after it."""
        raise NotImplementedError

    def flat_move(self, offset: int) -> None:
        """Move the cursor."""
        raise NotImplementedError

    def raw_of(self, text: str) -> str:
        """Return part of the field's text for insertion elsewhere."""
        return text

    def shown_of(self, raw: str) -> str:
        """Return text cut elsewhere as shown by this field."""
        return raw

    # ── Moving ──────────────────────────────────────────────────────────────────────────────

    def action_cursor_word_left(self, select: bool = False) -> None:
        """Move to the start of the previous word."""
        self.flat_move(self._left_by(_WORD))

    def action_cursor_word_right(self, select: bool = False) -> None:
        """Move to the end of the next word."""
        self.flat_move(self._right_by_word())

    def action_text_start(self) -> None:
        """Move to the start of the text."""
        self.flat_move(0)

    def action_text_end(self) -> None:
        """Move to the end of the text."""
        self.flat_move(len(self.flat_text))

    def _left_by(self, pattern: re.Pattern[str]) -> int:
        """Return the start of the match before the cursor."""
        cursor = self.flat_selection[1]
        match = None if self.is_opaque else pattern.match(self.flat_text[:cursor][::-1])
        return cursor - match.end() if match else 0

    def _right_by_word(self) -> int:
        text, cursor = self.flat_text, self.flat_selection[1]
        match = None if self.is_opaque else _WORD.match(text, cursor)
        return match.end() if match else len(text)

    # ── Cutting ─────────────────────────────────────────────────────────────────────────────

    def action_cut_to_space(self) -> None:
        """Cut back to the space before the cursor."""
        self._cut(self._left_by(_TO_SPACE))

    def action_cut_word_left(self) -> None:
        """Cut the word before the cursor."""
        self._cut(self._left_by(_WORD))

    def action_cut_word_right(self) -> None:
        """Cut the word after the cursor."""
        self._cut(self._right_by_word())

    def action_cut_line_start(self) -> None:
        """Cut to the start of the line; there, the preceding line break."""
        cursor = self.flat_selection[1]
        start = self.flat_text.rfind("\n", 0, cursor) + 1
        self._cut(start if start < cursor else max(0, cursor - 1))

    def action_cut_line_end(self) -> None:
        """Cut to the end of the line; there, the following line break."""
        text, cursor = self.flat_text, self.flat_selection[1]
        end = text.find("\n", cursor)
        end = len(text) if end < 0 else end
        self._cut(end if end > cursor else min(len(text), cursor + 1))

    def action_yank(self) -> None:
        """Insert the last cut text."""
        start, end = sorted(self.flat_selection)
        if CUT_TEXT.text and not getattr(self, "read_only", False):
            self.flat_replace(start, end, self.shown_of(CUT_TEXT.text))

    def _cut(self, target: int) -> None:
        """Cut the text between the cursor and a position, or the selection if there is one."""
        anchor, cursor = self.flat_selection
        start, end = sorted((target, cursor) if anchor == cursor else (anchor, cursor))
        if start == end or getattr(self, "read_only", False):
            return
        before, text = (id(self), self.flat_text, cursor), self.raw_of(self.flat_text[start:end])
        self.flat_replace(start, end, "")
        if self.keeps_cuts:
            after = (id(self), self.flat_text, self.flat_selection[1])
            CUT_TEXT.cut(text, before=before, after=after, is_left=target < cursor)


class ReadlineArea(Readline, TextArea):
    """A multi-line text area with shell-like editing."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("text", "text.lines")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("text.lines", "text")

    def action_external_editor(self) -> None:
        """Edit the text in the user's editor; can be undone."""
        if not self.read_only:
            in_background(self, self._edit_outside, group="editor")

    async def _edit_outside(self) -> None:
        edited = await deck_of(self).edit_outside(self.raw_of(self.flat_text))
        if edited is not None:
            self.flat_replace(0, len(self.flat_text), self.shown_of(edited))

    @property
    def flat_text(self) -> str:
        """The text."""
        return "\n".join(self.document.lines)

    @property
    def flat_selection(self) -> tuple[int, int]:
        """Start of the selection, and the cursor, as offsets into the text."""
        start, end = map(self._offset, self.selection)
        return start, end

    def _offset(self, location: tuple[int, int]) -> int:
        row, column = location
        return sum(len(line) + 1 for line in self.document.lines[:row]) + column

    def _location(self, offset: int) -> tuple[int, int]:
        before = self.flat_text[:offset]
        return before.count("\n"), offset - (before.rfind("\n") + 1)

    def flat_replace(self, start: int, end: int, text: str) -> None:
        """Replace a part, and move the cursor after it."""
        places = self._location(start), self._location(end)
        result = self.replace(text, *places, maintain_selection_offset=False)
        self.move_cursor(result.end_location)

    def flat_move(self, offset: int) -> None:
        """Move the cursor."""
        self.move_cursor(self._location(offset))
