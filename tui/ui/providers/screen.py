"""The provider list, where the program starts: what can be done there."""

from __future__ import annotations

from collections.abc import Callable

from textual.widgets import Input

from tui.core.diagnosis_subject import DiagnosisSubject
from tui.core.provider import Provider, State
from tui.runtime.builtin import read_only_words
from tui.ui.providers.base import ProvidersBase
from tui.ui.providers.view import Row
from tui.ui.shell.plain_input import PlainInput


class ProvidersScreen(ProvidersBase):
    """Every provider in a table; everything about the current one below it."""

    def __init__(self) -> None:
        super().__init__()
        self._undo: list[tuple[str, Callable[[], None]]] = []

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what cannot be done with the provider under the cursor; hide what is not there."""
        if action == "undo":
            return True if self._undo else None
        if action == "back":
            return True if self.query_one("#filter").display or self.writes.is_waiting else None
        row = self.table.current if self.is_mounted else None
        needs_row = action in ("chat", "edit", "clone", "delete", "default", "state", "test", "diagnose")
        if needs_row and row is None:
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
        from tui.ui.providers.test_dialog import ProviderTestScreen

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
        if row is None:
            return
        if self._is_view_only(row):
            return
        from tui.ui.shell.dialogs import ConfirmDialog

        name = row.provider.name
        question = ConfirmDialog(
            f"Delete {name}?",
            "Its saved conversations stay. u brings it back until you leave lmdeck.",
            yes="Delete",
            no="Keep",
            is_dangerous=True,
        )
        self.app.push_screen(question, lambda answer: self._delete(name) if answer == "yes" else None)

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
        field = self.query_one("#filter", PlainInput)
        field.display = True
        field.begin()
        self.refresh_bindings()

    def action_back(self) -> None:
        """Give up a change that waits; else leave the filter and show everything."""
        if self.writes.give_up():
            return
        field = self.query_one("#filter", Input)
        field.value = ""
        field.display = False
        self.table.focus()

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
        self._attempt(self.runtime.directory.reload)
        self.check_reachability(everything=True)
