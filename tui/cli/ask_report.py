"""The JSON contract of ``lmdeck ask``, and of each turn that a command tells as JSON."""

from __future__ import annotations

import argparse

from tui.cli.failure_report import failure_report
from tui.cli.output import Output
from tui.core.causes import explain
from tui.core.failure import Failure
from tui.core.losses import loss_of, losses
from tui.core.provider_marks import connection_warnings
from tui.core.turn import Turn, TurnState
from tui.core.turn_report import figures_report
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
    return {"reasoning": turn.reasoning.text, "answer": turn.answer.text, **figures_report(turn)}


def tool_calls_report(turn: Turn) -> list[dict[str, object]]:
    """Return the tools that an answer calls."""
    return [
        {"id": call.identity or None, "name": call.name, "arguments": call.arguments}
        for call in turn.tool_calls.values()
    ]


def print_refused(output: Output, failure: Failure, arguments: argparse.Namespace, _code: int) -> None:
    """Print the same object for a question that could not be asked."""
    output.json(_refused_report(failure, arguments))


def _refused_report(failure: Failure, arguments: argparse.Namespace) -> dict[str, object]:
    return {
        "ok": False,
        "provider": None,
        "url": arguments.url,
        "model": arguments.model,
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
