"""The provider list, where the program starts: what can be done there."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.core.diagnosis_subject import DiagnosisSubject
from tui.core.provider import Provider, State
from tui.core.safe_text import safe_text
from tui.runtime.builtin import read_only_words
from tui.ui.bindings import bindings_of
from tui.ui.providers.rows import ProviderRows
from tui.ui.providers.table import ProviderTable
from tui.ui.providers.test_dialog import ProviderTestScreen
from tui.ui.providers.view import Row, condition, details, shortened
from tui.ui.shell.base import LmdeckScreen
from tui.ui.shell.binding_bar import BindingBar
from tui.ui.shell.dialogs import confirm
from tui.ui.shell.table import FilterRow
from tui.ui.shell.title_bar import TitleBar

_WELCOME = (
    "Welcome. Press Enter to chat right away: it needs no server and no key.\n"
    "Press a to add an endpoint of your own, F1 to see every key."
)
_NEEDS_ROW = frozenset(("chat", "edit", "clone", "delete", "default", "state", "test", "diagnose"))


class ProvidersScreen(LmdeckScreen[None]):
    """Every provider in a table; everything about the current one below it."""

    CSS_PATH = "screen.tcss"

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("providers")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("providers", "table")
    HELP_TEXT: ClassVar[str] = (
        "The endpoints you can chat with. ★ marks the default one. Reachable says whether an endpoint "
        "answered just now; asking costs no tokens."
    )

    def __init__(self) -> None:
        super().__init__()
        self._is_read = False
        self._undo: list[tuple[str, Callable[[], None]]] = []

    def compose(self) -> ComposeResult:
        """Lay out the table and what stands around it."""
        yield TitleBar("Providers")
        with Vertical(id="above"):
            yield Static(id="notices")
            yield Static(Content(_WELCOME), id="welcome")
            yield FilterRow("Filter: any text of any column; Enter goes to the list")
        yield ProviderTable()
        yield Static(Content("Nothing matches the filter. Esc shows everything again."), id="nothing")
        yield Static(id="details")
        yield Static(id="condition")
        yield BindingBar()

    def on_mount(self) -> None:
        """Show the list at once; who answers is found out later."""
        self._read()
        default = self.runtime.directory.default()
        self.table.rearrange(default.name if default else None)
        self.table.focus()
        self.app.theme_changed_signal.subscribe(self, lambda _: self.table.rearrange())

    @property
    def table(self) -> ProviderTable:
        """The table."""
        return self.query_one(ProviderTable)

    @cached_property
    def _rows(self) -> ProviderRows:
        return ProviderRows(self, self._show)

    # ── Reading ─────────────────────────────────────────────────────────────────────────────

    def on_screen_resume(self) -> None:
        """Back from another screen: what it or somebody else changed is shown."""
        if self._is_read and not self.notice_edits():
            self._read()
            self.check_reachability()

    def notice_edits(self) -> bool:
        """Read the file again where somebody changed it; return whether that was so."""
        directory = self.runtime.directory
        if not directory.has_changed():
            return False
        directory.reload()
        self._read()
        self.notify("The providers file was changed outside lmdeck and has been read again.")
        self.check_reachability()
        return True

    def _read(self) -> None:
        """Show the providers as they are now."""
        rows = self._rows.read()
        self._is_read = True
        self.table.set_rows(rows)
        notices = self.query_one("#notices", Static)
        texts = shortened((*self.deck.settings_notices(), *self.runtime.directory.notices))
        notices.display = bool(texts)
        notices.update(Content("\n".join(f"! {safe_text(text)}" for text in texts)))
        self.query_one("#welcome").display = all(row.provider.is_remote for row in rows)

    def check_reachability(self, *, everything: bool = False) -> None:
        """Ask in the background who answers; without ``everything`` only where nothing is known yet."""
        self._rows.check(everything=everything)

    # ── Around the table ────────────────────────────────────────────────────────────────────

    def _show(self, row: Row) -> None:
        """Show what became of one row."""
        self.table.update_row(row)
        current = self.table.current
        if current is not None and current.provider.name == row.provider.name:
            self._show_details()

    def on_provider_table_arranged(self) -> None:
        """Other rows, or another order: say so around the table."""
        shown, total = len(self.table.shown_rows()), self.table.total
        count = f"{total} providers" if shown == total else f"{shown} of {total} providers"
        self.query_one(TitleBar).status = "  ".join(filter(None, (self.table.sort_title, count)))
        self.query_one("#nothing").display = not shown and bool(total)
        self._show_details()

    def on_data_table_row_highlighted(self) -> None:
        """Another provider is under the cursor; somebody is at the keys, so edits by hand are looked for."""
        if not (self.is_current and self.notice_edits()):
            self._show_details()

    def _show_details(self) -> None:
        row = self.table.current
        self.query_one("#details", Static).update(details(row) if row else Content(""), layout=False)
        self.query_one("#condition", Static).update(condition(row) if row else Content(""))
        self.refresh_bindings()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter while it is typed."""
        self.table.query_text = event.value
        self.table.rearrange()

    # ── What can be done ────────────────────────────────────────────────────────────────────

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what cannot be done with the provider under the cursor; hide what is not there."""
        if action == "undo":
            return True if self._undo else None
        if action == "back":
            return True if self.query_one(FilterRow).is_open or self.writes.is_waiting else None
        row = self.table.current if self.is_mounted else None
        if action in _NEEDS_ROW and row is None:
            return None
        if action in ("chat", "test") and row is not None and row.is_dim:
            return None
        return True

    def action_name(self, action: str) -> str | None:
        """Enter tests a provider for embeddings: it has no chat."""
        row = self.table.current if self.is_mounted else None
        is_test = action == "chat" and row is not None and row.provider.is_embedding
        return "Test" if is_test else None

    def on_data_table_row_selected(self) -> None:
        """A click on the row under the cursor is the same as Enter."""
        self.action_chat()

    def _current(self) -> Row | None:
        """Return the row under the cursor, after looking whether the file was changed.

        Where that row has gone, another one is under the cursor by now: it is not what was meant.
        """
        meant = self.table.current
        self.notice_edits()
        now = self.table.current
        if meant is None or (now is not None and now.provider.name == meant.provider.name):
            return now
        self.notify(f"{meant.provider.name} is no longer in the list: nothing was done.", severity="warning")
        return None

    def _attempt(self, change: Callable[[], object], afterwards: Callable[[], object] = lambda: None) -> None:
        """Do something to the directory, show the list and go on; say what is wrong where it refuses."""

        def done(_: object) -> None:
            self._read()
            afterwards()

        self.writes.write(change, done)

    def action_chat(self) -> None:
        """Chat with the provider, where it can be; one for embeddings is tested."""
        row = self._current()
        if row is None:
            return
        if row.is_dim:
            reason = row.unavailable or "This provider is inactive. Press s to activate it."
            self.notify(reason, severity="warning")
            return
        if row.provider.is_embedding:
            self._open_test(row.provider)
        else:
            self.deck.router.chat(row.provider.name)

    def action_add(self) -> None:
        """Open an empty form."""
        self._open_form(None)

    def action_edit(self) -> None:
        """Open the provider's form."""
        if (row := self._current()) is not None:
            self._open_form(row.provider)

    def action_clone(self) -> None:
        """Open a form with a copy of the provider."""
        if (row := self._current()) is not None:
            self._open_form(row.provider, is_clone=True)

    def _open_form(self, provider: Provider | None, *, is_clone: bool = False) -> None:
        self.deck.router.form(provider, is_clone=is_clone, then=self._after_form)

    def _after_form(self, saved_name: str | None) -> None:
        if saved_name is not None:
            self._read()
            self.table.rearrange(saved_name)

    def action_test(self) -> None:
        """Send one line to the provider."""
        if (row := self._current()) is not None:
            self._open_test(row.provider)

    def _open_test(self, provider: Provider) -> None:
        self.app.push_screen(ProviderTestScreen(provider))

    def action_diagnose(self) -> None:
        """Open the diagnosis of the provider."""
        if (row := self._current()) is not None:
            self.deck.router.diagnosis(DiagnosisSubject(row.provider))

    def action_discover(self) -> None:
        """Find the model servers of this machine."""
        self.deck.router.discover(self._after_form)

    def action_history(self) -> None:
        """Open the saved conversations."""
        self.deck.router.conversations()

    def action_delete(self) -> None:
        """Ask, then delete; ``u`` brings it back."""
        row = self._current()
        if row is None or self._is_view_only(row):
            return
        name = row.provider.name
        body = "Its saved conversations stay. u brings it back until you leave lmdeck."
        delete = partial(self._delete, name)
        confirm(self, f"Delete {name}?", body, delete, "Delete", "Keep", is_dangerous=True)

    def _is_view_only(self, row: Row) -> bool:
        """Return whether the provider cannot be changed, and say so: no footer shows these keys greyed."""
        if row.provider.is_remote:
            what = f"{row.provider.name} is {read_only_words(row.provider)}."
            self.notify(f"{what} Press c for a copy of your own.", severity="warning")
        return row.provider.is_remote

    def _delete(self, name: str) -> None:
        self._attempt(
            lambda: self._undo.append((name, self.runtime.directory.delete(name))),
            lambda: self.notify(f"Deleted {name}. Press u to undo."),
        )

    def action_undo(self) -> None:
        """Bring back the provider deleted last."""
        if self._undo:
            name, undo = last = self._undo[-1]

            def is_back() -> None:
                self._undo.remove(last)
                self.refresh_bindings()
                self.table.rearrange(name)
                self.notify(f"{name} is back.")
                self.check_reachability()

            self._attempt(undo, is_back)

    def action_default(self) -> None:
        """Make the provider the default one."""
        if (row := self._current()) is not None:
            name = row.provider.name
            self._attempt(lambda: self.runtime.directory.set_default(name))

    def action_state(self) -> None:
        """Activate or deactivate the provider."""
        row = self._current()
        if row is not None and not self._is_view_only(row):
            name = row.provider.name
            state = State.INACTIVE if row.provider.is_active else State.ACTIVE
            self._attempt(lambda: self.runtime.directory.set_state(name, state), self.check_reachability)

    def action_filter(self) -> None:
        """Show the filter."""
        self.query_one(FilterRow).open()

    def action_back(self) -> None:
        """Give up a change that waits; else leave the filter and show everything."""
        if not self.writes.give_up():
            self.query_one(FilterRow).close()

    def action_sort(self) -> None:
        """Sort by the next column."""
        self.table.sort_by_next()

    def action_reverse(self) -> None:
        """Sort the other way round."""
        self.table.reverse()

    def action_columns(self) -> None:
        """Show every column, or those that fit."""
        self.table.shows_all_columns = not self.table.shows_all_columns
        self.table.rearrange()

    def action_refresh(self) -> None:
        """Read the file again and ask everybody."""
        self._attempt(self.runtime.directory.reload, lambda: self.check_reachability(everything=True))
