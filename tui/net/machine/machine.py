"""This machine, asked about ports and model servers: what a diagnosis of ``localhost`` wants to know.

What reads processes is imported when something is asked: most checks need to know nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from tui.core.diagnosis import Surroundings
from tui.net.machine.surroundings import read_surroundings

if TYPE_CHECKING:
    from tui.net.machine.gpus import Gpu
    from tui.net.machine.snapshot import Snapshot


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
        if find_spec("pynvml") is None:
            return ()
        from tui.net.machine.gpus import read_gpus

        return read_gpus()
