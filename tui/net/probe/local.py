"""What this machine knows about an endpoint on it, or about where else the server may be."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tui.core.causes import explain
from tui.core.diagnosis import CheckId, failed
from tui.core.endpoint_url import is_loopback_host
from tui.core.failure import Failure
from tui.net.addresses import Origin, origin_of
from tui.net.probe.lint import surrounding_facts
from tui.net.probe.run import Run

if TYPE_CHECKING:
    from tui.net.machine.gpus import Gpu
    from tui.net.machine.snapshot import RunningServer, Snapshot

_MOST_SERVERS = 6


def begin_look(run: Run) -> None:
    """Begin to read this machine for an endpoint on it, while the requests are on their way."""
    if is_loopback_host(origin_of(run.endpoint.base_url).host):
        _snapshot(run)
        _gpus(run)


async def take_snapshot(run: Run) -> Snapshot:
    """Return sockets and processes, read once for each diagnosis."""
    return await _snapshot(run)


def _snapshot(run: Run) -> asyncio.Future[Snapshot]:
    if run.findings.snapshot is None:
        port = origin_of(run.endpoint.base_url).port
        run.findings.snapshot = asyncio.ensure_future(asyncio.to_thread(run.services.machine.snapshot, port))
    return run.findings.snapshot


def _gpus(run: Run) -> asyncio.Future[tuple[Gpu, ...]]:
    if run.findings.gpus is None:
        run.findings.gpus = asyncio.ensure_future(asyncio.to_thread(run.services.machine.gpus))
    return run.findings.gpus


async def wait_for_start(run: Run, origin: Origin) -> bool:
    """Wait while a model server of this machine loads before it opens this very port, as vLLM does.

    Return whether the port is open now; at once where no such server runs.
    """
    if not is_loopback_host(origin.host) or not run.findings.route.is_direct:
        return False
    started = time.perf_counter()
    snapshot = await take_snapshot(run)
    while server := next((known for known in snapshot.servers if known.is_starting_for(origin.port)), None):
        waited = time.perf_counter() - started
        if waited >= run.limits.loading_seconds:
            return False
        run.progress(f"{server.label} (pid {server.process.pid}) is starting: waited {waited:.0f} s.")
        await asyncio.sleep(run.limits.loading_interval_seconds)
        run.findings.snapshot = None
        snapshot = await take_snapshot(run)
    return any(owner.listener.is_local for owner in snapshot.on_port(origin.port))


async def explain_refusal(run: Run, origin: Origin, failure: Failure) -> Failure:
    """Say what this machine shows about a port on which nothing listens."""
    if not is_loopback_host(origin.host):
        return failure
    note_what_localhost_is(run, origin)
    snapshot = await take_snapshot(run)
    others = [server for server in snapshot.servers if origin.port not in server.ports]
    ports = [port for server in others for port in server.ports][:_MOST_SERVERS]
    await asyncio.gather(*(_offer_port(run, origin, port) for port in ports))
    hint = _hint(others)
    return explain(
        failure.cause,
        status=None,
        server_message=None,
        chain=failure.chain,
        host=origin.host,
        port=str(origin.port),
        hint=hint,
    )


def note_what_localhost_is(run: Run, origin: Origin) -> None:
    """Point out that ``localhost`` is not what a person at another machine may think."""
    around = run.findings.surroundings
    for is_so, cause in (
        (around.wsl, "localhost-is-wsl"),
        (around.ssh, "localhost-is-remote-host"),
        (around.container, "localhost-is-container"),
    ):
        if is_so:
            note = explain(
                cause,
                status=None,
                server_message=None,
                chain=(),
                host=origin.host,
                port=str(origin.port),
                hostname=around.hostname,
            )
            known = run.result(CheckId.ENVIRONMENT)
            also = (f"also: {known.title}",) if known is not None and known.cause is not None else ()
            facts = (*also, *surrounding_facts(around))
            run.settle(failed(CheckId.ENVIRONMENT, note, *facts, as_warning=True))
            return


async def note_machine(run: Run) -> None:
    """Collect what runs on this machine, for an endpoint on it or one that did not answer."""
    origin = origin_of(run.endpoint.base_url)
    is_here = is_loopback_host(origin.host)
    if not is_here and not run.has_failed():
        return
    snapshot = await take_snapshot(run)
    facts = run.findings.machine
    if is_here:
        facts += [owner.describe() for owner in snapshot.on_port(origin.port)]
        if not facts and run.services.machine.is_visible:
            facts.append(f"nothing listens on port {origin.port}")
    facts += [
        server.describe()
        for server in snapshot.servers[:_MOST_SERVERS]
        if not is_here or origin.port not in server.ports
    ]
    facts += [gpu.describe() for gpu in await _gpus(run)]


async def is_tunnel(run: Run) -> int | None:
    """Return the process id of an SSH client that listens on the endpoint's port, if that is what it is."""
    origin = origin_of(run.endpoint.base_url)
    if not is_loopback_host(origin.host):
        return None
    snapshot = await take_snapshot(run)
    for owner in snapshot.on_port(origin.port):
        if owner.process is not None and owner.process.name in ("ssh", "autossh"):
            return owner.process.pid
    return None


async def _offer_port(run: Run, origin: Origin, port: int) -> None:
    """Offer the same URL with another port of this machine, once it is seen to answer there."""
    from tui.net.probe.evidence import first_answering

    elsewhere = Origin(origin.scheme, origin.host, port).authority
    base = urlsplit(run.endpoint.base_url)._replace(netloc=elsewhere).geturl()
    answering = await first_answering(run, (base, f"{base}/v1"))
    if answering is not None:
        run.offer_url(answering, was_tried=True)


def _hint(servers: list[RunningServer]) -> str | None:
    """Name the most likely place of the server: one that listens elsewhere, else one that is starting."""
    for server in sorted(servers, key=lambda known: not known.ports):
        if server.ports:
            return f"{server.label} (pid {server.process.pid}) listens on port {server.ports[0]}"
        return f"{server.label} (pid {server.process.pid}) runs but has no port yet: it may be starting"
    return None
