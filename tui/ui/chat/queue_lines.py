"""The queued messages above the prompt: one line each, and why the queue is paused."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.widget import Widget

from tui.core.safe_text import safe_line
from tui.runtime.chat_control import ChatControl
from tui.runtime.chat_queue import pause_words, queue_lines
from tui.texts import queue as texts
from tui.ui.chat.words import Way

_ROWS_OF_SCREEN = 8
"""One row for queued messages per this many rows of the screen."""
_WIDEST = 100
_NARROW = 50
"""Narrower lines only show the message."""


class QueueLines(Widget, can_focus=False):
    """Shows the queue; takes no rows while it is empty."""

    ALLOW_SELECT = False

    def __init__(self, chat: ChatControl) -> None:
        super().__init__(id="queue")
        self._chat = chat
        self._lines: list[Content] = []
        self._shown: tuple[Way, bool] | None = None

    def show(self, way: Way, *, typing: bool) -> None:
        """Show the queue. ``way`` returns the key or command of an action; ``typing``: commands work now."""
        self._shown = way, typing
        queue = self._chat.queue
        lines = [Content(safe_line(line)) for line in queue_lines(queue)]
        most = max(1, self.screen.size.height // _ROWS_OF_SCREEN)
        if len(lines) > most:
            more = Content(texts.MORE.format(count=len(lines) - most + 1))
            lines[most - 1 :] = [more.stylize("dim")]
        if lines and self._room >= _NARROW:
            lines[-1] = self._with_hint(lines[-1], way("take_back"))
        if queue.pause is not None:
            words = self._with_how(pause_words(queue.pause), way("chat.focus"), typing=typing)
            lines.insert(0, words.stylize("$text-warning"))
        if lines != self._lines:
            self._lines = lines
            self.styles.height = len(lines)
            self.display = bool(lines)
            self.refresh()

    @property
    def _room(self) -> int:
        """Return the width of a line in cells: that of the prompt."""
        return min(self.content_size.width, _WIDEST)

    def on_resize(self, event: events.Resize) -> None:
        """Fit another width."""
        if self._shown is not None:
            way, typing = self._shown
            self.show(way, typing=typing)

    def _with_how(self, words: str, focus: str, *, typing: bool) -> Content:
        """Return why the queue is paused, and how to send or remove messages, as far as it fits."""
        for how in texts.HOW if typing else texts.HOW_READING:
            line = Content(f"{words} {how.format(focus=focus)}")
            if line.cell_length <= self._room:
                break
        return line

    def _with_hint(self, line: Content, key: str) -> Content:
        """Return a line with the key that takes the message back at its end, and with the model that is asked
        where that is known and leaves half of the line to the message."""
        target = self._chat.target
        model = safe_line(target.model_name, 30) if target else ""
        hints = [Content(text.format(model=model, key=key)).stylize("dim") for text in texts.EDIT_LAST]
        hint = hints[0] if model and hints[0].cell_length <= self._room // 2 else hints[1]
        room = max(1, self._room - hint.cell_length - 2)
        return line.truncate(room, ellipsis=True, pad=True) + Content("  ") + hint

    def render(self) -> Content:
        """Return the lines."""
        room = max(1, self._room)
        margin = Content(" " * ((self.content_size.width - room) // 2))
        return Content("\n").join(margin + line.truncate(room, ellipsis=True) for line in self._lines)
