"""What is told of every exchange that may cost money, once it is over: for a ledger, a log, a bench.

One exchange is one question with all the requests that it took. It is told once, whatever ended it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from tui.core.lazy_dataclass import dataclass
from tui.core.usage import Cost, Price, ServerCost, ServerTimings, Usage
from tui.texts import network

if TYPE_CHECKING:
    from tui.core.timings import Timings


class Purpose(StrEnum):
    """What an exchange was for."""

    CHAT = "chat"
    ASK = "ask"
    TEST = "test"
    CHECK = "check"
    COMPARE = "compare"
    BENCH = "bench"
    OTHER = "other"


class Outcome(StrEnum):
    """How an exchange ended."""

    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"
    """By whoever asked, before the reply was complete."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Who asks whom, and at what price."""

    purpose: Purpose = Purpose.OTHER
    provider: str = ""
    """The provider's name; ``url`` for an endpoint that was named by its URL."""
    price: Price = field(default_factory=Price)
    conversation: str = ""


@dataclass(frozen=True, slots=True)
class ExchangeRecord:
    """One exchange that is over. Holds no text of prompt, answer, header or server, and no key."""

    origin: Origin
    server: str
    """Scheme, host and port that were asked; empty where the URL has none."""
    route: str
    """``/chat/completions`` or ``/embeddings``."""
    model: str
    """The one that was asked for."""
    started_at: str
    """ISO 8601 with zone."""
    outcome: Outcome
    cause: str | None
    """The cause of a failure, as in docs/causes.md."""
    requests: int
    """How many were sent, or tried to be: more than one after a refused parameter or another retry."""
    status: int | None
    """The HTTP status of the last answer."""
    usage: Usage | None
    """As reported, else estimated from the text that came; ``None``: nothing came."""
    cost: Cost | None
    """The usage at the price of the origin."""
    server_cost: ServerCost | None
    timings: Timings
    server_timings: ServerTimings | None
    phases: Mapping[str, float]
    """When the last request entered each phase, in seconds on the clock of ``timings``."""
    bytes_sent: int
    bytes_received: int


class ExchangeObserver(Protocol):
    """Whoever wants to know of every exchange."""

    def finished(self, record: ExchangeRecord) -> None:
        """Take a record. Called on the event loop: must not block."""


class Observers:
    """Passes each record on to every observer; what one of them raises stays its own."""

    def __init__(self, on_defect: Callable[[str, str], None] = lambda *_: None) -> None:
        """``on_defect`` is told which observer raised, and a sentence about it without any value."""
        self._all: tuple[ExchangeObserver, ...] = ()
        self._on_defect = on_defect

    def __bool__(self) -> bool:
        return bool(self._all)

    def add(self, observer: ExchangeObserver) -> None:
        """Have every exchange that ends from now on told."""
        self._all = (*self._all, observer)

    def finished(self, record: ExchangeRecord) -> None:
        """Tell every observer."""
        for observer in self._all:
            try:
                observer.finished(record)
            except Exception as error:  # noqa: BLE001 - an exchange never suffers from who watches it
                name = type(observer).__name__
                self._on_defect(name, network.NOT_RECORDED.format(name=name, error=type(error).__name__))
