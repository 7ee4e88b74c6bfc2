"""Total tokens and cost of turns, including those replaced by a retry, excluding copies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import reduce

from tui.core.lazy_dataclass import dataclass
from tui.core.turn import Turn, TurnState
from tui.core.usage import Cost, ServerCost, Source, Usage


@dataclass(frozen=True, slots=True)
class Totals:
    """Tokens and costs, separated by currency."""

    usage: Usage | None = None
    costs: tuple[Cost, ...] = ()
    has_unknown: bool = False
    """Some turn received text but has neither usage nor an estimate: the sum is a lower bound."""
    not_priced: int = 0
    """The number of turns that used tokens and have no amount: the costs are lower bounds."""


def totals_of(turns: Iterable[Turn]) -> Totals:
    """Add up the turns that were paid for in this conversation."""
    return sum_of(_totals_of(turn) for turn in turns if not turn.is_copy)


def sum_of(parts: Iterable[Totals]) -> Totals:
    """Add up sums."""
    usage: Usage | None = None
    costs: dict[str, Cost] = {}
    has_unknown, not_priced = False, 0
    for part in parts:
        if part.usage is not None:
            usage = part.usage if usage is None else usage.plus(part.usage)
        for cost in part.costs:
            known = costs.get(cost.currency)
            costs[cost.currency] = cost if known is None else known.plus(cost)
        has_unknown |= part.has_unknown
        not_priced += part.not_priced
    return Totals(usage, tuple(costs.values()), has_unknown, not_priced)


@dataclass(frozen=True, slots=True)
class Paid:
    """The total of several attempts at one call."""

    usage: Usage | None
    cost: Cost | None
    server_cost: ServerCost | None
    """``None`` if the server did not report it for every attempt."""


def paid_for(turns: Sequence[Turn]) -> Paid:
    """Add up the attempts that used tokens, our amounts and the server's separately."""
    tries = [turn for turn in turns if turn.usage is not None or turn.server_cost or _has_used_tokens(turn)]
    usages = [turn.usage for turn in tries if turn.usage is not None]
    costs = [turn.cost for turn in tries if turn.cost is not None]
    told = [turn.server_cost for turn in tries]
    usage = reduce(Usage.plus, usages) if usages else None
    if usage is not None:
        notes = tuple(dict.fromkeys(note for each in usages for note in each.notes))
        usage = replace(usage, notes=notes)
        if len(usages) < len(tries):
            usage = replace(usage, source=Source.ESTIMATED)
    cost = reduce(Cost.plus, costs) if costs else None
    if cost is not None and len(costs) < len(tries):
        cost = replace(cost, lacks_end=True)
    return Paid(usage, cost, reduce(_sum_told, told) if told else None)


def _sum_told(left: ServerCost | None, right: ServerCost | None) -> ServerCost | None:
    return None if left is None else left.plus(right)


def _totals_of(turn: Turn) -> Totals:
    usage = turn.usage
    is_unknown = usage is None and _has_used_tokens(turn)
    has_used = is_unknown or (usage is not None and (usage.prompt_tokens, usage.completion_tokens) != (0, 0))
    paid = _paid(turn)
    costs = () if paid is None else (paid,)
    return Totals(usage, costs, is_unknown, int(has_used and paid is None))


def _paid(turn: Turn) -> Cost | None:
    """Return the cost of a turn according to the server, else the calculated cost."""
    told = turn.server_cost
    if told is None:
        return turn.cost
    ours = turn.cost
    if ours is not None and (ours.currency, ours.total) == (told.currency or "USD", told.amount):
        return ours
    # A server reports only a total; it counts as output.
    source = Source.ESTIMATED if turn.usage is not None and turn.usage.is_replay else Source.REPORTED
    return Cost(Decimal(0), told.amount, told.currency or "USD", source)


def _has_used_tokens(turn: Turn) -> bool:
    """Return whether a turn without counts used tokens.

    The request of an interrupted turn had been sent.
    """
    if turn.state.is_live:
        return False  # counted once it has ended
    return bool(turn.answer or turn.reasoning) or turn.state is TurnState.INTERRUPTED
