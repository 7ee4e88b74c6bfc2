"""Sums of costs as people read them: ``6.41 EUR``, ``~0.53 EUR``, ``≥ 6.41 EUR``, ``free``, ``—``."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from tui.core.budget import BudgetState
from tui.core.costs import CostState, Sum
from tui.core.figures import ESTIMATE_MARK, FREE, LOWER_BOUND_MARK, UNKNOWN, format_amount
from tui.core.limits import Limit, Scope
from tui.texts import costs as texts


def sum_text(total: Sum) -> str:
    """Return a sum with its currency and its mark."""
    if total.state is not CostState.KNOWN:
        return FREE if total.state is CostState.FREE else UNKNOWN
    mark = LOWER_BOUND_MARK if total.is_lower_bound else ESTIMATE_MARK if total.is_estimate else ""
    return f"{mark}{format_amount(total.amount)} {total.currency}"


def sums_text(totals: Iterable[Sum]) -> str:
    """Return sums of several currencies side by side: they are never added up."""
    return " + ".join(map(sum_text, totals))


def answers_text(count: int) -> str:
    """Return a count of answers in words."""
    return texts.ANSWER if count == 1 else texts.ANSWERS.format(count=count)


def limit_text(limit: Limit) -> str:
    """Return how much a budget is."""
    return f"{format_amount(limit.amount)} {limit.currency}"


def spent_text(state: BudgetState) -> str:
    """Return what was spent of a budget, at least."""
    spent = state.spent
    return sum_text(spent) if spent.amount else f"{format_amount(Decimal(0))} {spent.currency}"


def budget_text(state: BudgetState) -> str:
    """Return a budget in a line: what was spent of it, and what could not be counted."""
    limit = state.limit
    whats = {
        Scope.MONTH: texts.BUDGET_MONTH,
        Scope.DAY: texts.BUDGET_DAY,
        Scope.PROVIDER: texts.BUDGET_PROVIDER.format(provider=limit.provider),
    }
    parts = [
        texts.BUDGET_LINE.format(
            what=whats[limit.scope],
            spent=spent_text(state),
            limit=limit_text(limit),
            percent=int(state.share * 100),
        )
    ]
    if state.unpriced:
        parts.append(texts.BUDGET_UNPRICED.format(count=answers_text(state.unpriced)))
    if any(amount.amount for amount in state.besides):
        parts.append(texts.BUDGET_BESIDES.format(sums=sums_text(state.besides)))
    return ", ".join(parts)
