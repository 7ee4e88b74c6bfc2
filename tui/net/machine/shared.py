"""This machine for many checks at once: looked at once a moment for all of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tui.net.machine.machine import Machine

if TYPE_CHECKING:
    from tui.net.machine.gpus import Gpu
    from tui.net.machine.snapshot import Snapshot

FRESH_SECONDS = 1.0
"""A server that opens its port is seen this much later at most."""


class SharedMachine(Machine):
    """Answers from a look that is at most a second old; may be asked from many threads."""

    def __init__(self, environment: Mapping[str, str], root: Path = Path("/")) -> None:
        super().__init__(environment, root)
        self._looking = threading.Lock()
        self._snapshot: tuple[float, Snapshot] | None = None
        self._gpus: tuple[float, tuple[Gpu, ...]] | None = None

    def snapshot(self, port: int | None = None) -> Snapshot:
        """Return who listens where: on all ports, since others ask about other ones."""
        with self._looking:
            if self._snapshot is None or _age(self._snapshot[0]) > FRESH_SECONDS:
                found = super().snapshot()
                self._snapshot = (time.monotonic(), found)
            return self._snapshot[1]

    def gpus(self) -> tuple[Gpu, ...]:
        """Return the GPUs."""
        with self._looking:
            if self._gpus is None or _age(self._gpus[0]) > FRESH_SECONDS:
                self._gpus = (time.monotonic(), super().gpus())
            return self._gpus[1]


def _age(moment: float) -> float:
    return time.monotonic() - moment
