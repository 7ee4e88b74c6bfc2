"""The trace of one exchange while it happens: its phase, its times, the first bytes received.

The transport writes it, the classifier and the progress of a chat read it. It is found through a context
variable, because the HTTP library passes no objects of the caller down to the socket.
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
"""How the debug log names the beginning of each phase."""
_NUMBERS = itertools.count(1)


@dataclass(slots=True)
class RequestTrace:
    """The record of one request and its response."""

    listener: Callable[[Phase], None] | None = None
    """Called for every new phase, from inside the transport: must not block."""
    phase: Phase = Phase.PREPARE
    marks: dict[Phase, float] = field(default_factory=dict)
    """When each phase was entered last, on ``time.perf_counter``."""
    address: str = ""
    """The address that was connected to."""
    is_reused: bool = True
    """Whether the connection was open before."""
    through_proxy: bool = False
    handshakes: int = 0
    """How many TLS handshakes have begun on the connection: behind a proxy with TLS there is a second."""
    first_bytes: bytearray = field(default_factory=bytearray)
    """The first bytes of the response, decrypted."""
    handshake_bytes: bytearray = field(default_factory=bytearray)
    """The first bytes that came during the TLS handshake, as they were on the wire."""
    sent: int = 0
    """Bytes of the request so far, headers included."""
    received: int = 0
    """Bytes of the response so far, headers included."""
    status: int | None = None
    """The HTTP status, once the headers are here."""
    certificate: bytes | None = None
    """The server's certificate (DER), once the handshake is done."""
    tls_version: str | None = None
    authorities_from: str | None = None
    """The environment variable that names the authorities that the certificate is judged by."""
    number: int = 0
    """The number of the request in the debug log of this process; 0: not logged yet."""
    on_send: Callable[[], None] | None = None
    """Called each time that a request is written: its work is no time of the way there. Must not block."""

    def tell(self, event: str, **facts: object) -> None:
        """Write an event of this request to the debug log, if there is one."""
        if not is_wanted():
            return
        self.number = self.number or next(_NUMBERS)
        tell(f"#{self.number} {event}", **facts)

    def ended(self) -> None:
        """Record that nothing more is read of the response."""
        self.tell("last-byte", status=self.status, sent_bytes=self.sent, received_bytes=self.received)

    def enter(self, phase: Phase) -> None:
        """Record that a phase begins."""
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
        """Record that a part of a request is sent: what comes from now on is its response."""
        self.enter(Phase.SEND)
        self.sent += count
        self.received = 0
        self.first_bytes.clear()

    def answered(self, status: int) -> None:
        """Record that the headers of the response are here."""
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
    """Who asks."""
    model: str = ""
    count: int = 0
    first: RequestTrace | None = None
    last: RequestTrace = field(default_factory=RequestTrace)
    on_sent: Callable[[], None] | None = None
    """Called once, when the first of them is on its way."""

    def timings(self, ended: float) -> Timings:
        """Return the stamps of an answer that was read whole by ``ended``: they begin with the first request,
        not with what was loaded for it."""
        first, last = {} if self.first is None else self.first.marks, self.last.marks
        started = min(first.values(), default=None)
        sending, headers = last.get(Phase.SEND), last.get(Phase.BODY)
        return Timings(started, sending, headers, ended=ended, requests=self.count)

    def begin(self, method: str, url: str) -> RequestTrace:
        """Return the record of the next one."""
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
    """Return the exchange that this task is part of, or an unused one."""
    return _CURRENT.get() or RequestTrace()


@contextmanager
def observe(trace: RequestTrace) -> Iterator[RequestTrace]:
    """Let the requests of this task (and of tasks it starts) write to an exchange."""
    token = _CURRENT.set(trace)
    try:
        yield trace
    finally:
        _CURRENT.reset(token)
