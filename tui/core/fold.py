"""Folds the events of a reply into a turn; the only place that updates its texts, figures and state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tui.core.attachment import estimated_tokens
from tui.core.chat import ChatRequest
from tui.core.estimate import estimated_usage, has_text
from tui.core.events import (
    KEEP_ALIVE,
    AnswerDelta,
    ChunkSeen,
    FiguresFollow,
    Finished,
    Identified,
    LostText,
    MalformedEvent,
    Note,
    PartsLearned,
    Progress,
    ReasoningDelta,
    Reclassified,
    ResponseStarted,
    ServerCostReport,
    StreamEvent,
    StreamFailed,
    TimingsReport,
    ToolCallDelta,
    UsageReport,
)
from tui.core.observed import MAY_HAVE_WORKED
from tui.core.phase_sums import phases_of
from tui.core.phases import FAILED, STOPPED, Learned, Phase
from tui.core.reconcile import reconcile_with_text
from tui.core.server_phase import WAITING_STAGES
from tui.core.timings import Timings
from tui.core.turn import ToolCall, Turn, TurnState
from tui.core.usage import Price, Source, cost_of
from tui.texts import answers

_FEWEST_CUT = 1_000
"""In tokens; a smaller difference may be an error of the estimate."""
_MOST_KEPT = 0.4
"""Common tokenizers count at least this share of our estimate, for any text."""
_WITH_SERVER = ("sent", "waiting", KEEP_ALIVE)
"""The stages of ``Progress`` in which the server has the request."""


def apply(turn: Turn, event: StreamEvent, at: float) -> None:
    """Apply an event that arrived at ``at``, in seconds on the monotonic clock, to a turn.

    A finished turn is not changed.
    """
    if turn.state.is_live:
        _FOLDS[type(event)](turn, event, at)


def _add_answer(turn: Turn, event: AnswerDelta, at: float) -> None:
    turn.answer.append(event.text, event.erased)
    if event.was_held:
        return
    if turn.state is not TurnState.ANSWERING:
        turn.state = TurnState.ANSWERING
        turn.thinking_seconds = _thinking_seconds(turn, at)
    turn.timings.saw_text(at, is_answer=True)


def _add_reasoning(turn: Turn, event: ReasoningDelta, at: float) -> None:
    turn.reasoning.append(event.text, event.erased)
    if event.was_held:
        return
    turn.state = TurnState.REASONING
    turn.timings.saw_text(at, is_answer=False)


def _reclassify(turn: Turn, event: Reclassified, at: float) -> None:
    turn.move_text(to_answer=event.to_answer)


def _add_tool_call(turn: Turn, event: ToolCallDelta, at: float) -> None:
    call = turn.tool_calls.get(event.index)
    if call is None:
        call = turn.tool_calls[event.index] = ToolCall()
    call.identity = call.identity or event.identity
    call.add(event.name, event.arguments)
    if not event.was_held:
        turn.timings.saw_call(at)


def _see_chunk(turn: Turn, event: ChunkSeen, at: float) -> None:
    turn.timings.saw_chunk(at)


def _lose(turn: Turn, event: LostText, at: float) -> None:
    if event.what not in turn.lost:
        turn.lost.append(event.what)


def _set_server_cost(turn: Turn, event: ServerCostReport, at: float) -> None:
    turn.server_cost = event.cost


def _set_usage(turn: Turn, event: UsageReport, at: float) -> None:
    turn.usage = event.usage


def settle_usage(turn: Turn) -> None:
    """Reconcile the server's counts with the text of a finished turn."""
    if turn.usage is not None and turn.usage.source is Source.REPORTED:
        turn.usage = reconcile_with_text(turn.usage, turn.reasoning, turn.answer)


def settle(turn: Turn, request: ChatRequest, price: Price, at: float) -> None:
    """Complete the figures of a turn that ended at ``at``, for whatever reason."""
    if turn.timings.ended is None:
        turn.timings.ended = at
    if turn.usage is None and (has_text(turn) or _may_have_worked(turn)):
        turn.usage = estimated_usage(turn, sent_tokens(request))
    settle_usage(turn)
    _note_cut(turn, request)
    turn.cost = cost_of(turn.usage, price, is_cut=turn.state is not TurnState.DONE)
    turn.phases = phases_of_turn(turn)


def phases_of_turn(turn: Turn) -> tuple[Phase, ...]:
    """Return where the time of a finished turn went, as far as known."""
    cut = "" if turn.state is TurnState.DONE else STOPPED if turn.state is TurnState.STOPPED else FAILED
    return phases_of(turn.timings, turn.server_timings, turn.learned, cut=cut)


def learn(turn: Turn, learned: Learned) -> bool:
    """Add information learned after the end of a turn; return whether its phases changed."""
    turn.learned = turn.learned.plus(learned)
    before, turn.phases = turn.phases, phases_of_turn(turn)
    return turn.phases != before


