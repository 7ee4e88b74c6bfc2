"""The provider list as it is shown: the table, who answers, what was changed outside. Changes nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.core.failure import LmdeckError
from tui.core.key_reference import KeyKind
from tui.core.provider import Provider
from tui.core.safe_text import safe_text
from tui.ui.background import in_background
from tui.ui.bindings import bindings_of
from tui.ui.providers.table import ProviderTable
from tui.ui.providers.view import Reach, Row, condition, details, reach_after, reach_found, shortened
from tui.ui.shell.base import LmdeckScreen
from tui.ui.shell.key_bar import KeyBar
from tui.ui.shell.plain_input import PlainInput
from tui.ui.shell.title_bar import TitleBar

_CHECKS_AT_ONCE = 4
_WELCOME = (
    "Welcome. Press Enter to chat right away: it needs no server and no key.\n"
    "Press a to add an endpoint of your own, F1 to see every key."
)


class ProvidersBase(LmdeckScreen[None]):
    """Shows every provider in a table, and everything about the current one below it."""

    CSS_PATH = "screen.tcss"

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("providers")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("providers", "table")
    HELP_TEXT: ClassVar[str] = (
        "The endpoints you can chat with. ★ marks the default one. Reachable says whether an endpoint "
        "answered just now; asking costs no tokens."
    )

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[str, Row] = {}

    def compose(self) -> ComposeResult:
        """Lay out the table and what stands around it."""
        yield TitleBar("Providers")
        with Vertical(id="above"):
            yield Static(id="notices")
            yield Static(Content(_WELCOME), id="welcome")
            yield PlainInput(
                placeholder="Filter: any text of any column; Enter goes to the list", id="filter"
            )
        yield ProviderTable()
        yield Static(Content("Nothing matches the filter. Esc shows everything again."), id="nothing")
        yield Static(id="details")
        yield Static(id="condition")
        yield KeyBar()

    def on_mount(self) -> None:
        """Show the list at once; who answers is found out later."""
        self.query_one("#filter").display = False
        self._read()
        default = self.runtime.directory.default()
        self.table.rearrange(default.name if default else None)
        self.table.focus()
        self.app.theme_changed_signal.subscribe(self, lambda _: self.table.rearrange())

    @property
    def table(self) -> ProviderTable:
        """The table."""
        return self.query_one(ProviderTable)

    # ── Reading ─────────────────────────────────────────────────────────────────────────────

    def on_screen_resume(self) -> None:
        """Back from another screen: what it or somebody else changed is shown."""
        if self._rows and not self.notice_edits():
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
        """Take the providers as they are now; keep what is known of the unchanged ones."""
        known = self._rows
        providers = self.runtime.directory.providers()
        self._rows = {provider.name: self._row(provider, known.get(provider.name)) for provider in providers}
        self.table.set_rows(tuple(self._rows.values()))
        notices = self.query_one("#notices", Static)
        texts = shortened((*self.deck.settings_notices(), *self.runtime.directory.notices))
        notices.display = bool(texts)
        notices.update(Content("\n".join(f"! {safe_text(text)}" for text in texts)))
        self.query_one("#welcome").display = all(provider.is_remote for provider in providers)

    def _row(self, provider: Provider, known: Row | None) -> Row:
        label = self.runtime.key_label(provider)
        availability = self.runtime.directory.availability(provider)
        if not availability.is_available:
            how = f" Install it with: {availability.command}" if availability.command else ""
            reason = f"{availability.reason}{how}"
            return Row(provider, label, Reach.MISSING, unavailable=safe_text(reason))
        if not provider.is_active:
            return Row(provider, label, Reach.INACTIVE)
        if known is None or known.key_label != label:
            return Row(provider, label)
        is_same = _asks_the_same(known.provider, provider)
        return replace(known, provider=provider) if is_same else Row(provider, label)

    # ── Who answers ─────────────────────────────────────────────────────────────────────────

    def check_reachability(self, *, everything: bool = False) -> None:
        """Ask in the background who answers, four at a time; without ``everything`` only the unknown ones.

        A key that a command prints is asked for only with ``everything``: it may want a person.
        """
        if not everything and not (self.deck.is_warm and self.runtime.settings.check_reachability):
            return
        names = [row.provider.name for row in self._rows.values() if self._is_due(row, everything)]
        for name in names:
            self._show(replace(self._rows[name], reach=Reach.CHECKING, failure=None, milliseconds=None))
        if names:
            limit = asyncio.Semaphore(_CHECKS_AT_ONCE)
            for name in names:
                in_background(self, self._check, name, limit, group="reach")

    @staticmethod
    def _is_due(row: Row, everything: bool) -> bool:
        if row.reach in (Reach.MISSING, Reach.INACTIVE, Reach.CHECKING):
            return False
        reference = row.provider.api_key
        asks_command = reference is not None and reference.kind is KeyKind.COMMAND
        return everything or (row.reach is Reach.UNKNOWN and not asks_command)

    async def _check(self, name: str, limit: asyncio.Semaphore) -> None:
        async with limit:
            provider = self._rows[name].provider if name in self._rows else None
            if provider is None:
                return
            try:
                found = await self.runtime.reach(provider)
            except LmdeckError as error:
                self._show_reach(provider, reach_after(error.failure), error=error)
                return
        reach = reach_found(found.is_reachable, found.milliseconds, found.failure)
        row = self._rows.get(name)
        if row is not None and _asks_the_same(row.provider, provider):
            self._show(replace(row, reach=reach, milliseconds=found.milliseconds, failure=found.failure))

    def _show_reach(self, provider: Provider, reach: Reach, *, error: LmdeckError) -> None:
        row = self._rows.get(provider.name)
        if row is not None and _asks_the_same(row.provider, provider):
            self._show(replace(row, reach=reach, failure=error.failure))

    def _show(self, row: Row) -> None:
        self._rows[row.provider.name] = row
        self.table.update_row(row)
        current = self.table.current
        if current is not None and current.provider.name == row.provider.name:
            self._show_details()

    # ── Around the table ────────────────────────────────────────────────────────────────────

    def on_provider_table_arranged(self) -> None:
        """Other rows, or another order: say so around the table."""
        shown, total = len(self.table.shown_rows()), len(self._rows)
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

    def on_input_submitted(self) -> None:
        """The filter is as wanted: go to the list."""
        self.table.focus()

    def on_key(self, event: events.Key) -> None:
        """From the filter, the arrow down goes into the list."""
        if event.key == "down" and isinstance(self.focused, Input):
            event.stop()
            self.table.focus()


def _asks_the_same(one: Provider, other: Provider) -> bool:
    """Return whether who answers to one answers to the other: they differ at most in being the default."""
    return replace(one, is_default=other.is_default) == other
