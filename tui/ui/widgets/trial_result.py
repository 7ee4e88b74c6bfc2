"""How the answer to a one-line test is shown, in the form and in the list: the same words."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from tui.core.failure import Failure
from tui.core.safe_text import safe_line, safe_text
from tui.core.turn import Turn, TurnState
from tui.core.usage import Source, Usage

_LONGEST_ANSWER = 600
_LONGEST_MESSAGE = 300


def result_of(turn: Turn) -> Content:
    """Return what came back: the answer with its figures, or what is wrong and what to do."""
    return Content("\n").join(_lines(turn))


def result_of_failure(failure: Failure) -> Content:
    """Return what is wrong and what to do."""
    return Content("\n").join(_failure_lines(failure))


def _lines(turn: Turn) -> Iterator[Content]:
    answer = safe_text(turn.answer.text.strip()[:_LONGEST_ANSWER])
    if turn.failure is not None:
        yield from _failure_lines(turn.failure)
    elif turn.state is TurnState.STOPPED:
        yield Content.styled("– Stopped.", "dim")
    else:
        yield Content.styled("● It works.", "$text-success") + Content.styled(_figures(turn), "dim")
    if answer:
        yield Content(answer)
    elif turn.reasoning:
        yield Content.styled("Only reasoning came, no answer.", "$text-warning")
    for note in turn.notes:
        yield Content.styled(f"Note: {safe_line(note)}", "dim")


def _failure_lines(failure: Failure) -> Iterator[Content]:
    yield Content.styled(f"✗ {safe_line(failure.title)}", "$text-error")
    yield Content(safe_line(failure.advice))
    if failure.server_message:
        message = safe_line(failure.server_message, _LONGEST_MESSAGE)
        yield Content.styled(f"The server said: {message}", "dim")


def _figures(turn: Turn) -> str:
    parts: list[str] = []
    if turn.timings.ttft_ms is not None:
        parts.append(f"first text after {turn.timings.ttft_ms:.0f} ms")
    if turn.usage is not None:
        parts.append(_tokens(turn.usage))
    return "  " + ", ".join(parts) if parts else ""


def _tokens(usage: Usage) -> str:
    sign = "~" if usage.source is Source.ESTIMATED else ""
    counts = [
        f"{sign}{count} {name}"
        for count, name in ((usage.prompt_tokens, "prompt"), (usage.completion_tokens, "completion"))
        if count is not None
    ]
    return " + ".join(counts) + " tokens" if counts else ""
