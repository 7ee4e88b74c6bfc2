"""Paints rows of one widget directly to the terminal, if nothing covers them.

A frame of a streaming answer changes a few cells at its end. Textual's compositor would render every row of
the widget to find out; this writes only those cells, and lets the terminal scroll the rest (with a scroll
region and line feeds, which every terminal since the VT100 supports). It paints exactly what the compositor
would paint, so that both can alternate: a repaint of the widget resets the painter's knowledge of the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from textual.geometry import Region
from textual.strip import Strip

from tui.ui.textual_compat.encoder import RESET, Encoder
from tui.ui.textual_compat.honest_app import HonestApp
from tui.ui.transcript.cells import cell_len
from tui.ui.transcript.lines import Line, Span

if TYPE_CHECKING:
    from textual.app import App
    from textual.widget import Widget

StripMaker = Callable[[Sequence[Span], int, int], Strip]
"""Creates a strip from spans, padded to a number of cells in a style."""
_Shown = Mapping["Widget", tuple[Region, Region]]
"""The visible widgets, each with its region and the clip region."""


class Painter:
    """What one widget currently shows on the terminal, if known."""

    def __init__(self, widget: Widget, make_strip: StripMaker, *, scroll_host: Widget | None = None) -> None:
        """Create a painter.

        Args:
            scroll_host: the widget itself or one around it. The terminal can only scroll if it is as wide as
                the screen and its other columns are the same in all these rows.
        """
        self._widget = widget
        self._scroll_host = scroll_host or widget
        self._make_strip = make_strip
        self._shown: list[Line | None] = []
        self._encoder: Encoder | None = None
        self._found: tuple[_Shown, Region | None] | None = None
        self.may_scroll = True
        """Whether to let the terminal scroll."""

    def forget(self) -> None:
        """Forget the state, since something else may paint the widget: the next frame paints every row."""
        self._shown = []

    def paint(self, rows: Sequence[Line], *, scrolled: int = 0, covered: Iterable[int] = ()) -> bool:
        """Update the terminal from the last rows to these; return whether that was possible.

        Otherwise, the caller asks the compositor.

        Args:
            scrolled: rows that have left at the top since (if negative, were inserted there); the terminal
                moves the rest if it can.
            covered: rows that belong to widgets inside this one.
        """
        app = self._widget.app
        is_off = isinstance(app, HonestApp) and app.is_plain
        place = None if is_off else self.place()
        if place is None or len(rows) != place.height:
            return False
        encoder = self._encoder = self._encoder or Encoder(app.console)
        encoder.begin()
        shown: list[Line | None] = self._shown if len(self._shown) == len(rows) else [None] * len(rows)
        output: list[str] = []
        if scrolled and any(line is not None for line in shown):
            if self.may_scroll and abs(scrolled) < len(rows) and spans_screen(self._scroll_host, place):
                output.append(_scroll(place, scrolled))
                shown = _scrolled(shown, scrolled)
            else:
                shown = [None] * len(rows)
        skipped = set(covered)
        for y, (old, new) in enumerate(zip(shown, rows, strict=True)):
            if y not in skipped and old != new:
                output.append(self._row(encoder, place, y, old, new))
        self._shown = [None if y in skipped else line for y, line in enumerate(rows)]
        if output:
            _write(app, "".join(output) + RESET)
        return True

    def place(self) -> Region | None:
        """Return the widget's region on the screen, or ``None`` if it cannot be painted directly.

        It cannot without a terminal, if another screen or widget covers it, if part of it is not visible, and
        while a layout is pending.
        """
        if not _may_paint(self._widget):
            return None
        shown = self._widget.screen._compositor.visible_widgets
        if self._found is None or self._found[0] is not shown:  # every layout creates a new mapping
            self._found = (shown, _clear_region(self._widget, shown))
        return self._found[1]

    def _row(self, encoder: Encoder, place: Region, y: int, old: Line | None, new: Line) -> str:
        """Return the sequence that updates a row."""
        spans: Sequence[Span] = new.spans
        start, end = 0, place.width
        if old is not None and old.fill == new.fill:
            spans, start = _changed(old.spans, new.spans)
            end = max(_cells(old.spans), _cells(new.spans))
        end = min(end, place.width)
        if start >= end:
            return ""
        strip = self._make_strip(spans, end - start, new.fill)
        if strip.cell_length > end - start:
            strip = strip.crop(0, end - start)
        move = _move(place.x + start, place.y + y)
        at_edge = place.x + end == self._widget.app.size.width
        return move + encoder.encode(strip, to_edge=at_edge)


def _may_paint(widget: Widget) -> bool:
    """Return whether the screen of a widget is visible, and no layout of it is pending."""
    app, screen = widget.app, widget.screen
    if app.is_headless or app.is_inline or not app._running or app._batch_count or app._driver is None:
        return False
    return not (
        widget._layout_required
        or screen is not app.screen
        or screen._layout_required
        or screen._scroll_required
        or screen.maximized
        or screen._compositor.size != app.size
        or screen._compositor._dirty_regions
    )


def _clear_region(widget: Widget, shown: _Shown) -> Region | None:
    """Return the region of a widget, if it is fully visible and not covered."""
    entry = shown.get(widget)
    if entry is None:
        return None
    region, clip = entry
    if clip.intersection(region) != region:
        return None
    for other, (other_region, other_clip) in shown.items():
        if other is widget:
            return region
        if widget not in other.ancestors and region.overlaps(other_region.intersection(other_clip)):
            return None
    return region


def spans_screen(host: Widget, place: Region) -> bool:
    """Return whether the terminal can scroll these rows: scroll regions are as wide as the screen."""
    entry = host.screen._compositor.visible_widgets.get(host)
    return (
        entry is not None and entry[0].x == 0 and entry[0].right == host.app.size.width and place.height > 1
    )


def _scroll(place: Region, rows: int) -> str:
    """Return the sequence that scrolls the rows of a region (up if positive) and resets the scroll region."""
    region = f"\x1b[0m\x1b[{place.y + 1};{place.bottom}r"
    if rows > 0:
        return f"{region}\x1b[{place.bottom};1H" + "\n" * rows + "\x1b[r"
    return f"{region}\x1b[{place.y + 1};1H" + "\x1bM" * -rows + "\x1b[r"


def _scrolled(shown: list[Line | None], rows: int) -> list[Line | None]:
    """Return what is shown after scrolling; the inserted rows are unknown."""
    if rows > 0:
        return [*shown[rows:], *[None] * rows]
    return [*[None] * -rows, *shown[:rows]]


def _move(column: int, row: int) -> str:
    return f"\x1b[{row + 1};{column + 1}H"


def _write(app: App[object], output: str) -> None:
    """Write in one synchronised update and restore the cursor."""
    driver = app._driver
    if driver is None:
        return
    cursor = app.screen.outer_size.clamp_offset(app.cursor_position)
    app._begin_update()
    driver.write(output + _move(*cursor))
    app._end_update()
    driver.flush()


def _cells(spans: Iterable[Span]) -> int:
    return sum(cell_len(span.text) for span in spans)


def _changed(old: Sequence[Span], new: Sequence[Span]) -> tuple[list[Span], int]:
    """Return the spans of the new line from its first change, and their column."""
    index = 0
    while index < len(old) and index < len(new) and old[index] == new[index]:
        index += 1
    column = _cells(new[:index])
    if index >= len(new):
        return [], column
    kept = 0
    first = new[index]
    if index < len(old) and old[index].style == first.style:
        before = old[index].text
        while kept < len(before) and kept < len(first.text) and before[kept] == first.text[kept]:
            kept += 1
        while kept and kept < len(first.text) and not cell_len(first.text[kept]):
            kept -= 1  # a combining mark belongs to the preceding character
        while kept and kept < len(before) and not cell_len(before[kept]):
            kept -= 1
    rest = [first._replace(text=first.text[kept:]), *new[index + 1 :]]
    return [span for span in rest if span.text], column + cell_len(first.text[:kept])
