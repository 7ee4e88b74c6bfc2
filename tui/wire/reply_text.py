"""The texts of a reply: complete characters, within the limit, answer and reasoning separated."""

from __future__ import annotations

from tui.core.events import (
    AnswerDelta,
    Identified,
    LostText,
    ReasoningDelta,
    StreamEvent,
    ToolCallDelta,
)
from tui.texts import bodies
from tui.wire.finish import Outcome
from tui.wire.sse import LimitExceeded
from tui.wire.surrogates import SurrogateMender
from tui.wire.think_tags import TagSplitter


class ReplyText:
    """Collects the pieces of text in order, and records in ``outcome`` which kinds were received."""

    __slots__ = (
        "_answer_mender", "_reasoning_mender", "_room", "_said", "_source", "_splitter", "mends", "outcome",
    )  # fmt: skip

    def __init__(self, limit: int, outcome: Outcome) -> None:
        self.outcome = outcome
        self.mends = False
        """Set for a chunk whose texts may contain halves of surrogate pairs."""
        self._room = limit
        self._splitter = TagSplitter()
        self._answer_mender = SurrogateMender()
        self._reasoning_mender = SurrogateMender()
        self._source: str | None = None
        self._said: set[str] = set()

    def add(self, text: str, is_reasoning: bool, events: list[StreamEvent]) -> None:
        """Add text of either kind."""
        if is_reasoning:
            self.add_reasoning(text, events)
        else:
            self.add_answer(text, events)

    def begin_reasoning(self, source: str, events: list[StreamEvent]) -> None:
        """Record that reasoning has its own field."""
        self._name_source(source, events)
        events.extend(self._splitter.expect_fields())

    def finish(self, events: list[StreamEvent]) -> None:
        """Add the text held back."""
        for mender, add in (
            (self._reasoning_mender, self.add_reasoning),
            (self._answer_mender, self.add_answer),
        ):
            left = mender.finish()
            if left:
                add(left, events)
        self._take(self._splitter.finish(), events)

    def lose(self, what: str, events: list[StreamEvent]) -> None:
        """Report once that some content of the answer is not shown."""
        if self.is_new(what):
            self.outcome.has_lost_text = True
            events.append(LostText(what))

    def is_new(self, what: str) -> bool:
        """Return whether this is reported for the first time."""
        is_new = what not in self._said
        self._said.add(what)
        return is_new

    def add_answer(self, text: str, events: list[StreamEvent]) -> None:
        """Add a piece of the content, in which tags may mark reasoning."""
        if self.mends or self._answer_mender.pending:
            text = self._answer_mender.feed(text)
        if not text:
            return
        self._room -= len(text)
        if self._room < 0:
            self.use_room(0)
        if self._splitter.passes(text):
            if not self.outcome.has_answer:
                self._see_answer(text)
            events.append(AnswerDelta(text))
        else:
            self._take(self._splitter.feed(text), events)

    def _take(self, split: list[StreamEvent], events: list[StreamEvent]) -> None:
        """Add the events of the splitter, and track the current kind of text."""
        if self._splitter.source is not None:
            self._name_source(self._splitter.source, events)
        for event in split:
            kind = type(event)
            if isinstance(event, AnswerDelta):
                self._see_answer(event.text)
            elif kind is ReasoningDelta:
                self.outcome.has_reasoning = True
            elif kind is ToolCallDelta:
                self.outcome.has_tool_calls = True
            else:
                self.outcome.has_reasoning, self.outcome.has_answer = True, False
        events.extend(split)

    def _see_answer(self, text: str) -> None:
        if text.isspace():
            self.outcome.has_white_space = True
        else:
            self.outcome.has_answer = True

    @property
    def reasoning_mark(self) -> str | None:
        """The mark in the content that introduced the reasoning; ``None`` if it has its own field."""
        return None if self._source is None or self._source != self._splitter.source else self._source

    def add_reasoning(self, text: str, events: list[StreamEvent]) -> None:
        """Add a piece of reasoning."""
        if self.mends or self._reasoning_mender.pending:
            text = self._reasoning_mender.feed(text)
        if text:
            self.use_room(len(text))
            self.outcome.has_reasoning = True
            events.append(ReasoningDelta(text))

    def use_room(self, size: int) -> None:
        """Count content that is not text of either kind.

        Raises:
            LimitExceeded: the total is too large.
        """
        self._room -= size
        if self._room < 0:
            raise LimitExceeded(bodies.ANSWER, self._room + size)

    def _name_source(self, source: str, events: list[StreamEvent]) -> None:
        if self._source is None:
            self._source = source
            events.append(Identified(reasoning_source=source))
