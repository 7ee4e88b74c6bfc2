"""Makes the record of an exchange for those who observe them (``core.observed``)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from tui.core.chat import ChatRequest, Endpoint
from tui.core.embedding import EmbeddingOutcome, embedding_cost
from tui.core.events import EventBatch
from tui.core.fold import apply, settle
from tui.core.observed import ExchangeRecord, Origin, Outcome
from tui.core.parts import parts_of
from tui.core.secret import Redactor
from tui.core.timings import Timings
from tui.core.turn import Turn, TurnState
from tui.core.usage import Cost, ServerCost, ServerTimings, Usage
from tui.net.addresses import origin_text
from tui.net.exchange import Phase, Requests

_OUTCOMES = {TurnState.DONE: Outcome.DONE, TurnState.FAILED: Outcome.FAILED}


@dataclass(slots=True)
class Observed:
    """One exchange under way: who asks what, and the requests that it takes."""

    requests: Requests
    origin: Origin
    endpoint: Endpoint
    route: str
    redactor: Redactor
    started_at: str = field(
        default_factory=lambda: datetime.now(UTC).isoformat(timespec="milliseconds"), init=False
    )

    def record(
        self,
        outcome: Outcome,
        timings: Timings,
        *,
        cause: str | None = None,
        usage: Usage | None = None,
        cost: Cost | None = None,
        server_cost: ServerCost | None = None,
        server_timings: ServerTimings | None = None,
    ) -> ExchangeRecord:
        """Return the record of the exchange, which is over."""
        last, redact = self.requests.last, self.redactor.redact
        return ExchangeRecord(
            replace(self.origin, provider=redact(self.origin.provider)),
            origin_text(self.endpoint.base_url),
            self.route,
            redact(self.requests.model),
            self.started_at,
            outcome,
            cause,
            self.requests.count,
            last.status,
            usage,
            cost,
            server_cost,
            timings,
            server_timings,
            {phase.value: at for phase, at in last.marks.items()},
            last.sent,
            last.received,
        )

    def record_vectors(
        self, outcome: EmbeddingOutcome | None, started: float, ended: float
    ) -> ExchangeRecord:
        """Return the record of a request for vectors; ``None``: it was stopped."""
        marks = self.requests.last.marks
        timings = Timings(started, marks.get(Phase.SEND), marks.get(Phase.BODY), ended=ended)
        if outcome is None:
            return self.record(Outcome.STOPPED, timings)
        usage, failure = outcome.usage, outcome.failure
        return self.record(
            Outcome.DONE if failure is None else Outcome.FAILED,
            timings,
            cause=None if failure is None else failure.cause,
            usage=usage,
            cost=embedding_cost(usage, self.origin.price),
        )


class ObservedChat:
    """Folds a chat beside whoever reads it, so that its figures are known whatever becomes of the reader."""

    def __init__(self, observed: Observed, request: ChatRequest, clock: Callable[[], float]) -> None:
        self._observed = observed
        self._request = request
        self._clock = clock
        self._turn = Turn("", parts_of(""))

    def fold(self, batch: EventBatch) -> None:
        """Take over what the reader is given."""
        for event in batch.events:
            apply(self._turn, event, batch.at)

    def record(self) -> ExchangeRecord:
        """Return the record of the chat, which is over."""
        turn = self._turn
        settle(turn, self._request, self._observed.origin.price, self._clock())
        return self._observed.record(
            _OUTCOMES.get(turn.state, Outcome.STOPPED),
            turn.timings,
            cause=None if turn.failure is None else turn.failure.cause,
            usage=turn.usage,
            cost=turn.cost,
            server_cost=turn.server_cost,
            server_timings=turn.server_timings,
        )
