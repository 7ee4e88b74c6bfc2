"""The JSON contract of ``lmdeck ask``."""

from __future__ import annotations

from decimal import Decimal

from tui.core.causes import explain
from tui.core.failure import Failure
from tui.core.turn import Turn, TurnState
from tui.core.usage import Cost, Usage
from tui.session.target import ChatTarget


def ask_report(turn: Turn, target: ChatTarget, *, is_named: bool) -> dict[str, object]:
    """Return the object that ``ask --json`` prints; ``provider`` is null for an endpoint without a name."""
    failure = turn.failure
    if failure is None and turn.state is TurnState.STOPPED:
        failure = explain("interrupted")
    return {
        "ok": failure is None,
        "provider": target.provider.name if is_named else None,
        "url": target.provider.provider_url,
        "model": turn.served_model or target.model_name,
        "reasoning": turn.reasoning.text,
        "answer": turn.answer.text,
        "finish_reason": turn.finish_reason,
        "usage": _usage(turn.usage),
        "cost": _cost(turn.cost),
        "timings": _timings(turn),
        "notes": list(turn.notes),
        "error": failure_report(failure),
    }


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
        "timings": dict.fromkeys(("ttfb_ms", "ttft_ms", "ttfa_ms", "total_ms", "tpot_ms")),
        "notes": [],
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


def _usage(usage: Usage | None) -> dict[str, object] | None:
    if usage is None:
        return None
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
        "cached_tokens": usage.cached_tokens,
        "source": str(usage.source),
    }


def _cost(cost: Cost | None) -> dict[str, object] | None:
    if cost is None:
        return None
    return {
        "input": plain_decimal(cost.input),
        "output": plain_decimal(cost.output),
        "total": plain_decimal(cost.total),
        "currency": cost.currency,
        "source": str(cost.source),
    }


def plain_decimal(amount: Decimal) -> str:
    """Return every digit of an amount, without an exponent."""
    return format(amount, "f")


def _timings(turn: Turn) -> dict[str, object]:
    timings = turn.timings
    completion = turn.usage.completion_tokens if turn.usage is not None else None
    return {
        "ttfb_ms": _rounded(timings.ttfb_ms),
        "ttft_ms": _rounded(timings.ttft_ms),
        "ttfa_ms": _rounded(timings.ttfa_ms),
        "total_ms": _rounded(timings.total_ms),
        "tpot_ms": _rounded(timings.tpot_ms(completion)),
    }


def _rounded(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else round(milliseconds, 3)
