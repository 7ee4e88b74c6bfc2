"""Ports and model servers of this machine, for a diagnosis of ``localhost``.

The code that reads processes is imported when it is needed: most checks do not need it.
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
"""A server that opens its port is seen this much later at most."""


class Machine:
    """Reads this machine when asked; keeps nothing. All but ``look`` block for some milliseconds."""

    def __init__(self, environment: Mapping[str, str], root: Path = Path("/")) -> None:
        self._environment = environment
        self._root = root

    @property
    def is_visible(self) -> bool:
        """Whether this system shows the sockets of all users: Linux does."""
        return (self._root / "proc/net/tcp").exists()

    def surroundings(self, proxy: str | None = None) -> Surroundings:
        """Return what is around the program."""
        return read_surroundings(self._root, self._environment, proxy)

    def snapshot(self, port: int | None = None) -> Snapshot:
        """Return who listens where, and which model servers run.

        With a port only its owner is looked for among all processes, and that of the others among the
        model servers: on a machine with thousands of processes this is what makes it quick.
        """
        from tui.net.machine.snapshot import snapshot_below

        return snapshot_below(self._root, port)

    async def look(self, port: int) -> Snapshot:
        """Return the same without blocking."""
        return await asyncio.to_thread(self.snapshot, port)

    def gpus(self) -> tuple[Gpu, ...]:
        """Return the GPUs, where their library is installed."""
        return () if find_spec("pynvml") is None else read_gpus()

    def shared(self) -> SharedMachine:
        """Return the same machine for many checks at once."""
        return SharedMachine(self._environment, self._root)


class SharedMachine(Machine):
    """Answers from a snapshot that is at most a second old; may be used from many threads."""

    def __init__(self, environment: Mapping[str, str], root: Path = Path("/")) -> None:
        super().__init__(environment, root)
        self._looking = threading.Lock()
        self._kept: dict[str, tuple[float, Any]] = {}

    def snapshot(self, port: int | None = None) -> Snapshot:
        """Return who listens where: on all ports, since others ask about other ones."""
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
