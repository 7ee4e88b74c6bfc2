"""A turn while its reply arrives: folds, prices and journals it, and settles it at its end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from tui.core.chat import ChatRequest
from tui.core.events import (
    AnswerDelta,
    EventBatch,
    FiguresFollow,
    ReasoningDelta,
    Reclassified,
    StreamEvent,
    StreamFailed,
)
from tui.core.failure import Failure
from tui.core.fold import apply, is_with_server, learn, sent_tokens, settle
from tui.core.phases import Learned
from tui.core.redaction import ReplyRedactor
from tui.core.secret import Redactor
from tui.core.turn import Turn, TurnState
from tui.core.usage import Price, cost_of
from tui.session.journaling import TurnJournal
from tui.session.structured import SchemaWatch


class LiveTurn:
    """A streaming turn, shown as ended only when its figures are complete and its end is being written.

    Known keys are erased before anything is folded or written.
    """

    def __init__(
        self,
        turn: Turn,
        request: ChatRequest,
        price: Price,
        journal: TurnJournal,
        *,
        redactor: Redactor,
        clock: Callable[[], float],
    ) -> None:
        """Begin a turn: the prompt is written before anything is sent."""
        self.turn = turn
        self._request = request
        self._price = price
        self._journal = journal
        self._redactor = ReplyRedactor(redactor)
        self._clock = clock
        self.read_late: Callable[[], Awaitable[Learned]] | None = None
        """Returns what is known about its time only after its end."""
        self._watch: SchemaWatch | None = None
        self._is_sent = False
        journal.begin_turn(turn, request.attachments)

    async def follow(self, schema: Mapping[str, Any]) -> None:
        """Validate the answer against a schema."""
        self._watch = await asyncio.to_thread(SchemaWatch, schema)  # the first one loads the validator

    def fold(self, batch: EventBatch) -> bool:
        """Fold the events of one read; the final event settles the turn.

        Return whether to stop the answer: the turn has ended, but the server continues.
        """
        if not self.turn.state.is_live:
            return False
        self._take(self._redactor.clean(batch.events), batch.at)
        failure = self._stops()
        if failure is not None:
            self._take((*self._redactor.flush(), StreamFailed(failure)), batch.at)
        self._account()
        return failure is not None

    def _stops(self) -> Failure | None:
        return self._watch.ends(self.turn) if self._watch is not None and self.turn.state.is_live else None

    def end(self, state: TurnState) -> bool:
        """End the turn with this state unless an event has ended it; return whether it did."""
        if not self.turn.state.is_live:
            return False
        self._take(self._redactor.flush(), self._clock())  # it could have become a key
        self.turn.state = state
        self._settle()
        return True

    def complete(self, learned: Learned) -> bool:
        """Add what was learned after the end, also on disk; return whether anything changed."""
        is_new = learn(self.turn, learned)
        if is_new:
            self._journal.end_turn(self.turn)
        return is_new

    def _take(self, events: Iterable[StreamEvent], at: float) -> None:
        journal, identity = self._journal, self.turn.identity
        for event in events:
            apply(self.turn, event, at)
            if not self._is_sent and is_with_server(self.turn):
                self._is_sent = True
                journal.note_sent(identity, sent_tokens(self._request), self._price)
            if isinstance(event, FiguresFollow):
                self.read_late = event.read
            if isinstance(event, AnswerDelta):
                journal.append(identity, "answer", event.text)
            elif isinstance(event, ReasoningDelta):
                journal.append(identity, "reasoning", event.text)
            elif isinstance(event, Reclassified):
                journal.reclassify(identity, to_answer=event.to_answer)

    def _account(self) -> None:
        if not self.turn.state.is_live:
            self._settle()
        elif self.turn.usage is not None:
            self.turn.cost = cost_of(self.turn.usage, self._price)

    def _settle(self) -> None:
        """Complete the figures of the turn, however it ended, and write its end."""
        turn = self.turn
        settle(turn, self._request, self._price, self._clock())
        if turn.reasoning and turn.thinking_seconds is None and turn.timings.thinking_ms is not None:
            turn.thinking_seconds = turn.timings.thinking_ms / 1000
        if self._watch is not None and turn.state is TurnState.DONE:
            turn.notes.append(self._watch.sentence(turn))
        self._journal.end_turn(turn)
