"""Creates the record of an exchange for its observers (``core.observed``)."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tui.core.chat import ChatRequest, Endpoint
from tui.core.embedding import EmbeddingOutcome, embedding_cost
from tui.core.events import EventBatch, ResponseStarted
from tui.core.fold import apply, sent_tokens, settle
from tui.core.lazy_dataclass import dataclass
from tui.core.observed import ExchangeRecord, Observers, Origin, Outcome, SentExchange
from tui.core.parts import parts_of
from tui.core.secret import Redactor
from tui.core.turn import Turn, TurnState
from tui.core.usage import NOTHING_TOLD, Charge, Source, Usage, cost_of
from tui.net.addresses import origin_text
from tui.net.request_trace import Requests
from tui.net.route_times import RouteTimes

if TYPE_CHECKING:
    from tui.core.rerank import RerankOutcome

_OUTCOMES = {TurnState.DONE: Outcome.DONE, TurnState.FAILED: Outcome.FAILED}
_NUMBERS = itertools.count(1)


@dataclass(slots=True)
class Observed:
    """A running exchange: its origin, its content, and its requests."""

    requests: Requests
    origin: Origin
    endpoint: Endpoint
    route: str
    redactor: Redactor
    routes: RouteTimes
    observers: Observers
    prompt_tokens: Callable[[], int | None] = lambda: None
    """Estimates the prompt tokens; ``None`` if unknown."""
    number: int = field(default_factory=lambda: next(_NUMBERS), init=False)
    started_at: str = field(
        default_factory=lambda: datetime.now(UTC).isoformat(timespec="milliseconds"), init=False
    )

    def __post_init__(self) -> None:
        self.requests.on_sent = self._sent

    def finish(self, outcome: Outcome, turn: Turn) -> None:
        """Notify the observers of the end of the exchange."""
        record = self._record(outcome, turn)
        if record.usage is None and record.may_have_worked:
            record = self._estimated(record)
        self.observers.finished(record)

    def _estimated(self, record: ExchangeRecord) -> ExchangeRecord:
        """Return a record without a server report, with an estimate of its prompt tokens."""
        prompt = self.prompt_tokens()
        if prompt is None:
            return record
        usage = Usage(prompt, source=Source.ESTIMATED)
        cost = cost_of(usage, record.origin.price, is_cut=record.outcome is not Outcome.DONE)
        return replace(record, usage=usage, cost=cost)

    def _origin(self) -> Origin:
        return replace(self.origin, provider=self.redactor.redact(self.origin.provider))

    def _sent(self) -> None:
        self.observers.sent(
            SentExchange(
                self.number,
                self._origin(),
                origin_text(self.endpoint.base_url),
                self.redactor.redact(self.requests.model),
                self.started_at,
                self.prompt_tokens,
            )
        )

    def _record(self, outcome: Outcome, turn: Turn) -> ExchangeRecord:
        last, redact = self.requests.last, self.redactor.redact
        way = self.routes.of(self.endpoint.base_url)
        return ExchangeRecord(
            self._origin(),
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
            None if way is None else way.milliseconds,
            turn.server_timings,
            {phase.value: at for phase, at in last.marks.items()},
            last.sent,
            last.received,
            self.number,
        )

    def finish_whole(self, outcome: EmbeddingOutcome | RerankOutcome | None, ended: float) -> None:
        """Notify the observers of the end of an embedding or rerank request; ``None`` if it was stopped."""
        turn = Turn("", parts_of(""), timings=self.requests.timings(ended))
        if outcome is None:
            self.finish(Outcome.STOPPED, turn)
            return
        turn.usage, turn.failure = outcome.usage, outcome.failure
        turn.server_cost = outcome.told.cost
        turn.cost = embedding_cost(outcome.usage, self.origin.price)
        self.finish(Outcome.DONE if outcome.failure is None else Outcome.FAILED, turn)


class ObservedChat:
    """Folds a chat independently of its reader, so that its figures are known even if the reader fails."""

    def __init__(self, observed: Observed, request: ChatRequest, clock: Callable[[], float]) -> None:
        observed.prompt_tokens = lambda: sent_tokens(request)
        self._observed = observed
        self._request = request
        self._clock = clock
        self._turn = Turn("", parts_of(""))
        self._earlier = NOTHING_TOLD
        """The usage of requests that were followed by another one; it is charged as well."""

    def fold(self, batch: EventBatch) -> None:
        """Fold the batch that the reader receives."""
        for event in batch.events:
            if isinstance(event, ResponseStarted):
                self._set_aside()
            apply(self._turn, event, batch.at)

    def finish(self) -> None:
        """Notify the observers of the end of the chat."""
        turn, price = self._turn, self._observed.origin.price
        settle(turn, self._request, price, self._clock())
        if self._earlier != NOTHING_TOLD:
            self._set_aside()
            is_cut = turn.state is not TurnState.DONE
            turn.usage, turn.server_cost = self._earlier.usage, self._earlier.cost
            turn.cost = cost_of(turn.usage, price, is_cut=is_cut)
        self._observed.finish(_OUTCOMES.get(turn.state, Outcome.STOPPED), turn)

    def _set_aside(self) -> None:
        """Store the usage so far, separately from that of the next request."""
        turn = self._turn
        self._earlier = self._earlier.plus(Charge(turn.usage, turn.server_cost))
        turn.usage, turn.server_cost = None, None
