"""The JSON contract of ``lmdeck ask``, and of each turn that a command tells as JSON."""

from __future__ import annotations

from decimal import Decimal

from tui.core.causes import explain
from tui.core.failure import Failure
from tui.core.losses import loss_of, losses
from tui.core.provider_marks import connection_warnings
from tui.core.turn import Turn, TurnState
from tui.core.usage import Cost, ServerCost, Source, Usage
from tui.session.target import ChatTarget


def ask_report(turn: Turn, target: ChatTarget, *, is_named: bool) -> dict[str, object]:
    """Return the object that ``ask --json`` prints; ``provider`` is null for an endpoint without a name."""
    failure = turn.failure
    if failure is None and turn.state is TurnState.STOPPED:
        failure = explain("interrupted")
    if failure is None:
        failure = loss_of(turn)
    return {
        "ok": failure is None,
        "provider": target.provider.name if is_named else None,
        "url": target.provider.provider_url,
        "model": turn.served_model or target.model_name,
        **answer_report(turn),
        "notes": [*connection_warnings(target.provider), *turn.notes, *losses(turn)],
        "tool_calls": tool_calls_report(turn),
        "error": failure_report(failure),
    }


def answer_report(turn: Turn) -> dict[str, object]:
    """Return what an answer brought, with its figures."""
    return {
        "reasoning": turn.reasoning.text,
        "answer": turn.answer.text,
        "finish_reason": turn.finish_reason,
        "usage": usage_report(turn.usage),
        "cost": cost_report(turn.cost),
        "server_cost": server_cost_report(turn.server_cost),
        "timings": timings_report(turn),
        "phases": [phase.to_json() for phase in turn.phases],
    }


def tool_calls_report(turn: Turn) -> list[dict[str, object]]:
    """Return the tools that an answer calls."""
    return [
        {"id": call.identity or None, "name": call.name, "arguments": call.arguments}
        for call in turn.tool_calls.values()
    ]


def failed_report(failure: Failure, url: str | None, model: str | None) -> dict[str, object]:
    """Return the same object for a question that could not be asked."""
    return {
        "ok": False,
        "provider": None,
        "url": url,
        "model": model,
        "reasoning": "",
        "answer": "",
        "finish_reason": None,
        "usage": None,
        "cost": None,
        "server_cost": None,
        "timings": {**dict.fromkeys(("ttfb_ms", "ttft_ms", "ttfa_ms", "total_ms", "tpot_ms")), "source": {}},
        "phases": [],
        "notes": [],
        "tool_calls": [],
        "error": failure_report(failure),
    }


def failure_report(failure: Failure | None) -> dict[str, object] | None:
    """Return a failure as every JSON of the program tells it."""
    if failure is None:
        return None
    return {
        "cause": failure.cause,
        "title": failure.title,
        "advice": failure.advice,
        "status": failure.status,
        "server_message": failure.server_message,
    }


def usage_report(usage: Usage | None) -> dict[str, object] | None:
    """Return token counts; null where they are unknown."""
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
    """Return an amount; what is unknown of it is null, and so is the total then."""
    if cost is None:
        return None
    return {
        "input": None if cost.lacks_input else plain_decimal(cost.input),
        "output": None if cost.lacks_output else plain_decimal(cost.output),
        "total": None if cost.is_lower_bound else plain_decimal(cost.total),
        "currency": cost.currency,
        "source": "unknown" if cost.is_lower_bound else str(cost.source),
    }


def server_cost_report(cost: ServerCost | None) -> dict[str, object] | None:
    """Return the amount that the server itself reports."""
    if cost is None:
        return None
    return {"amount": plain_decimal(cost.amount), "currency": cost.currency, "from": cost.origin}


def plain_decimal(amount: Decimal) -> str:
    """Return every digit of an amount, without an exponent."""
    return format(amount, "f")


def timings_report(turn: Turn) -> dict[str, object]:
    """Return the times; ``source`` names those that rest on an estimate of ours."""
    timings, usage = turn.timings, turn.usage
    completion = usage.completion_tokens if usage is not None else None
    tpot = timings.tpot_ms(completion)
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
