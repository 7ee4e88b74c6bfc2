"""The state of the budgets while the program runs: read from the ledger, updated by its own exchanges."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from tui.core.budget import BudgetState, Level, spent_one, with_line, worst
from tui.core.cost_texts import budget_text, mark_of
from tui.core.days import day_of
from tui.core.ledger import line_of
from tui.core.limits import Limit, Rates
from tui.texts import budget as texts

if TYPE_CHECKING:
    from tui.core.observed import ExchangeRecord
    from tui.core.provider import Provider


class BudgetWatch:
    """An observer of exchanges. Its answers are as current as its last read."""

    def __init__(self, read: Callable[[], tuple[BudgetState, ...]], rates: Rates, unread: str = "") -> None:
        """Create a watch.

        Args:
            read: reads the ledger, blocking.
            unread: why a budget in the settings cannot be read.
        """
        self._read = read
        self._unread = unread
        self._rates = rates
        self._states: tuple[BudgetState, ...] = ()
        self._ended = 0
        self._allowed: set[tuple[str, Limit | None, date]] = set()
        """Which screens may exceed which budgets on which day; ``None`` for an unreadable budget."""

    def read(self) -> None:
        """Read the ledger, including the spending of other processes. Blocks."""
        before = -1
        while before != self._ended:  # an exchange that ended meanwhile may be missing in what was read
            before = self._ended
            states = self._read()
        self._states = states

    def finished(self, record: ExchangeRecord) -> None:
        """Count a finished exchange."""
        line = line_of(record)
        if line is not None:
            self._ended += 1
            self._states = tuple(with_line(state, line, self._rates) for state in self._states)

    def question(self, provider: Provider, who: str) -> str:
        """Return the question before a paid request; empty if it is free or allowed."""
        if provider.price.is_free:
            return ""
        state = spent_one(self._unallowed(who), provider.name)
        if state is not None:
            return texts.QUESTION.format(budget=f"{budget_text(state)}.")
        if self._unread and (who, None, _today()) not in self._allowed:
            return texts.QUESTION.format(budget=self._unread)
        return ""

    def allow(self, provider: str, who: str) -> None:
        """Allow exceeding the budgets today."""
        today = _today()
        mine = [state.limit for state in self._states if state.limit.provider in ("", provider)]
        self._allowed |= {(who, limit, today) for limit in (*mine, None)}

    def mark(self, provider: str) -> tuple[str, str]:
        """Return a mark for the status bar and its style; empty if no budget is close to its limit."""
        state = worst([state for state in self._states if state.limit.provider in ("", provider)])
        if state is None or state.level is Level.WITHIN:
            return "", ""
        percent = f"{mark_of(state.spent)}{int(state.share * 100)}"
        style = "error" if state.level is Level.EXCEEDED else "warning"
        return texts.MARK.format(percent=percent), style

    def _unallowed(self, who: str) -> list[BudgetState]:
        today = _today()
        return [state for state in self._states if (who, state.limit, today) not in self._allowed]


def _today() -> date:
    return day_of(datetime.now(UTC))
