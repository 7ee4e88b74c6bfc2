"""The costs of a month: a plot of its days, budgets, sums, and the exchanges behind each sum."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType

from tui.core.costs import By
from tui.core.days import day_of, first_of_next
from tui.core.failure import LmdeckError
from tui.core.safe_text import safe_line
from tui.core.server_words import failure_text
from tui.runtime.cost_export import default_place, export_costs
from tui.runtime.cost_month import SHOWN_BY, CostMonth, read_month
from tui.texts import costs_screen as texts
from tui.texts.conversations import EXPORTED
from tui.ui.background import in_background
from tui.ui.bindings import bindings_of
from tui.ui.costs import view
from tui.ui.costs.panes import DearestPane, Inside, MonthPane, SumsPane
from tui.ui.deck import ShowsConversation
from tui.ui.exporting import ExportDialog, export
from tui.ui.shell.base import LmdeckScreen
from tui.ui.shell.binding_bar import BindingBar
from tui.ui.shell.offers import key_of
from tui.ui.shell.row_list import RowList
from tui.ui.shell.title_bar import TitleBar


class CostsScreen(LmdeckScreen[None]):
    """The sums of a month; Enter shows the exchanges of a row."""

    CSS_PATH = "screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("costs")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("costs", "table")
    HELP_TEXT: ClassVar[str] = texts.HELP

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        super().__init__()
        self._now = now
        self._first = self._today.replace(day=1)
        self._by = By.PROVIDER
        self._month: CostMonth | None = None
        self._inside: Inside | None = None
        self._refusal = ""

    def compose(self) -> ComposeResult:
        """Create the plot above the sums."""
        yield TitleBar(texts.TITLE)
        yield MonthPane(id="month")
        yield SumsPane(id="sums")
        yield DearestPane(id="dearest")
        yield BindingBar()

    def on_mount(self) -> None:
        """Read the month, showing a message meanwhile."""
        self.rows.focus()
        self._read()

    @property
    def _today(self) -> date:
        return day_of(self._now())

    @property
    def rows(self) -> RowList:
        """The table."""
        return self.query_one(SumsPane).rows

    # ── Reading ─────────────────────────────────────────────────────────────────────────────

    def _read(self) -> None:
        """Read the current month, outside the event loop."""
        self._month, self._inside, self._refusal = None, None, ""
        self._show()
        # paint the message before the thread competes for the interpreter
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        in_background(self, self._work, self._first, group="costs", exclusive=True)

    async def _work(self, first: date) -> None:
        costs, chats = self.runtime.costs, self.runtime.chat_history
        try:
            month = await asyncio.to_thread(read_month, costs, chats, first, self._now())
            await asyncio.to_thread(month.report, self._by)
        except LmdeckError as error:
            self._refusal = failure_text(error.failure)
        else:
            self._month = month
        if self.is_mounted and first == self._first:
            self._show(is_from_top=True)

    def action_refresh(self) -> None:
        """Read the ledger again."""
        self._read()

    def action_month(self, step: int) -> None:
        """Show another month."""
        other = first_of_next(self._first) if step > 0 else (self._first - timedelta(days=1)).replace(day=1)
        if other <= self._today:
            self._first = other
            self._read()

    def action_by(self, step: int) -> None:
        """Change the grouping."""
        if self._month is None:
            return
        self._by = SHOWN_BY[(SHOWN_BY.index(self._by) + step) % len(SHOWN_BY)]
        self._inside = None
        in_background(self, self._sum, self._month, group="costs", exclusive=True)

    async def _sum(self, month: CostMonth) -> None:
        await asyncio.to_thread(month.report, self._by)
        self._show(is_from_top=True)

    # ── Display ─────────────────────────────────────────────────────────────────────────────

    def _show(self, *, is_from_top: bool = False) -> None:
        """Show the month, or why there is nothing to show."""
        month, inside = self._month, self._inside
        name = view.month_words(self._first)
        self.query_one(TitleBar).status = name
        above, sums, below = self.query_one(MonthPane), self.query_one(SumsPane), self.query_one(DearestPane)
        above.display = month is not None and not month.is_empty
        if month is None or month.is_empty:
            below.hide()
            sums.show_nothing(name, self._nothing())
        else:
            above.show(month)
            below.show(month)
            if inside is None:
                sums.show_sums(month, self._by, is_from_top=is_from_top)
            else:
                sums.show_inside(month, inside, is_from_top=is_from_top)
        self.refresh_bindings()

    def _nothing(self) -> str:
        if self._refusal or self._month is None:
            return self._refusal or texts.READING
        return texts.NONE.format(
            month=view.month_words(self._first), previous=key_of(self, "costs.previous_month")
        )

    def on_resize(self, event: events.Resize) -> None:
        """Adapt to the new size."""
        if self._month is not None:
            self.call_after_refresh(self._show)

    def on_row_list_highlighted(self) -> None:
        """Update the keys, which depend on the row."""
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enable only the actions that are possible for the current row."""
        if action in ("open", "price", "export", "by", "chat") and (
            self._month is None or self._month.is_empty or not self.query(RowList)
        ):
            return False
        if action == "chat":
            return parameters[0] in range(1, len(self.query_one(DearestPane).chats) + 1)
        if action == "open":
            return self.rows.current_key is not None
        if action == "price":
            return self._provider_of_row() is not None
        if action == "month" and parameters == (1,):
            return first_of_next(self._first) <= self._today
        return True

    # ── The subject of a row ────────────────────────────────────────────────────────────────

    def _row(self) -> int | None:
        key = self.rows.current_key
        return None if key is None else int(key)

    def _provider_of_row(self) -> str | None:
        """Return the provider whose price the current row depends on."""
        row = self._row()
        if row is None or self._month is None:
            return None
        if self._inside is not None:
            return self._inside.lines[row].provider or None
        return self._month.report(By.PROVIDER).rows[row].key or None if self._by is By.PROVIDER else None

    def on_row_list_selected(self) -> None:
        """Treat a click on the current row like Enter."""
        self.action_open()

    def action_open(self) -> None:
        """Show the exchanges of the row, or open its chat."""
        month, row = self._month, self._row()
        if month is None or row is None:
            return
        if self._inside is not None:
            self._open_chat(self._inside.lines[row].conversation)
            return
        key = month.report(self._by).rows[row].key
        if self._by is By.CHAT and key in month.titles:
            self._open_chat(key)
        else:
            self._inside = Inside(self._by, key, month.exchanges(self._by, key))
            self._show(is_from_top=True)

    def action_chat(self, number: int) -> None:
        """Open one of the most expensive chats."""
        chats = self.query_one(DearestPane).chats
        if number <= len(chats):
            self._open_chat(chats[number - 1])

    def _open_chat(self, identity: str) -> None:
        month = self._month
        if month is None or identity not in month.titles:
            self.notify(texts.CHAT_GONE if identity else texts.OF_NO_CHAT, severity="warning", timeout=4)
            return
        below = next(
            (each for each in self.app.screen_stack[-2:-1] if isinstance(each, ShowsConversation)), None
        )
        if below is not None:
            self.dismiss(None)
            below.replace_conversation(identity, is_fork=False)
        else:
            self.deck.router.chat(conversation=identity)

    def action_price(self) -> None:
        """Open the form of the row's provider at its price."""
        name = self._provider_of_row()
        if name is None:
            return
        try:
            provider = self.runtime.directory.get(name)
        except LmdeckError:
            text = texts.PROVIDER_GONE.format(name=safe_line(name, 60))
            self.notify(text, severity="warning", timeout=5)
            return
        self.deck.router.form(provider, field="input_price", then=lambda _: self._read())

    # ── Leaving ─────────────────────────────────────────────────────────────────────────────

    def action_export(self) -> None:
        """Ask for a file, and export the sums to it."""
        month = self._month
        if month is None:
            return
        by = self._by

        def write(place: str) -> str:
            return EXPORTED.format(path=safe_line(export_costs(month, by, place), 200))

        title = texts.EXPORT_TITLE.format(month=view.month_words(month.first))
        words = texts.EXPORT_PLACEHOLDER, texts.EXPORT_KEYS, texts.EXPORT_HELP
        export(self, ExportDialog(title, default_place(self.runtime.paths, month), *words), write)

    def action_back(self) -> None:
        """Show the sums again, or close."""
        if self._inside is not None:
            self._inside = None
            self._show()
        else:
            self.dismiss(None)
