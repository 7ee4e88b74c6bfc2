"""The status bar: draws what ``status_parts`` returns, and only the cells that changed.

At most twice a second, while an answer streams once. Without changes, it is only drawn for the seconds of a
wait.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import zip_longest
from time import monotonic
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from tui.core.turn import TurnState
from tui.ui.chat.status_parts import StatusFacts, row_pieces, status_row

INTERVAL_SECONDS = 0.5
STREAMING_INTERVAL_SECONDS = 1.0
"""While only counts change: each drawing costs as much as a frame of the answer."""
_MARGIN = 1


class StatusBar(Widget):
    """Reads its facts when it is drawn; ``changed`` requests that and costs almost nothing."""

    DEFAULT_CSS = """
    StatusBar { height: 1; background: $surface; color: $foreground; }
    StatusBar .status--muted { color: $text-muted; }
    StatusBar .status--busy { color: $primary; text-style: bold; }
    StatusBar .status--good { color: $text-success; }
    StatusBar .status--warning { color: $text-warning; text-style: bold; }
    StatusBar .status--error { color: $text-error; text-style: bold; }
    StatusBar:ansi { background: ansi_default; color: ansi_default; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "status--plain",
        "status--muted",
        "status--busy",
        "status--good",
        "status--warning",
        "status--error",
    }

    def __init__(self, read: Callable[[], StatusFacts], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._read = read
        self._row: list[tuple[str, str]] = []
        self._drawn_at = 0.0
        self._interval = INTERVAL_SECONDS
        self._pending: Timer | None = None
        self._ticking: Timer | None = None

    @property
    def text(self) -> str:
        """The current text."""
        return "".join(text for text, _ in self._row)

    def changed(self) -> None:
        """Request an update, now or after a moment."""
        if self._pending is not None or not self.is_attached:
            return
        rest = self._drawn_at + self._interval - monotonic()
        if rest <= 0:
            self.draw()
        else:
            self._pending = self.set_timer(rest, self.draw)

    def draw(self) -> None:
        """Draw the changes immediately."""
        if self._pending is not None:
            self._pending.stop()
            self._pending = None
        self._drawn_at = monotonic()
        facts = self._read()
        is_streaming = facts.turn is not None and facts.turn.state is TurnState.ANSWERING
        self._interval = STREAMING_INTERVAL_SECONDS if is_streaming else INTERVAL_SECONDS
        self._tick(facts.turn is not None and facts.turn.state.is_live)
        parts = status_row(facts, max(0, self.size.width - 2 * _MARGIN))
        before, self._row = self._row, list(row_pieces(parts))
        region = _changed_region(before, self._row, self.size.width)
        if region is not None:
            self.refresh(region)

    def on_mount(self) -> None:
        """Draw the first facts."""
        self.call_after_refresh(self.draw)

    def on_resize(self, event: events.Resize) -> None:
        """Adapt to the new width."""
        self._row = []
        self.draw()

    def render_line(self, y: int) -> Strip:
        """Return the only row."""
        base = self.rich_style
        segments = [Segment(" " * _MARGIN, base)]
        segments += [
            Segment(text, self.get_component_rich_style(f"status--{style}")) for text, style in self._row
        ]
        return Strip(segments).simplify().adjust_cell_length(self.size.width, base)

    def _tick(self, is_live: bool) -> None:
        """Count the seconds while more text may arrive."""
        if is_live and self._ticking is None:
            self._ticking = self.set_interval(1, self.changed)
        elif not is_live and self._ticking is not None:
            self._ticking.stop()
            self._ticking = None


def _changed_region(before: list[tuple[str, str]], after: list[tuple[str, str]], width: int) -> Region | None:
    """Return the changed cells: from the first changed part to the end of the row.

    If no part changed its width, only to the last changed part.
    """
    if before == after:
        return None
    pairs = zip_longest(before, after, fillvalue=("", ""))
    changed = [index for index, (old, new) in enumerate(pairs) if old != new]
    old_cells, new_cells = ([cell_len(text) for text, _ in row] for row in (before, after))
    start = _MARGIN + sum(new_cells[: changed[0]])
    if old_cells != new_cells:
        return Region(start, 0, max(1, width - start), 1)
    return Region(start, 0, sum(new_cells[changed[0] : changed[-1] + 1]), 1)
