"""The addresses of a host, resolved by the system."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import suppress
from typing import Any

from tui.net.addresses import ip_address

Address = tuple[socket.AddressFamily, Any]
"""As ``socket.getaddrinfo`` gives it: the family and what ``connect`` takes."""


def address_text(address: Address) -> str:
    """Return an address with its port, one of IPv6 in brackets."""
    host, port = address[1][:2]
    return f"[{host}]:{port}" if ":" in str(host) else f"{host}:{port}"


async def resolve(host: str, port: int) -> list[Address]:
    """Return the addresses of a host, without asking anybody where it is written as one.

    Raises:
        OSError: the name is unknown, or the name server does not answer (``socket.gaierror``).
        UnicodeError: the name cannot be a host name.
    """
    literal = ip_address(host)
    if literal is not None and "%" not in host:
        if literal.version == 4:
            return [(socket.AF_INET, (str(literal), port))]
        return [(socket.AF_INET6, (str(literal), port, 0, 0))]
    return await _look_up(host, port)


async def _look_up(host: str, port: int) -> list[Address]:
    """Ask the system in a separate thread: one that hangs must not hold up the program's end, as a thread of
    the loop's executor does."""
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
        with suppress(RuntimeError):  # the loop was closed in the meantime: nobody waits
            loop.call_soon_threadsafe(settle, found, failure)

    threading.Thread(target=work, name="name lookup", daemon=True).start()
    return await answer
