"""Reads a server's ``/metrics`` around a chat, if it is readable without the key; never during a request.

Once before the request, where a reading worked before (or where figures were asked for), and once shortly
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
"""Until the server has counted a request that ended."""
_BEFORE_SECONDS = 0.05
_FIRST_SECONDS = 0.25
"""The same of a command that asks for figures, at a server that was never read."""
_READ_SECONDS = 2.0
_CLOSED_SECONDS = 600.0
_LARGE = 50_000
"""Bytes from which on a text is read in a thread."""


@dataclass(slots=True)
class _Door:
    """What is known about the ``/metrics`` of one server."""

    is_open: bool = False
    closed_until: float = float("-inf")
    reading: Counters | None = None
    """The last one."""
    requests: int = 0
    """How many have begun."""


class Scrapes:
    """The readings of every server that chats go to; for one event loop."""

    def __init__(
        self,
        factory: ClientFactory,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        before_seconds: float = _BEFORE_SECONDS,
    ) -> None:
        """``before_seconds``: what a chat waits for a reading, where readings worked before."""
        self._factory = factory.branch()
        self._clock = clock
        self._sleep = sleep
        self._before_seconds = before_seconds
        self._doors: dict[str, _Door] = {}

    async def before(self, endpoint: Endpoint, *, is_asked_for: bool = False) -> Counters | None:
        """Return a reading for a request that goes out next, where that takes no time to speak of.

        ``is_asked_for``: a server that was never read is tried, too.
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
            return door.reading  # older, so that others may be counted in between: their number shows

    async def after(self, endpoint: Endpoint, before: Counters | None, model: str) -> Learned:
        """Return what a request that has just ended took, as far as two readings tell."""
        door = self._door(endpoint)
        if not self._may_read(endpoint, door):
            return Learned(unknown=NO_FIGURES)
        requests = door.requests
        await self._sleep(AFTER_SECONDS)
        is_busy = door.requests != requests  # what was read for the request since then has to do
        reading = door.reading if is_busy else await self._read(endpoint, door)
        if before is None or reading is None:
            return Learned(unknown=NO_FIGURES)
        return learned_between(before, reading, model)

    def is_open(self, endpoint: Endpoint) -> bool:
        """Whether the last reading of a server had results."""
        return self._door(endpoint).is_open

    def close_door(self, endpoint: Endpoint) -> None:
        """Read a server no more whose replies tell all there is to know."""
        self._door(endpoint).closed_until = float("inf")

    async def aclose(self) -> None:
        """Close the connections."""
        await self._factory.aclose()

    def _door(self, endpoint: Endpoint) -> _Door:
        return self._doors.setdefault(origin_text(endpoint.base_url), _Door())

    def _may_read(self, endpoint: Endpoint, door: _Door) -> bool:
        """Whether a server may have something to read: a hosted service has not."""
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
    """One chat, with the readings around it."""

    def __init__(self, scrapes: Scrapes, endpoint: Endpoint, model: str) -> None:
        self._scrapes = scrapes
        self._endpoint = endpoint
        self._model = model
        self._before: Counters | None = None
        self._tells_all = False
        self._headers: dict[str, str] = {}
        self._fingerprint = ""

    async def begin(self, *, is_asked_for: bool) -> None:
        """Read, before the request."""
        self._before = await self._scrapes.before(self._endpoint, is_asked_for=is_asked_for)

    def see(self, batch: EventBatch) -> None:
        """Note what the reply brings: one with its own figures makes the readings needless."""
        for event in batch.events:
            if isinstance(event, TimingsReport) and event.timings.prompt_ms is not None:
                self._tells_all = True
            elif isinstance(event, ResponseStarted):
                self._headers = dict(event.headers)
            elif isinstance(event, Identified):
                self._fingerprint = event.system_fingerprint or self._fingerprint

    async def read(self) -> Learned:
        """Return what is known once the reply has ended."""
        if self._tells_all:
            self._scrapes.close_door(self._endpoint)
            return NOTHING_LEARNED
        learned = await self._scrapes.after(self._endpoint, self._before, self._model)
        if learned.unknown != NO_FIGURES or self._scrapes.is_open(self._endpoint):
            return learned
        host = origin_of(self._endpoint.base_url).host
        found = identify(host=host, headers=self._headers, system_fingerprint=self._fingerprint)
        return Learned(unknown=reason_without_times(found))
