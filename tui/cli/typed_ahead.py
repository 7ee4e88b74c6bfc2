"""Lines typed while an answer streams, in the plain chat."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_MOST_BYTES = 65_536
"""For one read: a terminal returns one line at a time."""


class TypedAhead:
    """Reads complete prompts from the terminal; a pipe is only read when needed."""

    def __init__(self, take: Callable[[str], bool]) -> None:
        """Create a reader; ``take`` queues a prompt. What it refuses is read later, with all that follows."""
        self._take = take
        self._rest = b""
        self._lines: list[str] = []
        self._held: deque[str] = deque()
        self._came = asyncio.Event()
        self.is_ended = False
        """Whether the input has ended meanwhile."""

    def next(self) -> str | None:
        """Return the oldest prompt that was not queued."""
        self._came.clear()
        return self._held.popleft() if self._held else None

    async def wait(self) -> None:
        """Wait for a prompt that was not queued, or the end of the input."""
        await self._came.wait()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read what is typed meanwhile."""
        if not sys.stdin.isatty():
            yield
            return
        loop, descriptor = asyncio.get_running_loop(), sys.stdin.fileno()
        loop.add_reader(descriptor, self._read, loop, descriptor)
        try:
            yield
        finally:
            loop.remove_reader(descriptor)

    def _read(self, loop: asyncio.AbstractEventLoop, descriptor: int) -> None:
        if os.tcgetpgrp(descriptor) != os.getpgrp():
            loop.remove_reader(descriptor)  # in the background we do not own the terminal
            return
        data = os.read(descriptor, _MOST_BYTES)
        if not data:
            self.is_ended = True
            self._came.set()
            loop.remove_reader(descriptor)
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._add(line.decode(errors="replace"))

    def _add(self, line: str) -> None:
        """Add a line; one that ends with a backslash continues on the next."""
        self._lines.append(line.removesuffix("\\"))
        if line.endswith("\\"):
            return
        prompt, self._lines = "\n".join(self._lines), []
        if self._held or not self._take(prompt):
            self._held.append(prompt)
            self._came.set()
