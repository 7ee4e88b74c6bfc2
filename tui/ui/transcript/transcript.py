"""The transcript widget: draws the rows in view, follows what streams, and knows where the cursor is.

It is a line-API widget that scrolls itself. The only widgets inside of it are the folds of the
reasoning of turns near the view; a frame of a streaming answer paints the rows that changed and
lays nothing out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Offset, Region, Size
from textual.layout import Layout as WidgetLayout
from textual.layout import WidgetPlacement
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Collapsible

from tui.core.turn import Turn
from tui.ui.transcript.cells import cell_len
from tui.ui.transcript.document import REASONING_BLOCK, TurnDocument, View
from tui.ui.transcript.frame_clock import FrameClock
from tui.ui.transcript.lines import EMPTY_LINE, Line, Role, Span
from tui.ui.transcript.palette import COMPONENTS, Palette
from tui.ui.transcript.reasoning import ReasoningFold
from tui.ui.transcript.roll import Anchor, Roll
from tui.ui.transcript.selecting import mark_selection, selected_text
from tui.ui.transcript.styles import TRANSCRIPT_CSS

GUTTER = 2
"""Columns at the left for the cursor's mark."""
_NO_GUTTER = Span(" " * GUTTER)
_CURSOR_GUTTER = Span("▐ ", Role.CURSOR)


class FoldLayout(WidgetLayout):
    """Puts each fold where its turn has a place for it."""

    name = "reasoning-folds"

    def arrange(
        self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True
    ) -> list[WidgetPlacement]:
        """Return the place of each fold in rows of the roll."""
        assert isinstance(parent, Transcript)
        return [
            WidgetPlacement(parent.place_of(child), Offset(0, 0), child.styles.margin, child)
            for child in children
            if isinstance(child, ReasoningFold)
        ]


