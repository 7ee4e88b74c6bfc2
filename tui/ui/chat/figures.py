"""All figures of a turn and of the chat: their sources, and how they were calculated."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.core.time_words import known_phases, time_lines
from tui.core.turn import Turn
from tui.core.turn_report import figures_report
from tui.texts import figures as texts
from tui.texts import time as times
from tui.ui.background import in_background
from tui.ui.bindings import bindings_of
from tui.ui.chat.figure_facts import Fact, Section, figure_sections
from tui.ui.chat.status_parts import StatusFacts
from tui.ui.chat.times import time_content, turns_content
from tui.ui.copying import copy_text
from tui.ui.deck import deck_of, runtime_of
from tui.ui.shell.modal import Window
from tui.ui.shell.offers import key_of

_LABEL_CELLS = 21
_WIDE_CELLS = 120
"""From this width, the last messages are shown next to it."""
_REFRESH_SECONDS = 0.25


class FiguresText(VerticalScroll, inherit_bindings=False):
    """The figures of one message, scrollable."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("chat.figures.text")

    def compose(self) -> ComposeResult:
        """Create the text."""
        yield Static()

    def show(self, turn: Turn | None, sections: Sequence[Section], width: int) -> None:
        """Show a message: where its time went, then the sections."""
        blocks: list[Content] = []
        if turn is not None and known_phases(turn):
            blocks.append(_block(times.TITLE, time_content(turn, width)))
        for title, facts in sections:
            blocks.append(_block(title, Content("\n").join(_lines(facts))))
        self.query_one(Static).update(Content("\n\n").join(blocks))


def _block(title: str, content: Content) -> Content:
    return Content.assemble((f"{title}\n", "bold $primary"), content)


class FiguresScreen(Window[None]):
    """Shows the sections in a window."""

    CSS_PATH = "windows.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("chat.figures")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("chat.figures", "chat.figures.text")
    HELP_TEXT: ClassVar[str] = texts.HELP

    def __init__(
        self, facts_of: Callable[[Turn | None], StatusFacts], turns: Sequence[Turn], turn: Turn | None
    ) -> None:
        super().__init__()
        self._facts_of = facts_of
        self._turns = turns
        self._turn = turn if turn is not None else turns[-1] if turns else None
        self._shown: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        """Create the window."""
        with Horizontal(classes="window"):
            yield FiguresText(id="figures")
            yield Static(id="figures-turns")

    def on_mount(self) -> None:
        """Show the message, and update it when more becomes known."""
        self.query_one(FiguresText).focus()
        self.set_interval(_REFRESH_SECONDS, self._show)

    def on_resize(self) -> None:
        """Adapt to the width."""
        self.set_class(self.app.size.width >= _WIDE_CELLS, "-wide")
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        """Show the message if it has changed."""
        turn, text = self._turn, self.query_one(FiguresText)
        width = text.scrollable_content_region.width
        shown = (turn, width, turn and turn.state, turn and turn.phases, len(self._turns))
        if shown == self._shown or not width:
            return
        self._shown = shown
        window = self.query_one(".window")
        place = self._turns.index(turn) + 1 if turn in self._turns else 0
        title = times.FIGURES.format(number=place, count=len(self._turns)) if place else texts.TITLE
        window.border_title = Content(title)
        names = ("previous", "next", "copy", "close")
        keys = {name: key_of(self, f"figures.{name}") for name in names}
        window.border_subtitle = Content(texts.KEYS.format(**keys))
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
        """Return to the chat."""
        self.dismiss(None)

    def action_copy_figures(self) -> None:
        """Copy the figures as text."""
        sections = figure_sections(self._facts_of(self._turn))
        parts = [f"{title}\n{plain_lines(facts)}" for title, facts in sections]
        if self._turn is not None and (lines := time_lines(self._turn)):
            parts.insert(0, "\n".join((times.TITLE, *lines)))
        self._copy("\n\n".join(parts))

    def action_copy_json(self) -> None:
        """Copy the figures as JSON."""
        if self._turn is not None:
            self._copy(json.dumps(figures_report(self._turn), indent=2, ensure_ascii=False))

    def _copy(self, text: str) -> None:
        in_background(
            self, copy_text, self, runtime_of(self).redactor.redact(text), texts.TITLE, group="copy"
        )

    def action_costs(self) -> None:
        """Close, and show the costs."""
        self.dismiss(None)
        self.app.call_later(deck_of(self).router.costs)


def plain_lines(facts: Sequence[Fact]) -> str:
    """Return facts as lines of text."""
    return "\n".join(line.plain for line in _lines(facts))


def _lines(facts: Sequence[Fact]) -> Iterator[Content]:
    """Yield facts with labels, values and explanations in columns."""
    value_cells = max((len(fact.value) for fact in facts if fact.meaning), default=0)
    for fact in facts:
        label = fact.label.ljust(_LABEL_CELLS) if fact.label else ""
        if fact.meaning:
            value = fact.value.ljust(value_cells)
            yield Content.assemble((label, "dim"), value, (f"  {fact.meaning}", "dim"))
        else:
            yield Content.assemble((label, "dim"), fact.value)
