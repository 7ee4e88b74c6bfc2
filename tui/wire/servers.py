"""The properties of a kind of server; the entries are in ``wire.dialects``."""

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
    """A pattern for the program's file name or Python module with the word after it, in lower case."""
    port: int
    """The default port."""
    variables: tuple[str, ...] = ()
    """Environment variables that set its port, or an address that ends with it."""
    is_worker: bool = False
    """A child process of a server: it may listen, but never on the port of the API."""


@dataclass(frozen=True, slots=True)
class GatewayMark:
    """One mark of a gateway in an error; all given patterns must match."""

    header: str = ""
    """A header's name, or its beginning followed by ``*``."""
    value: str = ""
    text: str = ""
    """Text in the page or the message, in lower case."""


@dataclass(frozen=True, eq=False, repr=False)
class Dialect:
    """A kind of server: how to recognise it, how to use it, and its behaviour.

    Patterns are strings, which are compiled only when used.
    """

    name: str
    """Its name in reports."""
    readme: tuple[str, ...] = ()
    """Its row in the table of docs/dialects.md, with ``{}`` for the forms of thinking."""

    hosts: tuple[str, ...] = ()
    """Host names of a service, including their subdomains."""
    owners: tuple[str, ...] = ()
    """Values of ``owned_by`` in its model list."""
    signs_lists: bool = False
    """It is the owner of each model in its list, in every version that has a list."""
    preemptions: tuple[str, ...] = ()
    """Counters of preempted requests, newest name first."""
    without_times: str = NO_FIGURES
    """The reason if it reports no timing, one of those in ``core.phases``."""
    headers: tuple[tuple[str, str], ...] = ()
    """Headers of its replies, each with a pattern for the value; the first group is the version."""
    builds: tuple[str, ...] = ()
    """Patterns of ``system_fingerprint``; the first group is the version."""
    errors: tuple[bytes, ...] = ()
    """Text that only occurs in its errors."""
    gateway: str = ""
    """Its name as a gateway to other servers."""
    gateway_marks: tuple[GatewayMark, ...] = ()
    """Its marks in an error that it passes on."""
    quotes: str = ""
    """A lower-case pattern for the text before a quoted upstream error."""
    tells_of_upstream: bool = False
    """Whether its own errors say that the upstream server is down or slow."""
    probes: tuple[Probe, ...] = ()
    """In the order in which they are sent."""
    refusal: Mapping[str, object] = field(default_factory=dict)
    """Its error for a request without a key; other servers may use the same one."""
    refusal_probe: Probe | None = None
    """A route that is public even then, and identifies it."""
    programs: tuple[KnownServer, ...] = ()

    thinking: tuple[ThinkingForm, ...] = (EFFORT,)
    """The forms that control thinking, in the order in which they are tried if one is rejected."""
    efforts: Mapping[str, str] = field(default_factory=dict)
    """Unsupported reasoning efforts, each with its replacement."""
    stream_options: bool = True
    """Whether usage in a stream must be requested."""
    completion_tokens: str | None = None
    """A pattern of the models whose token limit is called ``max_completion_tokens``."""
    replay: str | None = "reasoning_content"
    """The field for past reasoning; ``content``: as part of it; ``None``: not supported."""

    refuses_unlisted: bool = False
    """Whether it rejects a model that is not listed; others may respond with the only one they have."""
    metrics: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Names in its ``/metrics`` by the field of ``ServerMetrics``; the first that exists is used."""
    durations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Its histograms in seconds that count each request once, when it ends, by the phase that they measure;
    newest first. Labels in braces select among the series of one name."""
    shows_load: bool = False
    """Whether those measure single requests."""

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"<{self.name}>"


UNKNOWN = Dialect("", thinking=(EFFORT, TEMPLATE), completion_tokens=r"(?:o[1-9]|gpt-[5-9])(?:[-.:]|$)")
"""For unknown servers: what most of them accept."""


@dataclass(frozen=True, slots=True)
class ServerIdentity:
    """The identified server, and the evidence."""

    kind: Dialect | None = None
    version: str | None = None
    evidence: str = ""
    """The evidence: ``owned_by``, ``header server``, ``host name``, ``system_fingerprint``…"""

    def refined_by(self, other: ServerIdentity) -> ServerIdentity:
        """Return this identity with what another one adds: the kind, or the version of the same kind."""
        if self.kind is None:
            return other if other.kind is not None else self
        if self.version is None and other.version is not None and other.kind in (None, self.kind):
            return ServerIdentity(self.kind, other.version, f"{self.evidence}, {other.evidence}")
        return self
