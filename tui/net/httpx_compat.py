"""All private names of the HTTP libraries in use (httpx 0.28.1, httpcore 1.0.9).

``tests/net/test_httpx_compat.py`` checks each of them against the installed version. This module does not
import the libraries: it is imported before them.
"""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from contextlib import AbstractContextManager, nullcontext
from types import ModuleType
from typing import TYPE_CHECKING, Any

from tui.core.lazy_pattern import lazy_pattern
from tui.core.outside import read_whole

if TYPE_CHECKING:
    import httpcore
    import httpx

_READ_SIZE = 65536
_CHUNK_HEADER = lazy_pattern(rb"([0-9A-Fa-f]{1,8})\r\n")
_CHUNK_END = b"\r\n"


def leave_out_command() -> None:
    """Pretend that httpx's command is not installed.

    If click is installed, it imports Rich, a third of httpx's import time.
    """
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]


def leave_out_sniffio() -> None:
    """Look for a missing ``sniffio`` only once.

    httpcore searches the disk for it at every lock, a dozen per request.
    """
    if importlib.util.find_spec("sniffio") is None:
        sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]


def use_asyncio_locks() -> None:
    """Give httpcore locks from asyncio instead of anyio, once per process.

    It uses a lock, an event and a shield from anyio for each request, and the first of them loads all of
    anyio: an eighth of a short command. anyio's shield only protects from anyio's own cancellation; asyncio's
    cancellation passes through in either case, and the closing that it protects never waits
    (``net.streams``). Other versions of the library are not changed.
    """
    try:
        library = importlib.import_module("httpcore._synchronization")
    except ImportError:
        return
    behind = getattr(library, "anyio", None)
    if isinstance(behind, ModuleType) and not isinstance(behind, AsyncioLocks):
        library.anyio = AsyncioLocks(behind)  # type: ignore[attr-defined]


class AsyncioLocks(ModuleType):
    """Replaces the module ``anyio``, to which it delegates everything else."""

    def __init__(self, behind: ModuleType) -> None:
        super().__init__(behind.__name__)
        self._behind = behind
        self.Lock = asyncio.Lock
        self.Event = asyncio.Event

    @staticmethod
    def CancelScope(*, shield: bool) -> AbstractContextManager[None]:  # noqa: N802 - the library's name
        """Return a context manager that does nothing."""
        return nullcontext()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._behind, name)


def use_pool(transport: httpx.AsyncHTTPTransport, pool: httpcore.AsyncConnectionPool) -> None:
    """Make a transport use our pool: only the pool accepts a network backend."""
    transport._pool = pool


class ResponseBody:
    """The raw body of a response, read without the libraries while reads return complete chunks.

    A model sends each token as a separate chunk, and the six layers of the libraries account for half the
    processing cost of a token. So bytes that consist of complete chunks are read directly from the network
    stream, between two chunks; the libraries read everything else: the end of the body, other transfer
    encodings, and all errors.
    """

    def __init__(self, response: httpx.Response) -> None:
        self._pieces = response.aiter_raw()
        self._connection = _connection_of(response)
        self._limits = {} if self._connection is None else response.request.extensions.get("timeout", {})

    async def read(self) -> bytes | None:
        """Return some bytes of the body, ``None`` at its end."""
        connection = self._connection
        if connection is not None and _is_between_chunks(connection._h11_state):
            data = await self._receive(connection)
            if plain := _without_frames(data):
                return plain
            connection._h11_state.receive_data(data)
        piece = await anext(self._pieces, None)
        if piece is None:
            self._connection = None  # now used for other requests
        return piece

    async def _receive(self, connection: Any) -> bytes:
        try:
            seconds = self._limits.get("read")
            data: bytes = await connection._network_stream.read(_READ_SIZE, seconds)
        except Exception as error:
            kind = getattr(sys.modules["httpx"], type(error).__name__, None)  # same name as in httpcore
            if kind is None:
                raise
            raise kind(str(error)) from error
        return data


def _connection_of(response: httpx.Response) -> Any:
    """Return the connection of a response; ``None`` if it is of a different kind."""
    found: Any = response
    for name in ("stream", "_stream", "_httpcore_stream", "_stream", "_connection"):
        found = getattr(found, name, None)
    is_http1 = hasattr(found, "_h11_state") and hasattr(found, "_network_stream")
    return found if is_http1 and response.http_version == "HTTP/1.1" else None


def _is_between_chunks(state: Any) -> bool:
    """Return whether everything read so far was returned, and the next byte begins a new chunk."""
    reader = state._reader
    if getattr(reader, "_bytes_in_chunk", None) != 0 or reader._reading_trailer:
        return False
    if reader._bytes_to_discard == _CHUNK_END == bytes(state._receive_buffer):
        state.next_event()  # no event yet, but this consumes the end of the chunk
    return not reader._bytes_to_discard and not state._receive_buffer


def _without_frames(data: bytes) -> bytes:
    """Return the content of complete chunks; empty for anything else, or if the last chunk is among them."""
    pieces: list[bytes] = []
    position = 0
    while position < len(data):
        header = _CHUNK_HEADER.match(data, position)
        size = None if header is None else read_whole(header[1].decode("ascii"), base=16)
        if header is None or not size:
            return b""
        start = header.end()
        end = start + size
        if data[end : end + 2] != _CHUNK_END:
            return b""
        pieces.append(data[start:end])
        position = end + 2
    return b"".join(pieces)
