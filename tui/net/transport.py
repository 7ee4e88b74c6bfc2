"""The layer between an HTTP client and the network: route, certificate verification, key.

The key is added here, below the client, for its own origin only. So the client, its requests and its
responses never contain it, even when they are printed. Imports httpx, so it is imported on demand.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping

import httpcore
import httpx

from tui.core.chat import Endpoint
from tui.core.failure import LmdeckError
from tui.core.secret import Secret
from tui.net.addresses import origin_of
from tui.net.dialer import Dialer
from tui.net.headers import check_encrypted, endpoint_headers, hold_back
from tui.net.httpx_compat import leave_out_sniffio, use_asyncio_locks, use_pool
from tui.net.proxies import Route
from tui.net.request_trace import current_trace
from tui.net.tls import PinningSSLContext
from tui.texts import network

leave_out_sniffio()
use_asyncio_locks()
_UNAUTHORISED = 401


class NetworkTransport(httpx.AsyncHTTPTransport):
    """The library's transport over lmdeck's sockets.

    Shared by endpoints with the same route and verification.
    """

    def __init__(self, context: PinningSSLContext, route: Route) -> None:
        self.context = context
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=20, keepalive_expiry=30)
        super().__init__(verify=context, trust_env=False, limits=limits)
        use_pool(self, _direct_pool(context) if route.proxy is None else _proxy_pool(context, route))


def _direct_pool(context: ssl.SSLContext) -> httpcore.AsyncConnectionPool:
    return httpcore.AsyncConnectionPool(
        ssl_context=context,
        max_connections=None,
        max_keepalive_connections=20,
        keepalive_expiry=30,
        network_backend=Dialer(),
    )


class _ProxyPool(httpcore.AsyncHTTPProxy):
    """The library's pool, which omits the brackets of an IPv6 host before a port (1.0.9)."""

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        url = request.url
        if b":" in url.host and not url.host.startswith(b"["):
            request.url = httpcore.URL(
                scheme=url.scheme, host=b"[%b]" % url.host, port=url.port, target=url.target
            )
        return await super().handle_async_request(request)


def _proxy_pool(context: ssl.SSLContext, route: Route) -> httpcore.AsyncConnectionPool:
    return _ProxyPool(
        proxy_url=route.proxy or "",
        proxy_auth=route.credentials,
        ssl_context=context,
        max_connections=None,
        max_keepalive_connections=20,
        keepalive_expiry=30,
        network_backend=Dialer(),
    )


def open_client(
    endpoint: Endpoint, route: Route, shared: Callable[[], NetworkTransport], headers: Mapping[str, str]
) -> httpx.AsyncClient:
    """Return a client whose requests go through ``EndpointTransport``."""
    return httpx.AsyncClient(
        transport=EndpointTransport(endpoint, route, shared),
        headers=headers,
        timeout=httpx.Timeout(None, connect=5.0, write=30.0),
        follow_redirects=False,
        trust_env=False,
    )


class EndpointTransport(httpx.AsyncBaseTransport):
    """Sends the requests of one endpoint; closing it leaves the shared connections open."""

    def __init__(self, endpoint: Endpoint, route: Route, shared: Callable[[], NetworkTransport]) -> None:
        self._endpoint = endpoint
        self._route = route
        self._shared = shared
        self._base = httpx.URL(endpoint.base_url)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, with key and extra headers if it goes to the endpoint itself.

        A key from a command is fetched again after a 401, and the request repeated.

        Raises:
            LmdeckError: it must not or cannot be sent (``key-unencrypted``, ``key-malformed``,
                ``proxy-socks-unsupported``, ``tls-file-unreadable``…); nothing was sent. Or a rejected key
                cannot be fetched again.
        """
        if self._route.failure is not None:
            raise LmdeckError(self._route.failure)
        trace = current_trace()
        trace.through_proxy = not self._route.is_direct
        sent = self._endpoint.current_key  # another request may renew it during this one
        response = await self._send(request)
        if response.status_code == _UNAUTHORISED and sent and self._is_own(request):
            response = await self._send_renewed(request, response, sent)
        hold_back(response)
        return response

    async def _send(self, request: httpx.Request) -> httpx.Response:
        headers = request.headers.copy()
        if self._is_own(request):
            check_encrypted(self._endpoint, origin_of(str(request.url)))
            headers.update(endpoint_headers(self._endpoint))
        outgoing = httpx.Request(
            request.method, request.url, headers=headers, stream=request.stream, extensions=request.extensions
        )
        return await self._shared().handle_async_request(outgoing)

    async def _send_renewed(
        self, request: httpx.Request, refused: httpx.Response, sent: Secret
    ) -> httpx.Response:
        """Repeat a rejected request with a new key, if there is one; else return the rejection."""
        renewal = self._endpoint.renewal
        if renewal is None:
            return refused
        try:
            key = await renewal.renew()
        except BaseException:
            await refused.aclose()
            raise
        if key is None or key == sent:
            return refused
        await refused.aclose()
        current_trace().tell("retry", because=network.KEY_FETCHED)
        return await self._send(request)

    def _is_own(self, request: httpx.Request) -> bool:
        return _identity(request.url) == _identity(self._base)


def _identity(url: httpx.URL) -> tuple[str, bytes, int | None]:
    """Return the origin as normalised by the library: case, default port, IDNA."""
    return url.scheme, url.raw_host, url.port
