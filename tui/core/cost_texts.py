"""Sums of costs for display: ``6.41 EUR``, ``~0.53 EUR``, ``≥ 6.41 EUR``, ``free``, ``—``."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from tui.core.budget import BudgetState
from tui.core.costs import CostRow, CostState, Sum
from tui.core.figures import ESTIMATE_MARK, FREE, LOWER_BOUND_MARK, UNKNOWN, format_amount
from tui.core.limits import Limit, Rates, Scope
from tui.texts import costs as texts

_SPANS = {Scope.MONTH: texts.BUDGET_MONTH, Scope.DAY: texts.BUDGET_DAY}


def sum_text(total: Sum) -> str:
    """Return a sum with its currency and its mark."""
    if total.state is not CostState.KNOWN:
        return FREE if total.state is CostState.FREE else UNKNOWN
    return f"{mark_of(total)}{format_amount(total.amount)} {total.currency}"


def mark_of(total: Sum) -> str:
    """Return the mark before a sum that is not exact."""
    return LOWER_BOUND_MARK if total.is_at_least else ESTIMATE_MARK if total.is_estimate else ""


def sums_text(totals: Iterable[Sum]) -> str:
    """Return sums of several currencies side by side; they are never added up."""
    return " + ".join(map(sum_text, totals))


def hardware_text(rows: Iterable[CostRow]) -> str:
    """Return the hardware cost per million completion tokens, per row; empty if unknown."""
    known = [(row.key, row.gpu_per_million) for row in rows]
    each = [
        texts.GPU_EACH.format(name=name or UNKNOWN, sum=sum_text(amount)) for name, amount in known if amount
    ]
    return texts.GPU_PER_MILLION.format(each=", ".join(each)) if each else ""


def together_text(whole: Sum, rates: Rates) -> str:
    """Return the total of several currencies at the configured exchange rates."""
    text = texts.TOGETHER if rates.date is None else texts.TOGETHER_DATED
    return text.format(sum=sum_text(whole), date=rates.date)


def answers_text(count: int) -> str:
    """Return a count of answers in words."""
    return texts.ANSWER if count == 1 else texts.ANSWERS.format(count=count)


def limit_text(limit: Limit) -> str:
    """Return a budget's limit."""
    return f"{format_amount(limit.amount)} {limit.currency}"


def limit_name(limit: Limit) -> str:
    """Return a budget's scope."""
    return texts.BUDGET_PROVIDER.format(provider=limit.provider) if limit.provider else _SPANS[limit.scope]


def spent_text(state: BudgetState) -> str:
    """Return how much of a budget is spent, at least."""
    spent = state.spent
    return sum_text(spent) if spent.amount else f"{format_amount(Decimal(0))} {spent.currency}"


def budget_text(state: BudgetState) -> str:
    """Return a budget on one line: what is spent, and what could not be counted."""
    what, limit, percent = limit_name(state.limit), limit_text(state.limit), int(state.share * 100)
    parts = [texts.BUDGET_LINE.format(what=what, spent=spent_text(state), limit=limit, percent=percent)]
    if state.unpriced:
        parts.append(texts.BUDGET_UNPRICED.format(count=answers_text(state.unpriced)))
    if any(amount.amount for amount in state.besides):
        parts.append(texts.BUDGET_BESIDES.format(sums=sums_text(state.besides)))
    return ", ".join(parts)


def budget_share_text(state: BudgetState) -> str:
    """Return the spent share of a budget, in a few words."""
    limit = state.limit
    percent = f"{mark_of(state.spent)}{int(state.share * 100)}"
    what = limit.provider or _SPANS[limit.scope]
    return texts.BUDGET_SHORT.format(what=what, percent=percent, limit=limit_text(limit))
