"""Where the time of a turn went, as text and bars, for the chat and the commands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tui.core import phases as parts
from tui.core.counted import Counted
from tui.core.figures import ESTIMATE_MARK, format_milliseconds, format_rate, format_tokens
from tui.core.fold import phases_of_turn
from tui.core.lazy_dataclass import dataclass
from tui.core.pace import arrivals, longest_gap
from tui.core.phase_sums import is_large, is_rough, milliseconds_of, wait_of
from tui.core.phases import HERE, KEPT, MEASURED, NO_FIT, SEVERAL, Phase
from tui.core.turn import Turn
from tui.core.usage import Source, Usage
from tui.texts import time as texts

_QUEUE_SHARE = 0.5
_QUEUE_MS = 200.0
LETTERS = {
    "connect": "c", "route": "r", "queue": "q", "prompt": "p", "unexplained": "u", "thinking": "t",
    "answer": "a", "tail": "e",
}  # fmt: skip
"""The letter for each phase in a bar."""
_REASONS = {
    parts.NO_FIGURES: texts.NO_FIGURES,
    parts.NO_FIGURES_VLLM: texts.NO_FIGURES,
    parts.NO_FIGURES_SGLANG: texts.NO_FIGURES,
    parts.NO_FIGURES_OLLAMA: texts.NO_FIGURES,
    parts.NO_FIGURES_UNKNOWN: texts.NO_FIGURES,
    parts.NO_FIGURES_GATEWAY: texts.NO_FIGURES_GATEWAY,
    parts.NO_USAGE: texts.NO_USAGE,
    parts.STOPPED: texts.STOPPED,
    parts.FAILED: texts.FAILED,
    parts.NO_FIT: texts.NO_FIT,
    parts.SEVERAL: texts.SEVERAL,
    parts.EARLIER: texts.EARLIER,
}
_HINTS = {
    parts.NO_FIGURES_VLLM: texts.SHOW_FIGURES_VLLM,
    parts.NO_FIGURES_SGLANG: texts.SHOW_FIGURES_SGLANG,
    parts.NO_FIGURES_OLLAMA: texts.SHOW_FIGURES_OLLAMA,
    parts.NO_FIGURES_UNKNOWN: texts.SHOW_FIGURES,
    parts.NO_USAGE: texts.SHOW_USAGE,
}


_HELD = {
    parts.EARLIER: texts.RETRIED,
    parts.NO_FIGURES_GATEWAY: texts.HELD_BEHIND,
    parts.NO_FIGURES: texts.HELD_UNTOLD,
}
"""What delayed a request, by the origin of the information."""


@dataclass(frozen=True, slots=True)
class TimeRow:
    """One phase, as displayed."""

    name: str
    time: str
    begin: float
    """Where its bar begins, as a fraction of the whole."""
    end: float
    tokens: str
    """The tokens of the phase, with their rate."""
    source: str
    """The source of the figure."""

    @property
    def note(self) -> str:
        """Tokens and source."""
        return " · ".join(filter(None, (self.tokens, self.source)))


def known_phases(turn: Turn) -> tuple[Phase, ...]:
    """Return the phases of a turn; for one recorded by an earlier version, what was measured."""
    if turn.phases or turn.timings.ended is None:
        return turn.phases
    measured = replace(turn.timings, connecting=turn.timings.started)
    return phases_of_turn(replace(turn, timings=measured))


def time_rows(turn: Turn) -> list[TimeRow]:
    """Return the rows of a turn's phases, in order."""
    phases = known_phases(turn)
    whole = sum(phase.milliseconds for phase in phases) or 1.0
    rows, at = [], 0.0
    for phase in phases:
        begin, at = at, at + phase.milliseconds
        time = format_milliseconds(phase.milliseconds)
        time = f"{ESTIMATE_MARK}{time}" if is_rough(phase) else time
        rows.append(
            TimeRow(phase.name, time, begin / whole, at / whole, _tokens(phase, turn), _source(phase))
        )
    return rows


def _source(phase: Phase) -> str:
    if phase.name == "unexplained":
        return _REASONS.get(phase.origin, "")
    if phase.origin in ("", HERE):
        return "" if phase.source == MEASURED else phase.source
    if phase.origin == KEPT:
        return KEPT
    return texts.FROM.format(source=phase.source, origin=phase.origin)


def _tokens(phase: Phase, turn: Turn) -> str:
    """Return the tokens of a phase, with their rate."""
    usage = turn.usage
    count = None if usage is None else _count(phase, usage, turn)
    if usage is None or count is None:
        return ""
    words = [texts.TOKENS.format(count=Counted(format_tokens(count, usage.source)))]
    if phase.milliseconds > 0 and count > 1:
        is_guess = usage.source is Source.ESTIMATED or is_rough(phase)
        rate = count / phase.milliseconds * 1000
        words.append(format_rate(rate, Source.ESTIMATED if is_guess else Source.REPORTED))
    return ", ".join(words)


