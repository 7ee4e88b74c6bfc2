"""Ports and model servers of this machine, for a diagnosis of ``localhost``.

The code that reads processes is imported on demand, since most checks do not need it.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from tui.core.diagnosis import Surroundings
from tui.net.machine.gpus import Gpu, read_gpus
from tui.net.machine.surroundings import read_surroundings

if TYPE_CHECKING:
    from tui.net.machine.snapshot import Snapshot

_Read = TypeVar("_Read")
FRESH_SECONDS = 1.0
"""The maximum delay until a newly opened port is noticed."""


class Machine:
    """Reads this machine on request, without caching.

    All methods but ``look`` block for some milliseconds.
    """

    def __init__(self, environment: Mapping[str, str], root: Path = Path("/")) -> None:
        self._environment = environment
        self._root = root

    @property
    def is_visible(self) -> bool:
        """Whether this system shows the sockets of all users, as Linux does."""
        return (self._root / "proc/net/tcp").exists()

    def surroundings(self, proxy: str | None = None) -> Surroundings:
        """Return the environment of the program."""
        return read_surroundings(self._root, self._environment, proxy)

    def snapshot(self, port: int | None = None) -> Snapshot:
        """Return all listening sockets and running model servers.

        With a port, all processes are searched only for its owner, and only model servers for the owners of
        other ports: this makes it fast on a machine with thousands of processes.
        """
        from tui.net.machine.snapshot import snapshot_below

        return snapshot_below(self._root, port)

    async def look(self, port: int) -> Snapshot:
        """Return the same without blocking."""
        return await asyncio.to_thread(self.snapshot, port)

    def gpus(self) -> tuple[Gpu, ...]:
        """Return the GPUs, if their library is installed."""
        return () if find_spec("pynvml") is None else read_gpus()

    def shared(self) -> SharedMachine:
        """Return the same machine for many parallel checks."""
        return SharedMachine(self._environment, self._root)


class SharedMachine(Machine):
    """Answers from a snapshot that is at most a second old; thread-safe."""

    def __init__(self, environment: Mapping[str, str], root: Path = Path("/")) -> None:
        super().__init__(environment, root)
        self._looking = threading.Lock()
        self._kept: dict[str, tuple[float, Any]] = {}

    def snapshot(self, port: int | None = None) -> Snapshot:
        """Return all listening sockets, since other callers ask about other ports."""
        return self._fresh("snapshot", super().snapshot)

    def gpus(self) -> tuple[Gpu, ...]:
        """Return the GPUs."""
        return self._fresh("gpus", super().gpus)

    def _fresh(self, name: str, read: Callable[[], _Read]) -> _Read:
        with self._looking:
            kept = self._kept.get(name)
            if kept is None or time.monotonic() - kept[0] > FRESH_SECONDS:
                found = read()
                kept = self._kept[name] = (time.monotonic(), found)
            seen: _Read = kept[1]
            return seen
