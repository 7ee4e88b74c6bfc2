"""The pane of the selected provider: verdict, actions, and what the list omits."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.texts import provider_list as texts
from tui.ui.providers.details import facts_of, offers_of, verdict_of
from tui.ui.providers.row import Row
from tui.ui.shell.offers import OfferLine
from tui.ui.shell.pane import Pane
from tui.ui.shell.row_list import RowList


class DetailsPane(Pane):
    """Shows one row; a long verdict scrolls."""

    _row: Row | None = None

    def compose(self) -> ComposeResult:
        """Create the offers between the verdict and the facts."""
        with VerticalScroll():
            yield Static(id="verdict")
            yield OfferLine()
            yield Static(id="facts")

    def on_mount(self) -> None:
        """Show whether there is more, and whether Tab leads there."""
        self.watch(self._scroll, "virtual_size", self._show_title, init=False)
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self._show_title())

    @property
    def _scroll(self) -> VerticalScroll:
        return self.query_one(VerticalScroll)

    def show(self, row: Row | None) -> None:
        """Show a row; a different one from its top."""
        if row == self._row:
            return
        self._row = row
        self.set_class(row is None, "-empty")
        self.query_one("#verdict", Static).update(verdict_of(row) if row else Content(""))
        self.query_one(OfferLine).show(offers_of(row) if row else ())
        self.query_one("#facts", Static).update(facts_of(row) if row else Content(""))
        self._scroll.scroll_home(animate=False)
        self._show_title()

    def _show_title(self) -> None:
        """Show the provider's name, and the key that leads to what is not visible."""
        is_near = isinstance(self.screen.focused, RowList)
        name = self._row.provider.name if self._row else ""
        self.set_title(name, texts.READ_ON if self._scroll.max_scroll_y and is_near else "")
