"""The checks below HTTP: the host name, and a connection to each of its addresses."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from typing import Any

from tui.core.causes import explain_again
from tui.core.diagnosis import CheckId, failed, passed
from tui.core.endpoint_url import is_loopback_host
from tui.core.failure import Failure
from tui.core.lazy_dataclass import dataclass
from tui.core.safe_text import safe_line
from tui.core.url_parts import plain_address
from tui.net.addresses import Origin, ip_address, origin_of, replace_origin
from tui.net.classify import classify_exception
from tui.net.lookup import Address, address_text, resolve
from tui.net.probe.context import DiagnosisContext
from tui.net.probe.local import explain_refusal
from tui.net.request_trace import Phase
from tui.texts import checks


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt to connect to one address."""

    address: Address
    milliseconds: float
    error: OSError | None

    @property
    def shown(self) -> str:
        """The address with its port."""
        return address_text(self.address)

    def describe(self) -> str:
        """Return the outcome on one line."""
        if self.error is None:
            return checks.ACCEPTS.format(address=self.shown)
        if isinstance(self.error, TimeoutError):
            return checks.SILENT.format(address=self.shown)
        reason = os.strerror(self.error.errno) if self.error.errno else checks.NO_CONNECTION
        return f"{self.shown}: {reason.lower()}"


async def check_connection(context: DiagnosisContext) -> None:
    """Resolve the host and connect to all addresses, of the endpoint or of its proxy."""
    origin = origin_of(context.findings.route.proxy or context.endpoint.base_url)
    if not context.can_try(CheckId.DNS):
        return
    addresses = await _check_name(context, origin)
    if context.can_try(CheckId.TCP):
        await _check_addresses(context, origin, addresses)


async def _check_name(context: DiagnosisContext, origin: Origin) -> list[Address]:
    started = time.perf_counter()
    try:
        async with asyncio.timeout(context.limits.lookup_seconds):
            addresses = await resolve(origin.host, origin.port)
    except (OSError, UnicodeError) as error:
        failure = _classify(context, error, Phase.LOOKUP, context.limits.lookup_seconds)
        context.settle(failed(CheckId.DNS, failure, milliseconds=_since(started)))
        return []
    if ip_address(origin.host) is not None:
        context.settle(passed(CheckId.DNS, _without_lookup(context), milliseconds=0.0))
        context.findings.timings_ms["dns"] = 0.0
        return addresses
    took = _since(started)
    context.findings.timings_ms["dns"] = took
    shown = ", ".join(dict.fromkeys(str(address[1][0]) for address in addresses))
    named = safe_line(origin.host, 80)
    text = checks.HOST_IS if context.findings.route.is_direct else checks.PROXY_IS
    context.settle(passed(CheckId.DNS, text.format(host=named, addresses=shown), milliseconds=took))
    return addresses


def _without_lookup(context: DiagnosisContext) -> str:
    """Report a host that needs no look-up; behind a proxy, this is not about the endpoint's host."""
    if context.findings.route.is_direct:
        return checks.IS_ADDRESS
    host = origin_of(context.endpoint.base_url).host
    if plain_address(host) is not None:
        return checks.ARE_ADDRESSES
    return checks.PROXY_LOOKS_UP.format(host=safe_line(host, 80))


async def _check_addresses(context: DiagnosisContext, origin: Origin, addresses: list[Address]) -> None:
    """Connect, and retry while a server on this machine is starting for this port."""
    while True:
        started = time.perf_counter()
        attempts = await _try_all(context, addresses)
        took = _since(started)
        accepted = [tried for tried in attempts if tried.error is None]
        if accepted:
            _settle_accepted(context, attempts, accepted)
            return
        failure = await _explain_attempts(context, origin, addresses, attempts)
        if failure.cause != "connection-refused":
            break
        better = await context.wait.pause(failure)
        if better is not None:
            failure = better
            break
    if failure.cause == "connection-refused":
        failure = await explain_refusal(context, origin, failure)
    facts = tuple(tried.describe() for tried in attempts)
    context.settle(failed(CheckId.TCP, failure, *facts, milliseconds=took))


def _settle_accepted(context: DiagnosisContext, attempts: list[Attempt], accepted: list[Attempt]) -> None:
    best = min(accepted, key=lambda tried: tried.milliseconds)
    context.findings.timings_ms["tcp"] = best.milliseconds
    title = checks.CONNECTED.format(address=best.shown)
    facts = tuple(tried.describe() for tried in attempts) if len(attempts) > 1 else ()
    context.settle(passed(CheckId.TCP, title, *facts, milliseconds=best.milliseconds))


async def _explain_attempts(
    context: DiagnosisContext, origin: Origin, addresses: list[Address], attempts: list[Attempt]
) -> Failure:
    failure = _classify(context, _most_telling(attempts), Phase.CONNECT, context.limits.connect_seconds)
    return await _other_family(context, origin, addresses, failure)


def _classify(context: DiagnosisContext, error: Exception, phase: Phase, seconds: float) -> Failure:
    redactor, route = context.services.redactor, context.findings.route
    return classify_exception(
        error, endpoint=context.endpoint, phase=phase, redactor=redactor, seconds=seconds, route=route
    )


async def _try_all(context: DiagnosisContext, addresses: list[Address]) -> list[Attempt]:
    limit = context.limits.connect_seconds
    notice = context.announce(checks.CONNECTING.format(seconds=limit))
    try:
        return await asyncio.gather(*(attempt(address, limit) for address in addresses))
    finally:
        notice.cancel()


async def attempt(address: Address, seconds: float) -> Attempt:
    """Connect to an address and close at once. Never raises because of the network."""
    family, target = address
    started = time.perf_counter()
    error: OSError | None = None
    try:
        with socket.socket(family, socket.SOCK_STREAM) as raw:
            raw.setblocking(False)
            async with asyncio.timeout(seconds):
                await asyncio.get_running_loop().sock_connect(raw, target)
    except OSError as refusal:  # includes TimeoutError
        error = refusal
    return Attempt(address, _since(started), error)


def _most_telling(attempts: list[Attempt]) -> OSError:
    """Return the most informative error: a refusal, then a timeout, then others."""
    errors = [tried.error for tried in attempts if tried.error is not None]
    for kind in (ConnectionRefusedError, TimeoutError):
        for error in errors:
            if isinstance(error, kind):
                return error
    return errors[0] if errors else OSError("no address")


async def _other_family(
    context: DiagnosisContext, origin: Origin, addresses: list[Address], failure: Failure
) -> Failure:
    """Add whether the server listens only on the IP version that is not used here."""
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
        repair = replace_origin(context.endpoint.base_url, host=host)
        context.offer_url(repair, was_tried=True)
        is_name = ip_address(origin.host) is None
        cause = "hosts-file-family" if is_name else "wrong-ip-family"
        facts = {"host": origin.host, "address": origin.host, "other": host, "repair": repair}
        return explain_again(failure, cause, **facts)
    return failure


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
