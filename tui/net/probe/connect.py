"""The checks below HTTP: the name, and a connection to each of its addresses."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from dataclasses import dataclass
from typing import Any

from tui.core.causes import explain_again
from tui.core.diagnosis import CheckId, failed, passed
from tui.core.endpoint_url import is_loopback_host
from tui.core.failure import Failure
from tui.core.safe_text import safe_line
from tui.core.url_parts import plain_address
from tui.net.addresses import Origin, ip_address, origin_of, replace_origin
from tui.net.classify import classify_exception
from tui.net.exchange import Phase
from tui.net.lookup import Address, address_text, resolve
from tui.net.probe.local import explain_refusal
from tui.net.probe.run import Run


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to connect to one address."""

    address: Address
    milliseconds: float
    error: OSError | None

    @property
    def shown(self) -> str:
        """The address with its port."""
        return address_text(self.address)

    def describe(self) -> str:
        """Return the outcome in one line."""
        if self.error is None:
            return f"{self.shown} accepts"
        if isinstance(self.error, TimeoutError):
            return f"{self.shown} does not answer"
        reason = os.strerror(self.error.errno) if self.error.errno else "no connection"
        return f"{self.shown}: {reason.lower()}"


async def check_connection(run: Run) -> None:
    """Look the name up and connect to every address: the endpoint's own, or the proxy's in front of it."""
    origin = origin_of(run.findings.route.proxy or run.endpoint.base_url)
    if not run.can_try(CheckId.DNS):
        return
    addresses = await _check_name(run, origin)
    if run.can_try(CheckId.TCP):
        await _check_addresses(run, origin, addresses)


async def _check_name(run: Run, origin: Origin) -> list[Address]:
    started = time.perf_counter()
    try:
        async with asyncio.timeout(run.limits.lookup_seconds):
            addresses = await resolve(origin.host, origin.port)
    except (OSError, UnicodeError) as error:
        failure = _classify(run, error, Phase.LOOKUP, run.limits.lookup_seconds)
        run.settle(failed(CheckId.DNS, failure, milliseconds=_since(started)))
        return []
    if ip_address(origin.host) is not None:
        run.settle(passed(CheckId.DNS, _without_lookup(run), milliseconds=0.0))
        run.findings.timings_ms["dns"] = 0.0
        return addresses
    took = _since(started)
    run.findings.timings_ms["dns"] = took
    shown = ", ".join(dict.fromkeys(str(address[1][0]) for address in addresses))
    named = safe_line(origin.host, 80)
    whose = f"{named} is" if run.findings.route.is_direct else f"The proxy {named} is"
    run.settle(passed(CheckId.DNS, f"{whose} {shown}.", milliseconds=took))
    return addresses


def _without_lookup(run: Run) -> str:
    """Say whose name needs no lookup: behind a proxy that tells nothing of the endpoint's own."""
    if run.findings.route.is_direct:
        return "No lookup needed: the host is an address."
    host = origin_of(run.endpoint.base_url).host
    if plain_address(host) is not None:
        return "No lookup needed: the proxy and the endpoint are addresses."
    return f"Not looked up here: the proxy, an address itself, looks up {safe_line(host, 80)}."


async def _check_addresses(run: Run, origin: Origin, addresses: list[Address]) -> None:
    """Connect, and again while a server of this machine is starting for this very port."""
    while True:
        started = time.perf_counter()
        attempts = await _try_all(run, addresses)
        took = _since(started)
        accepted = [tried for tried in attempts if tried.error is None]
        if accepted:
            _settle_accepted(run, attempts, accepted)
            return
        failure = await _explain_attempts(run, origin, addresses, attempts)
        if failure.cause != "connection-refused":
            break
        better = await run.wait.pause(failure)
        if better is not None:
            failure = better
            break
    if failure.cause == "connection-refused":
        failure = await explain_refusal(run, origin, failure)
    facts = tuple(tried.describe() for tried in attempts)
    run.settle(failed(CheckId.TCP, failure, *facts, milliseconds=took))


def _settle_accepted(run: Run, attempts: list[Attempt], accepted: list[Attempt]) -> None:
    best = min(accepted, key=lambda tried: tried.milliseconds)
    run.findings.timings_ms["tcp"] = best.milliseconds
    title = f"{best.shown} accepts connections."
    facts = tuple(tried.describe() for tried in attempts) if len(attempts) > 1 else ()
    run.settle(passed(CheckId.TCP, title, *facts, milliseconds=best.milliseconds))


async def _explain_attempts(
    run: Run, origin: Origin, addresses: list[Address], attempts: list[Attempt]
) -> Failure:
    failure = _classify(run, _most_telling(attempts), Phase.CONNECT, run.limits.connect_seconds)
    return await _other_family(run, origin, addresses, failure)


def _classify(run: Run, error: Exception, phase: Phase, seconds: float) -> Failure:
    redactor, route = run.services.redactor, run.findings.route
    return classify_exception(
        error, endpoint=run.endpoint, phase=phase, redactor=redactor, seconds=seconds, route=route
    )


async def _try_all(run: Run, addresses: list[Address]) -> list[Attempt]:
    limit = run.limits.connect_seconds
    notice = run.announce(f"Still connecting: at most {limit:g} s.")
    try:
        return await asyncio.gather(*(attempt(address, limit) for address in addresses))
    finally:
        notice.cancel()


async def attempt(address: Address, seconds: float) -> Attempt:
    """Connect to an address and close at once. Never raises for what a network does."""
    family, target = address
    started = time.perf_counter()
    error: OSError | None = None
    try:
        with socket.socket(family, socket.SOCK_STREAM) as raw:
            raw.setblocking(False)
            async with asyncio.timeout(seconds):
                await asyncio.get_running_loop().sock_connect(raw, target)
    except OSError as trouble:  # TimeoutError among them
        error = trouble
    return Attempt(address, _since(started), error)


def _most_telling(attempts: list[Attempt]) -> OSError:
    """Return a refusal before a silence, and either before the rest."""
    errors = [tried.error for tried in attempts if tried.error is not None]
    for kind in (ConnectionRefusedError, TimeoutError):
        for error in errors:
            if isinstance(error, kind):
                return error
    return errors[0] if errors else OSError("no address")


async def _other_family(run: Run, origin: Origin, addresses: list[Address], failure: Failure) -> Failure:
    """On this machine the server may listen on the IP version that the URL or the hosts file leaves out."""
    if failure.cause != "connection-refused" or not is_loopback_host(origin.host):
        return failure
    tried: set[Any] = {address[1][0] for address in addresses}
    others: list[Address] = [
        (socket.AF_INET, ("127.0.0.1", origin.port)),
        (socket.AF_INET6, ("::1", origin.port, 0, 0)),
    ]
    for other in others:
        host = str(other[1][0])
        if host in tried or (await attempt(other, 1.0)).error is not None:
            continue
        repair = replace_origin(run.endpoint.base_url, host=host)
        run.offer_url(repair, was_tried=True)
        is_name = ip_address(origin.host) is None
        cause = "hosts-file-family" if is_name else "wrong-ip-family"
        facts = {"host": origin.host, "address": origin.host, "other": host, "repair": repair}
        return explain_again(failure, cause, **facts)
    return failure


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
