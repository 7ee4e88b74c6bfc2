"""The factory for all requests of the program: TLS, proxy, key and time limits in one place.

Importing this is cheap: httpx is loaded by the first client, or earlier by ``warm``.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tui import __version__
from tui.core.chat import Endpoint
from tui.core.observed import Observers
from tui.core.provider import TlsSettings
from tui.core.secret import Redactor
from tui.net.proxies import Route, choose_route
from tui.net.route_times import RouteTimes
from tui.net.tls import PinningSSLContext, build_context

if TYPE_CHECKING:
    import httpx

    from tui.net.transport import NetworkTransport

_TrustKey = tuple[TlsSettings, tuple[int, ...]]
_Shape = tuple[_TrustKey, str | None, tuple[str, str] | None]

_LOGGERS = ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.proxy")

HEADERS = {
    "User-Agent": f"lmdeck/{__version__}",
    "Accept": "text/event-stream, application/json",
    "Accept-Encoding": "identity",
}
"""Sent with every request. No compression: a gateway that compresses a stream also buffers it."""


class ClientFactory:
    """Creates HTTP clients that share their connections; for one event loop."""

    def __init__(
        self,
        environment: Mapping[str, str],
        *,
        redactor: Redactor | None = None,
        observers: Observers | None = None,
    ) -> None:
        """Create a factory.

        Side effect: the HTTP library's log records pass through the redactor from now on.

        Args:
            environment: contains the proxy variables and SSL_CERT_FILE.
            observers: receive every exchange of its clients that may cost money.
        """
        self._environment = environment
        self.redactor = redactor if redactor is not None else Redactor()
        self.observers = observers if observers is not None else Observers()
        self.route_times = RouteTimes()
        """The network distances of the servers."""
        self._shared: dict[_Shape, NetworkTransport] = {}
        self._contexts: dict[_TrustKey, PinningSSLContext] = {}
        self._is_watched = False
        """Whether the observers are prepared."""
        self._guard = _Guard(self.redactor)
        for name in _LOGGERS:
            logging.getLogger(name).addFilter(self._guard)

    def branch(self) -> ClientFactory:
        """Return a factory with its own connections and the same TLS contexts.

        For one of many endpoints requested at once: the library searches all open connections at each
        request, and a factory that is closed after its endpoint leaves none behind.
        """
        made = ClientFactory(self._environment, redactor=self.redactor, observers=self.observers)
        made._contexts, made.route_times = self._contexts, self.route_times
        made._is_watched = self._is_watched
        return made

    def route(self, url: str) -> Route:
        """Return how requests to a URL are sent: directly, or through which proxy, and why."""
        return choose_route(url, self._environment)

    def client(self, endpoint: Endpoint) -> httpx.AsyncClient:
        """Return a client for an endpoint: cheap, and closing it keeps the connections for the next one.

        Its requests carry the endpoint's key and extra headers, added below the client and only for the
        endpoint's own origin. Redirects are not followed. Failures raise httpx's errors or ``LmdeckError``,
        both of which ``net.classify`` converts.

        Raises:
            httpx.InvalidURL, ValueError: the base URL is invalid.
        """
        from tui.net.transport import open_client

        route = self.route(endpoint.base_url)
        self._learn(endpoint, route)
        return open_client(endpoint, route, lambda: self._transport(endpoint.tls, route), HEADERS)

    async def prepare(self, endpoint: Endpoint) -> None:
        """Load in a thread what the first request of an endpoint needs, so that the loop is not blocked.

        Raises:
            UsageError: a certificate file is unusable.
        """
        route = self.route(endpoint.base_url)
        context = self._contexts.get(_trust_key(endpoint.tls))
        is_encrypted = endpoint.base_url.lower().startswith("https:")
        if context is None or (is_encrypted and context.load_authorities is not None):
            await asyncio.to_thread(self._load, endpoint.tls, route, is_encrypted)

    async def prepare_exchange(self, endpoint: Endpoint) -> None:
        """Load the same, and what observers need, so that it is not measured as the server's time.

        Raises:
            UsageError: a certificate file is unusable.
        """
        await self.prepare(endpoint)
        if not self._is_watched:
            self._is_watched = True
            await asyncio.to_thread(self.observers.prepare)

    def warm(self) -> None:
        """Load the HTTP library and the system's certificate authorities ahead of a request.

        Blocking, about 100 ms: call it in a thread.
        """
        self._load(TlsSettings(), Route(), is_encrypted=True)

    async def aclose(self) -> None:
        """Close all connections, and stop redacting log records."""
        for name in _LOGGERS:
            logging.getLogger(name).removeFilter(self._guard)
        shared, self._shared = self._shared, {}
        for transport in shared.values():
            await transport.aclose()

    def _load(self, tls: TlsSettings, route: Route, is_encrypted: bool) -> None:
        transport = self._transport(tls, route)
        if is_encrypted:
            transport.context.complete()

    def _transport(self, tls: TlsSettings, route: Route) -> NetworkTransport:
        from tui.net.transport import NetworkTransport

        trust_key = _trust_key(tls)
        shape = (trust_key, route.proxy, route.credentials)
        known = self._shared.get(shape)
        if known is None:
            made = NetworkTransport(self._context(tls, trust_key), route)
            known = self._shared.setdefault(shape, made)
        return known

    def _context(self, tls: TlsSettings, trust_key: _TrustKey) -> PinningSSLContext:
        known = self._contexts.get(trust_key)
        return known or self._contexts.setdefault(trust_key, build_context(tls, self._environment))

    def _learn(self, endpoint: Endpoint, route: Route) -> None:
        """Add all secrets in a request of this endpoint to the redactor."""
        if route.credentials is not None:
            self.redactor.add_login(*route.credentials)
        self.redactor.add_sent(endpoint.key, endpoint.extra_headers)


def _trust_key(tls: TlsSettings) -> _TrustKey:
    return tls, _changes(tls)


def _changes(tls: TlsSettings) -> tuple[int, ...]:
    """Return when the certificate files last changed, so that a corrected one is read again."""
    paths = (tls.ca_file, tls.client_certificate, tls.client_key)
    files = (Path(path).expanduser() for path in paths if path)
    return tuple(_changed_at(file) for file in files)


def _changed_at(file: Path) -> int:
    """Return the time in nanoseconds; 0 if unknown: loading the file reports why."""
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0


class _Guard(logging.Filter):
    """Erases keys from log records: response headers and URLs are logged at level DEBUG."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        record.msg, record.args = self._redactor.redact(text), ()
        return True
