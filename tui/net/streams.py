"""Sockets for the HTTP library that record what happens on them.

They replace the library's for four reasons: a pinned certificate is compared before a byte of the request is
sent; the alert of a server that requires a client certificate is read, not lost; the first bytes show which
protocol a port speaks if it is not HTTP; the phase of a failure is known.
"""

from __future__ import annotations

import asyncio
import select
import socket
import ssl
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import httpcore

from tui.net.cooperative_yield import CooperativeYield
from tui.net.request_trace import Phase, current_trace
from tui.net.sniff import may_be_http
from tui.net.tls import EndlessRecords, check_pin
from tui.texts import network

_Result = TypeVar("_Result")
_BLOCK = 65536
_LONGEST_HEAD = 256_000
"""The maximum size of a response's headers, including interim responses (1xx)."""
_MOST_WITHOUT_CONTENT = 1_000_000
"""Bytes of TLS before the handshake is over or content arrives; a certificate chain has about 10,000."""


_FREE_PIECES = 3
"""Pieces of an answer exempt from yielding: its headers, and its first text."""


class PlainStream(httpcore.AsyncNetworkStream):
    """A connected socket."""

    def __init__(self, raw: socket.socket) -> None:
        self._socket = raw
        self._loop = asyncio.get_running_loop()
        self._write_error: OSError | None = None
        self._pace = CooperativeYield(free=_FREE_PIECES)
        self._waiter: asyncio.Future[bytes] | None = None
        self._is_watched = False
        self._max_bytes = _BLOCK

    async def receive(self, max_bytes: int = _BLOCK) -> bytes:
        """Return some received bytes, ``b""`` at the end.

        If more bytes are always available, processing them counts as work, after which other tasks get a
        turn.
        """
        await self._pace.rest()
        data = await self._take(max_bytes)
        self._pace.begin()
        return data

    async def _take(self, max_bytes: int) -> bytes:
        """Wait for bytes if none are available.

        The loop keeps watching the socket until unrequested bytes arrive: starting and stopping that for each
        piece of an answer, like ``loop.sock_recv``, costs as much as reading the piece.
        """
        if not self._is_watched:
            try:
                return self._socket.recv(max_bytes)
            except (BlockingIOError, InterruptedError):
                self._loop.add_reader(self._socket, self._on_readable)
                self._is_watched = True
        self._max_bytes = max_bytes
        self._waiter = self._loop.create_future()
        try:
            return await self._waiter
        finally:
            self._waiter = None

    def _on_readable(self) -> None:
        waiter = self._waiter
        if waiter is None or waiter.done():
            self._is_watched = False
            self._loop.remove_reader(self._socket)
            return
        try:
            data = self._socket.recv(self._max_bytes)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            waiter.set_exception(error)
        else:
            waiter.set_result(data)

    async def transmit(self, data: bytes) -> None:
        """Send bytes unchanged: the time since the last response was not work."""
        self._pace.end()
        await self._loop.sock_sendall(self._socket, data)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return some bytes of the response, ``b""`` at the end."""
        trace = current_trace()
        if trace.phase is Phase.SEND:
            trace.enter(Phase.HEADERS)
        if trace.phase is Phase.HEADERS and trace.received > _LONGEST_HEAD:
            raise httpcore.RemoteProtocolError(network.HEAD_TOO_LONG)
        try:
            data = await self._receive_within(timeout, max_bytes)
        except TimeoutError as error:
            raise httpcore.ReadTimeout from error
        except OSError as error:
            raise httpcore.ReadError(str(error)) from error
        if not data and self._write_error is not None:
            # The system reports a reset once: to the write, before the HTTP library's read.
            raise httpcore.ReadError(str(self._write_error)) from self._write_error
        trace.read(data)
        if trace.phase is Phase.HEADERS and not may_be_http(bytes(trace.first_bytes[:5])):
            # The HTTP library would wait for the end of a line or headers that never arrives.
            raise httpcore.RemoteProtocolError(network.NOT_HTTP)
        return data

    async def _receive_within(self, seconds: float | None, max_bytes: int) -> bytes:
        if seconds is None:
            return await self.receive(max_bytes)
        async with asyncio.timeout(seconds):
            return await self.receive(max_bytes)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send part of the request."""
        if not buffer:
            return
        current_trace().wrote(len(buffer))
        try:
            async with asyncio.timeout(timeout):
                await self.transmit(buffer)
        except TimeoutError as error:
            raise httpcore.WriteTimeout from error
        except OSError as error:
            self._write_error = error
            raise httpcore.WriteError(str(error)) from error

    async def aclose(self) -> None:
        """Close at once, without a shutdown."""
        if self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket)  # whoever watches it: for TLS, the plain stream does
            self._loop.remove_writer(self._socket)
            self._socket.close()

    def encrypted(self, context: ssl.SSLContext, host: str | None) -> TlsStream:
        """Return TLS over this connection, before its handshake."""
        return TlsStream(self, context, host)

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Do the handshake and compare the pin; closes the socket if either fails."""
        trace = current_trace()
        trace.begin_tls()
        trace.authorities_from = getattr(ssl_context, "variable", None)
        # Behind a proxy, the name of an IPv6 host has brackets, but not in the certificate.
        stream = self.encrypted(ssl_context, server_hostname and server_hostname.strip("[]"))
        try:
            async with asyncio.timeout(timeout):
                await stream.handshake()
            trace.certificate = stream.certificate
            trace.tls_version = stream.version
            check_pin(ssl_context, stream.certificate)
        except TimeoutError as error:
            await self.aclose()
            raise httpcore.ConnectTimeout from error
        except OSError as error:
            await self.aclose()
            raise httpcore.ConnectError(str(error)) from error
        except BaseException:
            await self.aclose()
            raise
        return stream

    def get_extra_info(self, info: str) -> Any:
        """Tell the connection pool whether an idle socket has something to read."""
        if info == "is_readable":
            return _is_readable(self._socket)
        if info == "socket":
            return self._socket
        return None


class TlsStream(PlainStream):
    """TLS over a plain stream."""

    def __init__(self, below: PlainStream, context: ssl.SSLContext, hostname: str | None) -> None:
        super().__init__(below._socket)
        self._below = below
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=hostname)

    @property
    def certificate(self) -> bytes | None:
        """The server's certificate (DER)."""
        return self._tls.getpeercert(binary_form=True)

    @property
    def version(self) -> str | None:
        """Such as ``TLSv1.3``."""
        return self._tls.version()

    async def handshake(self) -> None:
        """Do the handshake and verify the certificate.

        Raises:
            OSError: possibly ``ssl.SSLError``, after its alert was sent to the server.
        """
        try:
            await self._drive(self._tls.do_handshake, current_trace().read_handshake)
        except ssl.SSLError:
            await self._send_alert()
            raise

    async def _take(self, max_bytes: int) -> bytes:
        """Return some decrypted bytes; a connection closed without a shutdown is a normal end."""
        try:
            return await self._drive(lambda: self._tls.read(max_bytes))
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            return b""

    async def transmit(self, data: bytes) -> None:
        """Encrypt and send."""
        view = memoryview(data)
        while view:
            view = view[await self._drive(lambda part=view: self._tls.write(part)) :]  # type: ignore[misc]

    def get_extra_info(self, info: str) -> Any:
        """Return the same as the plain stream, and the TLS object with the negotiated protocol."""
        return self._tls if info == "ssl_object" else super().get_extra_info(info)

    async def _drive(
        self, step: Callable[[], _Result], record: Callable[[bytes], None] | None = None
    ) -> _Result:
        taken = 0
        while True:
            try:
                result = step()
            except ssl.SSLWantReadError:
                pass  # Handled below: an error while waiting is not a consequence of this one.
            else:
                await self._flush()
                return result
            await self._flush()
            data = await self._below.receive()
            taken += len(data)
            if taken > _MOST_WITHOUT_CONTENT:
                raise EndlessRecords
            if record is not None:
                record(data)
            if data:
                self._incoming.write(data)
            else:
                self._incoming.write_eof()

    async def _flush(self) -> None:
        if data := self._outgoing.read():
            await self._below.transmit(data)

    async def _send_alert(self) -> None:
        try:
            await self._flush()
        except OSError:
            return  # The server is gone, so the alert cannot be sent.


def _is_readable(raw: socket.socket) -> bool:
    if raw.fileno() < 0:
        return True
    poll = select.poll()
    poll.register(raw, select.POLLIN)
    return bool(poll.poll(0))


def keep_alive(raw: socket.socket) -> None:
    """Make the system detect within a minute that the peer of a silent connection is gone."""
    options: Iterable[tuple[str, int]] = (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3))
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for name, value in options:
        if hasattr(socket, name):
            raw.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
