"""What this machine shows about an endpoint on it, or about where else the server may be."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tui.core.causes import explain, explain_again
from tui.core.diagnosis import CheckId, failed
from tui.core.endpoint_url import is_loopback_host
from tui.core.failure import Failure
from tui.net.addresses import Origin, origin_of
from tui.net.probe.context import DiagnosisContext
from tui.net.probe.evidence import first_answering
from tui.net.probe.lint import surrounding_facts
from tui.texts import checks

if TYPE_CHECKING:
    from tui.net.machine.gpus import Gpu
    from tui.net.machine.snapshot import RunningServer, Snapshot

_MOST_SERVERS = 6
_MOST_PORTS = 32


def begin_look(context: DiagnosisContext) -> None:
    """Start reading this machine for an endpoint on it, in parallel with the requests."""
    if is_loopback_host(origin_of(context.endpoint.base_url).host):
        _snapshot(context)
        _gpus(context)


async def take_snapshot(context: DiagnosisContext) -> Snapshot:
    """Return sockets and processes, read once per diagnosis."""
    return await _snapshot(context)


def _snapshot(context: DiagnosisContext) -> asyncio.Future[Snapshot]:
    if context.findings.snapshot is None:
        port = origin_of(context.endpoint.base_url).port
        context.findings.snapshot = context.begin(context.services.machine.look(port))
    return context.findings.snapshot


def _gpus(context: DiagnosisContext) -> asyncio.Future[tuple[Gpu, ...]]:
    if context.findings.gpus is None:
        context.findings.gpus = context.begin(asyncio.to_thread(context.services.machine.gpus))
    return context.findings.gpus


async def explain_refusal(context: DiagnosisContext, origin: Origin, failure: Failure) -> Failure:
    """Explain a port on which nothing listens with what this machine shows."""
    if not is_loopback_host(origin.host):
        return failure
    snapshot = await take_snapshot(context)
    others = [server for server in snapshot.servers if origin.port not in server.ports]
    answering = await _offer_ports(context, origin, others)
    if not snapshot.servers:
        note_what_localhost_is(context, origin)
    facts = {"host": origin.host, "port": str(origin.port), "hint": _hint(others, answering)}
    return explain_again(failure, **facts)


def note_what_localhost_is(context: DiagnosisContext, origin: Origin) -> None:
    """Explain that ``localhost`` is not the machine that a remote user may expect."""
    around = context.findings.surroundings
    for is_so, cause in (
        (around.wsl, "localhost-is-wsl"),
        (around.ssh, "localhost-is-remote-host"),
        (around.container, "localhost-is-container"),
    ):
        if is_so:
            note = explain(cause, host=origin.host, port=str(origin.port), hostname=around.hostname)
            known = context.result(CheckId.ENVIRONMENT)
            also = (
                (checks.ALSO.format(text=known.title),)
                if known is not None and known.cause is not None
                else ()
            )
            facts = (*also, *surrounding_facts(around))
            context.settle(failed(CheckId.ENVIRONMENT, note, *facts, as_warning=True))
            return


async def note_machine(context: DiagnosisContext) -> None:
    """Collect what runs on this machine, for an endpoint on it or one that did not respond."""
    origin = origin_of(context.endpoint.base_url)
    is_here = is_loopback_host(origin.host)
    if not is_here and not context.has_failed():
        return
    snapshot = await take_snapshot(context)
    facts = context.findings.machine
    if is_here:
        facts += [owner.describe() for owner in snapshot.on_port(origin.port)]
        if not facts and context.services.machine.is_visible:
            facts.append(checks.NOT_LISTENING.format(port=origin.port))
    facts += [
        server.describe()
        for server in snapshot.servers[:_MOST_SERVERS]
        if not is_here or origin.port not in server.ports
    ]
    facts += [gpu.describe() for gpu in await _gpus(context)]


async def is_tunnel(context: DiagnosisContext) -> int | None:
    """Return the process id of an SSH client that listens on the endpoint's port, if there is one."""
    origin = origin_of(context.endpoint.base_url)
    if not is_loopback_host(origin.host):
        return None
    snapshot = await take_snapshot(context)
    for owner in snapshot.on_port(origin.port):
        if owner.process is not None and owner.process.name in ("ssh", "autossh"):
            return owner.process.pid
    return None


async def _offer_ports(context: DiagnosisContext, origin: Origin, servers: list[RunningServer]) -> set[int]:
    """Offer the same URL with other ports of this machine that respond; return those ports.

    All are requested in parallel with a short limit, so that they do not delay a known verdict.
    """
    ports = [port for server in servers if not server.is_elsewhere for port in server.ports][:_MOST_PORTS]
    asked = {port: context.begin(_answering_at(context, origin, port)) for port in ports}
    if asked:
        _, late = await asyncio.wait(asked.values(), timeout=context.limits.ports_seconds)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)
    found: set[int] = set()
    for port, task in asked.items():
        url = None if task.cancelled() else task.result()
        if url is not None:
            context.offer_url(url, was_tried=True)
            found.add(port)
    return found


async def _answering_at(context: DiagnosisContext, origin: Origin, port: int) -> str | None:
    elsewhere = Origin(origin.scheme, origin.host, port).authority
    base = urlsplit(context.endpoint.base_url)._replace(netloc=elsewhere).geturl()
    return await first_answering(context, (base, f"{base}/v1"))


def _hint(servers: list[RunningServer], answering: set[int]) -> str | None:
    """Name the most likely port of the server: one that responds, or one that is starting."""
    for server in servers:
        port = next((port for port in server.ports if port in answering), None)
        if port is not None:
            return checks.LISTENS.format(server=server.label, pid=server.process.pid, port=port)
    for server in servers:
        if server.is_starting:
            return checks.STARTING.format(server=server.label, pid=server.process.pid)
    return None
