"""What the status bar says, in parts: a narrow bar leaves out whole parts, never half a number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field, replace

from rich.cells import cell_len, set_cell_size

from tui.core.figures import (
    FREE,
    exact_amount,
    format_cost,
    format_costs,
    format_milliseconds,
    format_rate,
    format_tokens,
    format_waited,
)
from tui.core.fold import WAITING_STAGES
from tui.core.lazy_dataclass import dataclass
from tui.core.safe_text import safe_line
from tui.core.turn import Turn, TurnState
from tui.core.usage import Cost, Price, Source, Usage, cost_of

SEPARATOR = " · "
RULE = " │ "
TURN = " "
CHAT = "chat"
QUIET_SECONDS = 5
"""From here on a pause within an answer is told, second by second."""

WIDE_COLUMNS = 132
"""From this width on everything stands in one row."""

_SHORTEST_NAME = 8
_SIGNS = {"in": "↑", "out": "↓", "thought": "✻"}
"""For prompt, completion and reasoning tokens, where words do not fit."""
_STATE_STYLES = {
    TurnState.WAITING: "busy",
    TurnState.REASONING: "busy",
    TurnState.ANSWERING: "busy",
    TurnState.DONE: "good",
    TurnState.STOPPED: "warning",
    TurnState.FAILED: "error",
    TurnState.INTERRUPTED: "warning",
}
_STATE_WORDS = {
    TurnState.REASONING: "thinking",
    TurnState.ANSWERING: "answering",
    TurnState.DONE: "done",
    TurnState.STOPPED: "stopped",
    TurnState.FAILED: "failed",
    TurnState.INTERRUPTED: "interrupted",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One thing the bar says. The part of the highest rank is left out first."""

    text: str
    rank: int
    style: str = "plain"
    group: str = ""
    """Parts of different groups are set apart by a rule; a group's name stands before its first part."""
    shrinks: bool = False
    """A name: it may be cut with ``…``. A figure never is."""
    short: str = ""
    """What takes its place where not all parts of the row fit."""


@dataclass(frozen=True, slots=True)
class StatusFacts:
    """What there is to tell at one moment."""

    provider: str = ""
    model: str = ""
    price: Price = field(default_factory=Price)
    """Of the provider that gave ``turn``, else of the one that is asked next."""
    turn: Turn | None = None
    is_other_model: bool = False
    """``turn`` was answered by another model than ``provider`` and ``model`` name."""
    next_price: Price | None = None
    """Of the one that is asked next, where that is another one."""
    estimate: Usage | None = None
    """Our own count of the turn's text so far, where the server reported none."""
    usage: Usage | None = None
    """Of the whole conversation."""
    costs: tuple[Cost, ...] = ()
    is_incomplete: bool = False
    """Something of the conversation is unknown: its sums are lower bounds."""
    marks: tuple[tuple[str, str], ...] = ()
    """Warnings that stay: text and style."""
    asked_at: float | None = None
    """When the turn was asked for: before its request, which an engine or a key may hold up."""
    now: float = 0.0
    """Seconds on the clock of the turn's timings."""


def of_one_model(facts: StatusFacts) -> StatusFacts:
    """Return the facts of one model: of the one that streams, else of the one that is asked next."""
    turn = facts.turn
    if turn is None or not facts.is_other_model:
        return facts
    if turn.state.is_live:
        return replace(facts, provider=turn.provider, model=turn.model)
    return replace(facts, turn=None, estimate=None, price=facts.next_price or Price())


def status_rows(facts: StatusFacts, width: int) -> list[list[Part]]:
    """Return the rows that fit into ``width`` cells: one on a wide screen, else two."""
    facts = of_one_model(facts)
    head, tail = list(_head(facts)), list(_tail(facts))
    if width >= WIDE_COLUMNS:
        return [fit([*head, *(replace(part, rank=part.rank + 4) for part in tail)], width)]
    return [fit(head, width), fit(tail, width)]


def fit(parts: Sequence[Part], width: int) -> list[Part]:
    """Return the parts that fit: in short forms, then with cut names, then without the least important."""
    kept = [part for part in parts if part.text]
    if row_cells(kept) > width:
        kept = [replace(part, text=part.short or part.text) for part in kept]
    while kept and row_cells(kept) > width:
        kept = _shrink(kept, row_cells(kept) - width) or _without_last(kept)
    return kept


def row_cells(parts: Sequence[Part]) -> int:
    """Return how many cells a row of parts takes."""
    return sum(cell_len(text) for text, _ in row_pieces(parts))


def row_pieces(parts: Sequence[Part]) -> Iterator[tuple[str, str]]:
    """Yield the texts of a row with their styles, what stands between the parts included."""
    before: Part | None = None
    for part in parts:
        if before is not None:
            # In the style of its neighbours where they agree: a change of style costs 40 bytes a frame.
            style = part.style if part.style == before.style else "muted"
            yield (SEPARATOR if part.group == before.group else RULE), style
        if part.group.strip() and (before is None or part.group != before.group):
            yield f"{part.group} ", "muted"
        before = part
        yield part.text, part.style


