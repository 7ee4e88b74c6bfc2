"""The figures of one answer on one line: tokens, speed, TTFT and cost."""

from __future__ import annotations

from collections.abc import Iterator

from tui.core.figures import FREE, format_milliseconds, format_rate, format_tokens, format_total
from tui.core.turn import Turn
from tui.core.usage import Source, Usage
from tui.texts import answers

FIGURE_MARK = " · "
"""The separator between two figures."""


def answer_figures(turn: Turn) -> str:
    """Return the line for a finished turn; unknown figures are left out, estimates are marked with ``~``."""
    return FIGURE_MARK.join(_parts(turn))


def _parts(turn: Turn) -> Iterator[str]:
    usage = turn.usage
    if usage is not None and usage.completion_tokens is not None:
        count = usage.completion_tokens
        yield f"{format_tokens(count, usage.source)} {'token' if count == 1 else 'tokens'}"
        yield from _reasoning(turn, usage)
        rate = turn.timings.decode_rate(turn.timings.streamed_tokens(usage))
        if rate is not None:
            yield format_rate(rate, usage.source)
    if turn.timings.ttft_ms is not None:
        yield f"TTFT {format_milliseconds(turn.timings.ttft_ms)}"
    if turn.cost is not None and usage is not None:
        is_free = not turn.cost.total and not turn.cost.is_lower_bound
        yield FREE if is_free else format_total(turn.cost)


def _reasoning(turn: Turn, usage: Usage) -> Iterator[str]:
    count, source = usage.reasoning_tokens, usage.source
    if count is None and turn.reasoning:
        count, source = turn.reasoning.tokens, Source.ESTIMATED
    if count:
        yield answers.OF_WHICH_REASONING.format(tokens=format_tokens(count, source))
