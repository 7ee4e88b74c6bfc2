"""A text area that shows each large paste as one token, moved and deleted as a unit."""

from __future__ import annotations

from typing import Any

from textual.widgets.text_area import Edit, EditResult, Location, Selection

from tui.ui.chat.pastes import Pastes
from tui.ui.textual_compat.own_text_area import OwnTextArea


class PasteArea(OwnTextArea):
    """Stores raw texts: its document contains tokens and private characters instead."""

    def __init__(self, **options: Any) -> None:
        self.pastes = Pastes()
        super().__init__(**options)

    @property
    def value(self) -> str:
        """The raw text."""
        return self.pastes.raw(self.text)

    @value.setter
    def value(self, raw: str) -> None:
        self.load_text(self.pastes.document(raw))

    @property
    def is_blank(self) -> bool:
        """Whether it contains only white space."""
        return not any(map(str.strip, self.document.lines))

    def raw_of(self, text: str) -> str:
        """Return part of the document as raw text."""
        return self.pastes.raw(text)

    def shown_of(self, raw: str) -> str:
        """Return a raw text as stored in the document."""
        return self.pastes.document(raw)

    def action_open_paste(self) -> None:
        """Expand the large paste before the cursor, or the first one."""
        cursor = self.flat_selection[1]
        starts = [start for start, _, _ in self.pastes.places(self.flat_text)]
        before = [start for start in starts if start < cursor]
        self.open_paste((before or starts)[-1 if before else 0])

    def open_paste(self, place: int) -> None:
        """Expand the paste whose token begins at a position of the flat text."""
        for start, end, text in self.pastes.places(self.flat_text):
            if start == place:
                self.flat_replace(start, end, text)
                return

    # ── Tokens as units ─────────────────────────────────────────────────────────────────────

    def edit(self, edit: Edit) -> EditResult:
        """Change the text without splitting a token."""
        edit.from_location, edit.to_location = self._around_tokens(edit.from_location, edit.to_location)
        return super().edit(edit)

    def _around_tokens(self, start: Location, end: Location) -> tuple[Location, Location]:
        """Return the ends of an edit or a selection, moved out of tokens."""
        if start == end:
            return (self._outside(start, is_end=True),) * 2
        return self._outside(start, is_end=start > end), self._outside(end, is_end=end > start)

    def _outside(self, place: Location, *, is_end: bool) -> Location:
        row, column = place
        if row < self.document.line_count:
            for first, after, _ in self.pastes.places(self.document.get_line(row)):
                if first < column < after:
                    return row, after if is_end else first
        return place

    def validate_selection(self, selection: Selection) -> Selection:
        """Keep the cursor outside of tokens: a step into one leads past it."""
        is_right = selection.end > self.selection.end
        if selection.is_empty:
            return Selection.cursor(self._outside(selection.end, is_end=is_right))
        return Selection(*self._around_tokens(selection.start, selection.end))
