"""The list of commands or files above the prompt, one line each. Loaded with the first slash or ``@``.

The focus stays in the prompt, whose keys move in the list; a single widget, because it changes with each key.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.widget import Widget

from tui.core.safe_text import safe_line
from tui.ui.chat.completing import Completer

_MOST_ROWS = 8
_MARK = "›"
_BORDER_ROWS = 2


class CommandList(Widget, can_focus=False):
    """Shows the entries of the open list. ``use`` receives the line of a clicked entry."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"command-list--marked", "command-list--text"}

    def __init__(self, completer: Callable[[], Completer | None], use: Callable[[str], None]) -> None:
        super().__init__()
        self._completer = completer
        self._use = use
        self._top = 0
        self._name_width = 0

    @property
    def _completing(self) -> Completer | None:
        return self._completer()

    def show(self) -> None:
        """Show the current entries above the prompt; hide the list without any."""
        completing = self._completing
        self.display = completing is not None and completing.is_open
        if completing is None:
            return
        rows = min(len(completing.entries), _MOST_ROWS)
        marked = completing.marked or 0
        self._top = max(marked - rows + 1, min(self._top, marked, len(completing.entries) - rows), 0)
        self.border_title, self.border_subtitle = Content(completing.title), Content(completing.hint)
        height = rows + _BORDER_ROWS
        if self.display and (self.styles.height is None or self.styles.height.value != height):
            self.styles.height = height
            self.styles.offset = (0, -height)
        self.refresh()

    def render(self) -> Content:
        """Return the visible lines."""
        completing = self._completing
        known = completing.entries if completing is not None else ()
        self._name_width = max((cell_len(safe_line(entry.shown)) for entry in known if entry.text), default=0)
        entries = known[self._top : self._top + _MOST_ROWS]
        return Content("\n").join(
            self._line(self._top + row, safe_line(entry.shown), safe_line(entry.text))
            for row, entry in enumerate(entries)
        )

    def _line(self, place: int, name: str, text: str) -> Content:
        width = max(1, self.content_size.width)
        is_marked = self._completing is not None and place == self._completing.marked
        line = Content.assemble(
            f"{_MARK if is_marked else ' '} {name}{' ' * (self._name_width - cell_len(name))}  ",
            (text, self.get_visual_style("command-list--text")),
        ).truncate(width, ellipsis=True, pad=True)
        return line.stylize(self.get_visual_style("command-list--marked")) if is_marked else line

    def on_click(self, event: events.Click) -> None:
        """Use the clicked entry."""
        event.stop()
        place = self._top + event.y - 1
        if event.y >= 1 and self._completing is not None and place < len(self._completing.entries):
            self._use(self._completing.entries[place].line)
