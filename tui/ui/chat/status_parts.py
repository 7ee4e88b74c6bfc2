"""The parts of the status bar: the tokens and the cost of the chat, and the current state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field, replace

from rich.cells import cell_len

from tui.core.counted import Counted
from tui.core.figures import (
    FREE,
    UNKNOWN,
    exact_amount,
    format_costs,
    format_rate,
    format_tokens,
    format_waited,
)
from tui.core.lazy_dataclass import dataclass
from tui.core.safe_text import safe_line
from tui.core.server_phase import WAITING_STAGES
from tui.core.turn import Turn, TurnState
from tui.core.usage import Cost, Price, Source, Usage, cost_of
from tui.texts import chat as texts

SEPARATOR = " · "
RULE = " │ "
QUIET_SECONDS = 5
"""Longer pauses within an answer are shown, in seconds."""


@dataclass(frozen=True, slots=True)
class Part:
    """One item of the bar. The highest rank is omitted first; rank 0 never."""

    text: str
    rank: int
    style: str = "plain"
    group: int = 0
    """Different groups are separated by a line."""
    short: str = ""
    """The short form, if not all parts fit."""


@dataclass(frozen=True, slots=True)
class StatusFacts:
    """The facts at one moment."""

    price: Price = field(default_factory=Price)
    """The price of the provider of ``turn``, or of the next one."""
    turn: Turn | None = None
    """The last turn."""
    estimate: Usage | None = None
    """Our own token count of the streaming turn, if the server reports none."""
    usage: Usage | None = None
    """The usage of the whole conversation."""
    costs: tuple[Cost, ...] = ()
    is_incomplete: bool = False
    """The tokens of a turn are unknown: those of the conversation are an estimate."""
    not_priced: int = 0
    """The number of turns without an amount: the cost of the conversation is a lower bound."""
    marks: tuple[tuple[str, str], ...] = ()
    """Permanent warnings: text and style."""
    asked_at: float | None = None
    """When the turn was started, before its request, which may have to wait for an engine or a key."""
    now: float = 0.0
    """Seconds on the clock of the turn's timings."""

    @property
    def live(self) -> Turn | None:
        """The streaming turn, if any."""
        return self.turn if self.turn is not None and self.turn.state.is_live else None


def status_row(facts: StatusFacts, width: int) -> list[Part]:
    """Return the parts that fit into ``width`` cells: all in full, else in short, else the most important."""
    kept = [part for part in (*_chat(facts), *_now(facts)) if part.text]
    if row_cells(kept) > width:
        kept = [replace(part, text=part.short or part.text) for part in kept]
    while kept and row_cells(kept) > width:
        kept.pop(max(range(len(kept)), key=lambda index: (kept[index].rank, index)))
    return kept


def row_cells(parts: Sequence[Part]) -> int:
    """Return the width of a row of parts in cells."""
    return sum(cell_len(text) for text, _ in row_pieces(parts))


def row_pieces(parts: Sequence[Part]) -> Iterator[tuple[str, str]]:
    """Yield the texts of a row with their styles, including separators."""
    before: Part | None = None
    for part in parts:
        if before is not None:
            # In the style of its neighbours if they agree: a change of style costs 40 bytes per frame.
            style = part.style if part.style == before.style else "muted"
            yield (SEPARATOR if part.group == before.group else RULE), style
        before = part
        yield part.text, part.style


# ── The chat ────────────────────────────────────────────────────────────────────────────────


def _chat(facts: StatusFacts) -> Iterator[Part]:
    usage = _usage(facts)
    source = Source.ESTIMATED if facts.is_incomplete else usage.source
    prompt, completion, reasoning = (
        format_tokens(count, source, compact=True)
        for count in (usage.prompt_tokens, usage.completion_tokens, usage.reasoning_tokens)
    )
    counts = [count for count in (usage.prompt_tokens, usage.completion_tokens) if count is not None]
    total = Counted(format_tokens(sum(counts) if counts else None, source, compact=True))
    template = texts.TOKENS_REASONING if usage.reasoning_tokens else texts.TOKENS_ALL
    long = template.format(total=total, prompt=prompt, completion=completion, reasoning=reasoning)
    short = texts.TOKENS.format(total=total)
    yield Part(long if sum(counts) else short, 0, short=short)
    yield Part(_cost(facts), 0)


