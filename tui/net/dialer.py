"""Turns a host name into a connected socket: every address is tried, and each failure is kept."""

from __future__ import annotations

import asyncio
import errno
import socket
import threading
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import httpcore

from tui.net.addresses import ip_address
from tui.net.exchange import Attempt, Phase, current_exchange
from tui.net.streams import PlainStream, keep_alive

_STAGGER_SECONDS = 0.25
"""Before the next address is tried beside one that does not answer (RFC 8305, section 5)."""

Address = tuple[socket.AddressFamily, Any]

_TELLING = (errno.ECONNREFUSED, errno.ECONNRESET, errno.ETIMEDOUT)
"""Which error tells most, where the addresses of a host failed in different ways."""


class Dialer(httpcore.AsyncNetworkBackend):
    """The network below the HTTP library."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address that answers. ``timeout`` holds for each address."""
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
    """Return a connection to the first address of a host that answers; each may take ``seconds``.

    Raises:
        OSError: none did; of their errors the one that tells most. ``TimeoutError`` and
            ``socket.gaierror`` are among them.
    """
    exchange = current_exchange()
    exchange.attempts.clear()
    exchange.enter(Phase.LOOKUP)
    async with asyncio.timeout(None if seconds is None else 2 * seconds):
        addresses = await resolve(host, port)
    exchange.enter(Phase.CONNECT)
    connected, failures = await _race(addresses, seconds)
    exchange.attempts.extend(failures)
    if connected is None:
        raise min(failures, key=_rank).error
    raw, address = connected
    exchange.connected(_show(address[1]))
    return PlainStream(raw)


async def resolve(host: str, port: int) -> list[Address]:
    """Return the addresses of a host, without asking anybody where it is written as one.

    Raises:
        socket.gaierror: the name is unknown, or the name server does not answer.
    """
    literal = ip_address(host)
    if literal is not None and "%" not in host:
        if literal.version == 4:
            return [(socket.AF_INET, (str(literal), port))]
        return [(socket.AF_INET6, (str(literal), port, 0, 0))]
    return await _look_up(host, port)


async def _look_up(host: str, port: int) -> list[Address]:
    """Ask the system in a thread of its own: one that hangs must not hold up the program's end, as a
    thread of the loop's executor does."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[Address]] = loop.create_future()

    def settle(found: list[Address], error: Exception | None) -> None:
        if answer.done():
            return
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(found)

    def work() -> None:
        found: list[Address] = []
        failure: Exception | None = None
        try:
            records = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found = [(family, address) for family, _, _, _, address in records]
        except (OSError, UnicodeError) as error:
            failure = error
        with suppress(RuntimeError):  # the loop was closed in the meantime: nobody waits
            loop.call_soon_threadsafe(settle, found, failure)

    threading.Thread(target=work, name="name lookup", daemon=True).start()
    return await answer


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
) -> tuple[tuple[socket.socket, Address] | None, list[Attempt]]:
    """Try the addresses in their order, the next one when one fails or hesitates."""
    waiting = list(addresses)
    running: dict[asyncio.Task[socket.socket], Address] = {}
    failures: list[Attempt] = []
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
                failures.append(Attempt(_show(address[1]), error))
    finally:
        for task in running:
            _discard(task)
    return None, failures


def _discard(task: asyncio.Task[socket.socket]) -> None:
    """Cancel an attempt that is no longer needed, and close its socket if it came about."""

    def close(done: asyncio.Task[socket.socket]) -> None:
        if not done.cancelled() and done.exception() is None:
            done.result().close()

    task.add_done_callback(close)
    task.cancel()


def _rank(attempt: Attempt) -> int:
    code = errno.ETIMEDOUT if isinstance(attempt.error, TimeoutError) else attempt.error.errno
    return _TELLING.index(code) if code in _TELLING else len(_TELLING)


def _show(address: Any) -> str:
    host, port = str(address[0]), int(address[1])
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
