"""This machine for many checks at once: looked at once a moment for all of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from tui.net.machine.machine import Machine

if TYPE_CHECKING:
    from tui.net.machine.gpus import Gpu
    from tui.net.machine.snapshot import Snapshot

_Read = TypeVar("_Read")
FRESH_SECONDS = 1.0
"""A server that opens its port is seen this much later at most."""


class SharedMachine(Machine):
    """Answers from a look that is at most a second old; may be asked from many threads."""

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