def _usage(facts: StatusFacts) -> Usage:
    """Return the usage of the whole chat, including our estimate for the streaming answer."""
    live = facts.live
    ours = facts.estimate if live is not None and live.usage is None else None
    known = [usage for usage in (facts.usage, ours) if usage is not None]
    if not known:
        return Usage(None if facts.is_incomplete else 0, None if facts.is_incomplete else 0)
    return known[0] if len(known) == 1 else known[0].plus(known[1])


def _cost(facts: StatusFacts) -> str:
    """Return the cost of the whole chat; ``free`` and unknown are different."""
    costs = {cost.currency: cost for cost in facts.costs}
    live = facts.live
    ours = cost_of(facts.estimate, facts.price) if live is not None and live.cost is None else None
    if ours is not None:
        known = costs.get(ours.currency)
        costs[ours.currency] = ours if known is None else known.plus(ours)
    if words := format_costs(costs.values(), facts.not_priced):
        return words
    if not facts.price.is_known or (facts.price.is_free and facts.not_priced):
        return texts.NO_COST
    if facts.price.is_free:
        return FREE
    return f"{UNKNOWN if facts.not_priced else '0.00'} {facts.price.currency}"


# ── The current state ───────────────────────────────────────────────────────────────────


def _now(facts: StatusFacts) -> Iterator[Part]:
    live = facts.live
    if live is not None:
        yield Part(state_words(facts), 1, "busy", 1)
        rate = _rate(facts, live)
        yield Part(format_rate(*rate) if rate[0] is not None else "", 3, "plain", 1)
    elif facts.turn is None:
        yield Part(price_words(facts.price), 4, "muted", 1)
    for text, style in facts.marks:
        yield Part(text, 2, style, 2)


def state_words(facts: StatusFacts) -> str:
    """Return the state of the streaming answer, with the seconds of a wait; empty without one."""
    turn = facts.live
    if turn is None:
        return ""
    if turn.state is TurnState.WAITING:
        return _wait_words(turn, facts)
    state = texts.STATE_REASONING if turn.state is TurnState.REASONING else texts.STATE_ANSWERING
    quiet = facts.now - turn.timings.last_text if turn.timings.last_text is not None else 0.0
    return (
        state if quiet < QUIET_SECONDS else texts.STATE_QUIET.format(state=state, waited=format_waited(quiet))
    )


def _wait_words(turn: Turn, facts: StatusFacts) -> str:
    since = turn.timings.started if turn.timings.started is not None else facts.asked_at
    waited = f" {format_waited(facts.now - since)}" if since is not None else ""
    progress, is_connected = turn.progress, turn.timings.headers is not None
    if progress is not None and progress.stage == "retrying":
        is_soon = progress.seconds < 1
        return (
            texts.WAIT_RETRY
            if is_soon
            else texts.WAIT_RETRY_IN.format(waited=format_waited(progress.seconds))
        )
    if progress is not None and progress.stage in WAITING_STAGES:
        return safe_line(progress.detail.rstrip("."))
    if progress is not None and progress.stage == "starting":
        return texts.WAIT_STARTING.format(waited=waited)
    if is_connected:
        return texts.WAIT_CONNECTED.format(waited=waited)
    if progress is None:
        return texts.WAIT_PREPARING.format(waited=waited)
    return (texts.WAIT_CONNECTING if progress.stage == "connecting" else texts.WAIT_SENT).format(
        waited=waited
    )


def _rate(facts: StatusFacts, turn: Turn) -> tuple[float | None, Source]:
    usage = turn.usage or facts.estimate
    if usage is None:
        return None, Source.ESTIMATED
    return turn.timings.decode_rate(turn.timings.streamed_tokens(usage)), usage.source


def price_words(price: Price) -> str:
    """Return a price as text; empty if free or unknown."""
    if price.is_free:
        return ""
    sides = [(price.input, "in"), (price.cached_input, "cached"), (price.output, "out")]
    words = [f"{side} {exact_amount(amount)}" for amount, side in sides if amount is not None]
    return f"{', '.join(words)} {price.currency} per 1,000 tokens" if words else ""
