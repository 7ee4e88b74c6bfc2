"""The provider list, the first screen of the program."""

from __future__ import annotations

import asyncio
from functools import cached_property
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.widgets import Input, Static

from tui.core.diagnosis_subject import DiagnosisSubject
from tui.core.search_place import SearchScope
from tui.runtime.chat_choice import default_provider
from tui.texts import provider_list as texts
from tui.ui.background import in_background
from tui.ui.bindings import bindings_of
from tui.ui.providers.around import ListAround
from tui.ui.providers.changes import ListChanges
from tui.ui.providers.details import fix_of
from tui.ui.providers.details_pane import DetailsPane
from tui.ui.providers.layout import WIDE
from tui.ui.providers.opening import ListOpening
from tui.ui.providers.recent_reading import RecentReading
from tui.ui.providers.recents import RecentChats, RecentsPane
from tui.ui.providers.row import Row
from tui.ui.providers.rows import ProviderRows
from tui.ui.providers.selection import Selection
from tui.ui.providers.table import ProviderTable
from tui.ui.shell.base import LmdeckScreen
from tui.ui.shell.binding_bar import BindingBar
from tui.ui.shell.column_heads import ColumnHeads
from tui.ui.shell.filter_line import FilterLine, close_filter, open_filter
from tui.ui.shell.offers import key_of
from tui.ui.shell.pane import Pane