def _note_cut(turn: Turn, request: ChatRequest) -> None:
    """Add a note if the server read far less than was sent: some servers truncate a long prompt silently.

    Ollama does if the prompt is longer than ``num_ctx`` (https://docs.ollama.com/context-length).
    """
    usage = turn.usage
    if usage is None or usage.source is not Source.REPORTED or usage.prompt_tokens is None:
        return
    sent, read = sent_tokens(request), usage.prompt_tokens
    if sent - read >= _FEWEST_CUT and read < sent * _MOST_KEPT:
        note = answers.PROMPT_CUT.format(read=f"{read:,}", sent=f"{sent:,}")
        turn.notes += [] if note in turn.notes else [note]


def sent_tokens(request: ChatRequest) -> int:
    """Estimate the tokens of a request's messages."""
    return sum(estimated_tokens(message.content) + 4 for message in request.messages)


def is_with_server(turn: Turn) -> bool:
    """Return whether the server has the request, judging by the last reported step."""
    return turn.progress is not None and turn.progress.stage in _WITH_SERVER


def _may_have_worked(turn: Turn) -> bool:
    """Return whether the server had the prompt of a finished turn, and may charge for it."""
    if turn.state is TurnState.FAILED:
        return turn.failure is not None and turn.failure.cause in MAY_HAVE_WORKED
    if turn.state is TurnState.DONE:
        return True
    return is_with_server(turn)


def _set_server_timings(turn: Turn, event: TimingsReport, at: float) -> None:
    turn.server_timings = event.timings


def _identify(turn: Turn, event: Identified, at: float) -> None:
    turn.served_model = event.model or turn.served_model
    turn.system_fingerprint = event.system_fingerprint or turn.system_fingerprint
    turn.reasoning_source = event.reasoning_source or turn.reasoning_source


def _start_response(turn: Turn, event: ResponseStarted, at: float) -> None:
    turn.timings.headers = at
    turn.usage = turn.server_cost = None  # from an earlier request; ``net.observing`` adds them up


def _progress(turn: Turn, event: Progress, at: float) -> None:
    turn.progress = event
    if event.stage in WAITING_STAGES:
        turn.timings.started = None  # the answered request has not begun
        return
    if turn.timings.started is None and event.stage != "starting":
        turn.timings.started = at
    turn.timings.requests = max(turn.timings.requests, event.request)
    if event.stage == "connecting":
        turn.timings.connecting = at
    elif event.stage == "connected":
        _note_sending(turn.timings, at)


def _note_sending(timings: Timings, at: float) -> None:
    if timings.connecting is not None and timings.sending is not None:
        is_earlier = timings.connecting <= timings.sending
        timings.connecting = None if is_earlier else timings.connecting
    timings.sending = at


def _learn(turn: Turn, event: PartsLearned, at: float) -> None:
    turn.learned = turn.learned.plus(event.learned)


def _add_note(turn: Turn, event: Note, at: float) -> None:
    if event.text not in turn.notes:
        turn.notes.append(event.text)


def _count_malformed(turn: Turn, event: MalformedEvent, at: float) -> None:
    turn.malformed_events += 1


def _finish(turn: Turn, event: Finished, at: float) -> None:
    turn.finish_reason = event.reason
    _end(turn, TurnState.DONE, at)


def _fail(turn: Turn, event: StreamFailed, at: float) -> None:
    turn.failure = event.failure
    turn.finish_reason = event.finish_reason or turn.finish_reason
    _end(turn, TurnState.FAILED, at)


def _end(turn: Turn, state: TurnState, at: float) -> None:
    if turn.state is TurnState.REASONING and turn.thinking_seconds is None:
        turn.thinking_seconds = _thinking_seconds(turn, turn.timings.last_text)
    turn.state = state
    turn.progress = None
    turn.timings.ended = at
    settle_usage(turn)


def _thinking_seconds(turn: Turn, until: float | None) -> float | None:
    first = turn.timings.first_text
    return until - first if turn.reasoning and first is not None and until is not None else None


_FOLDS: Mapping[type, Callable[[Turn, Any, float], None]] = {
    AnswerDelta: _add_answer,
    ReasoningDelta: _add_reasoning,
    Reclassified: _reclassify,
    ToolCallDelta: _add_tool_call,
    ChunkSeen: _see_chunk,
    LostText: _lose,
    ServerCostReport: _set_server_cost,
    UsageReport: _set_usage,
    TimingsReport: _set_server_timings,
    PartsLearned: _learn,
    FiguresFollow: lambda turn, event, at: None,
    Identified: _identify,
    ResponseStarted: _start_response,
    Progress: _progress,
    Note: _add_note,
    MalformedEvent: _count_malformed,
    Finished: _finish,
    StreamFailed: _fail,
}
