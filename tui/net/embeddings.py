"""Asks an endpoint for vectors: by the same client, with the same patience, as a chat is sent."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Collection

from tui.core.chat import Endpoint
from tui.core.embedding import EmbeddingOutcome, EmbeddingRequest, Vectors
from tui.core.endpoint_url import embeddings_url_of
from tui.core.failure import Failure, LmdeckError
from tui.core.lazy_dataclass import dataclass
from tui.core.observed import Origin
from tui.net.client import ClientFactory
from tui.net.deadlines import SCREEN, RequestTimeouts
from tui.net.fetch import Fetched, fetch
from tui.net.http_error_details import enrich_http_error
from tui.net.observing import Observed
from tui.net.proofs import judge_refusal
from tui.net.request_trace import Requests
from tui.net.retry import retry_delay
from tui.texts import network
from tui.wire.embeddings import build_embeddings_body, read_embeddings, refused_embeddings
from tui.wire.error_body import is_page
from tui.wire.errors import read_refusal
from tui.wire.evidence import Proof
from tui.wire.limits import DEFAULT_LIMITS

ROUTE = "/embeddings"
_NOBODY = Origin()

Told = Callable[[str], None]


def _ignore(_: str) -> None:
    """Take what nobody wants to see."""


async def embed(
    factory: ClientFactory,
    endpoint: Endpoint,
    request: EmbeddingRequest,
    *,
    timeouts: RequestTimeouts = SCREEN,
    proved: Collection[Proof] | None = None,
    on_progress: Told = _ignore,
    origin: Origin = _NOBODY,
) -> EmbeddingOutcome:
    """Return the vectors of some texts, or why there are none. Never raises for what a server does.

    ``proved`` is what is known of the endpoint; ``None``: it is asked after a refusal that needs it.
    ``timeouts.unstreamed_seconds`` limits each try. ``on_progress`` gets a sentence before another try.
    ``origin`` says who asks, for those who observe what is sent: they are told once, at the end.
    """
    requests = Requests(origin, request.model)
    call = _Call(factory, endpoint, request, timeouts, proved, on_progress, requests)
    observed = Observed(requests, origin, endpoint, ROUTE, factory.redactor)
    factory.redactor.add_sent(endpoint.key, endpoint.extra_headers, request.extra_body)
    started = time.perf_counter()
    outcome = None
    try:
        outcome = await call.run()
        return outcome
    finally:
        factory.observers.finished(observed.record_vectors(outcome, started, time.perf_counter()))


@dataclass(slots=True)
class _Try:
    """One try: what arrived, or why nothing usable did."""

    vectors: Vectors | None = None
    failure: Failure | None = None
    response: Fetched | None = None
    milliseconds: float = 0.0


@dataclass(eq=False, repr=False)
class _Call:
    """The tries that one request takes."""

    factory: ClientFactory
    endpoint: Endpoint
    request: EmbeddingRequest
    timeouts: RequestTimeouts
    proved: Collection[Proof] | None
    on_progress: Told
    requests: Requests
    tried: int = 0
    loading_until: float | None = None

    async def run(self) -> EmbeddingOutcome:
        """Try until there are vectors, or no further try is worth it."""
        while True:
            self.tried += 1
            last = await self._try()
            if last.failure is None or not await self._waits(last):
                break
        details = () if last.response is None else last.response.details("POST")
        return EmbeddingOutcome(
            self.request, last.vectors, last.failure, last.milliseconds, details, self.tried - 1
        )

    async def _try(self) -> _Try:
        started = time.perf_counter()
        try:
            await self.factory.prepare(self.endpoint)
            started = time.perf_counter()  # loading the HTTP library is no time of the server's
            response = await fetch(
                self.factory,
                self.endpoint,
                embeddings_url_of(self.endpoint.base_url),
                seconds=self.timeouts.unstreamed_seconds,
                body_limit=DEFAULT_LIMITS.body,
                reprobe_seconds=self.timeouts.reprobe_seconds,
                content=json.dumps(build_embeddings_body(self.request), allow_nan=False).encode(),
                requests=self.requests,
            )
        except LmdeckError as error:
            took = (time.perf_counter() - started) * 1000
            return _Try(failure=error.failure, milliseconds=took)
        took = (time.perf_counter() - started) * 1000
        return await self._judge(response, took)

    async def _judge(self, response: Fetched, took: float) -> _Try:
        redactor = self.factory.redactor
        read = read_embeddings(
            response.status, response.headers, response.body, len(self.request.texts), redactor
        )
        if isinstance(read, Vectors):
            return _Try(read, None, response, took)
        failure = enrich_http_error(
            await self._with_proofs(response, read),
            self.endpoint,
            route=ROUTE,
            location=response.headers.get("location"),
            model=self.request.model,
            redactor=redactor,
            way=self.factory.route(self.endpoint.base_url),
        )
        return _Try(None, failure, response, took)

    async def _with_proofs(self, response: Fetched, failure: Failure) -> Failure:
        """Judge again with what else the endpoint shows, where that decides."""
        said = response.status, response.headers, response.body, self.factory.redactor
        is_no_error = response.status < 300 and failure.status == response.status
        if is_no_error and not is_page(response.body):
            return failure  # vectors that are none
        return await judge_refusal(
            self.factory,
            self.endpoint,
            read_refusal(*said),
            model=self.request.model,
            proved=self.proved,
            looks=self.timeouts.reprobe_seconds > 0,
            words=lambda proved: failure if is_no_error else refused_embeddings(*said, proved),
        )

    async def _waits(self, last: _Try) -> bool:
        """Wait before another try, visibly; return false where there is none."""
        failure = last.failure
        if failure is None:
            return False
        delay = self._loading_delay(failure)
        if delay is None:
            headers = last.response.headers if last.response is not None else {}
            delay = retry_delay(failure, self.tried, self.timeouts, headers=headers)
        if delay is None:
            return False
        self.on_progress(network.RETRYING.format(reason=failure.title, seconds=delay))
        self.requests.last.tell("retry", seconds=delay, because=failure.cause)
        await asyncio.sleep(delay)
        return True

    def _loading_delay(self, failure: Failure) -> float | None:
        """A model that is being loaded is worth retrying for longer than any other trouble."""
        if failure.cause != "loading" or not self.timeouts.loading_seconds:
            return None
        now = asyncio.get_running_loop().time()
        if self.loading_until is None:
            self.loading_until = now + self.timeouts.loading_seconds
        return self.timeouts.loading_interval_seconds if now < self.loading_until else None