def _count(phase: Phase, usage: Usage, turn: Turn) -> int | None:
    if phase.name == "prompt":
        server = turn.server_timings
        if server is not None and server.prompt_tokens is not None:
            return server.prompt_tokens  # the evaluated ones; cached tokens took no time
        return None if usage.prompt_tokens is None else usage.prompt_tokens - (usage.cached_tokens or 0)
    if phase.name == "thinking":
        return usage.reasoning_tokens
    if phase.name == "answer" and usage.completion_tokens is not None:
        is_split = turn.reasoning and usage.reasoning_tokens is None
        return None if is_split else usage.completion_tokens - (usage.reasoning_tokens or 0)
    return None


def arrivals_row(turn: Turn, cells: int) -> tuple[str, str]:
    """Return when the pieces of text arrived, as bars on the axis of the phases, and the longest gap.

    Empty for stored chats, which do not contain the gaps.
    """
    timings, phases = turn.timings, known_phases(turn)
    whole = sum(phase.milliseconds for phase in phases)
    gap = longest_gap(timings.gaps)
    if gap is None or not whole or timings.last_text is None or timings.ended is None:
        return "", ""
    end = cells * (1 - (timings.ended - timings.last_text) * 1000 / whole)
    begin = int(end - cells * sum(timings.gaps) * 1000 / whole)
    bars = arrivals(timings.gaps, round(end) - max(0, begin))
    words = texts.GAP.format(time=format_milliseconds(gap.milliseconds))
    return (f"{' ' * max(0, begin)}{bars}", words) if bars else ("", "")


def time_sentences(turn: Turn) -> list[str]:
    """Return sentences on remarkable times: what most of the wait was, and how to find out more."""
    phases = known_phases(turn)
    return list(_sentences(phases)) if phases else []


def _sentences(phases: Sequence[Phase]) -> Iterator[str]:
    unexplained = next((phase for phase in phases if phase.name == "unexplained"), None)
    has_output = milliseconds_of(phases, "answer") is not None
    queue = milliseconds_of(phases, "queue")
    if queue is not None and queue > _QUEUE_MS and queue > _QUEUE_SHARE * wait_of(phases):
        yield texts.QUEUED.format(time=format_milliseconds(queue))
    if unexplained is None:
        return
    if unexplained.origin in (NO_FIT, SEVERAL):
        yield f"{_REASONS[unexplained.origin].capitalize()}."
    if hint := _HINTS.get(unexplained.origin):
        yield hint
    elif is_large(phases) and has_output:
        time = format_milliseconds(unexplained.milliseconds)
        if sentence := _HELD.get(unexplained.origin):
            yield sentence.format(time=time)
        elif milliseconds_of(phases, "prompt") is not None and unexplained.origin == HERE:
            yield (texts.SLOT if queue is None else texts.HELD).format(time=time)


def time_line(turn: Turn) -> str:
    """Return all phases on one line."""
    phases = known_phases(turn)
    if not phases:
        return texts.NONE
    words = [_words(phase) for phase in phases]
    total = format_milliseconds(sum(phase.milliseconds for phase in phases))
    line = texts.LINE.format(total=total, parts=" + ".join(words))
    sentences = " ".join(time_sentences(turn))
    return f"{line}. {sentences}" if sentences else line


def _words(phase: Phase) -> str:
    time = format_milliseconds(phase.milliseconds)
    if phase.source != MEASURED:
        return texts.LINE_SOURCE.format(name=phase.name, time=time, source=phase.source)
    return texts.LINE_PART.format(name=phase.name, time=time)


def time_lines(turn: Turn) -> list[str]:
    """Return one line per phase, and the sentences."""
    rows = [f"{row.name:<11} {row.time:>9}  {row.note}".rstrip() for row in time_rows(turn)]
    return [*rows, *time_sentences(turn)]


def firsts_of_kind(turns: Sequence[Turn]) -> list[Turn]:
    """Return the first turn for each combination of provider, model and settings.

    Servers load and compile then, so these times say nothing about later ones.
    """
    firsts: dict[str, Turn] = {}
    for turn in turns:
        firsts.setdefault(repr((turn.provider, turn.model, sorted(turn.settings.items()))), turn)
    return list(firsts.values())


def stacked_bar(phases: Sequence[Phase], longest_ms: float, width: int) -> str:
    """Return a turn's time as one line of letters, relative to the longest turn.

    Every phase of notable length has at least one letter.
    """
    whole = sum(phase.milliseconds for phase in phases)
    cells = max(1, min(width, round(width * whole / longest_ms))) if longest_ms > 0 else 0
    bar, at = "", 0.0
    for phase in phases:
        at += phase.milliseconds
        upto = round(cells * at / whole) if whole else 0
        bar += LETTERS.get(phase.name, "?") * (upto - len(bar))
    return bar
