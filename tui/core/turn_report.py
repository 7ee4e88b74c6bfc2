"""The figures of a turn in JSON, the same in all output."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from tui.core.totals import paid_for
from tui.core.turn import Turn
from tui.core.usage import Cost, ServerCost, Source, Usage


def figures_report(turn: Turn) -> dict[str, object]:
    """Return how an answer ended, its usage, its cost, and where its time went."""
    return {
        "finish_reason": turn.finish_reason,
        "usage": usage_report(turn.usage),
        "cost": cost_report(turn.cost),
        "server_cost": server_cost_report(turn.server_cost),
        "timings": timings_report(turn),
        "phases": [phase.to_json() for phase in turn.phases],
    }


def paid_report(turns: Sequence[Turn]) -> dict[str, object]:
    """Return the usage and cost of all attempts at one question, instead of those of one turn."""
    paid = paid_for(turns)
    return {
        "usage": usage_report(paid.usage),
        "cost": cost_report(paid.cost),
        "server_cost": server_cost_report(paid.server_cost),
    }


def usage_report(usage: Usage | None) -> dict[str, object] | None:
    """Return token counts, null if unknown."""
    if usage is None:
        return None
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
        "cached_tokens": usage.cached_tokens,
        "source": str(usage.source),
        "notes": list(usage.notes),
    }


def cost_report(cost: Cost | None) -> dict[str, object] | None:
    """Return an amount; an unknown side is null, and then the total, too."""
    if cost is None:
        return None
    return {
        "input": None if cost.lacks_input else plain_decimal(cost.input),
        "output": None if cost.lacks_output else plain_decimal(cost.output),
        "total": None if cost.lacks_side else plain_decimal(cost.total),
        "currency": cost.currency,
        "source": "unknown" if cost.lacks_side else str(cost.source),
        "lower_bound": cost.is_lower_bound,
    }


def server_cost_report(cost: ServerCost | None) -> dict[str, object] | None:
    """Return the amount reported by the server."""
    if cost is None:
        return None
    return {"amount": plain_decimal(cost.amount), "currency": cost.currency, "from": cost.origin}


def plain_decimal(amount: Decimal) -> str:
    """Return all digits of an amount, without an exponent."""
    return format(amount, "f")


def timings_report(turn: Turn) -> dict[str, object]:
    """Return the times; ``source`` marks those based on our own estimate."""
    timings, usage = turn.timings, turn.usage
    tpot = timings.tpot_ms(timings.streamed_tokens(usage))
    is_estimated = tpot is not None and usage is not None and usage.source is Source.ESTIMATED
    return {
        "ttfb_ms": _rounded(timings.ttfb_ms),
        "ttft_ms": _rounded(timings.ttft_ms),
        "ttfa_ms": _rounded(timings.ttfa_ms),
        "total_ms": _rounded(timings.total_ms),
        "tpot_ms": _rounded(tpot),
        "source": {"tpot_ms": str(Source.ESTIMATED)} if is_estimated else {},
    }


def _rounded(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else round(milliseconds, 3)
