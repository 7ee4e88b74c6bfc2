"""The conversations of late below the list: one key reopens each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len, set_cell_size
from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui.core.figures import format_costs
from tui.core.moments import ago
from tui.core.safe_text import safe_line
from tui.texts import provider_list as texts

if TYPE_CHECKING:
    from tui.store.summaries import ConversationSummary

MOST_RECENTS = 5
_GAP = "  "
_NARROWEST_TITLE = 16
_WIDEST = (400, 16, 9, 14, 12)
"""Title (what is left), provider, turns, cost, time: the widest each is."""


class _Line(NamedTuple):
    title: str
    provider: str
    turns: str
    cost: str
    when: str


class RecentChats(Static):
    """Up to five conversations, the newest first, numbered by the keys that reopen them."""

    class Chosen(Message):
        """A conversation was clicked."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    _summaries: tuple[ConversationSummary, ...] = ()
    _note = ""

    def show(self, summaries: Sequence[ConversationSummary], note: str) -> None:
        """Show conversations; without any the note."""
        self._summaries, self._note = tuple(summaries[:MOST_RECENTS]), note
        self._draw()

    def on_resize(self) -> None:
        """Give the titles the room there is."""
        self._draw()

    def on_click(self, event: events.Click) -> None:
        """Reopen what was clicked."""
        if 0 <= event.y < len(self._summaries):
            self.post_message(self.Chosen(event.y + 1))

    def _draw(self) -> None:
        if not self._summaries:
            self.update(Content.styled(self._note, "dim"))
            return
        now = datetime.now().astimezone()
        lines = [_line(summary, now) for summary in self._summaries]
        widths = _widths(lines, self.size.width or self.app.size.width - 4)
        drawn = [self._drawn(number, line, widths) for number, line in enumerate(lines, 1)]
        self.update(Content("\n").join(drawn))

    @staticmethod
    def _drawn(number: int, line: _Line, widths: Sequence[int]) -> Content:
        cells = [set_cell_size(_cut(text, width), width) for text, width in zip(line, widths, strict=True)]
        rest = "".join(_GAP + cell for cell, width in zip(cells[1:], widths[1:], strict=True) if width)
        number_part = (f"{number} ", "bold $footer-key-foreground")
        return Content.assemble(number_part, cells[0], Content.styled(rest, "dim"))


def _line(summary: ConversationSummary, now: datetime) -> _Line:
    turns = texts.ONE_TURN if summary.turns == 1 else texts.TURNS.format(count=summary.turns)
    return _Line(
        safe_line(summary.title, 400) or texts.UNTITLED,
        safe_line(summary.provider, 100),
        turns,
        format_costs(summary.costs),
        ago(summary.updated_at, now),
    )


def _widths(lines: Sequence[_Line], room: int) -> list[int]:
    """Return the cells of each column: figures go before the title gets too short to tell anything."""
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


def _cut(text: str, width: int) -> str:
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + "…" if width else ""
