"""The way to chat in tests: short limits, and a reply that collects its events."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from tui.core.chat import ChatRequest, Endpoint, Message, Role
from tui.core.events import (
    Finished,
    Note,
    Progress,
    ResponseStarted,
    StreamEvent,
    StreamFailed,
    UsageReport,
)
from tui.core.failure import Failure
from tui.core.fold import apply
from tui.core.parts import parts_of
from tui.core.turn import Turn
from tui.core.usage import Usage
from tui.net.chat import ChatClient, RequestTimeouts
from tui.net.client import ClientFactory
from tui.net.server_wait import Look
from tui.wire.server_quirks import ServerQuirks

HASTE = RequestTimeouts(
    connect_seconds=0.4,
    headers_seconds=0.6,
    unstreamed_seconds=0.6,
    idle_seconds=0.6,
    notice_seconds=0.1,
    retries=0,
    backoff_seconds=0.01,
    loading_interval_seconds=0.01,
    reprobe_seconds=0.5,
)
"""Limits that make a failing exchange end soon."""

CALM = replace(
    HASTE,
    connect_seconds=5,
    headers_seconds=10,
    unstreamed_seconds=10,
    idle_seconds=10,
    reprobe_seconds=5,
)
"""Limits that a healthy exchange never meets, however busy the machine."""


@dataclass
class MemoryOfAdaptations:
    known: dict[tuple[str, str], ServerQuirks] = field(default_factory=dict)

    def get(self, base_url: str, model: str) -> ServerQuirks | None:
        return self.known.get((base_url, model))

    def put(self, base_url: str, model: str, quirks: ServerQuirks) -> None:
        self.known[base_url, model] = quirks


@dataclass
class Reply:
    """The events of one chat, and the resulting turn."""

    events: list[StreamEvent] = field(default_factory=list)

    @property
    def turn(self) -> Turn:
        turn = Turn("t", parts_of("prompt"))
        for event in self.events:
            apply(turn, event, 0.0)
        return turn

    @property
    def answer(self) -> str:
        return self.turn.answer.text

    @property
    def reasoning(self) -> str:
        return self.turn.reasoning.text

    @property
    def failure(self) -> Failure | None:
        last = self.events[-1]
        return last.failure if isinstance(last, StreamFailed) else None

    @property
    def cause(self) -> str | None:
        return self.failure.cause if self.failure else None

    @property
    def finish(self) -> str | None:
        last = self.events[-1]
        assert isinstance(last, Finished | StreamFailed)
        return last.reason if isinstance(last, Finished) else last.finish_reason

    @property
    def usage(self) -> Usage | None:
        return next((e.usage for e in reversed(self.events) if isinstance(e, UsageReport)), None)

    @property
    def notes(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, Note)]

    @property
    def stages(self) -> list[str]:
        return [event.stage for event in self.events if isinstance(event, Progress)]

    @property
    def statuses(self) -> list[int]:
        return [event.status for event in self.events if isinstance(event, ResponseStarted)]


REQUEST = ChatRequest("m", (Message(Role.USER, parts_of("Hello")),))


class Chatter:
    """Chats with an endpoint and collects the events."""

    def __init__(self, factory: ClientFactory, look: Look | None = None) -> None:
        self.factory = factory
        self.memory = MemoryOfAdaptations()
        self.redactor = factory.redactor
        self.client = ChatClient(factory, memory=self.memory, redactor=self.redactor, look=look)

    async def __call__(
        self,
        endpoint: Endpoint | str,
        *,
        timeouts: RequestTimeouts = CALM,
        request: ChatRequest = REQUEST,
    ) -> Reply:
        if isinstance(endpoint, str):
            endpoint = Endpoint(endpoint)
        reply = Reply()
        async with aclosing(self.client.stream(endpoint, request, timeouts=timeouts)) as batches:
            async for batch in batches:
                reply.events += batch.events
        ends: Sequence[StreamEvent] = [e for e in reply.events if isinstance(e, Finished | StreamFailed)]
        assert ends == reply.events[-1:], "exactly one event ends a stream, and it is the last"
        return reply
