"""The checks of the stream: whether it was buffered, and its speed compared with the server's own metrics."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from tui.core.causes import explain
from tui.core.counted import Counted
from tui.core.diagnosis import CheckId, failed, passed
from tui.core.fold import learn
from tui.core.phases import Learned
from tui.core.report_text import milliseconds_text
from tui.core.time_words import time_line
from tui.core.timings import Timings
from tui.core.turn import Turn
from tui.core.usage import ServerTimings
from tui.net.probe.chat import ChatOutcome
from tui.net.probe.context import DiagnosisContext
from tui.net.probe.server import load_of, metrics_text
from tui.net.scrape import AFTER_SECONDS
from tui.texts import answers, checks
from tui.wire.fingerprint import reason_without_times
from tui.wire.metric_deltas import learned_between, read_counters
from tui.wire.prometheus import ServerMetrics

_FEWEST_EVENTS = 8
_SHORTEST_SECONDS = 0.2
_BURST_SECONDS = 0.1
_LONG_SECONDS = 1.0
_BURST_GAP_SECONDS = 0.004
"""Between buffered pieces; models that generate 250 of them a second are rare."""


def check_stream(context: DiagnosisContext, outcome: ChatOutcome) -> None:
    """Judge the course and the end of the stream."""
    if not context.can_try(CheckId.STREAM):
        return
    turn, failure = outcome.turn, outcome.failure
    took = turn.timings.total_ms
    facts = _stream_facts(outcome)
    if failure is not None and outcome.was_cut:
        context.settle(failed(CheckId.STREAM, failure, *facts, milliseconds=took, details=tuple(outcome.log)))
        return
    warning = None
    if "text/event-stream" not in outcome.headers.get("content-type", "text/event-stream"):
        warning = "stream-ignored"
    elif turn.malformed_events:
        warning = "malformed-event"
    elif is_buffered(outcome):
        warning = "stream-buffered"
    if warning is not None:
        context.settle(failed(CheckId.STREAM, explain(warning), *facts, milliseconds=took, as_warning=True))
        return
    pieces = turn.timings.text_events
    title = checks.TEXT_STREAMS.format(pieces=_count(pieces, "piece")) if pieces else checks.STREAM_ENDS
    context.settle(passed(CheckId.STREAM, title, *facts, milliseconds=took))


def _stream_facts(outcome: ChatOutcome) -> tuple[str, ...]:
    turn = outcome.turn
    facts = [
        checks.PIECES.format(
            pieces=_count(turn.timings.text_events, "piece"), reads=_count(len(outcome.reads), "read")
        )
    ]
    if turn.malformed_events:
        facts.append(checks.UNREADABLE_EVENTS.format(events=_count(turn.malformed_events, "event")))
    if turn.finish_reason:
        facts.append(answers.FINISH_REASON.format(reason=turn.finish_reason))
    return tuple(facts)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def is_buffered(outcome: ChatOutcome) -> bool:
    """Return whether the stream was buffered and delivered at the end.

    Either all text arrived in one or two reads after a wait, or more than 90 % of it in the last 0.1 s of
    more than 1 s, faster than models generate. The server's own figures take precedence.
    """
    timings, reads = outcome.turn.timings, outcome.reads
    if timings.text_events < _FEWEST_EVENTS or not reads:
        return False
    if timings.started is None or timings.ended is None or timings.first_text is None:
        return False
    whole, spread = timings.ended - timings.started, reads[-1] - reads[0]
    server = outcome.turn.server_timings
    if server is not None and server.predicted_ms is not None:
        written_seconds = server.predicted_ms / 1000
        return written_seconds > _BURST_SECONDS and spread < written_seconds / 5
    if len(reads) <= 2 and whole > _SHORTEST_SECONDS:
        return spread < whole / 10
    late = sum(moment > timings.ended - _BURST_SECONDS for moment in reads)
    is_burst = spread < _BURST_GAP_SECONDS * timings.text_events
    return whole > _LONG_SECONDS and late > 0.9 * len(reads) and is_burst


async def check_speed(context: DiagnosisContext, outcome: ChatOutcome) -> None:
    """Measure the speed of the stream, and compare it with the server's own figures."""
    if not context.can_try(CheckId.SPEED):
        return
    turn = outcome.turn
    timings, usage = turn.timings, turn.usage
    tokens = None if is_buffered(outcome) else timings.streamed_tokens(usage)
    context.findings.decode_rate = timings.decode_rate(tokens)
    _note_timings(context, timings, tokens)
    facts = [*_own_figures(turn), *_server_figures(turn.server_timings, context.findings.decode_rate)]
    server = context.findings.identity.kind
    text = ""
    if server is not None and server.shows_load:
        await asyncio.sleep(AFTER_SECONDS)
        text = await metrics_text(context)
        facts += _load_figures(load_of(text))
    _note_phases(context, outcome, text)
    result = passed(CheckId.SPEED, _speed_title(context, timings), time_line(turn), *facts)
    context.settle(replace(result, shown_facts=1))


