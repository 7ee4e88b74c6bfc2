"""All private names of the HTTP libraries in use, in one place (httpx 0.28.1, httpcore 1.0.9).

``tests/net/test_httpx_compat.py`` checks each of them against the installed version. Imports no library
itself: it is imported before them.
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
    """Take httpx's command for not installed: where click is, it imports Rich, a third of httpx's import."""
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]


def leave_out_sniffio() -> None:
    """Search for a missing ``sniffio`` once: httpcore does so on disk at every lock, a dozen a request."""
    if importlib.util.find_spec("sniffio") is None:
        sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]


def use_asyncio_locks() -> None:
    """Give httpcore its locks from asyncio instead of those of anyio, once, in this process.

    It takes a lock, an event and a shield from anyio at each request, and the first of them loads all of
    anyio: an eighth of a short command. Its shield keeps off anyio's own cancellation alone; here asyncio
    cancels tasks, which passes through either way, and the closing that it is for never waits
    (``net.streams``). Another version of the library is left as it is.
    """
    try:
        library = importlib.import_module("httpcore._synchronization")
    except ImportError:
        return
    behind = getattr(library, "anyio", None)
    if isinstance(behind, ModuleType) and not isinstance(behind, AsyncioLocks):
        library.anyio = AsyncioLocks(behind)  # type: ignore[attr-defined]


class AsyncioLocks(ModuleType):
    """Replaces the module ``anyio``: everything else comes from it."""

    def __init__(self, behind: ModuleType) -> None:
        super().__init__(behind.__name__)
        self._behind = behind
        self.Lock = asyncio.Lock
        self.Event = asyncio.Event

    @staticmethod
    def CancelScope(*, shield: bool) -> AbstractContextManager[None]:  # noqa: N802 - the library's name
        """Return a context that changes nothing."""
        return nullcontext()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._behind, name)


def use_pool(transport: httpx.AsyncHTTPTransport, pool: httpcore.AsyncConnectionPool) -> None:
    """Let a transport send through a pool of ours: it takes no network backend itself, its pool does."""
    transport._pool = pool


class ResponseBody:
    """The raw body of a response, read without the libraries while each read returns whole chunks.

    A model sends every token as a separate chunk, and six layers of the libraries pass each one on, which is
    half of the processing cost of a token. So bytes that are only whole chunks are read directly from the
    network stream, between two chunks; the libraries read everything else: the end of the body, other
    transfer encodings, and all errors.
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
            self._connection = None  # it serves others now
        return piece

    async def _receive(self, connection: Any) -> bytes:
        try:
            seconds = self._limits.get("read")
            data: bytes = await connection._network_stream.read(_READ_SIZE, seconds)
        except Exception as error:
            kind = getattr(sys.modules["httpx"], type(error).__name__, None)  # named as httpcore's are
            if kind is None:
                raise
            raise kind(str(error)) from error
        return data


def _connection_of(response: httpx.Response) -> Any:
    """Return the connection that a response is read from; ``None`` if it is of another kind."""
    found: Any = response
    for name in ("stream", "_stream", "_httpcore_stream", "_stream", "_connection"):
        found = getattr(found, name, None)
    is_http1 = hasattr(found, "_h11_state") and hasattr(found, "_network_stream")
    return found if is_http1 and response.http_version == "HTTP/1.1" else None


def _is_between_chunks(state: Any) -> bool:
    """Whether all that was read of a body in chunks is given out, and the next byte begins a new chunk."""
    reader = state._reader
    if getattr(reader, "_bytes_in_chunk", None) != 0 or reader._reading_trailer:
        return False
    if reader._bytes_to_discard == _CHUNK_END == bytes(state._receive_buffer):
        state.next_event()  # it needs more data, but has taken the end of the chunk away
    return not reader._bytes_to_discard and not state._receive_buffer


def _without_frames(data: bytes) -> bytes:
    """Return what stands in some chunks; nothing where it is not whole chunks alone, or their last one."""
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
