"""The parts around the table of providers: notices, title, details, recent chats."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from tui.core.safe_text import safe_text
from tui.texts import provider_list as texts
from tui.ui.providers.details_pane import DetailsPane
from tui.ui.providers.layout import counts, recents_room, shortened
from tui.ui.providers.recent_reading import RecentReading
from tui.ui.providers.recents import RecentsPane
from tui.ui.providers.rows import ProviderRows
from tui.ui.providers.table import ProviderTable
from tui.ui.shell.base import LmdeckScreen
from tui.ui.shell.offers import key_of, working_key_of
from tui.ui.shell.pane import Pane


class ListAround:
    """Updates these parts once the screen is laid out."""

    def __init__(self, screen: LmdeckScreen[None], rows: ProviderRows, recent: RecentReading) -> None:
        self._screen = screen
        self._rows = rows
        self._recent = recent

    @property
    def _table(self) -> ProviderTable:
        return self._screen.query_one(ProviderTable)

    def show(self) -> None:
        """Update everything that depends on the shown rows."""
        self.show_title()
        nothing = self._screen.query_one("#nothing", Static)
        nothing.display = bool(self._table.query_text) and not self._table.shown_count
        nothing.update(Content(texts.NOTHING_MATCHES.format(key=key_of(self._screen, "providers.back"))))
        self.show_details()
        self.show_recents()

    def show_notices(self) -> None:
        """Show what could not be read, and an interrupted chat."""
        screen, notices = self._screen, self._screen.query_one("#notices", Static)
        offer = self._recent.offer(key_of(screen, "providers.recent_1"))
        told = (*screen.deck.settings_notices(), *screen.runtime.directory.notices)
        found = shortened((*filter(None, (offer,)), *told))
        notices.display = bool(found)
        notices.update(Content("\n".join(f"! {safe_text(text)}" for text in found)))

    def follow_keys(self) -> None:
        """Show the current keys, and update them when they change."""
        self._show_keys()
        self._screen.bindings_updated_signal.subscribe(self._screen, lambda _: self._show_keys())

    def _show_keys(self) -> None:
        """Show how to add providers if there are none, while those keys do not type text."""
        add, find = (working_key_of(self._screen, f"providers.{name}") for name in ("add", "discover"))
        hint = texts.NONE_OF_YOURS.format(add=add, find=find) if add and find else texts.NONE_YET
        self._table.show_hint(hint)

    def show_title(self) -> None:
        """Show the number and the states of the providers."""
        table = self._table
        status = counts(table.rows_known, table.shown_count, table.sort_title, self._rows.progress)
        self._screen.query_one("#list", Pane).set_title(texts.TITLE, status)

    def show_details(self) -> None:
        """Show the selected provider."""
        self._screen.query_one(DetailsPane).show(self._table.current)
        self._screen.refresh_bindings()

    def show_recents(self) -> None:
        """Show as many recent chats as fit below the rows."""
        screen = self._screen
        note = self._recent.note(key_of(screen, "providers.chat"))
        room = recents_room(
            screen.app.size.height,
            rows=self._table.line_count,
            is_wide=screen.has_class("-wide"),
            notices=screen.query_one("#notices").outer_size.height,
        )
        screen.query_one(RecentsPane).show(self._recent.newest, note, room)
