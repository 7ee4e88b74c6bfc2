"""Estimates the usage of a turn if the server reports none."""

from __future__ import annotations

from tui.core.turn import Turn
from tui.core.usage import Source, Usage, estimate_tokens


def has_text(turn: Turn) -> bool:
    """Return whether any generated text was received."""
    return bool(turn.answer or turn.reasoning or turn.tool_calls)


def estimated_usage(turn: Turn, prompt_tokens: int | None) -> Usage:
    """Return the tokens of the prompt, and an estimate of those received."""
    reasoning = turn.reasoning.tokens
    calls = sum(estimate_tokens(call.name + call.arguments) for call in turn.tool_calls.values())
    return Usage(
        prompt_tokens=prompt_tokens,
        completion_tokens=reasoning + turn.answer.tokens + calls if has_text(turn) else None,
        reasoning_tokens=reasoning or None,
        source=Source.ESTIMATED,
    )
