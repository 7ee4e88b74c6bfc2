"""Sends a chat and yields the reply as events; all chats of the program use this module.

Time limits are in ``net.deadlines``, a single chat in ``net.chat_call``.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Collection

from tui.core.chat import ChatRequest, Endpoint
from tui.core.events import EventBatch
from tui.core.observed import Origin
from tui.core.secret import Redactor
from tui.net.chat_call import CHAT_ROUTE, ChatCall, QuirksMemory
from tui.net.client import ClientFactory
from tui.net.deadlines import HEADLESS, PROBE, SCREEN, RequestTimeouts
from tui.net.event_queue import BoundedEventQueue
from tui.net.observing import Observed, ObservedChat
from tui.net.request_trace import Requests
from tui.net.server_wait import Look
from tui.wire.evidence import Proof
from tui.wire.server_quirks import ServerQuirks
from tui.wire.servers import Dialect

__all__ = ["HEADLESS", "PROBE", "SCREEN", "ChatClient", "QuirksMemory", "RequestTimeouts"]


_NOBODY = Origin()


class ChatClient:
    """A client for chats with any endpoint."""

    def __init__(
        self,
        factory: ClientFactory,
        *,
        memory: QuirksMemory,
        redactor: Redactor,
        clock: Callable[[], float] = time.perf_counter,
        look: Look | None = None,
    ) -> None:
        """Create a client; ``look`` reads this machine, to wait for a server that is starting on it."""
        self._factory = factory
        self._memory = memory
        self._redactor = redactor
        self._clock = clock
        self._look = look

    def quirks(self, base_url: str, model: str) -> ServerQuirks:
        """Return what chats have learned about a model of an endpoint."""
        return self._memory.get(base_url, model) or ServerQuirks()

    def learn(self, base_url: str, model: str, quirks: ServerQuirks) -> None:
        """Store what a request outside the chats has shown."""
        self._memory.put(base_url, model, quirks)

    async def stream(
        self,
        endpoint: Endpoint,
        request: ChatRequest,
        *,
        server: Dialect | None = None,
        proved: Collection[Proof] | None = None,
        timeouts: RequestTimeouts = SCREEN,
        origin: Origin = _NOBODY,
    ) -> AsyncGenerator[EventBatch]:
        """Yield the events of one chat, one batch per read of the socket.

        Never raises because of the network or server: the last event of the last batch is ``Finished`` or
        ``StreamFailed``. Cancelling the consumer, or ``aclose``, closes the socket before it returns.

        Args:
            proved: what is known about the endpoint; ``None``: requested after an error for which it matters.
            origin: the origin of the request for observers, which are notified once, at the end.
        """
        queue = BoundedEventQueue()
        requests = Requests(origin, request.model)
        call = ChatCall(
            self._factory,
            endpoint,
            request,
            queue,
            requests=requests,
            memory=self._memory,
            redactor=self._redactor,
            clock=self._clock,
            server=server,
            proved=proved,
            timeouts=timeouts,
            look=self._look,
        )
        observed: ObservedChat | None = None
        if self._factory.observers:
            routes = self._factory.route_times
            observers = self._factory.observers
            watched = Observed(requests, origin, endpoint, CHAT_ROUTE, self._redactor, routes, observers)
            observed = ObservedChat(watched, request, self._clock)
        pump = asyncio.create_task(call.run(), name="chat")
        try:
            while (batch := await queue.get()) is not None:
                if observed is not None:
                    observed.fold(batch)
                yield batch
            await pump  # raises only on a bug
        finally:
            pump.cancel()
            try:
                await asyncio.wait([pump])
            finally:
                if observed is not None:
                    observed.finish()
