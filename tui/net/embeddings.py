"""Requests vectors from an endpoint, with the client and the time limits of a chat."""

from __future__ import annotations

import time
from collections.abc import Collection

from tui.core.chat import Endpoint
from tui.core.embedding import EmbeddingOutcome, EmbeddingRequest, Vectors
from tui.core.endpoint_url import embeddings_url_of
from tui.core.failure import Failure
from tui.core.observed import Origin
from tui.net.client import ClientFactory
from tui.net.deadlines import SCREEN, RequestTimeouts
from tui.net.fetch import Fetched
from tui.net.observing import Observed
from tui.net.request_trace import Requests
from tui.net.whole_request import Message, Told, WholeRequest, report_to_nobody
from tui.wire.embeddings import build_embeddings_body, read_embeddings, refused_embeddings
from tui.wire.evidence import Proof

ROUTE = "/embeddings"
_NOBODY = Origin()


async def embed(
    factory: ClientFactory,
    endpoint: Endpoint,
    request: EmbeddingRequest,
    *,
    timeouts: RequestTimeouts = SCREEN,
    proved: Collection[Proof] | None = None,
    on_progress: Told = report_to_nobody,
    origin: Origin = _NOBODY,
) -> EmbeddingOutcome:
    """Return the vectors of some texts, or the failure. Never raises because of the network or server.

    Args:
        proved: what is known about the endpoint; ``None``: requested after an error for which it matters.
        timeouts: ``unstreamed_seconds`` limits each attempt.
        on_progress: receives a sentence before another attempt.
        origin: the origin of the request for observers, which are notified once, at the end.
    """
    redactor = factory.redactor
    requests = Requests(origin, request.model)
    url = embeddings_url_of(endpoint.base_url)
    message = Message(ROUTE, url, build_embeddings_body(request), request.model)

    def read(response: Fetched) -> Vectors | Failure:
        said = response.status, response.headers, response.body
        return read_embeddings(*said, len(request.texts), redactor)

    def words(response: Fetched, proved: Collection[Proof]) -> Failure:
        return refused_embeddings(response.status, response.headers, response.body, redactor, proved)

    call = WholeRequest(factory, endpoint, message, read, words, timeouts, requests, proved, on_progress)
    routes, observers = factory.route_times, factory.observers
    observed = Observed(requests, origin, endpoint, ROUTE, redactor, routes, observers)
    observed.prompt_tokens = lambda: request.estimated_usage.prompt_tokens
    redactor.add_sent(endpoint.key, endpoint.extra_headers, request.extra_body)
    outcome = None
    try:
        done = await call.run()
        outcome = EmbeddingOutcome(
            request,
            done.value,
            done.failure,
            done.milliseconds,
            done.details,
            done.retries,
            done.told,
        )
        return outcome
    finally:
        observed.finish_whole(outcome, time.perf_counter())
