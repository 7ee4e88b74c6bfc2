"""The one path of every chat: resolve the endpoint, stream, and let failures end the stream."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from tui.core.chat import ChatRequest
from tui.core.failure import LmdeckError
from tui.core.secret import Redactor
from tui.runtime.endpoints import Endpoints
from tui.session.target import ChatTarget

if TYPE_CHECKING:
    from tui.core.events import EventBatch
    from tui.net.chat import ChatClient, RequestTimeouts
    from tui.net.client import ClientFactory
    from tui.net.machine.machine import Machine
    from tui.net.machine.snapshot import Snapshot
    from tui.runtime.kept_quirks import KeptQuirks
    from tui.store.endpoint_memory import EndpointMemory


class ChatTransports:
    """Makes exchanges for sessions: for a screen, for a command that must end, for a form's test."""

    def __init__(
        self,
        endpoints: Endpoints,
        clients: Callable[[], ClientFactory],
        memory: EndpointMemory,
        redactor: Redactor,
        machine: Callable[[], Machine],
    ) -> None:
        """``clients`` gives the factory when the first request is sent: a screen is painted before that.

        ``machine`` gives this machine when a port on it is refused.
        """
        self._machine = machine
        self._endpoints = endpoints
        self._clients = clients
        self._memory = memory
        self._redactor = redactor

    @cached_property
    def client(self) -> ChatClient:
        """The client that remembers what endpoints refuse."""
        from tui.net.chat import ChatClient

        return ChatClient(
            self._clients(),
            memory=self._kept_quirks,
            redactor=self._redactor,
            look=self._look_around,
        )

    @cached_property
    def _kept_quirks(self) -> KeptQuirks:
        from tui.runtime.kept_quirks import KeptQuirks

        return KeptQuirks(self._memory)

    async def aclose(self) -> None:
        """Let what was learned of endpoints be written."""
        if "_adaptations" in self.__dict__:
            await self._kept_quirks.aclose()

    @cached_property
    def forgetful_client(self) -> ChatClient:
        """The same for an endpoint of which nothing is kept after this run."""
        from tui.net.chat import ChatClient
        from tui.runtime.kept_quirks import ForgottenQuirks

        return ChatClient(
            self._clients(),
            memory=ForgottenQuirks(),
            redactor=self._redactor,
            look=self._look_around,
        )

    async def _look_around(self, port: int) -> Snapshot:
        return await self._machine().look(port)

    def for_screen(self) -> ChatTransport:
        """Return an exchange for a person who watches: it never gives up while the connection lives."""
        return ChatTransport(self._endpoints, lambda: self.client, _screen_timeouts, "chat")

    def for_test(self, key_text: str | None = None) -> ChatTransport:
        """Return the same for a test: a server that is starting or loading is told at once.

        ``key_text`` is what stands in a form's key field; ``None`` takes the provider's saved key.
        """
        return ChatTransport(self._endpoints, lambda: self.client, _test_timeouts, "test", key_text)

    def for_command(self, wait_seconds: float, *, is_forgetful: bool) -> ChatTransport:
        """Return an exchange that gives up when no text came for ``wait_seconds``."""
        return ChatTransport(
            self._endpoints,
            lambda: self.forgetful_client if is_forgetful else self.client,
            lambda: _command_timeouts(wait_seconds),
            "ask",
        )


def _screen_timeouts() -> RequestTimeouts:
    from tui.net.deadlines import SCREEN

    return SCREEN


def _test_timeouts() -> RequestTimeouts:
    return replace(_screen_timeouts(), loading_seconds=0.0)


def _command_timeouts(wait_seconds: float) -> RequestTimeouts:
    from tui.net.deadlines import HEADLESS

    return replace(
        HEADLESS,
        headers_seconds=wait_seconds,
        unstreamed_seconds=wait_seconds,
        idle_seconds=wait_seconds,
        first_text_seconds=wait_seconds,
        loading_seconds=wait_seconds,
        loading_option="--wait",
        backoff_seconds=min(HEADLESS.backoff_seconds, wait_seconds / 4),
        longest_retry_after_seconds=min(HEADLESS.longest_retry_after_seconds, wait_seconds),
        loading_interval_seconds=min(HEADLESS.loading_interval_seconds, max(0.05, wait_seconds / 4)),
    )


@dataclass(frozen=True, slots=True)
class ChatTransport:
    """Opens the stream of one request; the network is loaded when the first one is sent."""

    endpoints: Endpoints
    client: Callable[[], ChatClient]
    timeouts: Callable[[], RequestTimeouts]
    purpose: Literal["chat", "ask", "test"]
    key_text: str | None = None
    conversation: str = ""

    async def __call__(self, target: ChatTarget, request: ChatRequest) -> AsyncGenerator[EventBatch]:
        """Yield what comes back; what keeps the endpoint from being resolved ends the stream."""
        from tui.core.events import EventBatch, Progress, StreamFailed  # a start does without
        from tui.core.observed import Origin, Purpose

        if self.endpoints.must_start(target.provider):
            yield EventBatch(time.perf_counter(), (Progress("starting", target.provider.label),))
        try:
            endpoint = await self.endpoints.resolve(target.provider, self.key_text)
        except LmdeckError as error:
            yield EventBatch(time.perf_counter(), (StreamFailed(error.failure),))
            return
        provider = target.provider
        origin = Origin(Purpose(self.purpose), provider.name, provider.price, self.conversation)
        stream = self.client().stream(endpoint, request, timeouts=self.timeouts(), origin=origin)
        async with aclosing(stream) as batches:
            async for batch in batches:
                yield batch
