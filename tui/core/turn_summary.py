"""A one-line summary of a finished turn: tokens, speed, cost, and how it ended, except for failures."""

from __future__ import annotations

from tui.core.counted import Counted
from tui.core.figures import (
    format_milliseconds,
    format_rate,
    format_server_cost,
    format_tokens,
    format_total,
)
from tui.core.turn import Turn, TurnState
from tui.core.usage import Source
from tui.texts import answers

_ENDINGS = {
    TurnState.STOPPED: answers.STOPPED,
    TurnState.INTERRUPTED: answers.INTERRUPTED,
}


def turn_summary(turn: Turn) -> str:
    """Return the line; unknown figures are omitted, and so is a failure, which has its own sentence."""
    parts = [_ENDINGS[turn.state]] if turn.state in _ENDINGS else []
    if turn.state is TurnState.FAILED and turn.failure is None:
        parts = [answers.FAILED]
    if turn.finish_reason not in (None, "stop"):
        parts.append(answers.FINISH_REASON.format(reason=turn.finish_reason))
    usage = turn.usage
    if usage is not None:
        prompt = format_tokens(usage.prompt_tokens, usage.source)
        completion = format_tokens(usage.completion_tokens, usage.source)
        parts.append(answers.TOKENS.format(prompt=prompt, completion=completion))
    if turn.timings.ttft_ms is not None:
        parts.append(f"TTFT {format_milliseconds(turn.timings.ttft_ms)}")
    rate = turn.timings.decode_rate(turn.timings.streamed_tokens(usage))
    if rate is not None:
        parts.append(format_rate(rate, usage.source if usage else Source.ESTIMATED))
    if turn.cost is not None and (turn.cost.total or turn.cost.is_lower_bound):
        parts.append(format_total(turn.cost))
    if turn.server_cost is not None:
        parts.append(answers.SERVER_COST.format(cost=format_server_cost(turn.server_cost)))
    return " · ".join(parts)


def has_thought(turn: Turn) -> bool:
    """Return whether a turn's reasoning has ended, if there was any."""
    return turn.state is not TurnState.REASONING


def reasoning_title(turn: Turn) -> str:
    """Return the title of a turn's reasoning."""
    if turn.state is TurnState.REASONING:
        return "Thinking…"
    parts = []
    seconds = turn.thinking_seconds
    if seconds is None and turn.timings.thinking_ms is not None:
        seconds = turn.timings.thinking_ms / 1000
    parts.append("Thought" if seconds is None else f"Thought {seconds:.1f} s")
    parts.append(_reasoning_tokens(turn))
    return " · ".join(parts)


def _reasoning_tokens(turn: Turn) -> str:
    usage = turn.usage
    if usage is not None and usage.reasoning_tokens:
        mark = "~" if usage.source is Source.ESTIMATED else ""
        return f"{Counted(f'{mark}{usage.reasoning_tokens:,}'):token|tokens}"
    return f"{Counted(f'~{turn.reasoning.tokens:,}'):token|tokens}"
