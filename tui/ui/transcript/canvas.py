"""The drawing surface of the transcript: which rows are visible, how they are drawn, and when.

A line-API widget that scrolls itself. Its only child widgets are the folds of reasoning near the view; a
frame of a streaming answer writes the changed cells without any layout. The actions on rows are in
``transcript``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Self

from textual import events
from textual.geometry import Region, Size
from textual.layout import Layout
from textual.messages import UpdateScroll
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from tui.core.reasoning_view import ReasoningView
from tui.texts import chat as texts
from tui.ui.textual_compat.internals import forget_arrangement, report_defect
from tui.ui.textual_compat.painter import Painter, spans_screen
from tui.ui.transcript.cells import cell_len
from tui.ui.transcript.cursor import BlockCursor
from tui.ui.transcript.document import TurnDocument, View
from tui.ui.transcript.folds import Folds
from tui.ui.transcript.frame_clock import FrameClock, writer_is_behind
from tui.ui.transcript.growing import WorkBudget
from tui.ui.transcript.lines import Line, Role, Span
from tui.ui.transcript.messages import FollowChanged
from tui.ui.transcript.palette import Palette
from tui.ui.transcript.row_decoration import BLANK_ROW, GUTTER, RowDecoration
from tui.ui.transcript.search import Search
from tui.ui.transcript.viewport import Viewport
from tui.ui.transcript.virtual_rows import Anchor, VirtualRows

MEASURE = 100
"""The maximum text width in columns, centred on wider screens: longer lines are hard to read."""
_WHEEL_ROWS = 3
_FRAME_SECONDS = 0.006
"""The time for new text per frame, much more than a model needs. The rest is processed later."""
_PAUSE_SECONDS = 0.006
"""The pause for other tasks before more text is processed."""


class Canvas(ScrollView, inherit_bindings=False):
    """Rows of turns, drawn as they arrive."""

    def __init__(
        self,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
        calm: bool = False,
        terminal_scrolls: bool = True,
        view: View | None = None,
        reasoning: ReasoningView = ReasoningView.LIVE,
    ) -> None:
        """Create a canvas.

        Args:
            calm: fewer frames, for a slow connection.
            terminal_scrolls: scroll regions can be used.
            view: how texts are shown initially; its width is always that of the widget.
        """
        super().__init__(name=name, id=id, classes=classes)
        self.roll = VirtualRows(view or View(), reasoning)
        self.viewport = Viewport(self.roll)
        self.cursor = BlockCursor(self.roll)
        self.clock = FrameClock(self._ask_for_frame, lambda: writer_is_behind(self.app), calm=calm)
        self.matches = Search(self.roll)
        self.decoration = RowDecoration(self.viewport, self.cursor, self.matches, self.spans_strip)
        self.folds = Folds(self.decoration, self, self.viewport)
        self._painter = Painter(self, self.spans_strip)
        self._painter.may_scroll = terminal_scrolls
        self._painted: Anchor | None = None
        self._had_folds = False
        self._palette: Palette | None = None
        self._pause: asyncio.TimerHandle | None = None
        self.has_unseen = False
        self._told = (True, False)
        self.welcome: tuple[Line, ...] = ()
        """The lines shown while there are no turns."""
        self.keys_down = ("G", "PgDn")
        """The keys that lead to new text, with the focus here and elsewhere."""

    # ---- view options

    @property
    def calm(self) -> bool:
        """Whether frames are drawn at the rate for a slow connection."""
        return self.clock.calm

    @calm.setter
    def calm(self, calm: bool) -> None:
        self.clock.calm = calm

    def toggle_raw(self) -> None:
        """Switch between raw text and Markdown."""
        self._change_view(replace(self.roll.view, raw=not self.roll.view.raw))

    def show_speakers(self, shown: bool) -> None:
        """Show or hide the model of each turn."""
        if shown != self.roll.view.speakers:
            self._change_view(replace(self.roll.view, speakers=shown))

    def toggle_wrap(self) -> None:
        """Wrap or cut long lines of code."""
        self._change_view(replace(self.roll.view, wrap_code=not self.roll.view.wrap_code))

    def _change_view(self, view: View) -> None:
        self.viewport.change_view(view)
        self.relayout()

    def on_resize(self, event: events.Resize) -> None:
        """Render for the new size: the visible part now, the rest on demand."""
        self.viewport.resize(event.size.height)
        room = max(1, event.size.width - GUTTER - 1)
        width = min(room, MEASURE)
        self.decoration.margin = (room - width) // 2
        if width != self.roll.view.width:
            self._change_view(replace(self.roll.view, width=width))
        else:
            self.relayout()

    @property
    def palette(self) -> Palette:
        """The styles of the current theme."""
        if self._palette is None:
            self._palette = Palette(self)
        return self._palette

    def notify_style_update(self) -> None:
        """Look up colours again, without rendering lines again."""
        super().notify_style_update()
        self._palette = None
        if self.is_drawn:
            self.refresh()

    # ---- layout

    @property
    def is_drawn(self) -> bool:
        """Whether there is a screen to draw on: a frame may be due after it has gone."""
        return self.is_mounted and self.is_attached

    @property
    def is_container(self) -> bool:
        """Whether it contains widgets: its lines are its own, with folds above them."""
        return True

    @property
    def allow_select(self) -> bool:
        """Whether text can be selected, although it contains widgets."""
        return self.ALLOW_SELECT

    @property
    def layout(self) -> Layout:
        """The layout of the folds."""
        return self.folds.layout

    def _settle(self, *, jump: bool = False) -> None:
        """Render the visible part and update Textual's scroll position, without a layout."""
        self.viewport.settle(jump=jump)
        self._forget_seen_output()
        self._report_follow()
        self._catch_up_later()
        top = float(self.viewport.top)
        bottom = int(top) + self.viewport.height
        self.set_reactive(Widget.virtual_size, Size(self.size.width, max(bottom, self.roll.height)))
        self.set_reactive(Widget.scroll_y, top)
        self.set_reactive(Widget.scroll_target_y, top)

    def relayout(self) -> None:
        """Redraw everything, including the folds."""
        if not self.is_drawn or not self.size:
            return
        self._settle()
        self.folds.sync()
        self._lay_out_folds()

    def _lay_out_folds(self) -> None:
        """Let Textual place the folds and paint all rows."""
        self._painted = self.viewport.anchor
        self._had_folds = bool(self.folds.rows_in_view())
        forget_arrangement(self)
        self.refresh(layout=True)

    def refresh(self, *regions: Region, **options: Any) -> Self:
        """Request a repaint, after which the painter's state is invalid."""
        self._painter.forget()
        super().refresh(*regions, **options)
        return self

    # ---- frames

    def _ask_for_frame(self) -> None:
        """Draw directly: a message to itself would cost a tenth of a slow answer's total cost."""
        try:
            self._frame()
        except Exception as error:  # noqa: BLE001 (the application reports it, as one of a message)
            report_defect(self.app, error)

    def _frame(self) -> None:
        """Draw what has arrived for the last turn."""
        if not self.is_drawn or not self.viewport.height or not self.roll.documents:
            return
        index = len(self.roll.documents) - 1
        document = self.roll.render(index)
        self.advance_turn(document, index)
        self.show_change(jump=not self._terminal_scrolls())
        fold = self.folds.get(document)
        if fold is not None and not fold.collapsed and not document.turn.answer:
            fold.body.show_frame()
        if document.turn.state.is_live:
            self._note_unseen_output()

    def _note_unseen_output(self) -> None:
        """Mark that there is output below the view, if it does not follow the end."""
        if not (self.has_unseen or self.viewport.is_following or self.viewport.is_at_end):
            self.has_unseen = True
            self.refresh()
            self._report_follow()

    def _forget_seen_output(self) -> None:
        """Clear the mark once the end is visible."""
        if self.has_unseen and self.viewport.is_at_end:
            self.has_unseen = False
            self.refresh()

    def _report_follow(self) -> None:
        """Report changes in following the end, and in unseen output."""
        state = (self.viewport.is_following, self.has_unseen)
        if state != self._told:
            self._told = state
            self.post_message(FollowChanged(*state))

    def show_change(self, *, jump: bool = False) -> None:
        """Draw the changes, without a layout unless the folds have changed."""
        if not self.is_drawn or not self.viewport.height:
            return
        self._settle(jump=jump)
        if self.folds.sync():
            self._lay_out_folds()
        else:
            self._paint()

    def advance_turn(self, document: TurnDocument, index: int) -> None:
        """Process what has arrived for a turn, as far as a frame has time for it."""
        document.advance(allowance=WorkBudget(seconds=_FRAME_SECONDS))
        self.roll.moved(index + 1)
        self._catch_up_later()

    def _catch_up_later(self) -> None:
        """Continue with a turn after a pause, if not everything was processed."""
        if self._pause is None and self.roll.behind() is not None:
            self._pause = asyncio.get_running_loop().call_later(_PAUSE_SECONDS, self._end_pause)

    def _end_pause(self) -> None:
        self._pause = None
        self.call_later(self._catch_up)

    def _catch_up(self) -> None:
        """Process more text, and draw it with the next frame."""
        index = self.roll.behind()
        if index is not None and self.is_drawn:
            self.advance_turn(self.roll.documents[index], index)
            self.clock.request()

    def _terminal_scrolls(self) -> bool:
        """Whether the terminal can scroll the view: nothing covers it, is inside it, or next to it."""
        if not self._painter.may_scroll or self.folds.rows_in_view():
            return False
        place = self._painter.place()
        return place is not None and spans_screen(self, place)

    def _paint(self) -> None:
        """Update the terminal, only with the changed cells if possible."""
        anchor = self.viewport.anchor
        before = self._painted if self._painted is not None else anchor
        self._painted = anchor
        scrolled = self.roll.absolute(anchor) - self.roll.absolute(before)
        covered = self.folds.rows_in_view()
        had_folds, self._had_folds = self._had_folds, bool(covered)
        if scrolled and (covered or had_folds):  # only the compositor can move them
            forget_arrangement(self)
            self.refresh()
            self.screen.post_message(UpdateScroll())
            return
        if not self._painter.paint(
            self.rows_of_view(0, self.viewport.height), scrolled=scrolled, covered=covered
        ):
            self.refresh()

    # ---- drawing

    def rows_of_view(self, first: int, count: int) -> list[Line]:
        """Return rows of the view with all decoration; blank ones after the end."""
        rows = self.decoration.rows(first, count, self.text_selection)
        if not self.roll.documents:
            rows += self.decoration.welcome_rows(self.welcome, self.size.height)[first : first + count]
        rows += [BLANK_ROW] * (count - len(rows))
        if self.has_unseen and first <= self.viewport.height - 1 < first + count:
            last = self.viewport.height - 1 - first
            rows[last] = self._with_unseen_mark(rows[last])
        return rows

    def _with_unseen_mark(self, line: Line) -> Line:
        text = texts.UNSEEN.format(key=self.keys_down[0 if self.has_focus else 1])
        room = self.size.width - cell_len(text)
        if room < 0:
            return line
        kept = Strip(self.palette.segments(line.spans)).crop(0, room).text
        spans = (Span(kept), Span(" " * (room - cell_len(kept))), Span(text, Role.CURRENT_MATCH))
        return Line(tuple(span for span in spans if span.text), len(spans))

    def spans_strip(self, spans: Sequence[Span], width: int, fill: int) -> Strip:
        """Return spans as a strip of exactly ``width`` cells, after the application's line filters."""
        return self.palette.strip(spans, width, fill)

    def render_line(self, y: int) -> Strip:
        """Return a row for the mouse, with character positions."""
        line = self.rows_of_view(y, 1)[0]
        return self.spans_strip(line.spans, self.size.width, line.fill).apply_offsets(
            0, self.scroll_offset.y + y
        )

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw the rows of a region."""
        rows = self.rows_of_view(crop.y, crop.height)
        strips = [self.palette.row(y, line, self.size.width) for y, line in enumerate(rows, crop.y)]
        if crop.column_span != (0, self.size.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    # ---- scrolling

    def follow_end(self) -> None:
        """Move to the end and follow it."""
        self.viewport.is_following = True
        self.after_scroll()

    def action_follow_end(self) -> None:
        """Move to the end, remove the cursor, and follow."""
        self.cursor.clear()
        self.follow_end()

    def scroll_rows(self, rows: int) -> None:
        """Scroll down (up if negative). Scrolling up stops following, reaching the end resumes it."""
        self.viewport.scroll(rows)
        self.after_scroll()

    def after_scroll(self) -> None:
        """Draw what has become visible."""
        self.has_unseen = self.has_unseen and not self.viewport.is_following
        self.show_change()

    def action_scroll_pages(self, pages: float) -> None:
        """Scroll by a part of the view; a whole page keeps one row visible."""
        rows = max(1, int(abs(pages) * self.viewport.height) - (abs(pages) == 1))
        self.scroll_rows(rows if pages > 0 else -rows)

    def action_go_top(self) -> None:
        """Move to the beginning."""
        self.viewport.go_top()
        self.after_scroll()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll by our own number of rows."""
        event.stop()
        event.prevent_default()
        self.scroll_rows(_WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll by our own number of rows."""
        event.stop()
        event.prevent_default()
        self.scroll_rows(-_WHEEL_ROWS)
