"""The figures of a message, line by line: tokens, cost, times, circumstances."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tui.core.figures import (
    FREE,
    UNKNOWN,
    format_costs,
    format_milliseconds,
    format_rate,
    format_server_cost,
    format_tokens,
    marked,
    price_arithmetic,
)
from tui.core.losses import losses
from tui.core.moments import exact
from tui.core.pace import longest_gap
from tui.core.safe_text import safe_line, safe_text
from tui.core.turn import Turn
from tui.core.usage import Price, ServerTimings, Source, Usage, differs
from tui.texts import figures as texts
from tui.ui.chat.status_parts import StatusFacts


class Fact(NamedTuple):
    """One line: label, value and explanation."""

    label: str
    value: str
    meaning: str = ""


Section = tuple[str, list[Fact]]


def figure_sections(facts: StatusFacts) -> list[Section]:
    """Return the facts by section; empty sections are omitted."""
    turn = facts.turn
    sections: list[Section] = []
    if turn is not None:
        usage = turn.usage or facts.estimate
        sections += [
            (texts.TOKENS, list(_tokens(usage, facts.estimate, turn))),
            (texts.COST, list(_cost(turn, facts.price))),
            (texts.TIME, list(_times(turn, usage))),
            (texts.SERVER_TIME, list(_server_times(turn.server_timings))),
            (texts.CIRCUMSTANCES, list(_circumstances(turn))),
        ]
    sections.append((texts.CHAT, list(_chat(facts))))
    return [(title, lines) for title, lines in sections if lines]


def _tokens(usage: Usage | None, estimate: Usage | None, turn: Turn) -> Iterator[Fact]:
    usage = usage or Usage()
    source = texts.REPORTED
    if usage.source is Source.ESTIMATED:
        source = texts.ESTIMATED_SO_FAR if turn.state.is_live else texts.ESTIMATED
        if usage.notes:
            source = texts.CORRECTED
    yield Fact(texts.PROMPT, format_tokens(usage.prompt_tokens, usage.source), texts.AS_SENT)
    yield Fact(texts.COMPLETION, format_tokens(usage.completion_tokens, usage.source), texts.ALL_GENERATED)
    reasoning, mark = usage.reasoning_tokens, usage.source
    if reasoning is None and turn.reasoning and estimate is not None:
        reasoning, mark = estimate.reasoning_tokens, Source.ESTIMATED
    yield Fact(texts.REASONING, format_tokens(reasoning, mark))
    if usage.cached_tokens is not None:
        yield Fact(texts.FROM_CACHE, format_tokens(usage.cached_tokens, usage.source))
    if usage.written_tokens:
        yield Fact(texts.WRITTEN, format_tokens(usage.written_tokens, usage.source))
    if usage.completion_tokens is not None:
        yield Fact(texts.SOURCE, source)
    for note in usage.notes:
        yield Fact(texts.NOTE, safe_line(note, 500))


def _cost(turn: Turn, price: Price) -> Iterator[Fact]:
    if price.is_free:
        yield Fact(texts.PRICE, FREE)
    else:
        for line in price_arithmetic(turn.usage, price, is_cut=turn.cost is not None and turn.cost.lacks_end):
            yield Fact("", line)
    if turn.server_cost is not None:
        origin = texts.REPORTED_AS.format(origin=safe_line(turn.server_cost.origin))
        yield Fact(texts.SERVERS_FIGURE, format_server_cost(turn.server_cost), origin)
        if differs(turn.cost, turn.server_cost):
            yield Fact("", texts.DIFFER)


def _times(turn: Turn, usage: Usage | None) -> Iterator[Fact]:
    if sent_at := exact(turn.started_at):
        yield Fact(texts.SENT, sent_at, texts.YOUR_ZONE)
    timings = turn.timings
    streamed = timings.streamed_tokens(usage)
    source = usage.source if usage else Source.REPORTED
    facts = (
        Fact(texts.TTFB, format_milliseconds(timings.ttfb_ms), texts.TO_HEADERS),
        Fact(texts.TTFT, format_milliseconds(timings.ttft_ms), texts.TO_FIRST_TEXT),
        Fact(texts.TTFA, format_milliseconds(timings.ttfa_ms), texts.TO_FIRST_ANSWER),
        Fact(texts.TPOT, _per_token(timings.tpot_ms(streamed), source), texts.AFTER_FIRST),
        Fact(texts.SPEED, format_rate(timings.decode_rate(streamed), source), texts.OF_TPOT),
        _longest_gap(turn),
        Fact(texts.TOTAL, format_milliseconds(timings.total_ms), texts.TO_END),
    )
    if any(fact.value not in (UNKNOWN, format_rate(None)) for fact in facts):
        yield from facts


def _per_token(milliseconds: float | None, source: Source) -> str:
    text = format_milliseconds(milliseconds)
    return text if milliseconds is None else marked(text, source)


def _longest_gap(turn: Turn) -> Fact:
    gap = longest_gap(turn.timings.gaps)
    if gap is None:
        return Fact(texts.GAP, UNKNOWN)
    meaning = texts.GAP_AT.format(percent=gap.percent)
    return Fact(texts.GAP, format_milliseconds(gap.milliseconds), meaning)


def _server_times(timings: ServerTimings | None) -> Iterator[Fact]:
    if timings is None:
        return
    facts = (
        (texts.PROMPT_READ, timings.prompt_ms, format_milliseconds(timings.prompt_ms)),
        (texts.PROMPT_SPEED, timings.prompt_per_second, format_rate(timings.prompt_per_second)),
        (texts.PROMPT_TOKENS_READ, timings.prompt_tokens, format_tokens(timings.prompt_tokens)),
        (texts.FROM_CACHE, timings.cached_tokens, format_tokens(timings.cached_tokens)),
        (texts.GENERATED_IN, timings.predicted_ms, format_milliseconds(timings.predicted_ms)),
        (texts.SPEED, timings.predicted_per_second, format_rate(timings.predicted_per_second)),
        (texts.DRAFTED, timings.draft_tokens, format_tokens(timings.draft_tokens)),
        (texts.ACCEPTED, timings.draft_accepted, format_tokens(timings.draft_accepted)),
    )
    for label, value, text in facts:
        if value is not None:
            yield Fact(label, text)


def _circumstances(turn: Turn) -> Iterator[Fact]:
    yield Fact(texts.STATE, turn.state.value)
    optional = (
        (texts.FINISH_REASON, turn.finish_reason),
        (texts.MODEL_THAT_ANSWERED, turn.served_model),
        (texts.FINGERPRINT, turn.system_fingerprint),
        (texts.REASONING_CAME_AS, turn.reasoning_source),
    )
    for label, value in optional:
        if value:
            yield Fact(label, safe_line(value, 200))
    for note in turn.notes:
        yield Fact(texts.NOTE, safe_line(note, 500))
    for sentence in losses(turn):
        yield Fact(texts.LOST, safe_line(sentence, 500))
    failure = turn.failure
    if failure is not None:
        yield Fact(texts.FAILURE, safe_line(failure.title), failure.cause)
        yield Fact(texts.WHAT_TO_DO, safe_line(failure.advice))
        if failure.status is not None:
            yield Fact(texts.HTTP_STATUS, str(failure.status))
        if failure.server_message:
            yield Fact(texts.SERVER_SAID, safe_text(failure.server_message))
        for name, value in failure.facts.items():
            yield Fact(safe_line(name), safe_line(value, 300))
        for link in failure.chain:
            yield Fact(texts.SEEN, safe_line(link, 300))


def _chat(facts: StatusFacts) -> Iterator[Fact]:
    usage = facts.usage
    if usage is not None:
        source = Source.ESTIMATED if facts.is_incomplete else usage.source
        yield Fact(texts.PROMPT, format_tokens(usage.prompt_tokens, source), texts.ALL_TURNS)
        yield Fact(texts.COMPLETION, format_tokens(usage.completion_tokens, source))
        yield Fact(texts.REASONING, format_tokens(usage.reasoning_tokens, source))
    if any(cost.total or cost.is_lower_bound for cost in facts.costs):
        yield Fact(texts.AMOUNT, format_costs(facts.costs, facts.not_priced))
    if facts.is_incomplete:
        yield Fact("", texts.UNCOUNTED)
