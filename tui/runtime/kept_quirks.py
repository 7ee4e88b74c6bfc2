"""What was learned about an endpoint, shared between the network, which uses it, and the disk."""

from __future__ import annotations

import asyncio
import threading
import time

from tui.store.endpoint_memory import EndpointMemory
from tui.wire.server_quirks import ServerQuirks

_LAST_SECONDS = 1.0
"""How long the end of the program waits for the disk: what is lost is learned again."""


class KeptQuirks:
    """Adaptations by endpoint and model: in memory immediately, and on disk later.

    Threads write them, because another process may hold the file.
    """

    def __init__(self, memory: EndpointMemory) -> None:
        self._memory = memory
        self._known: dict[tuple[str, str], ServerQuirks | None] = {}
        self._writers: list[threading.Thread] = []

    def get(self, base_url: str, model: str) -> ServerQuirks | None:
        """Return what was learned, or ``None``."""
        key = (base_url, model)
        if key not in self._known:
            document = self._memory.get_json(base_url, model)
            self._known[key] = None if document is None else ServerQuirks.from_json(document)
        return self._known[key]

    def put(self, base_url: str, model: str, quirks: ServerQuirks) -> None:
        """Store what was learned. Returns immediately."""
        self._known[base_url, model] = quirks
        self._memory.learn_json(base_url, model, quirks.to_json())
        writer = threading.Thread(target=self._memory.write, name="adaptations", daemon=True)
        self._writers = [known for known in self._writers if known.is_alive()]
        self._writers.append(writer)
        writer.start()

    async def aclose(self) -> None:
        """Wait until what was learned is on disk, for at most a second."""
        if self._writers:
            await asyncio.to_thread(self._wait, time.monotonic() + _LAST_SECONDS)

    def _wait(self, end: float) -> None:
        for writer in self._writers:
            writer.join(max(0.0, end - time.monotonic()))


class ForgottenQuirks:
    """Adaptations in memory only: ``ask --url`` stores nothing."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], ServerQuirks] = {}

    def get(self, base_url: str, model: str) -> ServerQuirks | None:
        """Return what was learned since the program started, or ``None``."""
        return self._known.get((base_url, model))

    def put(self, base_url: str, model: str, quirks: ServerQuirks) -> None:
        """Store what was learned until the program ends."""
        self._known[base_url, model] = quirks
