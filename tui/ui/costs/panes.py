"""The panes of a month's costs: days and budgets, sums, most expensive chats."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from tui.core.cost_texts import answers_text, sum_text, sums_text
from tui.core.costs import By
from tui.core.lazy_dataclass import dataclass
from tui.core.ledger import LedgerLine
from tui.runtime.cost_month import CostMonth
from tui.texts import costs as cost_texts
from tui.texts import costs_screen as texts
from tui.ui.costs import view
from tui.ui.deck import runtime_of
from tui.ui.shell.fitted import fitted
from tui.ui.shell.offers import key_of
from tui.ui.shell.pane import Pane
from tui.ui.shell.row_list import RowList

_AROUND = 4
"""The cells around the columns: two borders, a blank, the scroll bar."""
_WIDE = 110
_HIGH = 32
_PLOT_ROWS, _HIGH_PLOT_ROWS = 4, 6
_MOST_CHATS = 5


@dataclass(frozen=True, slots=True)
class Inside:
    """The row whose exchanges are shown."""

    by: By
    key: str
    lines: Sequence[LedgerLine]


class MonthPane(Pane):
    """A plot of the days, next to the projection and the budgets."""

    def compose(self) -> ComposeResult:
        """Create both texts."""
        with Horizontal():
            yield Static(id="plot")
            yield Static(id="beside")

    def show(self, month: CostMonth) -> None:
        """Show a month, as far as there is room."""
        width, height = self.screen.size
        title = texts.PER_DAY.format(currency=month.currency) if month.currency else texts.TITLE
        self.set_title(title, sums_text(month.totals))
        rows = _HIGH_PLOT_ROWS if height >= _HIGH else _PLOT_ROWS
        lines = view.plot_lines(month, rows, width // 2)
        plot = self.query_one("#plot", Static)
        plot.update(Content("\n".join(lines)))
        plot.styles.width = cells = max(map(len, lines)) + 2
        self.styles.height = rows + 3
        told = view.beside_plot(month, width - _AROUND - cells, rows + 1)
        self.query_one("#beside", Static).update(
            Content("\n").join(Content.styled(words, style) for words, style in told)
        )


class SumsPane(Pane):
    """The sums of a month, or the exchanges behind one; otherwise the reason why there are none."""

    def compose(self) -> ComposeResult:
        """Create the table above the notes."""
        rows = RowList("rows")
        yield rows.heads
        yield rows
        yield Static(id="nothing")
        yield Static(id="notes")

    @property
    def rows(self) -> RowList:
        """The table."""
        return self.query_one(RowList)

    def show_nothing(self, title: str, why: str) -> None:
        """Show a sentence."""
        self.set_title(title)
        self.query_one("#nothing", Static).update(Content(why))
        self._show_parts([], is_filled=False)

    def show_sums(self, month: CostMonth, by: By, *, is_from_top: bool) -> None:
        """Show the sums and their notes."""
        report = month.report(by)
        columns = view.columns_for(by, self.screen.size.width - _AROUND, report.rows)
        self.set_title(texts.BY[by.value], answers_text(report.requests))
        keys = [key_of(self.screen, f"costs.{name}") for name in ("price", "by")]
        own = {provider.name for provider in runtime_of(self.screen).directory.providers()}
        self._show_parts(view.notes_of(month, by, own, *keys), is_filled=True)
        self.rows.fill(columns, view.rows_of(month, by, columns), is_from_top=is_from_top)

    def show_inside(self, month: CostMonth, inside: Inside, *, is_from_top: bool) -> None:
        """Show the exchanges of a row."""
        columns = view.line_columns_for(self.screen.size.width - _AROUND, inside.by, inside.lines)
        name = view.key_words(inside.by, inside.key, month)
        title = texts.INSIDE.format(by=cost_texts.KEYS[inside.by.value], key=name)
        self.set_title(title, answers_text(len(inside.lines)))
        self._show_parts([], is_filled=True)
        self.rows.fill(columns, view.line_rows_of(inside.lines, columns), is_from_top=is_from_top)

    def _show_parts(self, notes: Sequence[str], *, is_filled: bool) -> None:
        self.rows.display = self.rows.heads.display = is_filled
        self.query_one("#nothing").display = not is_filled
        line = self.query_one("#notes", Static)
        line.display = bool(notes)
        line.update(Content("\n".join(notes)))


class DearestPane(Pane):
    """The most expensive chats, if there is room."""

    chats: Sequence[str] = ()
    """The ids of the shown chats."""

    def compose(self) -> ComposeResult:
        """Create the text."""
        yield Static(id="chats")

    def show(self, month: CostMonth) -> None:
        """Show the most expensive chats of a month."""
        width, height = self.screen.size
        chats = month.dearest_chats[:_MOST_CHATS] if height >= _HIGH and width >= _WIDE else []
        self.chats = [key for key, _ in chats]
        self.display = bool(chats)
        in_one = texts.DEAREST_IN.format(currency=month.currency)
        self.set_title(in_one if month.has_chats_in_others else texts.DEAREST)
        room = width - _AROUND - 24
        lines = [
            f"{number} {fitted(view.key_words(By.CHAT, key, month), room)} {sum_text(money):>18}"
            for number, (key, money) in enumerate(chats, 1)
        ]
        self.query_one("#chats", Static).update(Content("\n".join(lines)))

    def hide(self) -> None:
        """Show no chats."""
        self.chats, self.display = (), False
