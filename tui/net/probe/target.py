"""The input of a diagnosis: the endpoint as entered, the services it uses, the limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from tui.core.chat import Endpoint
from tui.core.check_history import CheckRecord
from tui.core.lazy_dataclass import dataclass
from tui.core.observed import Origin
from tui.core.provider import Sampling, Thinking
from tui.core.secret import Redactor
from tui.net.deadlines import RequestTimeouts

if TYPE_CHECKING:
    from tui.net.chat import ChatClient
    from tui.net.client import ClientFactory
    from tui.net.machine.machine import Machine


@dataclass(frozen=True, slots=True)
class ProbeTarget:
    """The endpoint to diagnose."""

    endpoint: Endpoint
    """Its ``base_url`` is the text as entered, which the first check validates."""
    model: str = ""
    """Empty uses the first model that the endpoint offers."""
    sampling: Sampling = field(default_factory=Sampling)
    thinking: Thinking | None = None
    extra_body: Mapping[str, object] = field(default_factory=dict)
    is_embedding: bool = False
    """The model creates embeddings: no chat is sent."""
    last: CheckRecord | None = None
    """The previous check of the same endpoint, for comparison."""
    origin: Origin = field(default_factory=Origin)
    """The origin of the requests for observers."""


@dataclass(frozen=True, slots=True)
class ProbeLimits:
    """How long the checks wait, in seconds."""

    connect_seconds: float = 5.0
    """For each address; all addresses are tried in parallel."""
    lookup_seconds: float = 5.0
    answer_seconds: float = 10.0
    """For the model list."""
    probe_seconds: float = 2.0
    """For requests that only add evidence."""
    headers_seconds: float = 20.0
    """For the beginning of the answer to the chat."""
    idle_seconds: float = 20.0
    """Between two pieces of that answer."""
    loading_seconds: float = 10.0
    """For a server that is starting or loading; the user can stop at any time."""
    loading_interval_seconds: float = 2.0
    loading_option: str | None = None
    """The command-line option that sets ``loading_seconds``."""
    ports_seconds: float = 0.5
    """For all other candidate ports of this machine together."""
    reprobe_seconds: float = 0.5
    ability_seconds: float = 60.0
    """For the whole answer to each request of an ability test."""

    def of_request(self) -> RequestTimeouts:
        """Return the limits of the endpoint's main request: one attempt."""
        return RequestTimeouts(
            connect_seconds=self.connect_seconds,
            headers_seconds=self.headers_seconds,
            unstreamed_seconds=self.headers_seconds,
            idle_seconds=self.idle_seconds,
            retries=0,
            loading_seconds=self.loading_seconds,
            loading_interval_seconds=self.loading_interval_seconds,
            loading_option=self.loading_option,
            reprobe_seconds=self.reprobe_seconds,
        )


@dataclass(frozen=True, slots=True)
class ProbeServices:
    """The services that a diagnosis uses."""

    factory: ClientFactory
    chat: Callable[[], ChatClient]
    """Creates the client used by chats, on demand since many checks end earlier: the check sends what a chat
    sends."""
    machine: Machine
    environment: Mapping[str, str]
    redactor: Redactor
    limits: ProbeLimits = field(default_factory=ProbeLimits)
