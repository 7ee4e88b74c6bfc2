"""An input without a blinking cursor: while idle, it causes no wake-ups and no output."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import events
from textual.binding import BindingType
from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Input

from tui.core.safe_text import safe_line
from tui.ui.bindings import bindings_of
from tui.ui.shell.readline import Readline

_MOST_UNDO = 100


class PlainInput(Readline, Input):
    """One line of text without border and timer; pastes are sanitised and joined to one line."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("text")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("text",)

    value = Reactive("", init=False)
    virtual_size = Reactive(Size(0, 0))
    """Avoids a layout of the whole screen for each key (Textual 8.2.8): its size is fixed."""

    def __init__(self, value: str | None = None, placeholder: str = "", **options: Any) -> None:
        super().__init__(value, placeholder, compact=True, select_on_focus=False, **options)
        self.cursor_blink = False
        self._undo: list[tuple[str, int]] = []
        self._typed_to = -1

    def begin(self) -> None:
        """Focus it with all text selected: typing replaces the text, an arrow key keeps it."""
        self.focus()
        self.action_select_all()

    def on_paste(self, event: events.Paste) -> None:
        """Insert the first non-empty line of a paste."""
        lines = [line.strip() for line in event.text.splitlines() if line.strip()]
        if lines:
            self.replace(self.shown_of(lines[0]), *self.selection)
        event.stop()
        event.prevent_default()

    # ── Editing ─────────────────────────────────────────────────────────────────────────────

    @property
    def is_opaque(self) -> bool:  # type: ignore[override]
        """Whether the input is masked, so that words must not be distinguishable."""
        return self.password

    @property
    def flat_text(self) -> str:
        """The text."""
        return self.value

    @property
    def flat_selection(self) -> tuple[int, int]:
        """Start of the selection, and the cursor."""
        return self.selection.start, self.selection.end

    def flat_replace(self, start: int, end: int, text: str) -> None:
        """Replace a part, and move the cursor after it."""
        self.replace(text, start, end)

    def flat_move(self, offset: int) -> None:
        """Move the cursor."""
        self.cursor_position = offset

    def shown_of(self, raw: str) -> str:
        """Return the text on one sanitised line."""
        return safe_line(" ".join(raw.split("\n")))

    def replace(self, text: str, start: int, end: int) -> None:
        """Replace a part; can be undone, continuous typing in one step."""
        before = (self.value, self.cursor_position)
        super().replace(text, start, end)
        if self.value == before[0]:
            return
        is_typed = len(text) == 1 and start == end
        if not (is_typed and start == self._typed_to):
            self._undo = [*self._undo[1 - _MOST_UNDO :], before]
        self._typed_to = start + 1 if is_typed else -1

    def action_undo(self) -> None:
        """Undo the last change."""
        if self._undo:
            self.value, self.cursor_position = self._undo.pop()
            self._typed_to = -1

    def action_cursor_line_start(self) -> None:
        """Move to the start."""
        self.action_home()

    def action_cursor_line_end(self) -> None:
        """Move to the end."""
        self.action_end()
