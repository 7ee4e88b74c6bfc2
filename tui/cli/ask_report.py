"""The JSON format of ``lmdeck ask``, and of all turns that commands print as JSON."""

from __future__ import annotations

import argparse

from tui.core.causes import explain
from tui.core.endpoint_url import url_without_secrets
from tui.core.failure import Failure
from tui.core.losses import loss_of, losses
from tui.core.parts import Parts
from tui.core.provider import Provider
from tui.core.provider_marks import connection_warnings
from tui.core.turn import Turn, TurnState
from tui.core.turn_report import figures_report
from tui.session.structured import Verdict
from tui.session.structured_ask import StructuredAsk
from tui.session.target import ChatTarget


def ask_failure(turn: Turn) -> Failure | None:
    """Return the failure of an answer."""
    if turn.failure is None and turn.state is TurnState.STOPPED:
        return explain("interrupted")
    return turn.failure or loss_of(turn)


def ask_report(turn: Turn, target: ChatTarget, *, is_named: bool) -> dict[str, object]:
    """Return the object of ``ask --json``; ``provider`` is null for an endpoint without a name."""
    return {
        "provider": target.provider.name if is_named else None,
        "url": target.provider.provider_url,
        "model": turn.served_model or target.model_name,
        **answer_report(turn),
        "notes": [*connection_warnings(target.provider), *turn.notes, *losses(turn)],
        "tool_calls": tool_calls_report(turn),
    }


def answer_report(turn: Turn) -> dict[str, object]:
    """Return an answer with its figures."""
    return {"reasoning": turn.reasoning.text, "answer": turn.answer.text, **figures_report(turn)}


def tool_calls_report(turn: Turn) -> list[dict[str, object]]:
    """Return the tool calls of an answer."""
    return [
        {"id": call.identity or None, "name": call.name, "arguments": call.arguments}
        for call in turn.tool_calls.values()
    ]


def structured_report(
    turn: Turn, verdict: Verdict | None = None, asking: StructuredAsk | None = None
) -> dict[str, object]:
    """Return the validation result of a structured answer."""
    is_valid = verdict is not None and verdict.is_valid
    return {
        "valid": is_valid,
        "value": verdict.answer.value if verdict is not None and is_valid and verdict.answer else None,
        "path": None if verdict is None else verdict.path,
        "problem": None if verdict is None else verdict.problem,
        "sent_as": None if asking is None else str(asking.form),
        "tries": 0 if asking is None else len(asking.tries),
        "advice": None if asking is None else asking.advice(turn),
    }


def nothing(arguments: argparse.Namespace, *_: object) -> dict[str, object]:
    """Return the object for a question that could not be sent."""
    turn = Turn("", Parts())
    report = ask_report(turn, ChatTarget(Provider("nobody")), is_named=False)
    url = url_without_secrets(arguments.url or "")
    report |= {"provider": arguments.provider, "url": url, "model": arguments.model}
    return report if arguments.schema is None else {**report, "structured": structured_report(turn)}
