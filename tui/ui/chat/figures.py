"""Every figure of a turn and of the chat: where it comes from, and how it was reckoned."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

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
from tui.core.safe_text import safe_line, safe_text
from tui.core.time_words import known_phases
from tui.core.turn import Turn
from tui.core.usage import Price, ServerTimings, Source, Usage, differs
from tui.texts import chat as texts
from tui.texts import time as times
from tui.ui.bindings import bindings_of
from tui.ui.chat.status_parts import StatusFacts
from tui.ui.chat.times import time_content, turns_content
from tui.ui.deck import deck_of
from tui.ui.shell.modal import Window
from tui.ui.shell.offers import key_of

_LABEL_CELLS = 21
_WIDE_CELLS = 120
"""From here on the last messages stand beside."""
_REFRESH_SECONDS = 0.25


class Fact(NamedTuple):
    """One line: what it is, its value, what the value means."""

    label: str
    value: str
    meaning: str = ""


Section = tuple[str, list[Fact]]


class FiguresText(VerticalScroll, inherit_bindings=False):
    """Everything on one message; it scrolls."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("chat.figures.text")

    def compose(self) -> ComposeResult:
        """Hold one text."""
        yield Static()

    def show(self, turn: Turn | None, sections: Sequence[Section], width: int) -> None:
        """Show a message: first where its time went, then the sections."""
        blocks: list[Content] = []
        if turn is not None and known_phases(turn):
            blocks.append(_block(times.TITLE, time_content(turn, width)))
        for title, facts in sections:
            blocks.append(_block(title, Content("\n").join(map(_line, facts))))
        self.query_one(Static).update(Content("\n\n").join(blocks))


def _block(title: str, content: Content) -> Content:
    return Content.assemble((f"{title}\n", "bold $primary"), content)


class FiguresScreen(Window[None]):
    """Shows the sections in a window."""

    CSS_PATH = "windows.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("chat.figures")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("chat.figures", "chat.figures.text")
    HELP_TEXT: ClassVar[str] = texts.FIGURES_HELP

    def __init__(
        self, facts_of: Callable[[Turn | None], StatusFacts], turns: Sequence[Turn], turn: Turn | None
    ) -> None:
        super().__init__()
        self._facts_of = facts_of
        self._turns = turns
        self._turn = turn if turn is not None else turns[-1] if turns else None
        self._shown: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        """Lay out the window."""
        with Horizontal(classes="window"):
            yield FiguresText(id="figures")
            yield Static(id="figures-turns")

    def on_mount(self) -> None:
        """Show the message, and what comes to be known of it."""
        self.query_one(FiguresText).focus()
        self.set_interval(_REFRESH_SECONDS, self._show)

    def on_resize(self) -> None:
        """Use the width."""
        self.set_class(self.app.size.width >= _WIDE_CELLS, "-wide")
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        """Show the message, where anything of it has changed."""
        turn, text = self._turn, self.query_one(FiguresText)
        width = text.scrollable_content_region.width
        shown = (turn, width, turn and turn.state, turn and turn.phases, len(self._turns))
        if shown == self._shown or not width:
            return
        self._shown = shown
        window = self.query_one(".window")
        place = self._turns.index(turn) + 1 if turn in self._turns else 0
        title = times.FIGURES.format(number=place, count=len(self._turns)) if place else texts.FIGURES
        window.border_title = Content(title)
        keys = (key_of(self, name) for name in ("figures.previous", "figures.next", "figures.close"))
        previous, following, close = keys
        window.border_subtitle = Content(
            texts.FIGURES_KEYS.format(previous=previous, next=following, close=close)
        )
        text.show(turn, figure_sections(self._facts_of(turn)), width)
        column = self.query_one("#figures-turns", Static)
        if self.has_class("-wide"):
            column.update(turns_content(self._turns, turn, column.content_region.width))

    def action_turn(self, step: int) -> None:
        """Show the figures of another message."""
        if self._turn in self._turns:
            place = self._turns.index(self._turn) + step
            if 0 <= place < len(self._turns):
                self._turn = self._turns[place]
                self.query_one(FiguresText).scroll_home(animate=False)
                self._show()

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)

    def action_costs(self) -> None:
        """Close, and show what was spent."""
        self.dismiss(None)
        self.app.call_later(deck_of(self).router.costs)


def _line(fact: Fact) -> Content:
    label = fact.label.ljust(_LABEL_CELLS) if fact.label else ""
    parts: list[tuple[str, str] | str] = [(label, "dim"), fact.value]
    if fact.meaning:
        parts.append((f"  {fact.meaning}", "dim"))
    return Content.assemble(*parts)


def figure_sections(facts: StatusFacts) -> list[Section]:
    """Return what there is to say, section by section; empty sections are left out."""
    turn = facts.turn
    sections: list[Section] = []
    if turn is not None:
        usage = turn.usage or facts.estimate
        sections += [
            (texts.FIGURES_TOKENS, list(_tokens(usage, facts.estimate, turn))),
            (texts.FIGURES_COST, list(_cost(turn, facts.price))),
            (texts.FIGURES_TIME, list(_times(turn, usage))),
            (texts.FIGURES_SERVER_TIME, list(_server_times(turn.server_timings))),
            (texts.FIGURES_CIRCUMSTANCES, list(_circumstances(turn))),
        ]
    sections.append((texts.FIGURES_CHAT, list(_chat(facts))))
    return [(title, lines) for title, lines in sections if lines]


