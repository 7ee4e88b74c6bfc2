"""Keeps a script from spending more than its budget: ``ask --within-budget``."""

from __future__ import annotations

from tui.cli.command import OVER_BUDGET
from tui.core.budget import spent_one
from tui.core.causes import explain
from tui.core.cost_texts import limit_text, spent_text
from tui.core.failure import LmdeckError, UsageError
from tui.runtime.runtime import Runtime


class OverBudgetError(LmdeckError):
    """A budget is spent: nothing is sent."""

    exit_code = OVER_BUDGET


def refuse_beyond_budget(runtime: Runtime, provider: str) -> None:
    """Do nothing while every budget that counts for a provider has something left; reads the disk.

    Raises:
        OverBudgetError: all of one is spent.
        UsageError: there is none.
    """
    states = runtime.costs.budgets()
    if not states:
        raise UsageError(explain("budget-missing"))
    spent = spent_one(states, provider)
    if spent is not None:
        limit = limit_text(spent.limit)
        raise OverBudgetError(explain("budget-spent", spent=spent_text(spent), limit=limit))
