"""The trace of a running exchange: its phase, times, and the first bytes received.

Written by the transport, read by the classifier and the progress of a chat. It is passed in a context
variable, because the HTTP library does not pass the caller's objects to the socket.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import field
from enum import StrEnum

from tui.core.debug_log import bare_url, is_wanted, tell
from tui.core.lazy_dataclass import dataclass
from tui.core.observed import Origin
from tui.core.timings import Timings

_KEPT_BYTES = 512
_KEPT_HANDSHAKE_BYTES = 16_384


class Phase(StrEnum):
    """The phase of an exchange."""

    PREPARE = "prepare"
    LOOKUP = "lookup"
    CONNECT = "connect"
    TLS = "tls"
    SEND = "send"
    HEADERS = "headers"
    BODY = "body"


_EVENTS = {
    Phase.LOOKUP: "dns",
    Phase.CONNECT: "connect",
    Phase.TLS: "tls",
    Phase.HEADERS: "sent",
    Phase.BODY: "headers",
}
"""The names of the phases' beginnings in the debug log."""
_NUMBERS = itertools.count(1)


@dataclass(slots=True)
class RequestTrace:
    """The record of one request and its response."""

    listener: Callable[[Phase], None] | None = None
    """Called for every new phase, from inside the transport: must not block."""
    phase: Phase = Phase.PREPARE
    marks: dict[Phase, float] = field(default_factory=dict)
    """When each phase was last entered, on ``time.perf_counter``."""
    address: str = ""
    """The connected address."""
    is_reused: bool = True
    """Whether the connection was open before."""
    through_proxy: bool = False
    handshakes: int = 0
    """How many TLS handshakes have begun on the connection: behind a proxy with TLS there is a second."""
    first_bytes: bytearray = field(default_factory=bytearray)
    """The first bytes of the response, decrypted."""
    handshake_bytes: bytearray = field(default_factory=bytearray)
    """The first bytes received during the TLS handshake, as on the wire."""
    sent: int = 0
    """Bytes of the request so far, including headers."""
    received: int = 0
    """Bytes of the response so far, including headers."""
    status: int | None = None
    """The HTTP status, once the headers have arrived."""
    certificate: bytes | None = None
    """The server's certificate (DER), after the handshake."""
    tls_version: str | None = None
    authorities_from: str | None = None
    """The environment variable with the certificate authorities in use."""
    number: int = 0
    """The number of the request in this process's debug log; 0: not logged yet."""
    on_send: Callable[[], None] | None = None
    """Called whenever a request is written; its duration is not part of the network time. Must not block."""

    def tell(self, event: str, **facts: object) -> None:
        """Write an event of this request to the debug log, if enabled."""
        if not is_wanted():
            return
        self.number = self.number or next(_NUMBERS)
        tell(f"#{self.number} {event}", **facts)

    def ended(self) -> None:
        """Record that the response is not read further."""
        self.tell("last-byte", status=self.status, sent_bytes=self.sent, received_bytes=self.received)

    def enter(self, phase: Phase) -> None:
        """Record the beginning of a phase."""
        if phase is self.phase:
            return
        self.phase = phase
        self.marks[phase] = time.perf_counter()
        if phase is Phase.SEND:
            reused = "yes" if self.is_reused else None
            self.tell("send", address=self.address, tls=self.tls_version, reused=reused)
        elif event := _EVENTS.get(phase):
            self.tell(event, status=self.status)
        if self.listener is not None:
            self.listener(phase)
        if phase is Phase.HEADERS and self.on_send is not None:
            self.on_send()

    def connected(self, address: str) -> None:
        """Record a new connection."""
        self.address = address
        self.is_reused = False
        self.handshakes = 0

    def begin_tls(self) -> None:
        """Record that a TLS handshake begins."""
        self.handshakes += 1
        self.handshake_bytes.clear()
        self.enter(Phase.TLS)

    def wrote(self, count: int) -> None:
        """Record that part of a request was sent: bytes received from now on are its response."""
        self.enter(Phase.SEND)
        self.sent += count
        self.received = 0
        self.first_bytes.clear()

    def answered(self, status: int) -> None:
        """Record the arrival of the response headers."""
        self.status = status
        self.enter(Phase.BODY)

    def read(self, data: bytes) -> None:
        """Record bytes of the response."""
        if data and not self.received:
            self.tell("first-byte")
        if len(self.first_bytes) < _KEPT_BYTES:
            self.first_bytes += data[:_KEPT_BYTES]
        self.received += len(data)

    def read_handshake(self, data: bytes) -> None:
        """Record bytes of a TLS handshake."""
        if len(self.handshake_bytes) < _KEPT_HANDSHAKE_BYTES:
            self.handshake_bytes += data[:_KEPT_HANDSHAKE_BYTES]


@dataclass(slots=True)
class Requests:
    """The requests of one call: their number, and the trace of the last one."""

    origin: Origin | None = None
    """The origin for observers."""
    model: str = ""
    count: int = 0
    first: RequestTrace | None = None
    last: RequestTrace = field(default_factory=RequestTrace)
    on_sent: Callable[[], None] | None = None
    """Called once, when the first request was sent."""

    def timings(self, ended: float) -> Timings:
        """Return the timestamps of a response that was complete at ``ended``.

        They begin with the first request, excluding the loading of modules.
        """
        first, last = {} if self.first is None else self.first.marks, self.last.marks
        started = min(first.values(), default=None)
        sending, headers = last.get(Phase.SEND), last.get(Phase.BODY)
        return Timings(started, sending, headers, ended=ended, requests=self.count)

    def begin(self, method: str, url: str) -> RequestTrace:
        """Return the trace of the next request."""
        self.count += 1
        self.last = RequestTrace(on_send=self._sent)
        self.first = self.first or self.last
        if is_wanted():
            who = {"provider": self.origin.provider, "purpose": self.origin.purpose} if self.origin else {}
            self.last.tell("request", method=method, url=bare_url(url), model=self.model, **who)
        return self.last

    def _sent(self) -> None:
        told, self.on_sent = self.on_sent, None
        if told is not None:
            told()


_CURRENT: ContextVar[RequestTrace | None] = ContextVar("exchange", default=None)


def current_trace() -> RequestTrace:
    """Return the trace of the current task's exchange, or an unused one."""
    return _CURRENT.get() or RequestTrace()


@contextmanager
def observe(trace: RequestTrace) -> Iterator[RequestTrace]:
    """Record the requests of this task (and of tasks it starts) in a trace."""
    token = _CURRENT.set(trace)
    try:
        yield trace
    finally:
        _CURRENT.reset(token)