def _note_phases(context: DiagnosisContext, outcome: ChatOutcome, text: str) -> None:
    """Calculate where the time of the chat went; ``text`` is the server's ``/metrics`` after it."""
    turn = outcome.turn
    learned = Learned(route=context.services.factory.route_times.of(context.endpoint.base_url))
    if outcome.before is not None and text:
        learned = learned.plus(learned_between(outcome.before, read_counters(text), turn.model))
    elif not text:
        learned = replace(learned, unknown=reason_without_times(context.findings.identity))
    learn(turn, learned)
    context.findings.phases = turn.phases


def _note_timings(context: DiagnosisContext, timings: Timings, tokens: int | None) -> None:
    figures = {
        "ttft": timings.ttft_ms,
        "ttfa": timings.ttfa_ms,
        "tpot": timings.tpot_ms(tokens),
        "total": timings.total_ms,
    }
    context.findings.timings_ms.update({name: value for name, value in figures.items() if value is not None})


def _speed_title(context: DiagnosisContext, timings: Timings) -> str:
    if timings.ttft_ms is None:
        return checks.NOTHING_TO_MEASURE
    first = checks.FIRST_TEXT.format(time=milliseconds_text(timings.ttft_ms))
    rate = context.findings.decode_rate
    if not rate:
        return checks.NO_RATE.format(first=first, reason=_why_no_rate(context, timings))
    return checks.RATE.format(first=first, rate=rate)


def _why_no_rate(context: DiagnosisContext, timings: Timings) -> str:
    usage = context.findings.turn.usage if context.findings.turn is not None else None
    if usage is None or usage.completion_tokens is None:
        return checks.RATE_NEEDS_COUNTS
    return checks.TOO_SHORT if timings.text_events < _FEWEST_EVENTS else checks.TOO_BUNCHED


def _own_figures(turn: Turn) -> list[str]:
    timings, usage = turn.timings, turn.usage
    facts: list[str] = []
    if timings.ttfa_ms is not None and timings.ttfa_ms != timings.ttft_ms:
        facts.append(checks.FIRST_ANSWER.format(milliseconds=timings.ttfa_ms))
    if usage is not None and usage.prompt_tokens and timings.ttft_ms:
        cached = min(usage.cached_tokens or 0, usage.prompt_tokens)
        rate = (usage.prompt_tokens - cached) / timings.ttft_ms * 1000
        apart = checks.WITHOUT_CACHED.format(count=Counted(cached)) if cached else ""
        if rate:
            facts.append(checks.PROMPT_RATE.format(rate=rate, apart=apart))
    return facts


def _server_figures(server: ServerTimings | None, rate: float | None) -> list[str]:
    if server is None:
        return []
    facts: list[str] = []
    if server.prompt_per_second:
        facts.append(checks.SERVER_PROMPT_RATE.format(rate=server.prompt_per_second))
    if server.predicted_per_second:
        beside = (
            checks.MEASURED_BESIDE.format(difference=rate / server.predicted_per_second - 1) if rate else ""
        )
        facts.append(checks.SERVER_RATE.format(rate=server.predicted_per_second, beside=beside))
    return facts


def _load_figures(load: ServerMetrics | None) -> list[str]:
    if load is None:
        return []
    facts: list[str] = []
    if load.requests_running is not None:
        waiting = (
            "" if load.requests_waiting is None else checks.LOAD_WAITING.format(waiting=load.requests_waiting)
        )
        facts.append(checks.SERVER_LOAD.format(running=load.requests_running, waiting=waiting))
    if load.time_to_first_token_seconds is not None:
        facts.append(checks.SERVER_FIRST.format(milliseconds=load.time_to_first_token_seconds * 1000))
    if load.inter_token_seconds:
        facts.append(checks.SERVER_EACH.format(rate=1 / load.inter_token_seconds))
    return facts
