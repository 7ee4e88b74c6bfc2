"""Resolves host names with the system's resolver."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import suppress
from typing import Any

from tui.net.addresses import ip_address

Address = tuple[socket.AddressFamily, Any]
"""Family and address as returned by ``socket.getaddrinfo``, for ``connect``."""


def address_text(address: Address) -> str:
    """Return an address with its port, with brackets for IPv6."""
    host, port = address[1][:2]
    return f"[{host}]:{port}" if ":" in str(host) else f"{host}:{port}"


async def resolve(host: str, port: int) -> list[Address]:
    """Return the addresses of a host, without a look-up for a literal address.

    Raises:
        OSError: the name is unknown, or the name server does not respond (``socket.gaierror``).
        UnicodeError: the name is not a valid host name.
    """
    literal = ip_address(host)
    if literal is not None and "%" not in host:
        if literal.version == 4:
            return [(socket.AF_INET, (str(literal), port))]
        return [(socket.AF_INET6, (str(literal), port, 0, 0))]
    return await _look_up(host, port)


async def _look_up(host: str, port: int) -> list[Address]:
    """Resolve in a separate thread: unlike the loop's executor, it does not delay the exit of the program."""
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
            found = list(dict.fromkeys((family, address) for family, _, _, _, address in records))
        except (OSError, UnicodeError, OverflowError) as error:
            failure = error
        with suppress(RuntimeError):  # the loop has been closed, so nobody waits
            loop.call_soon_threadsafe(settle, found, failure)

    threading.Thread(target=work, name="name lookup", daemon=True).start()
    return await answer
