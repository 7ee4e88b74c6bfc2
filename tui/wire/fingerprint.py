"""Identifies the server from the available evidence, and selects probes for the rest."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from tui.core.phases import NO_FIGURES, NO_FIGURES_GATEWAY, NO_FIGURES_UNKNOWN
from tui.texts import bodies
from tui.wire import dialects
from tui.wire.probes import Probe
from tui.wire.servers import Dialect, ServerIdentity
from tui.wire.strict_json import StrictJsonError, parse_json


def identify(
    *,
    host: str = "",
    headers: Mapping[str, str] | None = None,
    owned_by: Collection[str] = (),
    system_fingerprint: str | None = None,
    error_body: bytes | None = None,
) -> ServerIdentity:
    """Identify the server from the evidence of earlier requests, without sending any.

    In order: the host name of a known service, headers (a gateway's hide the server behind it), then the
    server's own information. ``owned_by`` are the values from the model list.
    """
    lower = {name.lower(): value for name, value in (headers or {}).items()}
    found = ServerIdentity()
    for identity in (
        identify_host(host),
        _identify_headers(lower),
        identify_fingerprint(system_fingerprint or ""),
        _identify_owner(owned_by),
        _identify_error(error_body or b""),
    ):
        found = found.refined_by(identity)
    return found


def reason_without_times(identity: ServerIdentity) -> str:
    """Return why nothing is known about the timing of a server that reports none."""
    kind = identity.kind
    if kind is None:
        return NO_FIGURES_UNKNOWN
    is_own_gateway = bool(kind.gateway) and not kind.hosts  # hosted ones hide their upstream
    return NO_FIGURES_GATEWAY if is_own_gateway and kind.without_times == NO_FIGURES else kind.without_times


def _gateways_first() -> Iterator[Dialect]:
    yield from sorted(dialects.DIALECTS, key=lambda row: not row.gateway)


def identify_host(host: str) -> ServerIdentity:
    """Return the service with a host name."""
    host = host.lower().rstrip(".")
    for row in dialects.DIALECTS:
        if any(host == name or host.endswith("." + name) for name in row.hosts):
            return ServerIdentity(row, None, bodies.BY_HOST)
    return ServerIdentity()


def _identify_headers(headers: Mapping[str, str]) -> ServerIdentity:
    for row in _gateways_first():
        for name, pattern in row.headers:
            if name in headers and (found := re.match(pattern, headers[name])):
                return ServerIdentity(row, found[1] or None, f"header {name}")
    return ServerIdentity()


def identify_fingerprint(system_fingerprint: str) -> ServerIdentity:
    """Return the server and version shown by ``system_fingerprint``."""
    for row in dialects.DIALECTS:
        for pattern in row.builds:
            if found := re.match(pattern, system_fingerprint):
                return ServerIdentity(row, found[1] or None, "system_fingerprint")
    return ServerIdentity()


def _identify_owner(owned_by: Collection[str]) -> ServerIdentity:
    rows = [row for row in dialects.DIALECTS if not set(row.owners).isdisjoint(owned_by)]
    return ServerIdentity(rows[0], None, "owned_by") if len(rows) == 1 else ServerIdentity()


def _identify_error(body: bytes) -> ServerIdentity:
    body = body[:64_000]
    for row in _gateways_first():
        if any(mark in body for mark in row.errors):
            return ServerIdentity(row, None, bodies.BY_ERRORS)
    return ServerIdentity()


class ServerProbe(NamedTuple):
    """A probe and the server that it tests for."""

    server: Dialect
    probe: Probe

    @property
    def path(self) -> str:
        """The path to request."""
        return self.probe.path

    def read(self, status: int, body: bytes) -> ProbeAnswer | None:
        """Return what a response shows, or ``None``. Never raises."""
        told = self.probe.read(status, body)
        if told is None:
            return None
        kind = self.server if self.probe.tells_kind else None
        identity = ServerIdentity(kind, told.version, self.probe.called or self.path)
        return ProbeAnswer(identity, told.context_window)


class ProbeAnswer(NamedTuple):
    """The result of a probe."""

    identity: ServerIdentity
    context_window: int | None = None
    """The effective context window, if this route reports it."""


def probes_for(identity: ServerIdentity, *, has_list: bool = False) -> tuple[ServerProbe, ...]:
    """Return the probes worth sending, in order.

    While the kind is unknown, those that may identify it; then those of its kind that may show the version or
    the context window. ``has_list`` means that a model list was received: servers that sign every list are
    excluded, since the signature would have identified them.
    """
    if identity.kind is not None:
        return tuple(ServerProbe(identity.kind, probe) for probe in identity.kind.probes)
    rows = (row for row in dialects.DIALECTS if not (has_list and row.signs_lists))
    return tuple(ServerProbe(row, probe) for row in rows for probe in row.probes if probe.tells_kind)


def probe_for_refusal(body: bytes) -> ServerProbe | None:
    """Return the probe that identifies a server that rejects requests without a key, if there is one."""
    try:
        value = parse_json(body[:200].decode("utf-8", "replace").strip())
    except StrictJsonError:
        return None
    for row in dialects.DIALECTS:
        if row.refusal_probe is not None and row.refusal == value:
            return ServerProbe(row, row.refusal_probe)
    return None