class ProvidersScreen(LmdeckScreen[None]):
    """All providers in a table, the details of the selected one, and recent chats."""

    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "ProviderTable"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012 - as Textual types it
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("providers")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("providers", "table", "table.columns")
    HELP_TEXT: ClassVar[str] = texts.HELP

    def __init__(self, *, is_first: bool = False) -> None:
        """Create the list; ``is_first``: its styles are loaded together with those of the app."""
        super().__init__()
        self._is_styled, self._was_covered = is_first, False
        self._recent = RecentReading(self)

    def compose(self) -> ComposeResult:
        """Lay out the panes, as the window has room for them: a class that comes later styles all again."""
        self.set_classes("-wide" if self.app.size.width >= WIDE else "-narrow")
        yield Static(id="notices")
        with Container(id="main"):
            with Pane(id="list"):
                table = ProviderTable()
                yield table.heads
                yield table
                yield Static(id="nothing")
            yield DetailsPane(id="details")
        yield RecentsPane(id="recents")
        yield BindingBar()

    def on_mount(self) -> None:
        """Show the list at once; reachability is checked later."""
        self._around.follow_keys()
        default = default_provider(self.runtime.directory)
        self._read(default.name if default else None)
        self._around.show()  # complete the first frame

    @property
    def table(self) -> ProviderTable:
        """The table."""
        return self.query_one(ProviderTable)

    @property
    def search_scope(self) -> SearchScope:
        """The selected provider."""
        return SearchScope(provider=self.table.current_key or "")

    @cached_property
    def _rows(self) -> ProviderRows:
        return ProviderRows(self, self._show)

    @cached_property
    def _around(self) -> ListAround:
        return ListAround(self, self._rows, self._recent)

    @cached_property
    def _changes(self) -> ListChanges:
        return ListChanges(self, self._recheck)

    @cached_property
    def _selection(self) -> Selection:
        return Selection(self, self.table, self.notice_edits)

    @cached_property
    def _opening(self) -> ListOpening:
        return ListOpening(self, self._changes, self._read)

    # ── Reading ─────────────────────────────────────────────────────────────────────────────

    def on_screen_suspend(self) -> None:
        """Record that another screen is opened."""
        self._was_covered = True

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Show the changes made on another screen or by another program."""
        event.refresh_styles, self._is_styled = not self._is_styled, False
        if self._was_covered and not self.notice_edits():
            self._read()
        self.check_reachability()

    def notice_edits(self) -> bool:
        """Read the file again if it was changed; return whether it was."""
        directory = self.runtime.directory
        if not directory.has_changed():
            return False
        directory.reload()
        self._read()
        self.notify(texts.FILE_CHANGED)
        self.check_reachability()
        return True

    def _read(self, select: str | None = None) -> None:
        """Show the current providers, with the cursor on ``select``."""
        self.table.set_rows(self._rows.read(), select)
        self._around.show_notices()
        self.call_after_refresh(in_background, self, self._learn, group="disk", exclusive=True)

    def _recheck(self, select: str | None = None, *, everything: bool = False) -> None:
        self._read(select)
        self.check_reachability(everything=everything)

    def check_reachability(self, *, everything: bool = False) -> None:
        """Check reachability in the background; by default only of unchecked providers."""
        self._rows.check(everything=everything)

    async def _learn(self) -> None:
        """Read the recent chats and past checks, with a message if that takes longer than a moment."""
        is_new = await self._rows.remember()
        await self._recent.read(self._around.show_recents)
        is_new |= self._rows.used(self._recent.last_used)
        if is_new:
            self.table.set_rows(self._rows.all)
        await asyncio.to_thread(self.runtime.check_budgets)
        self._around.show_notices()
        self._around.show_recents()

    # ── Display ─────────────────────────────────────────────────────────────────────────────

    def _show(self, row: Row) -> None:
        """Show the new state of one row."""
        self.table.update_row(row)
        self._around.show_title()
        if self.table.current_key == row.provider.name:
            self._around.show_details()

    def on_provider_table_arranged(self) -> None:
        """Update the parts around the table after a change of its rows or order."""
        self._around.show()

    def on_row_list_highlighted(self) -> None:
        """Update the details; also notice edits by hand, while the keys are in use."""
        if not (self.is_current and self.notice_edits()):
            self._around.show_details()

    def on_resize(self, event: events.Resize) -> None:
        """Adapt the recent chats to the new size."""
        self.call_after_refresh(self._around.show_recents)

    # ── The filter ──────────────────────────────────────────────────────────────────────────

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter while typing, selecting the first match."""
        self.table.filter(event.value)

    async def action_filter(self) -> None:
        """Show the filter."""
        hint = texts.FILTER_HINT.format(key=key_of(self, "providers.back"))
        await open_filter(self.query_one("#list"), hint)

    def action_back(self) -> None:
        """Cancel a waiting change; otherwise clear the filter."""
        if not self.writes.give_up():
            close_filter(self)
            self.table.filter("")

    # ── Actions ─────────────────────────────────────────────────────────────────────────────

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim actions that are unavailable for the selected provider; hide those that do not apply."""
        if not self.is_mounted:
            return True
        if action == "undo":
            return True if self._changes.can_undo else None
        if action == "back":
            return True if self.query(FilterLine) or self.writes.is_waiting else None
        return self._selection.allows(action) or None

    def action_name(self, action: str) -> str | None:
        """Name Enter after its action: an embedding provider is tested."""
        row = self.table.current if self.is_mounted else None
        is_test = action == "chat" and row is not None and row.provider.is_embedding
        return texts.OFFER_TEST.capitalize() if is_test else None

    def on_row_list_selected(self) -> None:
        """Treat a click on the selected row like Enter."""
        self.action_chat()

    def on_column_heads_clicked(self, event: ColumnHeads.Clicked) -> None:
        """Sort by the clicked column."""
        self.table.sort_by(event.key)

    def on_recent_chats_chosen(self, event: RecentChats.Chosen) -> None:
        """Reopen a clicked chat."""
        self.action_recent(event.number)

    def action_chat(self) -> None:
        """Open a chat with the provider, if possible; an embedding provider is tested."""
        if (row := self._selection.current()) is not None:
            self.table.focus()  # it may be a match of the filter: after the chat, letters should act
            self._opening.chat(row)

    def action_recent(self, number: int) -> None:
        """Reopen a recent chat by its number, shown or not."""
        if number <= len(self._recent.newest):
            identity = self._recent.newest[number - 1].identity
            self._recent.end_offer()
            self.deck.router.chat(conversation=identity)

    def action_add(self) -> None:
        """Open an empty form."""
        self._opening.form(None)

    def action_edit(self) -> None:
        """Open the provider's form."""
        if (row := self._selection.editable()) is not None:
            self._opening.form(row.provider)

    def action_clone(self) -> None:
        """Open a form with a copy of the provider; a built-in one has no URL to copy."""
        if (row := self._selection.editable()) is not None:
            self._opening.form(row.provider, is_clone=True)

    def action_test(self) -> None:
        """Send a test message to the provider."""
        if (row := self._selection.current()) is not None:
            self._opening.test(row.provider)

    def action_diagnose(self) -> None:
        """Open the diagnosis of the provider."""
        if (row := self._selection.current()) is not None:
            self.deck.router.diagnosis(DiagnosisSubject(row.provider))

    def action_apply(self) -> None:
        """Apply the fix suggested by the last check of the provider."""
        row = self._selection.current()
        if row is not None and (fix := fix_of(row)) is not None:
            self._changes.apply(row.provider, fix)

    def action_discover(self) -> None:
        """Search for model servers on this machine."""
        self._opening.discover()

    def action_history(self) -> None:
        """Open the saved conversations."""
        self._recent.end_offer()
        self.deck.router.conversations()

    def action_abilities(self) -> None:
        """Show the abilities of the providers."""
        self._recent.end_offer()
        self.deck.router.abilities()

    def action_costs(self) -> None:
        """Show the costs."""
        self._recent.end_offer()
        self.deck.router.costs()

    def action_delete(self) -> None:
        """Delete after confirmation; can be undone."""
        if (row := self._selection.changeable()) is not None:
            self._changes.delete(row.provider)

    def action_undo(self) -> None:
        """Undo the last deletion or fix."""
        self._changes.undo()

    def action_default(self) -> None:
        """Make the provider the default."""
        if (row := self._selection.current()) is not None:
            self._changes.default(row.provider)

    def action_state(self) -> None:
        """Deactivate or activate the provider."""
        if (row := self._selection.changeable()) is not None:
            self._changes.turn(row.provider)

    def action_sort(self) -> None:
        """Sort by the next column."""
        self.table.sort_by_next()

    def action_reverse(self) -> None:
        """Reverse the order."""
        self.table.reverse()

    def action_columns(self) -> None:
        """Show all columns, or those that fit."""
        self.table.toggle_columns()

    def action_refresh(self) -> None:
        """Reload the file and recheck all providers."""
        self.writes.write(self.runtime.directory.reload, lambda _: self._recheck(everything=True))
