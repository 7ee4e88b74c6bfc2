"""Gives the HTTP library its locks from asyncio, which runs anyway, in place of those of anyio.

httpcore 1.0.9 takes a lock, an event and a shield from anyio at each request, and the first of them
loads all of anyio: an eighth of a short command. Its shield keeps off anyio's own cancellation alone;
here asyncio cancels tasks, which passes through either way, and the closing that it is for never waits
(``net.streams``).
"""

from __future__ import annotations

import asyncio
import importlib
from contextlib import AbstractContextManager, nullcontext
from types import ModuleType
from typing import Any


class AsyncioLocks(ModuleType):
    """Stands in for the module ``anyio``: what is not here is taken from there."""

    Lock = asyncio.Lock
    Event = asyncio.Event

    def __init__(self, behind: ModuleType) -> None:
        super().__init__(behind.__name__)
        self._behind = behind

    @staticmethod
    def CancelScope(*, shield: bool) -> AbstractContextManager[None]:  # noqa: N802 - the library's name
        """Return a context that changes nothing."""
        return nullcontext()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._behind, name)


def use_asyncio_locks() -> None:
    """Put them in place, once, in this process. Another version of the library is left as it is."""
    try:
        library = importlib.import_module("httpcore._synchronization")
    except ImportError:
        return
    behind = getattr(library, "anyio", None)
    if isinstance(behind, ModuleType) and not isinstance(behind, AsyncioLocks):
        library.anyio = AsyncioLocks(behind)  # type: ignore[attr-defined]
