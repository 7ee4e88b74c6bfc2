"""Briefly probes a failed host again, without a key, if that can show the reason.

Only the host and port of the URL are probed (or the same port on the other loopback address), and only if the
first failure left a question: which certificate, http or https, which IP version, and whether a server that
closed the connection is still running.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tui.core.causes import explain_again
from tui.core.chat import Endpoint
from tui.core.endpoint_url import is_loopback_host
from tui.core.failure import Failure
from tui.net.addresses import Origin, ip_address, origin_of, replace_origin
from tui.net.certificate import CertificateFacts, read_certificate
from tui.net.request_trace import Phase, RequestTrace, observe
from tui.net.sniff import sniff
from tui.wire.error_words import TLS

if TYPE_CHECKING:
    from tui.net.streams import PlainStream

_ABOUT_CERTIFICATE = {
    "tls-self-signed",
    "tls-hostname-mismatch",
    "tls-expired",
    "tls-not-yet-valid",
    "tls-unknown-ca",
}
_PERHAPS_PLAIN = {
    "tls-stalled": "tls-no-handshake",
    "tls-version": "tls-on-plain-port",
    "connection-reset": "tls-on-plain-port",
}
_PERHAPS_ENCRYPTED = {"closed-without-answer", "connection-reset"}
_BROKEN = {"stream-truncated", "stream-reset", "stream-unfinished", *_PERHAPS_ENCRYPTED}

_PROBE = b"GET / HTTP/1.1\r\nHost: %b\r\nConnection: close\r\n\r\n"
_PROBE_BYTES = 8192
_BAD_REQUEST = (b"HTTP/1.1 400", b"HTTP/1.0 400")
"""The response to plain HTTP of servers that require TLS; the page distinguishes it from other errors."""
_MOMENT_SECONDS = 0.2
"""A terminating process may close its connections a moment before its listening port."""


async def reprobe_after_failure(
    failure: Failure, endpoint: Endpoint, trace: RequestTrace, seconds: float
) -> Failure:
    """Return the failure with the evidence of another probe, or unchanged.

    Never raises, never takes longer than ``seconds``. A host behind a proxy is not probed.
    """
    if seconds <= 0 or trace.through_proxy:
        return failure
    try:
        origin = origin_of(endpoint.base_url)
        async with asyncio.timeout(seconds):
            better = await _look(failure, endpoint, origin, trace)
    except (OSError, ValueError, EOFError):  # includes TimeoutError: the question stays open
        return failure
    return better or failure


async def fetch_certificate(host: str, port: int, trace: RequestTrace | None = None) -> CertificateFacts:
    """Return the certificate of a server, whatever its issuer, to show or pin it.

    ``trace`` records the received bytes.

    Raises:
        OSError: no connection or no TLS.
        ValueError: the certificate is unreadable.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    async with _connection(host, port, trace) as stream:
        tls = stream.encrypted(context, host)
        await tls.handshake()
        return read_certificate(tls.certificate or b"")


@asynccontextmanager
async def _connection(host: str, port: int, trace: RequestTrace | None = None) -> AsyncIterator[PlainStream]:
    """Open a connection that is not recorded in any exchange."""
    from tui.net.dialer import connect

    with observe(trace or RequestTrace()):
        stream = await connect(host, port, None)
        try:
            yield stream
        finally:
            await stream.aclose()


async def _look(failure: Failure, endpoint: Endpoint, origin: Origin, trace: RequestTrace) -> Failure | None:
    cause = failure.cause
    if cause in _ABOUT_CERTIFICATE:
        found = await fetch_certificate(origin.host, origin.port)
        return _with_certificate(failure, found, origin.host)
    if cause in _PERHAPS_PLAIN and origin.scheme == "https" and trace.phase is Phase.TLS:
        if sniff(bytes(trace.handshake_bytes)) != "tls" and await _speaks_plain_http(origin):
            return _other_scheme(failure, endpoint, origin, _PERHAPS_PLAIN[cause], "http")
        return None
    if cause == "connection-refused" and is_loopback_host(origin.host) and ip_address(origin.host):
        return await _other_family(failure, endpoint, origin)
    if cause in _BROKEN:
        if await _is_gone(origin):
            return _gone(failure, origin)
        if cause in _PERHAPS_ENCRYPTED and origin.scheme == "http" and await _encrypts(origin):
            return _other_scheme(failure, endpoint, origin, "plain-on-tls-port", "https")
    return None


def _gone(failure: Failure, origin: Origin) -> Failure:
    return explain_again(failure, **{**failure.facts, "gone_port": str(origin.port)})


async def _is_gone(origin: Origin) -> bool:
    """Return whether the port is closed now."""
    for pause in (0.0, _MOMENT_SECONDS):
        await asyncio.sleep(pause)
        try:
            async with _connection(origin.host, origin.port):
                pass
        except ConnectionRefusedError:
            return True
    return False


async def _encrypts(origin: Origin) -> bool:
    """Return whether the port responds to a TLS handshake, even with a refusal."""
    trace = RequestTrace()
    try:
        await fetch_certificate(origin.host, origin.port, trace)
    except ssl.SSLError:
        return sniff(bytes(trace.handshake_bytes)) == "tls"
    return True


def _with_certificate(failure: Failure, found: CertificateFacts, host: str) -> Failure:
    facts = {
        **failure.facts,
        "names": ", ".join(found.names),
        "issuer": found.issuer,
        "begins": f"{found.begins:%Y-%m-%d}",
        "expired": f"{found.ends:%Y-%m-%d}",
        "now": f"{datetime.now(UTC):%Y-%m-%d}",
        "fingerprint": found.sha256,
        **_also_wrong(failure.cause, found, host),
    }
    return explain_again(failure, **facts)


def _also_wrong(cause: str, found: CertificateFacts, host: str) -> dict[str, str]:
    """Return what else is wrong with a certificate: TLS only reports the first problem."""
    now = datetime.now(UTC)
    wrong: dict[str, str] = {}
    if cause not in ("tls-expired", "tls-not-yet-valid"):
        if found.ends < now:
            wrong["ended"] = f"{found.ends:%Y-%m-%d}"
        elif found.begins > now:
            wrong["early"] = f"{found.begins:%Y-%m-%d}"
    if cause != "tls-hostname-mismatch" and not found.is_for(host):
        wrong["wrong_host"] = host
    return wrong


async def _speaks_plain_http(origin: Origin) -> bool:
    """Return whether the port responds to plain HTTP, other than by requiring TLS."""
    answer = b""
    async with _connection(origin.host, origin.port) as stream:
        await stream.transmit(_PROBE % origin.authority.encode())
        while len(answer) < _PROBE_BYTES and (piece := await stream.receive(_PROBE_BYTES)):
            answer += piece
            if sniff(answer) != "http":
                return False
            if b"\r\n\r\n" in answer and not answer.startswith(_BAD_REQUEST):
                return True
    return sniff(answer) == "http" and not TLS.search(answer.decode("utf-8", "replace").lower())


def _other_scheme(failure: Failure, endpoint: Endpoint, origin: Origin, cause: str, scheme: str) -> Failure:
    repair = replace_origin(endpoint.base_url, scheme=scheme)
    return explain_again(failure, cause, host=origin.host, port=str(origin.port), repair=repair)


async def _other_family(failure: Failure, endpoint: Endpoint, origin: Origin) -> Failure:
    other = "127.0.0.1" if ":" in origin.host else "::1"
    async with _connection(other, origin.port):
        pass
    repair = replace_origin(endpoint.base_url, host=other)
    return explain_again(failure, "wrong-ip-family", address=origin.host, other=other, repair=repair)
