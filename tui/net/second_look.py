"""Looks once more at a host that has failed, where that tells why: short, and without any key.

Only the host and port of the URL are asked (or the same port on the other loopback address), only
where the first failure left a question: which certificate, http or https, which IP version.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tui.core.causes import explain
from tui.core.chat import Endpoint
from tui.core.endpoint_url import is_loopback_host
from tui.core.failure import Failure
from tui.net.addresses import Origin, ip_address, origin_of, replace_origin
from tui.net.exchange import Exchange, observe
from tui.net.sniff import sniff

if TYPE_CHECKING:
    from tui.net.certificate import CertificateFacts
    from tui.net.streams import PlainStream

_ABOUT_CERTIFICATE = {
    "tls-self-signed",
    "tls-hostname-mismatch",
    "tls-expired",
    "tls-not-yet-valid",
    "tls-unknown-ca",
}
_PERHAPS_PLAIN = {"tls-stalled": "tls-no-handshake", "tls-version": "tls-on-plain-port"}
_PERHAPS_ENCRYPTED = {"closed-without-answer", "connection-reset"}

_PROBE = b"HEAD / HTTP/1.1\r\nHost: %b\r\nConnection: close\r\n\r\n"


async def look_again(failure: Failure, endpoint: Endpoint, exchange: Exchange, seconds: float) -> Failure:
    """Return the failure with what a second look tells, or as it was. Never raises, never adds a wait
    longer than ``seconds``. A host behind a proxy is not looked at."""
    if seconds <= 0 or exchange.through_proxy:
        return failure
    try:
        origin = origin_of(endpoint.base_url)
        async with asyncio.timeout(seconds):
            better = await _look(failure, endpoint, origin)
    except (OSError, ValueError, EOFError):  # TimeoutError among them: the question stays open
        return failure
    return better or failure


async def fetch_certificate(host: str, port: int) -> CertificateFacts:
    """Return the certificate of a server, whoever signed it: to be shown, or to be pinned.

    Raises:
        OSError: there is no connection or no TLS.
        ValueError: the certificate cannot be read.
    """
    import ssl

    from tui.net.certificate import read_certificate
    from tui.net.streams import TlsStream

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    async with _connection(host, port) as stream:
        tls = TlsStream(stream, context, host)
        await tls.handshake()
        return read_certificate(tls.certificate or b"")


@asynccontextmanager
async def _connection(host: str, port: int) -> AsyncIterator[PlainStream]:
    """Give a connection of which no other exchange takes notice."""
    from tui.net.dialer import connect

    with observe(Exchange()):
        stream = await connect(host, port, None)
        try:
            yield stream
        finally:
            await stream.aclose()


async def _look(failure: Failure, endpoint: Endpoint, origin: Origin) -> Failure | None:
    cause = failure.cause
    if cause in _ABOUT_CERTIFICATE:
        return _with_certificate(failure, await fetch_certificate(origin.host, origin.port))
    if cause in _PERHAPS_PLAIN and origin.scheme == "https":
        if await _speaks_plain_http(origin):
            return _other_scheme(failure, endpoint, origin, _PERHAPS_PLAIN[cause], "http")
    elif cause in _PERHAPS_ENCRYPTED and origin.scheme == "http":
        await fetch_certificate(origin.host, origin.port)
        return _other_scheme(failure, endpoint, origin, "plain-on-tls-port", "https")
    elif cause == "connection-refused" and is_loopback_host(origin.host) and ip_address(origin.host):
        return await _other_family(failure, endpoint, origin)
    return None


def _with_certificate(failure: Failure, found: CertificateFacts) -> Failure:
    facts = {
        **failure.facts,
        "names": ", ".join(found.names),
        "issuer": found.issuer,
        "begins": f"{found.begins:%Y-%m-%d}",
        "expired": f"{found.ends:%Y-%m-%d}",
        "now": f"{datetime.now(UTC):%Y-%m-%d}",
        "fingerprint": found.sha256,
    }
    return explain(failure.cause, status=None, server_message=None, chain=failure.chain, **facts)


async def _speaks_plain_http(origin: Origin) -> bool:
    async with _connection(origin.host, origin.port) as stream:
        await stream.transmit(_PROBE % origin.authority.encode())
        return sniff(await stream.receive(64)) == "http"


def _other_scheme(failure: Failure, endpoint: Endpoint, origin: Origin, cause: str, scheme: str) -> Failure:
    repair = replace_origin(endpoint.base_url, scheme=scheme)
    return explain(cause, chain=failure.chain, host=origin.host, port=str(origin.port), repair=repair)


async def _other_family(failure: Failure, endpoint: Endpoint, origin: Origin) -> Failure:
    other = "127.0.0.1" if ":" in origin.host else "::1"
    async with _connection(other, origin.port):
        pass
    repair = replace_origin(endpoint.base_url, host=other)
    return explain("wrong-ip-family", chain=failure.chain, address=origin.host, other=other, repair=repair)
