"""The provider list, where the program starts: what can be done there."""

from __future__ import annotations

import asyncio
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.content import Content
from textual.widgets import Input, Static

from tui.core.diagnosis_subject import DiagnosisSubject
from tui.core.failure import LmdeckError
from tui.core.provider import Provider
from tui.core.safe_text import safe_text
from tui.core.server_words import failure_text
from tui.texts import provider_list as texts
from tui.ui.background import in_background, with_word
from tui.ui.bindings import bindings_of
from tui.ui.providers.changes import ListChanges
from tui.ui.providers.details import fix_of
from tui.ui.providers.details_pane import DetailsPane
from tui.ui.providers.layout import counts, recents_room, shortened
from tui.ui.providers.recents import MOST_RECENTS, RecentChats, RecentsPane
from tui.ui.providers.row import Group, Row
from tui.ui.providers.rows import ProviderRows
from tui.ui.providers.table import ProviderTable
from tui.ui.providers.test_dialog import ProviderTestScreen
from tui.ui.shell.base import LmdeckScreen
from tui.ui.shell.binding_bar import BindingBar
from tui.ui.shell.filter_line import FilterRow
from tui.ui.shell.offers import key_of, working_key_of
from tui.ui.shell.pane import Pane

if TYPE_CHECKING:
    from tui.store.summaries import RecentConversations

_NEEDS_ROW = frozenset(("chat", "edit", "clone", "delete", "default", "state", "test", "diagnose"))
_SAY_READING_AFTER = 0.1


