"""Every private name of the HTTP libraries that is used, in one place (httpx 0.28.1, httpcore 1.0.9).

``tests/net/test_httpx_compat.py`` holds each of them against the installed version. Imports no library
by itself: it is imported ahead of them.
"""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from contextlib import AbstractContextManager, nullcontext
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpcore
    import httpx


def leave_out_command() -> None:
    """Take httpx's command for not installed: where click is, it imports Rich, a third of httpx's import."""
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]


def leave_out_sniffio() -> None:
    """Search for a missing ``sniffio`` once: httpcore does so on disk at every lock, a dozen a request."""
    if importlib.util.find_spec("sniffio") is None:
        sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]


def use_asyncio_locks() -> None:
    """Give httpcore its locks from asyncio in place of those of anyio, once, in this process.

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
    """Stands in for the module ``anyio``: what is not here is taken from there."""

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
