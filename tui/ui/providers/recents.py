"""The recent conversations below the list, each reopened with one key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from tui.core.figures import format_spent
from tui.core.moments import ago
from tui.core.safe_text import safe_line
from tui.texts import provider_list as texts
from tui.ui.providers.layout import MOST_RECENTS
from tui.ui.shell.fitted import fitted
from tui.ui.shell.offers import working_key_of
from tui.ui.shell.pane import Pane

if TYPE_CHECKING:
    from tui.store.summaries import ConversationSummary

_GAP = "  "
_NARROWEST_TITLE = 16
_WIDEST = (400, 16, 9, 14, 12)
"""The maximum widths of title (which gets the rest), provider, turns, cost and time."""


class _Line(NamedTuple):
    title: str
    provider: str
    turns: str
    cost: str
    when: str


class RecentChats(Static):
    """Up to five conversations, newest first, numbered by the keys that reopen them."""

    class Chosen(Message):
        """A conversation was clicked."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    _summaries: tuple[ConversationSummary, ...] = ()
    _note = ""
    _has_keys = True
    _drawn_last: Content | None = None

    def show(self, summaries: Sequence[ConversationSummary], note: str) -> None:
        """Show conversations, or the note without any."""
        self._summaries, self._note = tuple(summaries[:MOST_RECENTS]), note
        self._draw()

    def on_resize(self) -> None:
        """Adapt the titles to the new width."""
        self._draw()

    def on_click(self, event: events.Click) -> None:
        """Reopen the clicked conversation."""
        if 0 <= event.y < len(self._summaries):
            self.post_message(self.Chosen(event.y + 1))

    def number(self, has_keys: bool) -> None:
        """Show the numbers only while they are keys."""
        if has_keys != self._has_keys:
            self._has_keys = has_keys
            self._draw()

    def _draw(self) -> None:
        """Redraw only after changes, since this causes a layout."""
        content = self._lines() if self._summaries else self._note_line()
        if content != self._drawn_last:
            self._drawn_last = content
            self.update(content)

    def _note_line(self) -> Content:
        return Content.styled(self._note, "dim").truncate(self._room, ellipsis=True)

    @property
    def _room(self) -> int:
        return self.size.width or self.app.size.width - 4

    def _lines(self) -> Content:
        now = datetime.now().astimezone()
        lines = [_line(summary, now) for summary in self._summaries]
        widths = _widths(lines, self._room)
        return Content("\n").join(self._drawn(number, line, widths) for number, line in enumerate(lines, 1))

    def _drawn(self, number: int, line: _Line, widths: Sequence[int]) -> Content:
        cells = [fitted(text, width) for text, width in zip(line, widths, strict=True)]
        rest = "".join(_GAP + cell for cell, width in zip(cells[1:], widths[1:], strict=True) if width)
        number_part = (f"{number if self._has_keys else ' '} ", "bold $footer-key-foreground")
        return Content.assemble(number_part, cells[0], Content.styled(rest, "dim"))


class RecentsPane(Pane):
    """The recent chats in a border that shows the key for all of them."""

    def compose(self) -> ComposeResult:
        """Create the list."""
        yield RecentChats()

    def on_mount(self) -> None:
        """Follow the focus: in a text field, numbers are text."""
        self.screen.bindings_updated_signal.subscribe(self, self._show_keys)

    def show(self, summaries: Sequence[ConversationSummary], note: str, room: int) -> None:
        """Show as many as fit, or the note without any."""
        lines = max(0, min(room, max(1, len(summaries))))
        self.display = lines > 0
        self.styles.height = lines + 2
        self.query_one(RecentChats).show(summaries[:lines], note)
        self._show_keys(self.screen)

    def _show_keys(self, screen: Screen[Any]) -> None:
        key = working_key_of(screen, "providers.history")
        self.set_title(texts.RECENT_TITLE, texts.ALL_CHATS.format(key=key) if key else "")
        self.query_one(RecentChats).number(bool(working_key_of(screen, "providers.recent_1")))


def _line(summary: ConversationSummary, now: datetime) -> _Line:
    turns = texts.ONE_TURN if summary.turns == 1 else texts.TURNS.format(count=summary.turns)
    return _Line(
        safe_line(summary.title, 400) or texts.UNTITLED,
        safe_line(summary.provider, 100),
        turns,
        format_spent(summary.costs, summary.not_priced),
        ago(summary.updated_at, now),
    )


def _widths(lines: Sequence[_Line], room: int) -> list[int]:
    """Return the widths of the columns; figures are dropped before the title becomes too short."""
    widths = [
        min(max(map(cell_len, column)), most)
        for column, most in zip(zip(*lines, strict=True), _WIDEST, strict=True)
    ]
    for column in (3, 2, 1):
        if _title_room(widths, room) < _NARROWEST_TITLE:
            widths[column] = 0
    widths[0] = max(1, min(widths[0], _title_room(widths, room)))
    return widths


def _title_room(widths: Sequence[int], room: int) -> int:
    return room - 2 - sum(width + len(_GAP) for width in widths[1:] if width)
