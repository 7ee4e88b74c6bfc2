"""What was spent in a month: a plot of its days, its budgets, its sums, and what is behind each of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar, NamedTuple, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from tui.core.cost_texts import answers_text, sum_text, sums_text
from tui.core.costs import By
from tui.core.days import day_of, first_of_next
from tui.core.failure import LmdeckError
from tui.core.ledger import LedgerLine
from tui.core.safe_text import safe_line
from tui.core.server_words import failure_text
from tui.runtime.cost_export import default_place, export_costs
from tui.runtime.cost_month import SHOWN_BY, CostMonth, read_month
from tui.texts import costs_screen as texts
from tui.texts.conversations import EXPORTED
from tui.ui.background import in_background
from tui.ui.bindings import bindings_of
from tui.ui.costs import view
from tui.ui.costs.export_dialog import CostsExportDialog
from tui.ui.deck import ShowsConversation
from tui.ui.shell.base import LmdeckScreen
from tui.ui.shell.binding_bar import BindingBar
from tui.ui.shell.fitted import fitted
from tui.ui.shell.offers import key_of
from tui.ui.shell.pane import Pane
from tui.ui.shell.row_list import RowList
from tui.ui.shell.title_bar import TitleBar

_AROUND = 4
"""Cells beside the columns: two borders, a blank, the scroll bar."""
_WIDE = 110
_HIGH = 32
_PLOT_ROWS, _HIGH_PLOT_ROWS = 4, 6
_MOST_CHATS = 5


class _Inside(NamedTuple):
    """The row whose exchanges are shown."""

    by: By
    key: str
    lines: Sequence[LedgerLine]


class CostsScreen(LmdeckScreen[None]):
    """The sums of a month; Enter shows what is behind a row."""

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
        self._inside: _Inside | None = None
        self._refusal = ""

    def compose(self) -> ComposeResult:
        """Lay out the plot over the sums."""
        yield TitleBar(texts.TITLE)
        with Pane(id="month"), Horizontal():
            yield Static(id="plot")
            yield Static(id="beside")
        with Pane(id="sums"):
            rows = RowList("rows")
            yield rows.heads
            yield rows
            yield Static(id="nothing")
            yield Static(id="notes")
        with Pane(id="dearest"):
            yield Static(id="chats")
        yield BindingBar()

    def on_mount(self) -> None:
        """Read the month, and say so."""
        self.rows.focus()
        self._read()

    @property
    def _today(self) -> date:
        return day_of(self._now())

    @property
    def rows(self) -> RowList:
        """The table."""
        return self.query_one(RowList)

    # ── Reading ─────────────────────────────────────────────────────────────────────────────

    def _read(self) -> None:
        """Read the month that is shown, off the event loop."""
        self._month, self._inside, self._refusal = None, None, ""
        self._show()
        # the words stand on the screen before the thread competes with it for the interpreter
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
        """Sum by something else."""
        if self._month is None:
            return
        self._by = SHOWN_BY[(SHOWN_BY.index(self._by) + step) % len(SHOWN_BY)]
        self._inside = None
        in_background(self, self._sum, self._month, group="costs", exclusive=True)

    async def _sum(self, month: CostMonth) -> None:
        await asyncio.to_thread(month.report, self._by)
        self._show(is_from_top=True)

    # ── Showing ─────────────────────────────────────────────────────────────────────────────

    def _show(self, *, is_from_top: bool = False) -> None:
        """Show the month, or why there is nothing to show."""
        month = self._month
        is_filled = month is not None and not month.is_empty
        for selector in ("#plot", "#beside", "#notes"):
            self.query_one(selector).display = is_filled
        self.rows.display = self.rows.heads.display = is_filled
        nothing = self.query_one("#nothing", Static)
        nothing.display = not is_filled
        nothing.update(Content(self._nothing()))
        self.query_one("#month").display = is_filled
        self.query_one("#dearest").display = False
        self.query_one(TitleBar).status = view.month_words(self._first)
        if month is not None and is_filled:
            self._show_month(month)
            self._show_rows(month, is_from_top=is_from_top)
            self._show_dearest(month)
        else:
            self.query_one("#sums", Pane).set_title(view.month_words(self._first))
        self.refresh_bindings()

    def _nothing(self) -> str:
        if self._refusal or self._month is None:
            return self._refusal or texts.READING
        return texts.NONE.format(
            month=view.month_words(self._first), previous=key_of(self, "costs.previous_month")
        )

    def _show_month(self, month: CostMonth) -> None:
        pane, plot, beside = (
            self.query_one("#month", Pane),
            self.query_one("#plot"),
            self.query_one("#beside"),
        )
        title = texts.PER_DAY.format(currency=month.currency) if month.currency else texts.TITLE
        pane.set_title(title, f"{view.month_words(month.first)} · {sums_text(month.totals)}")
        rows = _HIGH_PLOT_ROWS if self.size.height >= _HIGH else _PLOT_ROWS
        lines = view.plot_lines(month, rows, self.size.width // 2)
        cast(Static, plot).update(Content("\n".join(lines)))
        pane.styles.height = rows + 3
        plot.styles.width = max(map(len, lines)) + 2
        told = [Content.styled(words, style) for words, style in view.beside_plot(month)]
        cast(Static, beside).update(Content("\n").join(told))

    def _show_rows(self, month: CostMonth, *, is_from_top: bool) -> None:
        width, inside = self.size.width - _AROUND, self._inside
        if inside is not None:
            columns = view.line_columns_for(width, inside.by)
            self.rows.fill(columns, view.line_rows_of(inside.lines, columns), is_from_top=is_from_top)
            name = view.key_words(inside.by, inside.key, month)
            title = texts.INSIDE.format(by=texts.KEY[inside.by.value], key=name)
            self.query_one("#sums", Pane).set_title(title, answers_text(len(inside.lines)))
        else:
            report = month.report(self._by)
            columns = view.columns_for(self._by, width, report.rows)
            self.rows.fill(columns, view.rows_of(month, self._by, columns), is_from_top=is_from_top)
            self.query_one("#sums", Pane).set_title(texts.BY[self._by.value], answers_text(report.requests))
        keys = [key_of(self, f"costs.{name}") for name in ("price", "by")]
        notes = view.notes_of(month, self._by, *keys) if inside is None else []
        self.query_one("#notes", Static).update(Content("\n".join(notes)))
        self.query_one("#notes").display = bool(notes)

    def _show_dearest(self, month: CostMonth) -> None:
        chats = month.dearest_chats[:_MOST_CHATS]
        pane = self.query_one("#dearest", Pane)
        pane.display = bool(chats) and self.size.height >= _HIGH and self.size.width >= _WIDE
        if not pane.display:
            return
        pane.set_title(texts.DEAREST)
        room = self.size.width - _AROUND - 24
        lines = [
            f"{number} {fitted(view.key_words(By.CHAT, key, month), room)} {sum_text(money):>18}"
            for number, (key, money) in enumerate(chats, 1)
        ]
        self.query_one("#chats", Static).update(Content("\n".join(lines)))

    def on_resize(self, event: events.Resize) -> None:
        """Give everything the new room."""
        if self._month is not None:
            self.call_after_refresh(self._show)

    def on_row_list_highlighted(self) -> None:
        """Other keys may apply to another row."""
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what can be done with the row under the cursor."""
        if action in ("open", "price", "export", "by", "chat") and (
            self._month is None or self._month.is_empty or not self.query(RowList)
        ):
            return False
        if action == "open":
            return self.rows.current_key is not None
        if action == "price":
            return self._provider_of_row() is not None
        if action == "month" and parameters == (1,):
            return first_of_next(self._first) <= self._today
        return True

    # ── What a row is about ─────────────────────────────────────────────────────────────────

    def _row(self) -> int | None:
        key = self.rows.current_key
        return None if key is None else int(key)

    def _provider_of_row(self) -> str | None:
        """Return the provider whose price the row under the cursor is about."""
        row = self._row()
        if row is None or self._month is None:
            return None
        if self._inside is not None:
            return self._inside.lines[row].provider or None
        return self._month.report(By.PROVIDER).rows[row].key or None if self._by is By.PROVIDER else None

    def on_row_list_selected(self) -> None:
        """A click on the row under the cursor is the same as Enter."""
        self.action_open()

    def action_open(self) -> None:
        """Show the exchanges of the row; open its chat, where it is about one."""
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
            self._inside = _Inside(self._by, key, month.exchanges(self._by, key))
            self._show(is_from_top=True)

    def action_chat(self, number: int) -> None:
        """Open one of the most expensive chats."""
        chats = [] if self._month is None else self._month.dearest_chats
        if self.query_one("#dearest").display and number <= min(len(chats), _MOST_CHATS):
            self._open_chat(chats[number - 1][0])

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
        """Ask where to, then write the sums into a file."""
        month = self._month
        if month is None:
            return

        def asked(place: str | None) -> None:
            if place:
                in_background(self, self._export, month, self._by, place, group="export")

        place = default_place(self.runtime.paths, month)
        self.app.push_screen(CostsExportDialog(view.month_words(month.first), place), asked)

    async def _export(self, month: CostMonth, by: By, place: str) -> None:
        try:
            path = await asyncio.to_thread(export_costs, month, by, place)
        except LmdeckError as error:
            self.notify(failure_text(error.failure), severity="error", timeout=10)
        else:
            self.notify(EXPORTED.format(path=safe_line(path, 200)), timeout=8)

    def action_back(self) -> None:
        """Show the sums again, or close."""
        if self._inside is not None:
            self._inside = None
            self._show()
        else:
            self.dismiss(None)
