"""The saved conversations: find, open, fork, rename, pin, export and delete."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input, Static

from tui.core.safe_text import safe_line
from tui.texts import conversations as texts
from tui.ui.bindings import bindings_of
from tui.ui.conversations.changing import Changing
from tui.ui.conversations.finding import Finding
from tui.ui.conversations.hit_rows import with_hits
from tui.ui.conversations.preview import Preview
from tui.ui.conversations.reading import Reading
from tui.ui.conversations.search_box import SearchBox
from tui.ui.conversations.view import BEST, NEWEST, SORTS, columns_for, rows_of, sums_of
from tui.ui.deck import ShowsConversation
from tui.ui.shell.base import LmdeckScreen
from tui.ui.shell.binding_bar import BindingBar
from tui.ui.shell.column_heads import ColumnHeads
from tui.ui.shell.list_rows import ListRow
from tui.ui.shell.offers import key_of
from tui.ui.shell.pane import Pane
from tui.ui.shell.row_list import RowList
from tui.ui.shell.title_bar import TitleBar

if TYPE_CHECKING:
    from tui.store.summaries import ConversationSummary

_PROGRESS_SECONDS = 0.1
_AROUND = 4
"""The cells around the columns: two borders, a blank, the scroll bar."""
_ROWS_AHEAD = 200
"""Rows created below the cursor during a search, when they are updated often."""
_WITH_PREVIEW = 120
"""The width in cells from which matches are shown in the right half."""


class ConversationsScreen(LmdeckScreen[None]):
    """The list, newest first. A selected conversation is opened in the chat below, or in a new one."""

    CSS_PATH = "screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("conversations")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("conversations", "table")
    HELP_TEXT: ClassVar[str] = texts.HELP

    def __init__(self) -> None:
        super().__init__()
        self._shown: dict[str, ConversationSummary] = {}
        self._sums: list[str] = []
        """The total usage and cost of the shown conversations."""
        self._sort = NEWEST
        self._is_from_top = False
        """Whether to show the next rows from the top."""
        self._is_settled = False
        """Whether the search has completed for the shown rows."""
        self._opens_first = False
        """Whether to open the first match once found, because Enter was pressed before."""
        self._clock: Timer | None = None
        self._marked: set[str] = set()
        self._reading = Reading(self, lambda: self.rows.current_key, self._show_read)
        self._changing = Changing(self, self._reading.change)

    def compose(self) -> ComposeResult:
        """Create the search box above the list."""
        yield TitleBar(texts.TITLE)
        yield SearchBox()
        with Horizontal():
            with Pane(id="list"):
                rows = RowList("conversations")
                yield rows.heads
                yield rows
                yield Static(id="nothing")
            yield Preview()
        yield BindingBar()

    def on_mount(self) -> None:
        """Read the list, showing the progress."""
        self.rows.focus()
        self._show_scope()
        self._clock = self.set_interval(_PROGRESS_SECONDS, self._show_around)
        self._show_around()
        self._reading.change(str)

    @property
    def rows(self) -> RowList:
        """The list."""
        return self.query_one(RowList)

    @cached_property
    def _finding(self) -> Finding:
        return Finding(self, self._show_found)

    @property
    def current(self) -> ConversationSummary | None:
        """The selected conversation."""
        return self._shown.get(self.rows.current_key or "")

    @property
    def _chosen(self) -> list[ConversationSummary]:
        """The marked conversations, visible or not; without any, the selected one."""
        marked = [summary for summary in self._reading.every if summary.identity in self._marked]
        return marked or [summary for summary in (self.current,) if summary is not None]

    @property
    def _may_preview(self) -> bool:
        """Whether matches are shown next to the list, and not below each row."""
        return self._finding.is_in_texts and self.size.width >= _WITH_PREVIEW

    # ── Display ─────────────────────────────────────────────────────────────────────────────

    def _show_read(self) -> None:
        """Show what was read, or why it could not be read."""
        self._marked &= {summary.identity for summary in self._reading.every}
        if self._clock is not None:
            self._clock.stop()
        if self.is_mounted:
            self._finding.ask(self.query_one(SearchBox).value, self._reading.every)
            self.show_list()

    def show_list(self, *, is_from_top: bool = False) -> None:
        """Show the results of the search, keeping the selection."""
        sort = self._sorted_by
        found = self._finding.best_first() if sort == BEST else self._finding.found()
        self._shown = {summary.identity: summary for summary in found}
        self._sums = [] if self._finding.is_running else sums_of(found)
        self._is_from_top |= is_from_top
        self._is_settled = False
        if not found and self._finding.has_just_begun:
            return  # keep the earlier rows for a moment, so that the list does not flicker with each key
        if not self._may_preview:
            self.query_one(Preview).hide()
        width = self.size.width // (2 if self.query_one(Preview).display else 1) - _AROUND
        columns = columns_for(width, sort, found)
        now = datetime.now().astimezone()
        rows: Iterator[ListRow] = rows_of(found, columns, sort, now, self._marked)
        if self._finding.is_in_texts and not self._may_preview:
            rows = with_hits(rows, self._finding.hits_of, width)
        if self._finding.is_running:
            rows = islice(rows, self.rows.cursor_row + _ROWS_AHEAD)
        self.rows.fill(columns, rows, is_from_top=self._is_from_top)
        self._is_from_top = False
        if self._finding.is_running and sort == NEWEST and self.rows.line_count >= _ROWS_AHEAD:
            self._is_settled = self._finding.is_settled(self.rows.rows[-1].key)
        self._show_around()

    def _show_found(self) -> None:
        """Show new results of the search, keeping the selection."""
        is_near_end = self.rows.cursor_row + _ROWS_AHEAD // 2 > self.rows.line_count
        if self._is_settled and self._finding.is_running and not is_near_end:
            self._show_around()
        else:
            self.show_list(is_from_top=self.rows.cursor_row <= 1)
        if self._opens_first and (self.current is not None or not self._finding.is_running):
            self._opens_first = False
            self.action_open()

    def _show_around(self) -> None:
        """Show the counts, and the text in place of rows."""
        found, total = len(self._shown), len(self._reading.every)
        count = texts.FOUND.format(found=found, total=total) if found != total else ""
        parts = [count or texts.TOTAL.format(total=total)] if self._reading.is_done else []
        if self._finding.words:
            parts.append(self._finding.words)
        if self._marked:
            parts.append(texts.MARKED.format(count=len(self._marked)))
        parts += self._sums
        if self._sorted_by != NEWEST:
            parts.append(texts.SORTED.format(column=SORTS[self._sorted_by].lower()))
        self.query_one("#list", Pane).set_title(texts.TITLE, " · ".join(parts))
        nothing = self.query_one("#nothing", Static)
        nothing.display = not found
        if not found:
            nothing.update(Content(self._nothing()))
        self.rows.display = self.rows.heads.display = bool(found)
        self._show_note()

    def _nothing(self) -> str:
        if not self._reading.is_done:
            return self._reading.progress
        back = key_of(self, "conversations.back")
        if self._finding.is_running:
            return texts.LOOKING
        if self._reading.refusal or self._reading.every:
            text = texts.NO_MATCH if self._finding.with_reasoning else texts.NO_MATCH_IN_ANSWERS
            reasoning = key_of(self, "conversations.reasoning")
            nothing = text.format(key=back, reasoning=reasoning)
            return self._reading.refusal or self._finding.problem or nothing
        if isinstance(self.app.screen_stack[-2], ShowsConversation):
            return texts.NONE_FROM_CHAT.format(back=back)
        return texts.NONE_FROM_LIST.format(back=back, chat=key_of(self, "providers.chat"))

    def _show_note(self) -> None:
        """Show why a change was refused, or a note about the selected conversation."""
        current, note = self.current, self._reading.refusal or self._finding.problem
        if not note and current is not None and current.problem:
            note = f"! {safe_line(current.problem, 200)}"
        elif not note and current is not None and current.is_open_elsewhere:
            keys = {name: key_of(self, f"conversations.{name}") for name in ("open", "fork")}
            note = f"• {texts.OPEN_ELSEWHERE.format(open=keys['open'], fork=keys['fork'])}"
        self.query_one("#list", Pane).set_note(note if self._shown else "")

    def on_row_list_highlighted(self) -> None:
        """Clear the message about the previously selected conversation."""
        if self._shown:
            self._reading.leave(self.rows.current_key)
        self._show_note()
        if self._may_preview:
            key = self.rows.current_key or ""
            self.query_one(Preview).show(self._finding.hits_of(key), self._finding.place_in(key))
        self.refresh_bindings()

    def on_preview_appeared(self) -> None:
        """Adapt the columns to the remaining width."""
        self.show_list()

    def on_resize(self) -> None:
        """Adapt the columns to the new width."""
        if self._reading.is_done:
            self.call_after_refresh(self.show_list)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enable only the actions that are possible for the selected conversation."""
        if action == "undo":
            return self._changing.can_undo
        if action not in ("open", "fork", "rename", "mark", "pin", "export", "delete"):
            return True
        if action == "open" and self._finding.is_running:
            return True
        if not self.is_mounted or not self.query(RowList):
            return False
        if action in ("pin", "delete") and not self._marked:
            return self.current is not None and not self.current.is_open_elsewhere
        if action in ("pin", "export", "delete"):
            return bool(self._chosen)
        return self.current is not None

    # ── Searching and sorting ───────────────────────────────────────────────────────────────

    def action_filter(self) -> None:
        """Focus the search box."""
        self.query_one(SearchBox).begin()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search while typing, selecting the first match."""
        self._opens_first = False
        self._finding.ask(event.value, self._reading.every)
        self.query_one(Preview).show()
        self.show_list(is_from_top=bool(event.value))

    def action_scope(self) -> None:
        """Switch to the next scope."""
        self._finding.turn_scope()
        self._search_again()

    def action_reasoning(self) -> None:
        """Include the reasoning in the search, or exclude it."""
        self._finding.with_reasoning = not self._finding.with_reasoning
        self._search_again()

    def _search_again(self) -> None:
        self._show_scope()
        self._finding.ask(self.query_one(SearchBox).value, self._reading.every)
        self.show_list(is_from_top=True)

    def _show_scope(self) -> None:
        box = self.query_one(SearchBox)
        box.show_scope(self._finding.scope_words, with_reasoning=self._finding.with_reasoning)

    @property
    def _sorted_by(self) -> str:
        """Return the sort order: without words, there is no best match."""
        return NEWEST if self._sort == BEST and not self._finding.is_in_texts else self._sort

    def action_sort(self) -> None:
        """Sort by the next column or, in a search, by the best match; after the last one, by date."""
        names = [name for name in SORTS if name != BEST or self._finding.is_in_texts]
        self._sort_by(names[(names.index(self._sorted_by) + 1) % len(names)])

    def on_column_heads_clicked(self, event: ColumnHeads.Clicked) -> None:
        """Sort by the clicked column."""
        if event.key in SORTS:
            self._sort_by(event.key)

    def _sort_by(self, name: str) -> None:
        self._sort = name
        self.show_list(is_from_top=True)

    def action_back(self) -> None:
        """Clear the search or the marks, or close the list."""
        if self.query_one(SearchBox).clear_filter():
            return
        if self._marked:
            self._marked.clear()
            self.show_list()
        else:
            self.dismiss(None)

    # ── Opening ─────────────────────────────────────────────────────────────────────────────

    def on_row_list_selected(self) -> None:
        """Treat a click on the selected row like Enter."""
        self.action_open()

    def action_open(self) -> None:
        """Open the conversation; during a search without results yet, the first one found."""
        self._opens_first = self.current is None and self._finding.is_running
        self._open(is_fork=False)

    def action_fork(self) -> None:
        """Continue in a copy."""
        self._open(is_fork=True)

    def _open(self, *, is_fork: bool) -> None:
        summary = self.current
        if summary is None or not self.is_current:
            return
        below, place = self.app.screen_stack[-2], self._finding.place_in(summary.identity)
        if isinstance(below, ShowsConversation):
            self.dismiss(None)
            below.replace_conversation(summary.identity, is_fork=is_fork, place=place)
        else:
            self.deck.router.chat(conversation=summary.identity, is_fork=is_fork, instead=True, place=place)

    # ── Changing ────────────────────────────────────────────────────────────────────────────

    def action_rename(self) -> None:
        """Ask for a new name."""
        if (summary := self.current) is not None:
            self._changing.rename(summary)

    def action_mark(self) -> None:
        """Mark or unmark the conversation, and move to the next one."""
        if (summary := self.current) is not None:
            self._marked ^= {summary.identity}
            self.show_list()
            self.rows.action_cursor_down()

    def action_pin(self) -> None:
        """Pin or unpin the selected conversations."""
        if chosen := self._chosen:
            self._changing.pin(chosen)

    def action_export(self) -> None:
        """Ask for a place, then export the selected conversations."""
        if chosen := self._chosen:
            self._changing.export(chosen)

    def action_delete(self) -> None:
        """Delete the selected conversations after confirmation; can be undone."""
        if chosen := self._chosen:
            self._changing.delete(chosen)

    def action_undo(self) -> None:
        """Undo the last deletion."""
        self._changing.undo()
