"""The saved conversations: find one, open it, copy it, name it, delete it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import DataTable, Input, Static

from tui.core.failure import LmdeckError
from tui.core.safe_text import safe_line
from tui.core.server_words import failure_text
from tui.ui.background import in_background
from tui.ui.bindings import bindings_of
from tui.ui.conversations.view import columns_for, matches, note_on, row_texts
from tui.ui.deck import ShowsConversation
from tui.ui.shell.base import LmdeckScreen
from tui.ui.shell.key_bar import KeyBar
from tui.ui.shell.plain_input import PlainInput
from tui.ui.shell.title_bar import TitleBar

if TYPE_CHECKING:
    from tui.store.summaries import ConversationSummary

_NONE_YET = "No conversation is saved yet. They are kept here as you chat."
_NO_MATCH = "Nothing matches the filter. Esc shows everything again."


class ConversationTable(DataTable[Text], inherit_bindings=False):
    """A table that leaves Enter to the screen, whose footer says what it does."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("table")


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
        self._shown: list[ConversationSummary] = []
        self._is_read = False
        self._deleted: list[str] = []

    def compose(self) -> ComposeResult:
        """Lay out the list."""
        yield TitleBar("Conversations")
        yield PlainInput(placeholder="Filter: any text of title, provider or model", id="filter")
        yield ConversationTable(id="conversations", cursor_type="row", zebra_stripes=False)
        yield Static(id="nothing")
        yield Static(id="note")
        yield KeyBar()

    def on_mount(self) -> None:
        """Read the list."""
        self.table.focus()
        self.read()

    @property
    def table(self) -> ConversationTable:
        """The list."""
        return self.query_one(ConversationTable)

    @property
    def current(self) -> ConversationSummary | None:
        """The conversation under the cursor."""
        row = self.table.cursor_row
        return self._shown[row] if 0 <= row < len(self._shown) else None

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
        before = self.current.identity if self.current else None
        row_before = self.table.cursor_row
        query = self.query_one("#filter", Input).value
        self._shown = [summary for summary in self._all if matches(summary, query)]
        table, width = self.table, self.size.width
        table.clear(columns=True)
        columns = columns_for(width)
        for column in columns:
            table.add_column(Text(column.title), width=column.width, key=column.key)
        for summary in self._shown:
            texts = row_texts(summary)
            table.add_row(*(Text(texts[column.key], no_wrap=True, overflow="ellipsis") for column in columns))
        identities = [summary.identity for summary in self._shown]
        row = identities.index(before) if before in identities else min(row_before, len(identities) - 1)
        table.move_cursor(row=max(0, row))
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
        from tui.ui.chat.rename import RenameDialog

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
        from tui.ui.shell.dialogs import ConfirmDialog

        def answered(answer: str | None) -> None:
            if answer == "yes":
                self._change(lambda: self._delete(summary), "Deleted. Press u to undo.")

        question = ConfirmDialog(
            "Delete this conversation?",
            f"“{safe_line(summary.title, 80)}” · u brings it back until you leave this list.",
            yes="Delete",
            no="Keep",
            is_dangerous=True,
        )
        self.app.push_screen(question, answered)

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
        field = self.query_one("#filter", PlainInput)
        field.add_class("-shown")
        field.begin()

    def on_input_changed(self) -> None:
        """Filter while it is typed."""
        self.show_list()

    def on_input_submitted(self) -> None:
        """The filter is as wanted: go to the list."""
        self.table.focus()

    def on_key(self, event: events.Key) -> None:
        """From the filter, the arrow down goes into the list."""
        if event.key == "down" and isinstance(self.focused, Input):
            event.stop()
            self.table.focus()

    def action_back(self) -> None:
        """Leave the filter, or the list."""
        field = self.query_one("#filter", Input)
        if field.has_class("-shown"):
            field.value = ""
            field.remove_class("-shown")
            self.table.focus()
        else:
            self.dismiss(None)


def _words_of(error: LmdeckError | OSError) -> str:
    if isinstance(error, LmdeckError):
        return failure_text(error.failure)
    return f"The conversations cannot be read or changed: {error.strerror or type(error).__name__}."
