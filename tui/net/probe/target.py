"""The input of a diagnosis: the endpoint as the user wrote it, the services it uses, its limits."""

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
    """Its ``base_url`` is the text as it was written: judging it is the first check."""
    model: str = ""
    """Empty: the first model that the endpoint serves."""
    sampling: Sampling = field(default_factory=Sampling)
    thinking: Thinking | None = None
    extra_body: Mapping[str, object] = field(default_factory=dict)
    is_embedding: bool = False
    """The model makes vectors: no chat is sent."""
    last: CheckRecord | None = None
    """The last check of the same endpoint, for comparison."""
    origin: Origin = field(default_factory=Origin)
    """Who asks, for those who observe what is sent."""


@dataclass(frozen=True, slots=True)
class ProbeLimits:
    """How long the checks wait, in seconds."""

    connect_seconds: float = 5.0
    """For each address; all addresses are tried at once."""
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
    """How long a server that is starting or loading is waited for; a user may stop that at any time."""
    loading_interval_seconds: float = 2.0
    loading_option: str | None = None
    """The command's option that sets ``loading_seconds``."""
    ports_seconds: float = 0.5
    """For all other ports of this machine together that may be the right one."""
    reprobe_seconds: float = 0.5
    ability_seconds: float = 60.0
    """For the whole answer to each request that tests an ability."""

    def of_request(self) -> RequestTimeouts:
        """Return the limits of the request that the endpoint is there for: one try."""
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
    """Returns the chat's own client: the check sends what a chat sends. Many checks end before a chat."""
    machine: Machine
    environment: Mapping[str, str]
    redactor: Redactor
    limits: ProbeLimits = field(default_factory=ProbeLimits)
