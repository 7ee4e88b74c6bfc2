"""The properties of a kind of server; the rows themselves are in ``wire.dialects``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from tui.core.lazy_dataclass import dataclass
from tui.core.phases import NO_FIGURES
from tui.wire.probes import Probe
from tui.wire.thinking import EFFORT, TEMPLATE, ThinkingForm


@dataclass(frozen=True, slots=True)
class KnownServer:
    """A model server and the names of its program."""

    label: str
    program: str
    """A pattern of the program's file name or Python module, with the word after it, in small letters."""
    port: int
    """Where it listens by default."""
    variables: tuple[str, ...] = ()
    """Environment variables that tell it its port, or an address that ends in one."""
    is_worker: bool = False
    """A child of a server: it never opens the API's port, whatever it listens on."""


@dataclass(frozen=True, slots=True)
class GatewayMark:
    """One sign of a gateway in an error; all given patterns must match."""

    header: str = ""
    """A header's name, or its beginning where it ends with ``*``."""
    value: str = ""
    text: str = ""
    """Text in the page or the sentence, in lower case."""


@dataclass(frozen=True, eq=False, repr=False)
class Dialect:
    """A kind of server: how to recognise it, how to use it, and its behaviour.

    Patterns are texts: a row costs nothing until it is used.
    """

    name: str
    """What reports call it."""
    readme: tuple[str, ...] = ()
    """Its lines in the table of docs/dialects.md, with ``{}`` for the forms of thinking."""

    hosts: tuple[str, ...] = ()
    """Host names of a service, each with all below it."""
    owners: tuple[str, ...] = ()
    """What its model list says under ``owned_by``."""
    signs_lists: bool = False
    """It is the owner of each model it lists, in every version that has a list."""
    preemptions: tuple[str, ...] = ()
    """Counters of requests that were set aside for others, newest name first."""
    without_times: str = NO_FIGURES
    """What is said where it reports no times: a reason of ``core.phases``."""
    headers: tuple[tuple[str, str], ...] = ()
    """Headers of its replies, each with a pattern of the value; a first group is the version."""
    builds: tuple[str, ...] = ()
    """Patterns of ``system_fingerprint``; a first group is the version."""
    errors: tuple[bytes, ...] = ()
    """What only its errors contain."""
    gateway: str = ""
    """What a gateway to other servers is called."""
    gateway_marks: tuple[GatewayMark, ...] = ()
    """What of it shows in an error that it passes on."""
    quotes: str = ""
    """A pattern, in lower case, of how it begins what a server behind it said."""
    tells_of_upstream: bool = False
    """Whether its own words say that the server behind it is down or late."""
    probes: tuple[Probe, ...] = ()
    """In the order in which they are sent."""
    refusal: Mapping[str, object] = field(default_factory=dict)
    """How it refuses a request without a key; others may do so in the same words."""
    refusal_probe: Probe | None = None
    """A route that is open even then, and shows it."""
    programs: tuple[KnownServer, ...] = ()

    thinking: tuple[ThinkingForm, ...] = (EFFORT,)
    """The forms that control thinking, in the order in which they are tried: the next if one is refused."""
    efforts: Mapping[str, str] = field(default_factory=dict)
    """Efforts that it does not know, each with the one that is sent instead."""
    stream_options: bool = True
    """Whether it has to be asked for the usage of a stream."""
    completion_tokens: str | None = None
    """A pattern of the models whose limit is called ``max_completion_tokens``."""
    replay: str | None = "reasoning_content"
    """The field in which past reasoning travels; ``content``: as a part of it; ``None``: it cannot."""

    refuses_unlisted: bool = False
    """Whether it refuses a model it does not list; the others may answer with the one they have."""
    metrics: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The names of its ``/metrics`` by the field of ``ServerMetrics``, the first that is there counts."""
    durations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Its histograms of seconds that count each request once, when it ends, by the part of the time that they
    tell; newest first. A label in braces chooses among the series of one name."""
    shows_load: bool = False
    """Whether those say something about one request."""

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"<{self.name}>"


UNKNOWN = Dialect("", thinking=(EFFORT, TEMPLATE), completion_tokens=r"(?:o[1-9]|gpt-[5-9])(?:[-.:]|$)")
"""What may be said to a server that is not known: what most of them take."""


@dataclass(frozen=True, slots=True)
class ServerIdentity:
    """Which server it is, and the evidence."""

    kind: Dialect | None = None
    version: str | None = None
    evidence: str = ""
    """What showed it: ``owned_by``, ``header server``, ``host name``, ``system_fingerprint``…"""

    def refined_by(self, other: ServerIdentity) -> ServerIdentity:
        """Return this identity with what another adds: a missing kind, or a version of the same kind."""
        if self.kind is None:
            return other if other.kind is not None else self
        if self.version is None and other.version is not None and other.kind in (None, self.kind):
            return ServerIdentity(self.kind, other.version, f"{self.evidence}, {other.evidence}")
        return self
