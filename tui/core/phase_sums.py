"""Calculates the phases of an exchange; they always add up to its E2E.

``connect`` ends when the request is written; ``route``, ``queue``, ``prompt`` and ``unexplained`` make up the
time from there to the first text; ``thinking`` ends with the first text of the answer, ``answer`` with the
last, ``tail`` with the stream. Time that no figure accounts for is ``unexplained``.
"""

from __future__ import annotations

from collections.abc import Sequence

from tui.core.lazy_dataclass import dataclass
from tui.core.phases import (
    EARLIER,
    ESTIMATED,
    HERE,
    KEPT,
    MEASURED,
    NO_FIGURES,
    NO_FIT,
    NOTHING_LEARNED,
    REPORTED,
    WEAK,
    Learned,
    Phase,
)
from tui.core.timings import Timings
from tui.core.usage import ServerTimings

_TOLERANCE_MS = 5.0
"""How much the server's figures may exceed our measurement, because of clocks and buffers."""
_LARGE_MS = 200.0
_LARGE_SHARE = 0.3
_WAIT = ("route", "queue", "prompt", "unexplained")


@dataclass(frozen=True, slots=True)
class _Course:
    """The measured times of an exchange, in milliseconds; they add up to its E2E."""

    early: float
    """Before the last request: earlier requests and the pauses after them."""
    connect: float
    is_kept: bool
    wait: float
    thinking: float
    answer: float
    tail: float
    has_output: bool
    has_thought: bool
    came_whole: bool


def phases_of(
    timings: Timings,
    server: ServerTimings | None = None,
    learned: Learned = NOTHING_LEARNED,
    *,
    cut: str = "",
) -> tuple[Phase, ...]:
    """Return the phases in order; empty if the exchange has no beginning or no end.

    ``cut`` is the reason why the server's figures are ignored: the answer was stopped or failed (a server
    reports neither).
    """
    course = _course(timings)
    if course is None:
        return ()
    known = Learned(unknown=cut) if cut else learned.plus(_from_server(server))
    parts, reason = _server_parts(course, known)
    explained = sum(part.milliseconds for part in parts)
    answer = _written(course, known, course.wait - explained) if not cut and reason != NO_FIT else None
    if answer is not None:
        explained += answer.milliseconds
    unexplained = max(0.0, course.wait - explained) + course.early
    if reason in WEAK and timings.requests > 1 and course.early > unexplained / 2:
        reason = EARLIER
    found = [
        Phase("connect", course.connect, MEASURED, KEPT if course.is_kept else HERE),
        *parts,
        Phase("unexplained", unexplained, MEASURED, reason or HERE),
    ]
    if course.has_thought:
        found.append(Phase("thinking", course.thinking, MEASURED, HERE))
    if course.has_output:
        found += (
            answer or Phase("answer", course.answer, MEASURED, HERE),
            Phase("tail", course.tail, MEASURED, HERE),
        )
    return tuple(Phase(part.name, round(part.milliseconds, 3), part.source, part.origin) for part in found)


def _course(timings: Timings) -> _Course | None:
    start = timings.sending if timings.started is None else timings.started
    end = timings.ended
    if start is None or end is None or end < start:
        return None

    def within(moment: float | None, low: float) -> float:
        return low if moment is None else min(max(moment, low), end)

    sent = within(timings.sending, start)
    is_only = timings.requests == 1  # then everything before it was written belongs to connect
    began = start if is_only else timings.connecting
    connecting = sent if began is None else min(within(began, start), sent)
    firsts = [moment for moment in (timings.first_text, timings.first_call) if moment is not None]
    lasts = [moment for moment in (timings.last_text, timings.last_call) if moment is not None]
    first = within(min(firsts), sent) if firsts else end
    last = within(max(lasts), first) if lasts and firsts else first
    answers = [moment for moment in (timings.first_answer, timings.first_call) if moment is not None]
    turned = min(within(min(answers), first), last) if answers and firsts else last
    seconds = (connecting - start, sent - connecting, first - sent, turned - first, last - turned, end - last)
    early, connect, wait, thinking, answer, tail = (each * 1000 for each in seconds)
    return _Course(
        early, connect, timings.connecting is None and not connect, wait, thinking, answer, tail,
        has_output=bool(firsts), has_thought=thinking > 0, came_whole=bool(firsts) and first == last,
    )  # fmt: skip


def _from_server(server: ServerTimings | None) -> Learned:
    """Return what the reply itself reported."""
    if server is None:
        return NOTHING_LEARNED

    def told(name: str, value: float | None) -> Phase | None:
        return None if value is None else Phase(name, value, REPORTED, server.origin or "")

    return Learned(
        queue=told("queue", server.queue_ms),
        prompt=told("prompt", server.prompt_ms),
        answer=told("answer", server.predicted_ms),
    )


def _server_parts(course: _Course, known: Learned) -> tuple[list[Phase], str]:
    """Return ``route``, ``queue`` and ``prompt`` if they fit into the wait, or why they are missing."""
    told = [part for part in (known.queue, known.prompt) if part is not None]
    needed = sum(part.milliseconds for part in told)
    if needed > course.wait + _TOLERANCE_MS:
        told, reason = [], NO_FIT
    else:
        told, reason = _trimmed(told, needed - course.wait), "" if told else known.unknown or NO_FIGURES
    left = course.wait - sum(part.milliseconds for part in told)
    route = known.route
    return [*([route] if route is not None and route.milliseconds <= left else []), *told], reason


def _trimmed(parts: list[Phase], excess: float) -> list[Phase]:
    """Subtract the small excess of the server's figures over the wait, from the last phase first."""
    kept: list[Phase] = []
    for part in reversed(parts):
        off = min(max(0.0, excess), part.milliseconds)
        excess -= off
        kept.insert(0, Phase(part.name, part.milliseconds - off, part.source, part.origin))
    return kept


def _written(course: _Course, known: Learned, left: float) -> Phase | None:
    """Return the generation time of an answer that arrived in one piece, if the server reports it."""
    told = known.answer
    if told is None or not course.came_whole or told.milliseconds > left + _TOLERANCE_MS:
        return None
    return Phase("answer", min(told.milliseconds, max(0.0, left)), told.source, told.origin)


def milliseconds_of(phases: Sequence[Phase], name: str) -> float | None:
    """Return the duration of a phase; ``None`` if unknown."""
    return next((part.milliseconds for part in phases if part.name == name), None)


def wait_of(phases: Sequence[Phase]) -> float:
    """Return the milliseconds from the request to the first text."""
    return sum(part.milliseconds for part in phases if part.name in _WAIT)


def is_large(phases: Sequence[Phase]) -> bool:
    """Return whether so much of the wait is unexplained that it should be mentioned."""
    unexplained = milliseconds_of(phases, "unexplained") or 0.0
    return unexplained > _LARGE_MS and unexplained > _LARGE_SHARE * wait_of(phases)


def is_rough(phase: Phase) -> bool:
    """Return whether a phase is marked with ``~``."""
    return phase.source == ESTIMATED
