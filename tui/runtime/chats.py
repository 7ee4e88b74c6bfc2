"""The network part of all chats: resolves the endpoint and streams; failures end the stream.

Importing this module loads the network.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace
from functools import cached_property

from tui.core.causes import explain
from tui.core.chat import ChatRequest
from tui.core.events import EventBatch, FiguresFollow, PartsLearned, Progress, StreamFailed
from tui.core.failure import LmdeckError
from tui.core.observed import Origin, Purpose
from tui.core.phases import Learned
from tui.core.safe_text import safe_line
from tui.core.secret import Redactor
from tui.net.chat import ChatClient, RequestTimeouts
from tui.net.client import ClientFactory
from tui.net.deadlines import HEADLESS, SCREEN
from tui.net.machine.machine import Machine
from tui.net.machine.snapshot import Snapshot
from tui.net.scrape import Measured, Scrapes
from tui.runtime.endpoints import Endpoints
from tui.runtime.kept_quirks import ForgottenQuirks, KeptQuirks
from tui.runtime.sessions import ChatTransport
from tui.session.target import ChatTarget
from tui.store.endpoint_memory import EndpointMemory


class Chats:
    """Streams the replies of all sessions: of a screen, a command with a time limit, a form's test."""

    def __init__(
        self,
        endpoints: Endpoints,
        clients: ClientFactory,
        memory: EndpointMemory,
        redactor: Redactor,
        machine: Callable[[], Machine],
    ) -> None:
        """Create an instance; ``machine`` returns this machine if a port on it is refused."""
        self._endpoints = endpoints
        self._clients = clients
        self._redactor = redactor
        self._machine = machine
        self._kept_quirks = KeptQuirks(memory)

    @cached_property
    def client(self) -> ChatClient:
        """The client that remembers what endpoints reject."""
        return self._client(self._kept_quirks)

    @cached_property
    def forgetful_client(self) -> ChatClient:
        """The same for an endpoint about which nothing is stored."""
        return self._client(ForgottenQuirks())

    def _client(self, memory: KeptQuirks | ForgottenQuirks) -> ChatClient:
        return ChatClient(self._clients, memory=memory, redactor=self._redactor, look=self._look_around)

    @cached_property
    def _scrapes(self) -> Scrapes:
        return Scrapes(self._clients)

    async def _look_around(self, port: int) -> Snapshot:
        return await self._machine().look(port)

    async def aclose(self) -> None:
        """Wait until what was learned about endpoints is written."""
        await self._kept_quirks.aclose()
        if "_scrapes" in self.__dict__:
            await self._scrapes.aclose()

    async def stream(
        self, how: ChatTransport, target: ChatTarget, request: ChatRequest
    ) -> AsyncGenerator[EventBatch]:
        """Yield the reply; a failure to resolve the endpoint ends the stream."""
        provider = target.provider
        if not request.model:
            failure = explain("provider-without-model", name=safe_line(provider.name))
            yield EventBatch(time.perf_counter(), (StreamFailed(failure),))
            return
        if self._endpoints.must_start(provider):
            yield EventBatch(time.perf_counter(), (Progress("starting", provider.label),))
        try:
            endpoint = await self._endpoints.resolve(provider, how.key_text)
        except LmdeckError as error:
            yield EventBatch(time.perf_counter(), (StreamFailed(error.failure),))
            return
        client = self.forgetful_client if how.is_forgetful else self.client
        origin = Origin(Purpose(how.purpose), provider.name, provider.price, how.conversation)
        if how.purpose == "chat" or how.asks_for_parts:
            measured = Measured(self._scrapes, endpoint, request.model)
            await measured.begin(is_asked_for=how.asks_for_parts)
            route = self._clients.route_times.of(endpoint.base_url)
            learned = PartsLearned(Learned(route=route))
            yield EventBatch(time.perf_counter(), (learned, FiguresFollow(measured.read)))
        else:
            measured = None
        stream = client.stream(endpoint, request, timeouts=_timeouts(how), origin=origin)
        async with aclosing(stream) as batches:
            async for batch in batches:
                if measured is not None:
                    measured.see(batch)
                yield batch


def _timeouts(how: ChatTransport) -> RequestTimeouts:
    """Return the time limits: none for screens while the connection is alive, short ones for tests."""
    wait = how.wait_seconds
    if wait is None:
        return replace(SCREEN, loading_seconds=0.0) if how.purpose == "test" else SCREEN
    return replace(
        HEADLESS,
        headers_seconds=wait,
        unstreamed_seconds=wait,
        idle_seconds=wait,
        first_text_seconds=wait,
        loading_seconds=wait,
        loading_option="--wait",
        backoff_seconds=min(HEADLESS.backoff_seconds, wait / 4),
        longest_retry_after_seconds=min(HEADLESS.longest_retry_after_seconds, wait),
        loading_interval_seconds=min(HEADLESS.loading_interval_seconds, max(0.05, wait / 4)),
    )
