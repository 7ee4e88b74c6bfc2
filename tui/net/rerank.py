"""Requests scores for documents from an endpoint, on whichever route it supports."""

from __future__ import annotations

import time
from collections.abc import Collection

from tui.core.chat import Endpoint
from tui.core.failure import Failure
from tui.core.observed import Origin
from tui.core.rerank import RerankOutcome, RerankRequest, Scores
from tui.core.usage import NOTHING_TOLD
from tui.net.client import ClientFactory
from tui.net.deadlines import HEADLESS, RequestTimeouts
from tui.net.fetch import Fetched
from tui.net.observing import Observed
from tui.net.request_trace import Requests
from tui.net.whole_request import Answered, Message, Told, WholeRequest, report_to_nobody
from tui.wire.evidence import Proof
from tui.wire.rerank import (
    MISSING,
    build_rerank_body,
    read_scores,
    refused_rerank,
    rerank_routes,
    wants_texts,
)

ROUTE = "/rerank"
_NOBODY = Origin()


async def rerank(
    factory: ClientFactory,
    endpoint: Endpoint,
    request: RerankRequest,
    *,
    timeouts: RequestTimeouts = HEADLESS,
    on_progress: Told = report_to_nobody,
    origin: Origin = _NOBODY,
    path: str = "",
) -> RerankOutcome:
    """Return the scores of some documents, or the failure. Never raises because of the network or server.

    ``path`` is the route that worked before; by default all are tried until one exists.
    """
    redactor = factory.redactor
    requests = Requests(origin, request.model)
    times, observers = factory.route_times, factory.observers
    observed = Observed(requests, origin, endpoint, ROUTE, redactor, times, observers)
    observed.prompt_tokens = lambda: request.estimated_usage.prompt_tokens
    redactor.add_sent(endpoint.key, endpoint.extra_headers, request.extra_body)
    routes = rerank_routes(endpoint.base_url)
    known = {path: routes[path]} if path in routes else routes

    async def ask(route: str, *, as_texts: bool = False) -> Answered[Scores]:
        body = build_rerank_body(request, as_texts=as_texts)
        message = Message(route, routes[route], body, request.model)
        call = WholeRequest(factory, endpoint, message, read, words, timeouts, requests, (), on_progress)
        return await call.run()

    def read(response: Fetched) -> Scores | Failure:
        said = response.status, response.headers, response.body
        return read_scores(*said, len(request.documents), redactor)

    def words(response: Fetched, proved: Collection[Proof]) -> Failure:
        return refused_rerank(response.status, response.headers, response.body, redactor, proved)

    outcome, found, told = None, RerankOutcome(request), NOTHING_TOLD
    try:
        for route in known:
            done = await ask(route)
            told = told.plus(done.told)
            response = done.response
            if done.failure is not None and response and wants_texts(response.status, response.body):
                done = await ask(route, as_texts=True)
                told = told.plus(done.told)
            found = RerankOutcome(
                request,
                done.value,
                done.failure,
                done.milliseconds,
                route,
                done.retries,
                told,
            )
            if done.failure is None or not _is_elsewhere(done):
                break
        outcome = found
        return found
    finally:
        observed.finish_whole(outcome, time.perf_counter())


def _is_elsewhere(done: Answered[Scores]) -> bool:
    """Return whether to try another route."""
    is_missing = done.failure is not None and done.failure.cause == MISSING
    return is_missing and done.response is not None and done.response.status in (404, 405)
