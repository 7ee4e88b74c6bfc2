"""Connects to a host by trying all its addresses."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Iterable
from typing import Any

import httpcore

from tui.net.lookup import Address, address_text, resolve
from tui.net.request_trace import Phase, current_trace
from tui.net.streams import PlainStream, keep_alive

_STAGGER_SECONDS = 0.25
"""Before the next address is tried in parallel to one that does not respond (RFC 8305, section 5)."""

_TELLING = (errno.ECONNREFUSED, errno.ECONNRESET, errno.ETIMEDOUT)
"""The most informative errors, if the addresses of a host failed in different ways."""


class Dialer(httpcore.AsyncNetworkBackend):
    """The network backend for the HTTP library."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address that responds. ``timeout`` applies to each address."""
        try:
            return await connect(host, port, timeout)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        except (OSError, UnicodeError, OverflowError) as error:
            raise httpcore.ConnectError(str(error)) from error

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


async def connect(host: str, port: int, seconds: float | None) -> PlainStream:
    """Connect to the first address of a host that responds; each may take ``seconds``.

    Raises:
        OSError: all failed; the most informative error, which may be ``TimeoutError`` or ``socket.gaierror``.
    """
    trace = current_trace()
    trace.enter(Phase.LOOKUP)
    async with asyncio.timeout(None if seconds is None else 2 * seconds):
        addresses = await resolve(host, port)
    trace.enter(Phase.CONNECT)
    connected, failures = await _race(addresses, seconds)
    if connected is None:
        raise min(failures, key=_rank)
    raw, address = connected
    trace.connected(address_text(address))
    return PlainStream(raw)


async def _connect(address: Address, seconds: float | None) -> socket.socket:
    family, target = address
    raw = socket.socket(family, socket.SOCK_STREAM)
    try:
        raw.setblocking(False)
        keep_alive(raw)
        async with asyncio.timeout(seconds):
            await asyncio.get_running_loop().sock_connect(raw, target)
    except BaseException:
        raw.close()
        raise
    return raw


async def _race(
    addresses: list[Address], seconds: float | None
) -> tuple[tuple[socket.socket, Address] | None, list[OSError]]:
    """Try the addresses in order, the next one when one fails or is slow."""
    waiting = list(addresses)
    running: dict[asyncio.Task[socket.socket], Address] = {}
    failures: list[OSError] = []
    try:
        while waiting or running:
            if waiting:
                address = waiting.pop(0)
                running[asyncio.create_task(_connect(address, seconds))] = address
            patience = _STAGGER_SECONDS if waiting else None
            done, _ = await asyncio.wait(running, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                address = running.pop(task)
                error = task.exception()
                if error is None:
                    return (task.result(), address), failures
                if not isinstance(error, OSError):
                    raise error
                failures.append(error)
    finally:
        for task in running:
            _discard(task)
    return None, failures


def _discard(task: asyncio.Task[socket.socket]) -> None:
    """Cancel an attempt that is no longer needed, and close its socket if it was opened."""

    def close(done: asyncio.Task[socket.socket]) -> None:
        if not done.cancelled() and done.exception() is None:
            done.result().close()

    task.add_done_callback(close)
    task.cancel()


def _rank(error: OSError) -> int:
    code = errno.ETIMEDOUT if isinstance(error, TimeoutError) else error.errno
    return _TELLING.index(code) if code in _TELLING else len(_TELLING)
