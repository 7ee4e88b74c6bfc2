"""The saved conversations: find one, open it, copy it, name it, delete it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from tui.core.failure import LmdeckError
from tui.core.safe_text import safe_line
from tui.core.server_words import failure_text
from tui.ui.background import in_background
from tui.ui.bindings import bindings_of
from tui.ui.chat.rename import RenameDialog
from tui.ui.conversations.view import columns_for, matches, note_on, row_texts
from tui.ui.deck import ShowsConversation
from tui.ui.shell.base import LmdeckScreen
from tui.ui.shell.binding_bar import BindingBar
from tui.ui.shell.dialogs import confirm
from tui.ui.shell.table import FilterRow, RowTable
from tui.ui.shell.title_bar import TitleBar

if TYPE_CHECKING:
    from tui.store.summaries import ConversationSummary

_NONE_YET = "No conversation is saved yet. They are kept here as you chat."
_NO_MATCH = "Nothing matches the filter. Esc shows everything again."


class ConversationsScreen(LmdeckScreen[None]):
    """The list, newest first. Opening one shows it in the chat below, or in a new one."""

    CSS_PATH = "screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("conversations")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("conversations", "table")
    HELP_TEXT: ClassVar[str] = (
        "Your saved conversations, newest first. One that another session has open can be read, "
        "or gone on with in a copy."
    )

    def __init__(self) -> None:
        super().__init__()
        self._all: list[ConversationSummary] = []
        self._shown: dict[str, ConversationSummary] = {}
        self._is_read = False
        self._deleted: list[str] = []

    def compose(self) -> ComposeResult:
        """Lay out the list."""
        yield TitleBar("Conversations")
        yield FilterRow("Filter: any text of title, provider or model")
        yield RowTable("conversations")
        yield Static(id="nothing")
        yield Static(id="note")
        yield BindingBar()

    def on_mount(self) -> None:
        """Read the list."""
        self.table.focus()
        self.read()

    @property
    def table(self) -> RowTable:
        """The list."""
        return self.query_one(RowTable)

    @property
    def current(self) -> ConversationSummary | None:
        """The conversation under the cursor."""
        return self._shown.get(self.table.current_key or "")

    # ── The list ────────────────────────────────────────────────────────────────────────────

    def read(self) -> None:
        """Read the list anew, off the event loop."""
        self._change(lambda: None)

    def _change(self, change: Callable[[], object], done: str = "") -> None:
        in_background(self, self._work, change, done, group="conversations")

    async def _work(self, change: Callable[[], object], done: str) -> None:
        """Do something on disk, then show what is there; say what is wrong where it refuses."""
        try:
            await asyncio.to_thread(change)
            self._all = list(await asyncio.to_thread(self.runtime.conversations.list))
        except (LmdeckError, OSError) as error:
            self.notify(_words_of(error), severity="error", timeout=8)
        else:
            if done:
                self.notify(done, timeout=5)
        self._is_read = True
        if self.is_mounted:
            self.show_list()

    def show_list(self) -> None:
        """Show what matches the filter; the cursor stays on its conversation."""
        query = self.query_one(FilterRow).value
        self._shown = {summary.identity: summary for summary in self._all if matches(summary, query)}
        columns = columns_for(self.size.width)
        texts = {identity: row_texts(summary) for identity, summary in self._shown.items()}
        self.table.fill(
            [(column.title, column.width, column.key) for column in columns],
            {identity: [row[column.key] for column in columns] for identity, row in texts.items()},
            fallback=self.table.cursor_row,
        )
        self._show_around()

    def _show_around(self) -> None:
        shown, total = len(self._shown), len(self._all)
        words = f"{total} conversation{'' if total == 1 else 's'}"
        self.query_one(TitleBar).status = words if shown == total else f"{shown} of {words}"
        nothing = self.query_one("#nothing", Static)
        nothing.set_class(not shown and self._is_read, "-shown")
        nothing.update(Content(_NO_MATCH if total else _NONE_YET))
        self.refresh_bindings()

    def on_data_table_row_highlighted(self) -> None:
        """Another conversation is under the cursor: say what is special about it."""
        current = self.current
        self.query_one("#note", Static).update(Content(note_on(current) if current else ""), layout=False)

    def on_resize(self) -> None:
        """Give the columns the new width."""
        if self._is_read:
            self.show_list()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what cannot be done with the conversation under the cursor."""
        if action == "undo":
            return True if self._deleted else None
        if action in ("open", "fork", "rename", "delete"):
            return True if self.is_mounted and self.current is not None else None
        return True

    # ── Opening ─────────────────────────────────────────────────────────────────────────────

    def on_data_table_row_selected(self) -> None:
        """Enter, or a click on the row under the cursor."""
        self.action_open()

    def action_open(self) -> None:
        """Open the conversation."""
        self._open(is_fork=False)

    def action_fork(self) -> None:
        """Go on in a copy."""
        self._open(is_fork=True)

    def _open(self, *, is_fork: bool) -> None:
        summary = self.current
        if summary is None or not self.is_current:
            return
        below = self.app.screen_stack[-2]
        if isinstance(below, ShowsConversation):
            self.dismiss(None)
            below.replace_conversation(summary.identity, is_fork=is_fork)
        else:
            self.deck.router.chat(conversation=summary.identity, is_fork=is_fork, instead=True)

    # ── Changing ────────────────────────────────────────────────────────────────────────────

    def action_rename(self) -> None:
        """Ask for another name."""
        summary = self.current
        if summary is None:
            return

        def renamed(title: str | None) -> None:
            if title:
                self._change(lambda: self.runtime.conversations.rename(summary.identity, title))

        self.app.push_screen(RenameDialog(summary.title), renamed)

    def action_delete(self) -> None:
        """Ask, then delete; ``u`` brings it back."""
        summary = self.current
        if summary is None:
            return
        if summary.is_open_elsewhere:
            self.notify("This conversation is open in a chat. Close it there first.", severity="warning")
            return
        title = f"“{safe_line(summary.title, 80)}” · u brings it back until you leave this list."
        delete = partial(self._change, partial(self._delete, summary), "Deleted. Press u to undo.")
        confirm(self, "Delete this conversation?", title, delete, "Delete", "Keep", is_dangerous=True)

    def _delete(self, summary: ConversationSummary) -> None:
        self._deleted.append(self.runtime.conversations.delete(summary.identity))

    def action_undo(self) -> None:
        """Bring back the conversation deleted last."""
        if self._deleted:
            token = self._deleted.pop()
            self._change(lambda: self.runtime.conversations.restore(token), "It is back.")

    # ── The filter ──────────────────────────────────────────────────────────────────────────

    def action_filter(self) -> None:
        """Show the filter."""
        self.query_one(FilterRow).open()

    def on_input_changed(self) -> None:
        """Filter while it is typed."""
        self.show_list()

    def action_back(self) -> None:
        """Leave the filter, or the list."""
        if not self.query_one(FilterRow).close():
            self.dismiss(None)


def _words_of(error: LmdeckError | OSError) -> str:
    if isinstance(error, LmdeckError):
        return failure_text(error.failure)
    return f"The conversations cannot be read or changed: {error.strerror or type(error).__name__}."
