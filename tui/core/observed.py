"""What observers (a ledger, a log, a benchmark) receive about every exchange that may cost money.

One exchange is one call with all its requests. Its end is reported once, however it ended; its first request
is reported when it is sent, for observers that must know of exchanges that never end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TypeVar

from tui.core.lazy_dataclass import dataclass
from tui.core.usage import Cost, Price, ServerCost, ServerTimings, Usage
from tui.texts import network

if TYPE_CHECKING:
    from tui.core.timings import Timings

_Told = TypeVar("_Told")


class Purpose(StrEnum):
    """The purpose of an exchange."""

    CHAT = "chat"
    ASK = "ask"
    TEST = "test"
    CHECK = "check"
    COMPARE = "compare"
    BENCH = "bench"
    EMBED = "embed"
    OTHER = "other"


MAY_HAVE_WORKED = frozenset(
    (
        "no-answer",
        "headers-stalled",
        "gateway-timeout",
        "stream-truncated",
        "stream-reset",
        "stream-stalled",
        "stream-keepalive-only",
    )
)
"""Failures in which the server had the prompt and may charge for it, although no answer arrived."""


class Outcome(StrEnum):
    """How an exchange ended."""

    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"
    """The caller stopped it before the reply was complete."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The origin of a request: its provider and prices."""

    purpose: Purpose = Purpose.OTHER
    provider: str = ""
    """The provider's name; ``url`` for an endpoint given by URL."""
    price: Price = field(default_factory=Price)
    conversation: str = ""


@dataclass(frozen=True, slots=True)
class ExchangeRecord:
    """One finished exchange. Holds no text of prompt, answer, header or server, and no key."""

    origin: Origin
    server: str
    """Scheme, host and port of the request; empty if the URL has none."""
    route: str
    """``/chat/completions``, ``/embeddings`` or another route below the base URL."""
    model: str
    """The requested model."""
    started_at: str
    """ISO 8601 with time zone."""
    outcome: Outcome
    cause: str | None
    """The cause of a failure, as in docs/causes.md."""
    requests: int
    """How many requests were attempted: more than one after a rejected parameter or another retry."""
    status: int | None
    """The HTTP status of the last response."""
    usage: Usage | None
    """As reported, else estimated from the text sent and received; ``None`` if it reached no model."""
    cost: Cost | None
    """The usage at the price of the origin."""
    server_cost: ServerCost | None
    timings: Timings
    route_ms: float | None
    """The estimated network round trip; ``None`` if unknown."""
    server_timings: ServerTimings | None
    phases: Mapping[str, float]
    """When the last request entered each phase, in seconds on the clock of ``timings``."""
    bytes_sent: int
    bytes_received: int
    number: int = 0
    """The number of its ``SentExchange``."""

    @property
    def may_have_worked(self) -> bool:
        """Whether the server had the prompt, and may charge for it."""
        if "send" not in self.phases:
            return False
        if self.outcome is Outcome.STOPPED:
            return self.status is None or self.status < 300
        return self.outcome is Outcome.DONE or self.cause in MAY_HAVE_WORKED


@dataclass(frozen=True, slots=True)
class SentExchange:
    """One exchange whose first request was sent. Holds no more texts and keys than its record will."""

    number: int
    """The number of the exchange in this process."""
    origin: Origin
    server: str
    model: str
    started_at: str
    """As in its later record."""
    prompt_tokens: Callable[[], int | None]
    """Estimates the prompt tokens, which takes time for a long prompt; ``None`` if unknown."""


class ExchangeObserver(Protocol):
    """An observer of finished exchanges."""

    def finished(self, record: ExchangeRecord) -> None:
        """Receive a record. Called on the event loop: must not block."""


class SentObserver(Protocol):
    """An observer of exchanges that have just been sent."""

    def prepare(self) -> None:
        """Prepare for the first ``sent``. Called in a thread, before the exchange begins."""

    def sent(self, exchange: SentExchange) -> None:
        """Receive an exchange whose first request was sent. Called on the event loop: must not block."""


class Observers:
    """Passes each record to all observers; an exception in one does not affect the others."""

    def __init__(self, on_defect: Callable[[str, str], None] = lambda *_: None) -> None:
        """Create a list of observers.

        Args:
            on_defect: receives an observer that raised, and a sentence about it without any value.
        """
        self._all: tuple[ExchangeObserver, ...] = ()
        self._of_sent: tuple[SentObserver, ...] = ()
        self._on_defect = on_defect

    def __bool__(self) -> bool:
        return bool(self._all)

    def add(self, observer: ExchangeObserver) -> None:
        """Add an observer of exchanges that end from now on."""
        self._all = (*self._all, observer)

    def add_of_sent(self, observer: SentObserver) -> None:
        """Add an observer of exchanges that are sent from now on."""
        self._of_sent = (*self._of_sent, observer)

    def finished(self, record: ExchangeRecord) -> None:
        """Notify all observers of a finished exchange."""
        for observer in self._all:
            self._tell(observer.finished, record, type(observer).__name__)

    def prepare(self) -> None:
        """Let the observers of sent exchanges prepare; blocking."""
        for observer in self._of_sent:
            observer.prepare()

    def sent(self, exchange: SentExchange) -> None:
        """Notify the observers of sent exchanges."""
        for observer in self._of_sent:
            self._tell(observer.sent, exchange, type(observer).__name__)

    def _tell(self, told: Callable[[_Told], None], what: _Told, name: str) -> None:
        try:
            told(what)
        except Exception as error:  # noqa: BLE001 - an exchange never suffers from who watches it
            self._on_defect(name, network.NOT_RECORDED.format(name=name, error=type(error).__name__))