class ProvidersScreen(LmdeckScreen[None]):
    """Every provider in a table, everything about the selected one beside or below it, and recent chats."""

    CSS_PATH = "screen.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012 - as Textual types it
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("providers")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("providers", "table", "table.columns")
    HELP_TEXT: ClassVar[str] = texts.HELP

    def __init__(self) -> None:
        super().__init__()
        self._was_covered = False
        self._recent: RecentConversations | None = None
        self._recent_problem = ""

    def compose(self) -> ComposeResult:
        """Lay out the panes."""
        yield Static(id="notices")
        with Container(id="main"):
            with Pane(id="list"):
                yield FilterRow(texts.FILTER_HINT.format(key=key_of(self, "providers.back")))
                yield ProviderTable()
                yield Static(id="nothing")
            yield DetailsPane(id="details")
        yield RecentsPane(id="recents")
        yield BindingBar()

    def on_mount(self) -> None:
        """Show the list at once; which endpoints answer is found out later."""
        self._show_keys()
        self.bindings_updated_signal.subscribe(self, lambda _: self._show_keys())
        nothing = texts.NOTHING_MATCHES.format(key=key_of(self, "providers.back"))
        self.query_one("#nothing", Static).update(Content(nothing))
        default = self.runtime.directory.default()
        self._read(default.name if default else None)
        self.table.focus()
        self.app.theme_changed_signal.subscribe(self, lambda _: self.table.rearrange())

    @property
    def table(self) -> ProviderTable:
        """The table."""
        return self.query_one(ProviderTable)

    @cached_property
    def _rows(self) -> ProviderRows:
        return ProviderRows(self, self._show)

    @cached_property
    def _changes(self) -> ListChanges:
        return ListChanges(self, self._after_change)

    # ── Reading ─────────────────────────────────────────────────────────────────────────────

    def on_screen_suspend(self) -> None:
        """Remember that another screen lay above."""
        self._was_covered = True

    def on_screen_resume(self) -> None:
        """Back from another screen: what it or another program changed is shown."""
        if self._was_covered and not self.notice_edits():
            self._read()
        self.check_reachability()

    def notice_edits(self) -> bool:
        """Read the file again where it was changed; return whether that was so."""
        directory = self.runtime.directory
        if not directory.has_changed():
            return False
        directory.reload()
        self._read()
        self.notify(texts.FILE_CHANGED)
        self.check_reachability()
        return True

    def _read(self, select: str | None = None) -> None:
        """Show the providers as they are now; the cursor goes to ``select``."""
        self.table.set_rows(self._rows.read(), select)
        notices = self.query_one("#notices", Static)
        found = shortened((*self.deck.settings_notices(), *self.runtime.directory.notices))
        notices.display = bool(found)
        notices.update(Content("\n".join(f"! {safe_text(text)}" for text in found)))
        self.call_after_refresh(in_background, self, self._learn, group="disk", exclusive=True)

    def _after_change(self, select: str | None) -> None:
        self._read(select)
        self.check_reachability()
        self.refresh_bindings()

    def check_reachability(self, *, everything: bool = False) -> None:
        """Check in the background which answer; without ``everything`` only those not checked yet."""
        self._rows.check(everything=everything)

    async def _learn(self) -> None:
        """Find the recent chats and what past checks found; say so where that takes longer than a moment."""
        is_new = await self._rows.remember()
        reading = asyncio.to_thread(self._recent_conversations)
        try:
            self._recent = await with_word(reading, _SAY_READING_AFTER, self._show_recents)
        except LmdeckError as error:
            self._recent_problem = failure_text(error.failure)
        else:
            self._recent_problem = ""
        if self._recent is not None:
            is_new |= self._rows.used(self._recent.last_used)
        if is_new:
            self.table.set_rows(self._rows.all)
        self._show_recents()

    def _recent_conversations(self) -> RecentConversations:
        return self.runtime.conversations.recent(MOST_RECENTS)

    # ── Showing ─────────────────────────────────────────────────────────────────────────────

    def _show(self, row: Row) -> None:
        """Show what became of one row."""
        self.table.update_row(row)
        self._show_title()
        current = self.table.current
        if current is not None and current.provider.name == row.provider.name:
            self._show_details()

    def on_provider_table_arranged(self) -> None:
        """Other rows, or another order: say so around the table."""
        self._show_title()
        self.query_one("#nothing").display = bool(self.table.query_text) and not self.table.shown_count
        self._show_details()
        self._show_recents()

    def _show_keys(self) -> None:
        """Say in place of providers of one's own how to add some, while those keys are no text."""
        add, find = working_key_of(self, "providers.add"), working_key_of(self, "providers.discover")
        hint = texts.NONE_OF_YOURS.format(add=add, find=find) if add and find else texts.NONE_YET
        self.table.show_hint(hint)

    def _show_title(self) -> None:
        table = self.table
        status = counts(table.rows_known, table.shown_count, table.sort_title, self._rows.progress)
        self.query_one("#list", Pane).set_title(texts.TITLE, status)

    def on_data_table_row_highlighted(self) -> None:
        """Another provider is selected; the keys are in use, so this is when edits by hand are noticed."""
        if not (self.is_current and self.notice_edits()):
            self._show_details()

    def _show_details(self) -> None:
        self.query_one(DetailsPane).show(self.table.current)
        self.refresh_bindings()

    def _show_recents(self) -> None:
        """Show as many recent chats as there is room for below the rows."""
        found = self._recent.newest if self._recent is not None else ()
        key = key_of(self, "providers.chat")
        nothing = texts.READING if self._recent is None else texts.NO_CHATS.format(key=key)
        room = recents_room(
            self.app.size.height,
            rows=self.table.row_count,
            is_wide=self.has_class("-wide"),
            notices=self.query_one("#notices").outer_size.height,
        )
        self.query_one(RecentsPane).show(found, self._recent_problem or nothing, room)

    def on_resize(self, event: events.Resize) -> None:
        """Give the recent chats the room there is."""
        self.call_after_refresh(self._show_recents)

    # ── The filter ──────────────────────────────────────────────────────────────────────────

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter while it is typed; the first hit is selected."""
        if event.value != self.table.query_text:
            self.table.query_text = event.value
            self.table.rearrange()
            if event.value:
                self.table.select_first()

    def action_filter(self) -> None:
        """Show the filter."""
        self.query_one(FilterRow).open()

    def action_back(self) -> None:
        """Give up a change that waits; else clear the filter."""
        if not self.writes.give_up():
            self.query_one(FilterRow).close()

    # ── What can be done ────────────────────────────────────────────────────────────────────

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what cannot be done with the selected provider; hide what is not there."""
        if not self.is_mounted:
            return True
        row = self.table.current
        if action == "undo":
            return True if self._changes.can_undo else None
        if action == "back":
            return True if self.query_one(FilterRow).is_open or self.writes.is_waiting else None
        if action == "apply":
            return True if row is not None and fix_of(row) is not None else None
        if action in _NEEDS_ROW and row is None:
            return None
        if action in ("chat", "test") and row is not None and row.is_dim:
            return None
        return True

    def action_name(self, action: str) -> str | None:
        """Enter tests a provider for embeddings: it has no chat."""
        row = self.table.current if self.is_mounted else None
        is_test = action == "chat" and row is not None and row.provider.is_embedding
        return texts.OFFER_TEST.capitalize() if is_test else None

    def on_data_table_row_selected(self) -> None:
        """A click on the selected row is the same as Enter."""
        self.action_chat()

    def on_recent_chats_chosen(self, event: RecentChats.Chosen) -> None:
        """A click on a recent chat is the same as its number."""
        self.action_recent(event.number)

    def _current(self) -> Row | None:
        """Return the selected row, after looking whether the file was changed.

        Where that row has gone, another one is selected by now: it is not what was meant.
        """
        meant = self.table.current
        self.notice_edits()
        now = self.table.current
        if meant is None or (now is not None and now.provider.name == meant.provider.name):
            return now
        self.notify(texts.NOTHING_DONE.format(name=meant.provider.name), severity="warning")
        return None

    def _changeable(self) -> Row | None:
        """Return the selected row where it can be changed; else say why not."""
        row = self._current()
        if row is None or row.group is Group.YOURS:
            return row
        fixed = texts.BUILT_IN_FIXED.format(name=row.provider.name)
        if row.group is Group.SITE_WIDE:
            fixed = texts.SITE_FIXED.format(name=row.provider.name, key=key_of(self, "providers.clone"))
        self.notify(fixed, severity="warning")
        return None

    def action_chat(self) -> None:
        """Chat with the provider, where it can be; one for embeddings is tested."""
        row = self._current()
        if row is None:
            return
        self.table.focus()  # it may be the first hit of a filter: back from the chat letters act
        if row.is_dim:
            key = key_of(self, "providers.edit")
            self.notify(
                row.unavailable or texts.IS_INACTIVE.format(name=row.provider.name, key=key),
                severity="warning",
            )
        elif row.provider.is_embedding:
            self._open_test(row.provider)
        else:
            self.deck.router.chat(row.provider.name)

    def action_recent(self, number: int) -> None:
        """Reopen a recent chat by its number, shown or not."""
        found = self._recent.newest if self._recent is not None else ()
        if number <= len(found):
            self.deck.router.chat(conversation=found[number - 1].identity)

    def action_add(self) -> None:
        """Open an empty form."""
        self._open_form(None)

    def action_edit(self) -> None:
        """Open the provider's form."""
        row = self._current()
        if row is not None and (row.group is Group.SITE_WIDE or self._changeable() is not None):
            self._open_form(row.provider)

    def action_clone(self) -> None:
        """Open a form with a copy of the provider; a built-in one has no address to copy."""
        row = self._current()
        if row is not None and (row.group is Group.SITE_WIDE or self._changeable() is not None):
            self._open_form(row.provider, is_clone=True)

    def _open_form(self, provider: Provider | None, *, is_clone: bool = False) -> None:
        self.deck.router.form(provider, is_clone=is_clone, then=self._after_form)

    def _after_form(self, saved_name: str | None) -> None:
        if saved_name is not None:
            self._read(saved_name)

    def action_test(self) -> None:
        """Send a test message to the provider."""
        if (row := self._current()) is not None:
            self._open_test(row.provider)

    def _open_test(self, provider: Provider) -> None:
        test = ProviderTestScreen(provider)

        def closed(wish: str | None) -> None:
            if wish == "edit":
                self._open_form(provider)
            elif wish == "apply" and test.fix is not None:
                self._changes.apply(provider, test.fix)

        self.app.push_screen(test, closed)

    def action_diagnose(self) -> None:
        """Open the diagnosis of the provider."""
        if (row := self._current()) is not None:
            self.deck.router.diagnosis(DiagnosisSubject(row.provider))

    def action_apply(self) -> None:
        """Do what the last look at the provider offers."""
        row = self._current()
        if row is not None and (fix := fix_of(row)) is not None:
            self._changes.apply(row.provider, fix)

    def action_discover(self) -> None:
        """Find the model servers of this machine."""
        self.deck.router.discover(self._after_form)

    def action_history(self) -> None:
        """Open the saved conversations."""
        self.deck.router.conversations()

    def action_delete(self) -> None:
        """Ask, then delete; undo restores it."""
        if (row := self._changeable()) is not None:
            self._changes.delete(row.provider)

    def action_undo(self) -> None:
        """Take back what was deleted or applied last."""
        self._changes.undo()

    def action_default(self) -> None:
        """Make the provider the default one."""
        if (row := self._current()) is not None:
            self._changes.default(row.provider)

    def action_state(self) -> None:
        """Turn the provider off, or on again."""
        if (row := self._changeable()) is not None:
            self._changes.turn(row.provider)

    def action_sort(self) -> None:
        """Sort by the next column."""
        self.table.sort_by_next()

    def action_reverse(self) -> None:
        """Reverse the order."""
        self.table.reverse()

    def action_columns(self) -> None:
        """Show all columns, or those that fit."""
        self.table.shows_all_columns = not self.table.shows_all_columns
        self.table.rearrange()

    def action_refresh(self) -> None:
        """Reload the file and recheck all providers."""
        self.writes.write(self.runtime.directory.reload, self._recheck)

    def _recheck(self, _: object) -> None:
        self._read()
        self.check_reachability(everything=True)
