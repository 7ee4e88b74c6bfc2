"""What turns used and cost together: those a retry replaced too, copies not."""

from __future__ import annotations

from collections.abc import Iterable

from tui.core.lazy_dataclass import dataclass
from tui.core.turn import Turn
from tui.core.usage import Cost, Usage


@dataclass(frozen=True, slots=True)
class Totals:
    """Tokens and money; amounts of different currencies stand apart."""

    usage: Usage | None
    costs: tuple[Cost, ...]
    has_unknown: bool
    """Some turn brought text and neither usage nor an estimate: the sum is a lower bound."""


def totals_of(turns: Iterable[Turn]) -> Totals:
    """Add up what was paid for here."""
    usage: Usage | None = None
    costs: dict[str, Cost] = {}
    unknown = False
    for turn in turns:
        if turn.is_copy:
            continue
        if turn.usage is not None:
            usage = turn.usage if usage is None else usage.plus(turn.usage)
        elif turn.answer or turn.reasoning:
            unknown = True
        if turn.cost is not None:
            known = costs.get(turn.cost.currency)
            costs[turn.cost.currency] = turn.cost if known is None else known.plus(turn.cost)
    return Totals(usage, tuple(costs.values()), unknown)