def _tokens(usage: Usage | None, estimate: Usage | None, turn: Turn) -> Iterator[Fact]:
    usage = usage or Usage()
    source = "reported by the server"
    if usage.source is Source.ESTIMATED:
        source = "estimated here so far" if turn.state.is_live else "estimated here: the server gave none"
        if usage.notes:
            source = "corrected here: the server's counts contradict each other"
    yield Fact("Prompt", format_tokens(usage.prompt_tokens, usage.source), "the conversation as it was sent")
    yield Fact("Completion", format_tokens(usage.completion_tokens, usage.source), "all that was generated")
    reasoning, mark = usage.reasoning_tokens, usage.source
    if reasoning is None and turn.reasoning and estimate is not None:
        reasoning, mark = estimate.reasoning_tokens, Source.ESTIMATED
    yield Fact(texts.FIGURES_REASONING, format_tokens(reasoning, mark))
    if usage.cached_tokens is not None:
        yield Fact("Prompt from a cache", format_tokens(usage.cached_tokens, usage.source))
    if usage.written_tokens:
        yield Fact(texts.FIGURES_WRITTEN, format_tokens(usage.written_tokens, usage.source))
    if usage.completion_tokens is not None:
        yield Fact("Source", source)
    for note in usage.notes:
        yield Fact("Note", safe_line(note, 500))


def _cost(turn: Turn, price: Price) -> Iterator[Fact]:
    if price.is_free:
        yield Fact("Price", FREE)
    else:
        for line in price_arithmetic(turn.usage, price):
            yield Fact("", line)
    if turn.server_cost is not None:
        origin = f"reported by the server ({safe_line(turn.server_cost.origin)})"
        yield Fact("Server's figure", format_server_cost(turn.server_cost), origin)
        if differs(turn.cost, turn.server_cost):
            yield Fact("", texts.FIGURES_DIFFER)


def _times(turn: Turn, usage: Usage | None) -> Iterator[Fact]:
    if sent_at := exact(turn.started_at):
        yield Fact("Sent", sent_at, "in your time zone")
    timings = turn.timings
    completion = usage.completion_tokens if usage else None
    source = usage.source if usage else Source.REPORTED
    facts = (
        Fact("TTFB", format_milliseconds(timings.ttfb_ms), "request to headers"),
        Fact("TTFT", format_milliseconds(timings.ttft_ms), "request to first text of any kind"),
        Fact("TTFA", format_milliseconds(timings.ttfa_ms), "request to first text of the answer"),
        Fact("TPOT", _per_token(timings.tpot_ms(completion), source), "per token after the first one"),
        Fact("Speed", format_rate(timings.decode_rate(completion), source), "1,000 / TPOT"),
        Fact("Longest gap", _longest_gap(turn), "between two pieces of text"),
        Fact("Total", format_milliseconds(timings.total_ms), "request to the end"),
    )
    if any(fact.value not in (UNKNOWN, format_rate(None)) for fact in facts):
        yield from facts


def _per_token(milliseconds: float | None, source: Source) -> str:
    text = format_milliseconds(milliseconds)
    return text if milliseconds is None else marked(text, source)


def _longest_gap(turn: Turn) -> str:
    return format_milliseconds(max(turn.timings.gaps) * 1000 if turn.timings.gaps else None)


def _server_times(timings: ServerTimings | None) -> Iterator[Fact]:
    if timings is None:
        return
    facts = (
        ("Prompt read", timings.prompt_ms, format_milliseconds(timings.prompt_ms)),
        ("Prompt speed", timings.prompt_per_second, format_rate(timings.prompt_per_second)),
        ("Prompt tokens read", timings.prompt_tokens, format_tokens(timings.prompt_tokens)),
        ("Prompt from a cache", timings.cached_tokens, format_tokens(timings.cached_tokens)),
        ("Generated in", timings.predicted_ms, format_milliseconds(timings.predicted_ms)),
        ("Speed", timings.predicted_per_second, format_rate(timings.predicted_per_second)),
        ("Drafted tokens", timings.draft_tokens, format_tokens(timings.draft_tokens)),
        ("  of them accepted", timings.draft_accepted, format_tokens(timings.draft_accepted)),
    )
    for label, value, text in facts:
        if value is not None:
            yield Fact(label, text)


def _circumstances(turn: Turn) -> Iterator[Fact]:
    yield Fact("State", turn.state.value)
    optional = (
        ("Finish reason", turn.finish_reason),
        ("Model that answered", turn.served_model),
        ("System fingerprint", turn.system_fingerprint),
        ("Reasoning came as", turn.reasoning_source),
    )
    for label, value in optional:
        if value:
            yield Fact(label, safe_line(value, 200))
    for note in turn.notes:
        yield Fact("Note", safe_line(note, 500))
    for sentence in losses(turn):
        yield Fact("Lost", safe_line(sentence, 500))
    failure = turn.failure
    if failure is not None:
        yield Fact("Failure", safe_line(failure.title), failure.cause)
        yield Fact("What to do", safe_line(failure.advice))
        if failure.status is not None:
            yield Fact("HTTP status", str(failure.status))
        if failure.server_message:
            yield Fact("The server said", safe_text(failure.server_message))
        for name, value in failure.facts.items():
            yield Fact(safe_line(name), safe_line(value, 300))
        for link in failure.chain:
            yield Fact("Seen", safe_line(link, 300))


def _chat(facts: StatusFacts) -> Iterator[Fact]:
    usage = facts.usage
    if usage is not None:
        source = Source.ESTIMATED if facts.is_incomplete else usage.source
        yield Fact("Prompt", format_tokens(usage.prompt_tokens, source), "all turns together")
        yield Fact("Completion", format_tokens(usage.completion_tokens, source))
        yield Fact(texts.FIGURES_REASONING, format_tokens(usage.reasoning_tokens, source))
    if any(cost.total or cost.is_lower_bound for cost in facts.costs):
        yield Fact("Cost", format_costs(facts.costs, facts.not_priced))
    if facts.is_incomplete:
        yield Fact("", texts.FIGURES_UNCOUNTED)
