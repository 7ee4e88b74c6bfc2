"""Reads a server's ``/metrics`` around a chat, if public; never during a request.

Once before the request, if an earlier reading was successful (or figures were requested), and once shortly
after the end. Over separate connections, without key and extra headers.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from tui.core.chat import Endpoint
from tui.core.events import EventBatch, Identified, ResponseStarted, TimingsReport
from tui.core.lazy_dataclass import dataclass
from tui.core.phases import NO_FIGURES, NOTHING_LEARNED, Learned
from tui.net.addresses import origin_of, origin_text
from tui.net.client import ClientFactory
from tui.net.fetch import fetch_evidence
from tui.wire.fingerprint import identify, identify_host, reason_without_times
from tui.wire.metric_deltas import Counters, learned_between, read_counters

AFTER_SECONDS = 0.05
"""Until the server has counted a finished request."""
_BEFORE_SECONDS = 0.05
_FIRST_SECONDS = 0.25
"""The same for a command that requests figures from a server that was never read."""
_READ_SECONDS = 2.0
_CLOSED_SECONDS = 600.0
_LARGE = 50_000
"""Bytes from which a text is parsed in a thread."""


@dataclass(slots=True)
class _Door:
    """What is known about the ``/metrics`` of one server."""

    is_open: bool = False
    closed_until: float = float("-inf")
    reading: Counters | None = None
    """The last reading."""
    requests: int = 0
    """The number of requests begun."""


class Scrapes:
    """The readings of all servers used by chats; for one event loop."""

    def __init__(
        self,
        factory: ClientFactory,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        before_seconds: float = _BEFORE_SECONDS,
    ) -> None:
        """Create an instance; ``before_seconds`` is the longest wait of a chat for its first reading."""
        self._factory = factory.branch()
        self._clock = clock
        self._sleep = sleep
        self._before_seconds = before_seconds
        self._doors: dict[str, _Door] = {}

    async def before(self, endpoint: Endpoint, *, is_asked_for: bool = False) -> Counters | None:
        """Return a reading for a request that is about to be sent, if that takes no noticeable time.

        ``is_asked_for``: try a server that was never read, too.
        """
        door = self._door(endpoint)
        door.requests += 1
        if not self._may_read(endpoint, door) or not (door.is_open or is_asked_for):
            return None
        limit = self._before_seconds if door.is_open else _FIRST_SECONDS
        try:
            async with asyncio.timeout(limit):
                return await self._read(endpoint, door)
        except TimeoutError:
            return door.reading  # older, so it may include other requests: their number is visible

    async def after(self, endpoint: Endpoint, before: Counters | None, model: str) -> Learned:
        """Return where the time of a finished request went, as far as two readings show."""
        door = self._door(endpoint)
        if not self._may_read(endpoint, door):
            return Learned(unknown=NO_FIGURES)
        requests = door.requests
        await self._sleep(AFTER_SECONDS)
        is_busy = door.requests != requests  # another request began: use its reading
        reading = door.reading if is_busy else await self._read(endpoint, door)
        if before is None or reading is None:
            return Learned(unknown=NO_FIGURES)
        return learned_between(before, reading, model)

    def is_open(self, endpoint: Endpoint) -> bool:
        """Return whether the last reading of a server was successful."""
        return self._door(endpoint).is_open

    def close_door(self, endpoint: Endpoint) -> None:
        """Stop reading a server whose replies already contain everything."""
        self._door(endpoint).closed_until = float("inf")

    async def aclose(self) -> None:
        """Close the connections."""
        await self._factory.aclose()

    def _door(self, endpoint: Endpoint) -> _Door:
        return self._doors.setdefault(origin_text(endpoint.base_url), _Door())

    def _may_read(self, endpoint: Endpoint, door: _Door) -> bool:
        """Return whether a server may have metrics: hosted services have none."""
        is_hosted = identify_host(origin_of(endpoint.base_url).host).kind is not None
        return not is_hosted and self._clock() >= door.closed_until

    async def _read(self, endpoint: Endpoint, door: _Door) -> Counters | None:
        stranger = Endpoint(origin_text(endpoint.base_url), tls=endpoint.tls)
        answer = await fetch_evidence(self._factory, stranger, f"{stranger.base_url}/metrics", _READ_SECONDS)
        found = None
        if answer is not None and answer.status == 200:
            text = answer.body.decode("utf-8", "replace")
            is_large = len(text) > _LARGE
            found = await asyncio.to_thread(read_counters, text) if is_large else read_counters(text)
        door.is_open = found is not None and not found.is_empty
        door.reading = found if door.is_open else None
        if not door.is_open:
            door.closed_until = self._clock() + _CLOSED_SECONDS
        return door.reading


class Measured:
    """One chat with the readings around it."""

    def __init__(self, scrapes: Scrapes, endpoint: Endpoint, model: str) -> None:
        self._scrapes = scrapes
        self._endpoint = endpoint
        self._model = model
        self._before: Counters | None = None
        self._tells_all = False
        self._headers: dict[str, str] = {}
        self._fingerprint = ""

    async def begin(self, *, is_asked_for: bool) -> None:
        """Read before the request."""
        self._before = await self._scrapes.before(self._endpoint, is_asked_for=is_asked_for)

    def see(self, batch: EventBatch) -> None:
        """Process a batch: figures in the reply make the readings unnecessary."""
        for event in batch.events:
            if isinstance(event, TimingsReport) and event.timings.prompt_ms is not None:
                self._tells_all = True
            elif isinstance(event, ResponseStarted):
                self._headers = dict(event.headers)
            elif isinstance(event, Identified):
                self._fingerprint = event.system_fingerprint or self._fingerprint

    async def read(self) -> Learned:
        """Return what is known after the end of the reply."""
        if self._tells_all:
            self._scrapes.close_door(self._endpoint)
            return NOTHING_LEARNED
        learned = await self._scrapes.after(self._endpoint, self._before, self._model)
        if learned.unknown != NO_FIGURES or self._scrapes.is_open(self._endpoint):
            return learned
        host = origin_of(self._endpoint.base_url).host
        found = identify(host=host, headers=self._headers, system_fingerprint=self._fingerprint)
        return Learned(unknown=reason_without_times(found))
