"""Waits for a server that is starting or loading its model, up to a limit, and reports it.

It derives the phase from the evidence around a failure: a refused port for which a process of this machine is
starting, or a health route that says "loading". Checks, ``ask`` and chats use it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import field
from typing import TYPE_CHECKING

from tui.core.causes import explain, explain_again
from tui.core.chat import Endpoint
from tui.core.endpoint_url import is_loopback_host
from tui.core.failure import Failure
from tui.core.lazy_dataclass import dataclass
from tui.core.outside import read_decimal
from tui.core.safe_text import safe_line
from tui.core.server_phase import WORTH_WAITING, ServerPhase, phase_of
from tui.net.addresses import Origin, ip_address, origin_of
from tui.net.deadlines import WaitLimits
from tui.net.health import loading_words
from tui.texts import network

if TYPE_CHECKING:
    from tui.net.client import ClientFactory
    from tui.net.machine.snapshot import RunningServer, Snapshot

_UNAVAILABLE = 503
_UNCLEAR = ("bad-gateway", "overloaded", "no-answer")
"""Possible causes while a server is loading, until its health route is requested."""
_LONGEST_PAUSE_SECONDS = 15.0
"""The longest pause, whatever the server predicts: the model may be ready sooner."""
_WORDS_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Waiting:
    """The current state of a wait."""

    phase: ServerPhase
    what: str
    """What is waited for, in words."""
    waited_seconds: float
    limits: WaitLimits

    @property
    def sentence(self) -> str:
        """The whole on one line, with the limit."""
        option = f" ({self.limits.option})" if self.limits.option else ""
        limit = duration(self.limits.seconds)
        return network.WAITING.format(
            what=self.what, time=duration(self.waited_seconds), limit=limit, option=option
        )


Look = Callable[[int], Awaitable["Snapshot"]]
"""Reads this machine's sockets and processes, for a question about one port."""


@dataclass(eq=False, repr=False)
class ServerWait:
    """The waits of one check or call, which share one limit."""

    factory: ClientFactory
    endpoint: Endpoint
    limits: WaitLimits
    look: Look | None
    """``None`` if this machine shows nothing."""
    tell: Callable[[Waiting], None]
    """Called before each pause."""
    clock: Callable[[], float] = time.perf_counter
    _began: float | None = field(default=None, init=False)
    _seen: RunningServer | None = field(default=None, init=False)
    _has_opened: bool = field(default=False, init=False)
    _is_healthy: bool = field(default=False, init=False)
    """Whether the health route was requested and did not report loading; it is not requested again."""

    async def pause(self, failure: Failure) -> Failure | None:
        """Wait a moment if the server is starting, and return ``None``: a retry is worthwhile.

        Otherwise return the failure, with what the evidence shows about it.
        """
        failure = await self.judge(failure)
        phase = phase_of(failure)
        if phase not in WORTH_WAITING or not self.limits.seconds:
            return failure
        now = self.clock()
        self._began = now if self._began is None else self._began
        waited = now - self._began
        left = self.limits.seconds - waited
        if left <= 0:
            return self._given_up(failure)
        self.tell(Waiting(phase, _words(failure), waited, self.limits))
        await asyncio.sleep(min(self._pause_seconds(failure), left + 0.01))
        return None

    async def judge(self, failure: Failure) -> Failure:
        """Return the failure as explained by this machine and the health route. Never raises."""
        if failure.cause == "connection-refused":
            return await self._judge_refusal(failure)
        if failure.cause not in _UNCLEAR or failure.status not in (None, _UNAVAILABLE) or self._is_healthy:
            return failure
        sentence = await self._ask_health()
        if sentence is None:
            self._is_healthy = True
            return failure
        return explain("loading", status=_UNAVAILABLE, server_message=sentence, chain=failure.chain)

    async def _judge_refusal(self, failure: Failure) -> Failure:
        origin = origin_of(self.endpoint.base_url)
        if self.look is None or not is_loopback_host(origin.host) or self._goes_through_proxy:
            return failure
        snapshot = await self.look(origin.port)
        server = snapshot.starting_for(origin.port) or self._just_opened(snapshot, origin)
        if server is None and (self._seen is None or _runs(self._seen, snapshot)):
            return failure
        cause = "start-failed"
        if server is not None:
            self._seen, cause = server, "starting"
        elif self._began is not None and await self._is_restarted(origin.port):
            cause = "starting"
        return explain_again(failure, cause, server=_name(self._seen), port=str(origin.port))

    def _just_opened(self, snapshot: Snapshot, origin: Origin) -> RunningServer | None:
        """Return the server that has opened the port since it was refused.

        Only once, so that a refusal by a listening server is reported.
        """
        listeners = [owner.listener for owner in snapshot.on_port(origin.port)]
        is_name = ip_address(origin.host) is None
        is_open = any(each.is_local if is_name else each.accepts(origin.host) for each in listeners)
        if self._has_opened or not is_open:
            return None
        found = next((server for server in snapshot.servers if origin.port in server.ports), None)
        self._has_opened = found is not None
        return found

    async def _is_restarted(self, port: int) -> bool:
        """Check again a moment later whether a supervisor has restarted the server."""
        await asyncio.sleep(self.limits.interval_seconds)
        found = (await self.look(port)).starting_for(port) if self.look is not None else None
        self._seen = found or self._seen
        return found is not None

    async def _ask_health(self) -> str | None:
        """Return the message of the health route, if it says that the model is loading."""
        return await loading_words(self.factory, self.endpoint)

    @property
    def _goes_through_proxy(self) -> bool:
        return not self.factory.route(self.endpoint.base_url).is_direct

    def _pause_seconds(self, failure: Failure) -> float:
        seconds = read_decimal(failure.facts.get("retry_after", "")) or 0.0
        interval = self.limits.interval_seconds
        return max(interval, min(seconds, _LONGEST_PAUSE_SECONDS)) if interval >= 1 else interval

    def _given_up(self, failure: Failure) -> Failure:
        limits = self.limits
        words = {**failure.facts, "waited": duration(limits.seconds), "option": limits.option}
        return explain_again(failure, **words)


def duration(seconds: float) -> str:
    """Format the time of a wait: ``45 s``, ``30 min``."""
    return f"{seconds / 60:g} min" if seconds >= 600 and seconds % 60 == 0 else f"{seconds:.3g} s"


def _runs(server: RunningServer, snapshot: Snapshot) -> bool:
    return any(known.process.pid == server.process.pid for known in snapshot.servers)


def _name(server: RunningServer | None) -> str:
    return "" if server is None else network.PROCESS.format(server=server.label, pid=server.process.pid)


def _words(failure: Failure) -> str:
    if failure.cause == "starting":
        return network.STARTING.format(server=safe_line(failure.facts.get("server", network.THE_SERVER), 60))
    said = f' ("{safe_line(failure.server_message, _WORDS_LENGTH)}")' if failure.server_message else ""
    return network.LOADING.format(said=said)
