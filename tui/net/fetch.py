"""Small requests whose response is read whole: GET for model lists, health and metrics, POST for vectors."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from tui.core.causes import explain
from tui.core.chat import Endpoint
from tui.core.failure import LmdeckError
from tui.core.lazy_dataclass import dataclass
from tui.core.secret_headers import is_secret_header
from tui.net.classify import classify_exception
from tui.net.client import ClientFactory
from tui.net.cooperative_yield import CooperativeYield
from tui.net.decoding import Decoder
from tui.net.headers import headers_of
from tui.net.reprobe import reprobe_after_failure
from tui.net.request_trace import Requests, RequestTrace, observe
from tui.net.retry import MOST_STALE, is_stale
from tui.net.transport_errors import transport_errors
from tui.texts import network

if TYPE_CHECKING:
    import httpx

BODY_LIMIT = 5_000_000
_SHOWN_BODY = 2_000
_EVIDENCE_LIMIT = 2_000_000
_EVIDENCE_SECONDS = 3.0
"""Short, because a user waits for the verdict."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A complete response with any status; a key repeated by the server is erased."""

    url: str
    status: int
    headers: Mapping[str, str]
    """Lower-case names."""
    body: bytes = field(repr=False)
    trace: RequestTrace = field(repr=False)

    def details(self, method: str) -> tuple[str, ...]:
        """Return request and response without secrets."""
        headers = [
            f"{name}: {'•••' if is_secret_header(name) else value}" for name, value in self.headers.items()
        ]
        body = self.body[:_SHOWN_BODY].decode("utf-8", "replace")
        return (f"{method} {self.url}", f"status {self.status}", *headers, body)


async def fetch(
    factory: ClientFactory,
    endpoint: Endpoint,
    url: str,
    *,
    seconds: float | None = 10.0,
    body_limit: int = BODY_LIMIT,
    reprobe_seconds: float = 1.0,
    content: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    requests: Requests | None = None,
) -> Fetched:
    """GET a URL with the endpoint's key (only on its own origin), within ``seconds`` in total.

    If the server has just closed a reused connection, the request is repeated on a new one.

    Args:
        content: JSON to send with a POST instead.
        headers: further headers, or replacements.
        requests: is notified of every request.

    Raises:
        LmdeckError: there was no response, or its body exceeds ``body_limit`` bytes.
    """
    message = _Message(url, content, seconds, headers or {})
    requests = requests or Requests()
    stale = 0
    while True:
        trace = requests.begin("GET" if content is None else "POST", url)
        try:
            await factory.prepare(endpoint)  # not part of the time limit
            with observe(trace):
                async with asyncio.timeout(seconds):
                    return await _fetch_once(factory, endpoint, message, trace, body_limit)
        except transport_errors() as error:
            failure = classify_exception(
                error,
                endpoint=endpoint,
                trace=trace,
                redactor=factory.redactor,
                seconds=seconds,
                route=factory.route(endpoint.base_url),
            )
            trace.tell("failed", cause=failure.cause)
            if stale == MOST_STALE or not is_stale(failure, trace):
                raise LmdeckError(
                    await reprobe_after_failure(failure, endpoint, trace, reprobe_seconds)
                ) from error
            stale += 1
            trace.tell("retry", because=network.KEPT_CONNECTION)


async def fetch_evidence(
    factory: ClientFactory, endpoint: Endpoint, url: str, seconds: float | None = None
) -> Fetched | None:
    """GET a URL as quick evidence; ``None`` without a response, which is evidence too."""
    try:
        return await fetch(
            factory,
            endpoint,
            url,
            seconds=_EVIDENCE_SECONDS if seconds is None else seconds,
            body_limit=_EVIDENCE_LIMIT,
            reprobe_seconds=0,
        )
    except LmdeckError:
        return None


@dataclass(frozen=True, slots=True)
class _Message:
    url: str
    content: bytes | None = field(repr=False)
    seconds: float | None
    headers: Mapping[str, str] = field(repr=False)

    def build(self, client: httpx.AsyncClient) -> httpx.Request:
        connect = 5.0 if self.seconds is None else min(5.0, self.seconds)
        timeout = (connect, None, self.seconds, None)  # to connect, read, write, wait for a connection
        if self.content is None:
            return client.build_request("GET", self.url, headers=dict(self.headers), timeout=timeout)
        headers = {"Content-Type": "application/json", "Accept": "application/json", **self.headers}
        return client.build_request("POST", self.url, content=self.content, headers=headers, timeout=timeout)


async def _fetch_once(
    factory: ClientFactory, endpoint: Endpoint, message: _Message, trace: RequestTrace, limit: int
) -> Fetched:
    client = factory.client(endpoint)
    response = await client.send(message.build(client), stream=True)
    try:
        trace.answered(response.status_code)
        headers = headers_of(response)
        decoder = Decoder(headers.get("content-encoding", ""))
        body = bytearray()
        pace = CooperativeYield()
        async for data in response.aiter_raw():
            pace.begin()
            for plain in decoder.feed(data):
                body += plain
                if len(body) > limit:
                    is_list = "yes" if message.content is None else None
                    raise LmdeckError(
                        explain("answer-too-large", limit=f"{limit // 1_000_000} MB", is_list=is_list)
                    )
            await pace.rest()
        trace.ended()
        factory.route_times.note(message.url, response.status_code, headers, trace)
        redactor = factory.redactor
        clean = {name: redactor.redact(value) for name, value in headers.items()}
        return Fetched(message.url, response.status_code, clean, redactor.redact_bytes(bytes(body)), trace)
    finally:
        await response.aclose()
