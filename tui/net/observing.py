"""Makes the record of an exchange for those who observe them (``core.observed``)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field, replace
from datetime import UTC, datetime

from tui.core.chat import ChatRequest, Endpoint
from tui.core.embedding import EmbeddingOutcome, embedding_cost
from tui.core.events import EventBatch, ResponseStarted
from tui.core.fold import apply, settle
from tui.core.lazy_dataclass import dataclass
from tui.core.observed import ExchangeRecord, Origin, Outcome
from tui.core.parts import parts_of
from tui.core.secret import Redactor
from tui.core.timings import Timings
from tui.core.turn import Turn, TurnState
from tui.core.usage import Usage, cost_of
from tui.net.addresses import origin_text
from tui.net.request_trace import Phase, Requests

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

    def record(self, outcome: Outcome, turn: Turn) -> ExchangeRecord:
        """Return the record of the exchange, which is over."""
        last, redact = self.requests.last, self.redactor.redact
        return ExchangeRecord(
            replace(self.origin, provider=redact(self.origin.provider)),
            origin_text(self.endpoint.base_url),
            self.route,
            redact(self.requests.model),
            self.started_at,
            outcome,
            None if turn.failure is None else turn.failure.cause,
            self.requests.count,
            last.status,
            turn.usage,
            turn.cost,
            turn.server_cost,
            turn.timings,
            turn.server_timings,
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
        turn = Turn("", parts_of(""), timings=timings)
        if outcome is None:
            return self.record(Outcome.STOPPED, turn)
        turn.usage, turn.failure = outcome.usage, outcome.failure
        turn.cost = embedding_cost(outcome.usage, self.origin.price)
        return self.record(Outcome.DONE if outcome.failure is None else Outcome.FAILED, turn)


class ObservedChat:
    """Folds a chat beside whoever reads it, so that its figures are known whatever becomes of the reader."""

    def __init__(self, observed: Observed, request: ChatRequest, clock: Callable[[], float]) -> None:
        self._observed = observed
        self._request = request
        self._clock = clock
        self._turn = Turn("", parts_of(""))
        self._earlier: Usage | None = None
        """What requests used to which another one followed: it is paid for as well."""

    def fold(self, batch: EventBatch) -> None:
        """Take over what the reader is given."""
        for event in batch.events:
            if isinstance(event, ResponseStarted):
                self._set_aside()
            apply(self._turn, event, batch.at)

    def record(self) -> ExchangeRecord:
        """Return the record of the chat, which is over."""
        turn, price = self._turn, self._observed.origin.price
        settle(turn, self._request, price, self._clock())
        if self._earlier is not None:
            self._set_aside()
            turn.usage, turn.cost = self._earlier, cost_of(self._earlier, price)
        return self._observed.record(_OUTCOMES.get(turn.state, Outcome.STOPPED), turn)

    def _set_aside(self) -> None:
        """Keep what was used so far beside what the next request uses."""
        usage, self._turn.usage = self._turn.usage, None
        if usage is not None:
            self._earlier = usage if self._earlier is None else self._earlier.plus(usage)
