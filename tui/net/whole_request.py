"""A POST whose response is read whole, with the client and the time limits of a chat."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Collection, Mapping
from typing import Generic, Protocol, TypeVar

from tui.core.chat import Endpoint
from tui.core.failure import Failure, LmdeckError
from tui.core.lazy_dataclass import dataclass
from tui.core.usage import NOTHING_TOLD, Charge, ServerCost, Usage
from tui.net.client import ClientFactory
from tui.net.deadlines import RequestTimeouts
from tui.net.fetch import Fetched, fetch
from tui.net.http_error_details import enrich_http_error
from tui.net.proofs import judge_refusal
from tui.net.request_trace import Requests
from tui.net.retry import retry_delay
from tui.texts import network
from tui.wire.error_body import is_page
from tui.wire.errors import read_refusal
from tui.wire.evidence import Proof
from tui.wire.limits import DEFAULT_LIMITS
from tui.wire.usage_fields import read_body_charge

Told = Callable[[str], None]


class Charged(Protocol):
    """A response with its usage and cost."""

    @property
    def usage(self) -> Usage | None:
        """The tokens."""

    @property
    def server_cost(self) -> ServerCost | None:
        """The amount."""


_Answer = TypeVar("_Answer", bound=Charged)


def report_to_nobody(_: str) -> None:
    """Ignore an event."""


@dataclass(frozen=True, slots=True)
class Message:
    """A request body and its URL."""

    route: str
    """Relative to the base URL, as known to users."""
    url: str
    body: Mapping[str, object]
    model: str


@dataclass(slots=True)
class Answered(Generic[_Answer]):
    """The outcome of a request: an answer, or a failure."""

    value: _Answer | None = None
    failure: Failure | None = None
    response: Fetched | None = None
    """The last response."""
    milliseconds: float = 0.0
    """From the last request to the complete response."""
    retries: int = 0
    told: Charge = NOTHING_TOLD
    """What the server reported about every attempt, including failed ones, which are charged as well."""

    @property
    def details(self) -> tuple[str, ...]:
        """Status, headers and the beginning of the response, redacted."""
        return () if self.response is None else self.response.details("POST")


@dataclass(eq=False, repr=False)
class WholeRequest(Generic[_Answer]):
    """One request with its retries."""

    factory: ClientFactory
    endpoint: Endpoint
    message: Message
    read: Callable[[Fetched], _Answer | Failure]
    """Parses a response; an invalid one is a failure."""
    words: Callable[[Fetched, Collection[Proof]], Failure]
    """Creates the failure for an error, given what other requests to the endpoint have shown."""
    timeouts: RequestTimeouts
    requests: Requests
    proved: Collection[Proof] | None = None
    """What is known about the endpoint; ``None``: requested after an error for which it matters."""
    on_progress: Told = report_to_nobody
    tried: int = 0
    loading_until: float | None = None

    async def run(self) -> Answered[_Answer]:
        """Send until there is an answer or no retry is worthwhile.

        Never raises because of the network or server.
        """
        told = NOTHING_TOLD
        while True:
            self.tried += 1
            last = await self._try()
            last.told = told = told.plus(last.told)
            if last.failure is None or not await self._waits(last, last.failure):
                last.retries = self.tried - 1
                return last

    async def _try(self) -> Answered[_Answer]:
        started = time.perf_counter()
        try:
            await self.factory.prepare_exchange(self.endpoint)
            started = time.perf_counter()  # loading the HTTP library is not the server's time
            response = await fetch(
                self.factory,
                self.endpoint,
                self.message.url,
                seconds=self.timeouts.unstreamed_seconds,
                body_limit=DEFAULT_LIMITS.body,
                reprobe_seconds=self.timeouts.reprobe_seconds,
                content=json.dumps(self.message.body, allow_nan=False).encode(),
                requests=self.requests,
            )
        except LmdeckError as error:
            took = (time.perf_counter() - started) * 1000
            return Answered(failure=error.failure, milliseconds=took)
        took = (time.perf_counter() - started) * 1000
        return await self._judge(response, took)

    async def _judge(self, response: Fetched, took: float) -> Answered[_Answer]:
        read = self.read(response)
        if not isinstance(read, Failure):
            told = Charge(read.usage, read.server_cost)
            return Answered(read, None, response, took, told=told)
        failure = enrich_http_error(
            await self._with_proofs(response, read),
            self.endpoint,
            route=self.message.route,
            location=response.headers.get("location"),
            model=self.message.model,
            redactor=self.factory.redactor,
            way=self.factory.route(self.endpoint.base_url),
        )
        told = read_body_charge(response.body, response.headers, has_output=False)
        return Answered(None, failure, response, took, told=told)

    async def _with_proofs(self, response: Fetched, failure: Failure) -> Failure:
        """Judge again with further evidence about the endpoint, if that is decisive."""
        is_no_error = response.status < 300 and failure.status == response.status
        if is_no_error and not is_page(response.body):
            return failure  # not an error reply
        return await judge_refusal(
            self.factory,
            self.endpoint,
            read_refusal(response.status, response.headers, response.body, self.factory.redactor),
            model=self.message.model,
            proved=self.proved,
            looks=self.timeouts.reprobe_seconds > 0,
            words=lambda proved: failure if is_no_error else self.words(response, proved),
        )

    async def _waits(self, last: Answered[_Answer], failure: Failure) -> bool:
        """Wait before another attempt; return false if there is none."""
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
        """Return the delay for a loading model, which is retried for longer than other failures."""
        if failure.cause != "loading" or not self.timeouts.loading_seconds:
            return None
        now = asyncio.get_running_loop().time()
        if self.loading_until is None:
            self.loading_until = now + self.timeouts.loading_seconds
        return self.timeouts.loading_interval_seconds if now < self.loading_until else None