class Transcript(ScrollView, can_focus=True, inherit_bindings=False):
    """The turns of a conversation."""

    DEFAULT_CSS = TRANSCRIPT_CSS
    COMPONENT_CLASSES: ClassVar[set[str]] = COMPONENTS
    ALLOW_SELECT = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move_cursor(1)", "Next block", show=False, id="transcript.next_block"),
        Binding("k,up", "move_cursor(-1)", "Previous block", show=False, id="transcript.previous_block"),
        Binding("J,shift+down", "move_turn(1)", "Next turn", show=False, id="transcript.next_turn"),
        Binding("K,shift+up", "move_turn(-1)", "Previous turn", show=False, id="transcript.previous_turn"),
        Binding("ctrl+d", "scroll_rows(0.5)", "Half a page down", show=False, id="transcript.half_page_down"),
        Binding("ctrl+u", "scroll_rows(-0.5)", "Half a page up", show=False, id="transcript.half_page_up"),
        Binding("pagedown,ctrl+f", "scroll_rows(1)", "Page down", show=False, id="transcript.page_down"),
        Binding("pageup,ctrl+b", "scroll_rows(-1)", "Page up", show=False, id="transcript.page_up"),
        Binding("g,home", "go_top", "Beginning", show=False, id="transcript.top"),
        Binding("G,end", "follow_end", "End", show=False, id="transcript.end"),
        Binding(
            "y", "copy_turn", "Copy turn", tooltip="Copy the answer under the cursor", id="transcript.copy"
        ),
        Binding(
            "c", "copy_code", "Copy code", tooltip="Copy the code under the cursor", id="transcript.copy_code"
        ),
        Binding("r", "toggle_reasoning", "Reasoning", tooltip="Fold or unfold", id="transcript.reasoning"),
        Binding("n", "next_match", "Next match", show=False, id="transcript.next_match"),
        Binding("N", "previous_match", "Previous match", show=False, id="transcript.previous_match"),
    ]

    class CopyRequested(Message):
        """Text is to be copied; the screen does it and says how it went."""

        def __init__(self, text: str, what: str) -> None:
            super().__init__()
            self.text = text
            self.what = what
            """What it is, in words: ``answer``, ``code``, ``reasoning``, ``selection``."""

    class LinkActivated(Message):
        """The person asked to open a link."""

        def __init__(self, url: str) -> None:
            super().__init__()
            self.url = url

    class FollowChanged(Message):
        """The view follows the end, or does not and there is (or is not) output not seen yet."""

        def __init__(self, following: bool, unseen: bool) -> None:
            super().__init__()
            self.following = following
            self.unseen = unseen

    def __init__(
        self,
        *,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
        calm: bool = False,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self.roll = Roll()
        self.clock = FrameClock(self._frame, calm=calm)
        self._palette: Palette | None = None
        self._anchor = Anchor(0, 0)
        self.is_following = True
        self.has_unseen = False
        self._cursor: tuple[str, int] | None = None
        self._fold_layout = FoldLayout()
        self._folds: dict[str, ReasoningFold] = {}

    # ---- contents

    def show_turns(self, turns: Sequence[Turn]) -> None:
        """Show a conversation, at its end."""
        self.roll.show(turns)
        self._cursor = None
        self.follow_end()

    def add_turn(self, turn: Turn) -> None:
        """Append a turn and follow it."""
        self.roll.add(turn)
        self.follow_end()

    def turn_changed(self) -> None:
        """Say that something arrived: it is drawn with the next frame. Cheap."""
        self.clock.request()

    def turn_ended(self, turn: Turn) -> None:
        """Say that a turn is complete: it is drawn at once."""
        self.clock.finish()

    def remove_turn(self, identity: str) -> None:
        """Take a turn out."""
        if self.roll.remove(identity) is not None:
            self._relayout()

    # ---- view options

    @property
    def palette(self) -> Palette:
        """The styles of the theme that is on."""
        if self._palette is None:
            self._palette = Palette(self)
        return self._palette

    def notify_style_update(self) -> None:
        """Look colours up again; no line is rendered for it."""
        super().notify_style_update()
        self._palette = None
        self.repaint()

    def toggle_raw(self) -> None:
        """Show all texts as they came, or as Markdown again."""
        self._change_view(replace(self.roll.view, raw=not self.roll.view.raw))

    def toggle_wrap(self) -> None:
        """Wrap long lines of code, or cut them."""
        self._change_view(replace(self.roll.view, wrap_code=not self.roll.view.wrap_code))

    def _change_view(self, view: View) -> None:
        place = self._relative_place()
        self.roll.set_view(view)
        self._restore_place(place)
        self._relayout()

    def _relative_place(self) -> tuple[int, float]:
        """Return where the view begins, as a turn and the share of it that is above."""
        if not self.roll.documents:
            return 0, 0.0
        index = min(self._anchor.index, len(self.roll.documents) - 1)
        return index, self._anchor.row / max(1, self.roll.documents[index].rows(self.roll.view))

    def _restore_place(self, place: tuple[int, float]) -> None:
        index, share = place
        if self.roll.documents:
            self._anchor = Anchor(index, int(share * self.roll.rows(index)))

    def on_resize(self, event: events.Resize) -> None:
        """Render for the new width; only what is in view is rendered now."""
        width = max(1, event.size.width - GUTTER - 1)
        if width != self.roll.view.width:
            self._change_view(replace(self.roll.view, width=width))
        else:
            self._relayout()

    # ---- layout

    @property
    def is_container(self) -> bool:
        """Its lines are its own, and the folds lie over them."""
        return True

    @property
    def allow_select(self) -> bool:
        """Its text can be selected though it holds widgets."""
        return self.ALLOW_SELECT

    @property
    def layout(self) -> WidgetLayout:
        """How folds are placed."""
        return self._fold_layout

    def place_of(self, fold: Widget) -> Region:
        """Return the rows of the roll that a fold covers."""
        assert isinstance(fold, ReasoningFold)
        index = self.roll.find(fold.document.turn.identity)
        if index is None:
            return Region(0, 0, 0, 0)
        top = self.roll.top(index) + fold.document.reasoning_start
        return Region(GUTTER, top, max(1, self.size.width - GUTTER), fold.document.reasoning_rows)

    def _settle_view(self) -> None:
        """Render what is in view and put the scroll position where it belongs."""
        height = self.size.height
        roll = self.roll
        end = roll.end(height)
        if self.is_following or self._anchor >= end:
            self._anchor = end
        for _ in roll.walk(self._anchor, height):
            pass
        top = roll.absolute(self._anchor)
        self.set_reactive(Widget.virtual_size, Size(self.size.width, max(height, roll.height)))
        self.set_reactive(Widget.scroll_y, float(top))
        self.set_reactive(Widget.scroll_target_y, float(top))
        near = range(max(0, self._anchor.index - 2), self._anchor.index + height)
        roll.forget_far(near)

    def _relayout(self) -> None:
        """Draw everything anew, folds included."""
        if not self.is_mounted or not self.size:
            return
        self._settle_view()
        self._sync_folds()
        self._clear_arrangement_cache()
        self.refresh(layout=True)

    def repaint(self) -> None:
        """Draw the rows in view again."""
        if self.is_mounted:
            self.refresh()

    def _sync_folds(self) -> None:
        """Mount the folds of turns near the view, remove those far from it."""
        height = self.size.height
        first = self.roll.step(self._anchor, -height).index if self.roll.documents else 0
        wanted: dict[str, TurnDocument] = {}
        for _, document, _ in self.roll.walk(Anchor(first, 0), 3 * height + self._anchor.row):
            if document.has_reasoning:
                wanted[document.turn.identity] = document
        for identity in [identity for identity in self._folds if identity not in wanted]:
            self._folds.pop(identity).remove()
        for identity, document in wanted.items():
            fold = self._folds.get(identity)
            if fold is None:
                fold = self._folds[identity] = ReasoningFold(document)
                self.mount(fold)
            fold.sync_title()
            fold.body.styles.height = document.reasoning_body_rows

    # ---- frames

    def _frame(self) -> None:
        """Draw what arrived."""
        if not self.is_mounted or not self.size or not self.roll.documents:
            return
        index = len(self.roll.documents) - 1
        document = self.roll.documents[index]
        document.render(self.roll.view)
        before = document.reasoning_rows
        document.advance()
        self.roll.moved(index + 1)
        fold = self._folds.get(document.turn.identity)
        changed = document.reasoning_rows != before or (fold is None and document.has_reasoning)
        if fold is not None:
            fold.sync_title()
            if fold.collapsed == document.is_reasoning_shown:
                fold.set_reactive(Collapsible.collapsed, not document.is_reasoning_shown)
                fold._update_collapsed(not document.is_reasoning_shown)
                changed = True
            fold.body.refresh()
        if changed:
            self._relayout()
            return
        was = self.scroll_offset.y
        self._settle_view()
        if self.scroll_offset.y != was and self._folds:
            self._clear_arrangement_cache()
            self.refresh(layout=True)
        if not self.is_following and not self.has_unseen:
            self.has_unseen = True
            self.post_message(self.FollowChanged(False, True))
        self.refresh()

    # ---- drawing

    def _row(self, y: int) -> Line:
        """Return a row of the view with its decoration."""
        for index, document, row in self.roll.walk(self.roll.step(self._anchor, y), 1):
            return self._decorated(index, document, row)
        return EMPTY_LINE

    def _view_rows(self, first: int, count: int) -> list[Line]:
        anchor = self.roll.step(self._anchor, first)
        rows = [self._decorated(*place) for place in self.roll.walk(anchor, count)]
        return rows + [EMPTY_LINE] * (count - len(rows))

    def _decorated(self, index: int, document: TurnDocument, row: int) -> Line:
        line = document.line(row) or EMPTY_LINE
        gutter = _CURSOR_GUTTER if self._is_under_cursor(document, row) else _NO_GUTTER
        line = line._replace(spans=(gutter, *line.spans), lead=line.lead + 1)
        if (selection := self.text_selection) is not None:
            line = mark_selection(line, self.roll.top(index) + row, selection)
        return line

    def _strip(self, line: Line) -> Strip:
        width = self.size.width
        used = sum(cell_len(span.text) for span in line.spans)
        strip = Strip(self.palette.filled(line, width), max(used, width))
        return strip if used <= width else strip.crop(0, width)

    def render_line(self, y: int) -> Strip:
        """Return a row as the pointer sees it, with the place of each character."""
        return self._strip(self._row(y)).apply_offsets(0, self.scroll_offset.y + y)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw the rows of a region."""
        filters, background = self.get_line_filters(), self.background_colors[1]
        strips = [self._strip(line) for line in self._view_rows(crop.y, crop.height)]
        for line_filter in filters:
            strips = [strip.apply_filter(line_filter, background) for strip in strips]
        if crop.column_span != (0, self.size.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    # ---- scrolling

    def follow_end(self) -> None:
        """Go to the end and stay there."""
        changed = not self.is_following or self.has_unseen
        self.is_following, self.has_unseen = True, False
        self._relayout()
        if changed:
            self.post_message(self.FollowChanged(True, False))

    action_follow_end = follow_end

    def scroll_rows(self, rows: int) -> None:
        """Scroll by rows, down where positive; scrolling up ends following, reaching the end resumes it."""
        if not self.roll.documents or not rows:
            return
        was = self.is_following
        self._anchor = self.roll.step(self._anchor, rows)
        self.is_following = rows > 0 and self._anchor >= self.roll.end(self.size.height)
        if self.is_following:
            self.has_unseen = False
        self._relayout()
        if was != self.is_following:
            self.post_message(self.FollowChanged(self.is_following, self.has_unseen))

    def action_scroll_rows(self, pages: float) -> None:
        """Scroll by a share of the view."""
        self.scroll_rows(int(pages * max(2, self.size.height)) - (1 if abs(pages) == 1 and pages > 0 else 0))

    def action_go_top(self) -> None:
        """Go to the beginning."""
        self.scroll_rows(-self.roll.absolute(self._anchor) - 1 if len(self.roll.documents) == 1 else -1)
        self._anchor = Anchor(0, 0)
        self._relayout()

    def _on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.scroll_rows(3)

    def _on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.scroll_rows(-3)

    # ---- reasoning

    def toggle_reasoning(self) -> None:
        """Fold or unfold the reasoning of the turn under the cursor, or of the last one."""
        index = self._cursor_index()
        if index is not None and self.roll.documents[index].has_reasoning:
            self._set_reasoning(self.roll.documents[index], not self.roll.documents[index].is_reasoning_shown)

    action_toggle_reasoning = toggle_reasoning

    def toggle_all_reasoning(self) -> None:
        """Fold the reasoning of every turn, or unfold it where all is folded."""
        documents = [document for document in self.roll.documents if document.has_reasoning]
        show = not any(document.is_reasoning_shown for document in documents)
        for document in documents:
            self._set_reasoning(document, show)

    def _set_reasoning(self, document: TurnDocument, shown: bool) -> None:
        document.reasoning_open = shown
        if document.is_rendered:
            document.measure()
        self.roll.moved(0)
        fold = self._folds.get(document.turn.identity)
        if fold is not None and fold.collapsed == shown:
            fold.set_reactive(Collapsible.collapsed, not shown)
            fold._update_collapsed(not shown)
        self._relayout()

    def on_collapsible_toggled(self, event: Collapsible.Toggled) -> None:
        """The person folded or unfolded one by its title."""
        event.stop()
        if isinstance(event.collapsible, ReasoningFold):
            self._set_reasoning(event.collapsible.document, not event.collapsible.collapsed)

    # ---- cursor

    def _cursor_index(self) -> int | None:
        if self._cursor is not None:
            return self.roll.find(self._cursor[0])
        return len(self.roll.documents) - 1 if self.roll.documents else None

    def _is_under_cursor(self, document: TurnDocument, row: int) -> bool:
        if self._cursor is None or self._cursor[0] != document.turn.identity:
            return False
        line = document.line(row)
        return (REASONING_BLOCK if line is None else line.block) == self._cursor[1]

    def action_move_cursor(self, step: int) -> None:
        """Move the cursor to the next or the previous block."""

    def action_move_turn(self, step: int) -> None:
        """Move the cursor to the next or the previous turn."""

    def action_copy_turn(self) -> None:
        """Copy the answer of the turn under the cursor."""
        index = self._cursor_index()
        if index is not None:
            self.post_message(self.CopyRequested(self.roll.documents[index].turn.answer.text, "answer"))

    def action_copy_code(self) -> None:
        """Copy the code under the cursor, or the last code of the turn."""

    # ---- search

    def search(self, query: str) -> int:
        """Mark what matches in the conversation, go to the last match, and return how many there are."""
        return 0

    def next_match(self) -> None:
        """Go to the next match."""

    def previous_match(self) -> None:
        """Go to the previous match."""

    action_next_match = next_match
    action_previous_match = previous_match

    # ---- selection

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the selected text: no decoration, wrapped lines joined."""

        def line_at(y: int) -> Line:
            for index, document, row in self.roll.walk(self.roll.at(y), 1):
                return self._decorated(index, document, row)
            return EMPTY_LINE

        return selected_text(line_at, self.roll.height, selection), "\n"