def _shrink(parts: list[Part], excess: int) -> list[Part] | None:
    for index, part in enumerate(parts):
        cells = cell_len(part.text)
        if part.shrinks and cells - excess >= _SHORTEST_NAME:
            shorter = set_cell_size(part.text, cells - excess - 1) + "…"
            return [*parts[:index], replace(part, text=shorter, shrinks=False), *parts[index + 1 :]]
    return None


def _without_last(parts: list[Part]) -> list[Part]:
    last = max(parts, key=lambda part: part.rank)
    return [part for part in parts if part is not last]


def _head(facts: StatusFacts) -> Iterator[Part]:
    turn = facts.turn
    yield Part(*state_words(facts))
    for text, style in facts.marks:
        yield Part(text, 1, style)
    yield Part(safe_line(facts.provider), 5, "muted", shrinks=True)
    yield Part(safe_line(facts.model), 2, "muted", shrinks=True)
    if turn is not None and (turn.timings.first_text is not None or turn.timings.ended is not None):
        yield Part(f"TTFT {format_milliseconds(turn.timings.ttft_ms)}", 4, "muted")
        yield Part(_rate(facts, turn), 3, "plain")


def state_words(facts: StatusFacts) -> tuple[str, int, str]:
    """Return the state in words, with how long text is being waited for; rank; style."""
    turn = facts.turn
    if turn is None:
        return "ready", 0, "muted"
    words = _STATE_WORDS.get(turn.state) or _wait_words(turn, facts)
    if turn.state.is_live and turn.timings.last_text is not None:
        quiet = facts.now - turn.timings.last_text
        words += f", quiet for {format_waited(quiet)}" if quiet >= QUIET_SECONDS else ""
    return words, 0, _STATE_STYLES[turn.state]


def _wait_words(turn: Turn, facts: StatusFacts) -> str:
    since = turn.timings.started if turn.timings.started is not None else facts.asked_at
    waited = f" {format_waited(facts.now - since)}" if since is not None else ""
    progress = turn.progress
    if progress is None:
        return f"preparing{waited}" if turn.timings.headers is None else f"connected, waiting{waited}"
    if progress.stage == "retrying":
        return (
            f"trying again in {format_waited(progress.seconds)}" if progress.seconds >= 1 else "trying again"
        )
    if progress.stage in WAITING_STAGES:
        return safe_line(progress.detail.rstrip("."))
    if progress.stage == "starting":
        return f"starting the model{waited}"
    if turn.timings.headers is not None:
        return f"connected, waiting{waited}"
    return f"connecting{waited}" if progress.stage == "connecting" else f"sent, waiting{waited}"


def _rate(facts: StatusFacts, turn: Turn) -> str:
    usage = turn.usage or facts.estimate
    if usage is None:
        return format_rate(None)
    return format_rate(turn.timings.decode_rate(usage.completion_tokens), usage.source)


def _tail(facts: StatusFacts) -> Iterator[Part]:
    turn = facts.turn
    if turn is None:
        yield Part(_price_words(facts.price), 0, "muted", TURN)
    else:
        yield from _turn_tokens(turn, facts.estimate)
        cost = turn.cost or cost_of(facts.estimate, facts.price)
        yield Part(format_cost(cost, facts.price), 1, "plain", TURN)
    if facts.usage is not None:
        yield from _chat_tokens(facts)


def _turn_tokens(turn: Turn, estimate: Usage | None) -> Iterator[Part]:
    usage = turn.usage or estimate or Usage()
    yield _tokens("in", usage.prompt_tokens, usage.source, 3, TURN)
    yield _tokens("out", usage.completion_tokens, usage.source, 0, TURN)
    thought, source = usage.reasoning_tokens, usage.source
    if thought is None and turn.reasoning:
        thought, source = (estimate.reasoning_tokens if estimate else None), Source.ESTIMATED
    if thought or turn.reasoning:
        yield _tokens("thought", thought, source, 4, TURN)


def _tokens(kind: str, count: int | None, source: Source, rank: int, group: str) -> Part:
    figure = format_tokens(count, source, compact=True)
    style = "plain" if group == TURN else "muted"
    return Part(f"{figure} {kind}", rank, style, group, short=f"{_SIGNS[kind]}{figure}")


def _chat_tokens(facts: StatusFacts) -> Iterator[Part]:
    usage = facts.usage or Usage()
    source = Source.ESTIMATED if facts.is_incomplete else usage.source
    entries: Iterable[tuple[int | None, str, int]] = (
        (usage.prompt_tokens, "in", 6),
        (usage.completion_tokens, "out", 5),
        (usage.reasoning_tokens, "thought", 7),
    )
    for count, word, rank in entries:
        if count is not None:
            yield _tokens(word, count, source, rank, CHAT)
    costs = [replace(cost, source=Source.ESTIMATED) if facts.is_incomplete else cost for cost in facts.costs]
    yield Part(format_costs(costs), 2, "muted", CHAT)


def _price_words(price: Price) -> str:
    if price.is_free:
        return FREE
    sides = [(price.input, "in"), (price.output, "out")]
    words = [f"{exact_amount(amount)} {side}" for amount, side in sides if amount is not None]
    return f"{price.currency} {', '.join(words)} per 1,000 tokens" if words else ""
