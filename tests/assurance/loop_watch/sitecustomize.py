"""Takes down the long steps of a program's event loop, seen from within: loaded by Python at its start.

Whoever measures from outside sees the machine's other work as well; the processor time of a step is the
program's own. Does nothing without ``LMDECK_LOOP_WATCH``, the name of the file to write to.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time

_SHORTEST_SECONDS = 0.005


def _watch(path: str) -> None:
    run = asyncio.Handle._run
    main = threading.main_thread()
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def watched(self: asyncio.Handle) -> None:
        begun, used = time.monotonic(), time.thread_time()
        try:
            run(self)
        finally:
            ended = time.monotonic()
            if ended - begun >= _SHORTEST_SECONDS and threading.current_thread() is main:
                line = f"{begun} {(ended - begun) * 1000} {(time.thread_time() - used) * 1000}\n"
                os.write(file, line.encode())

    asyncio.Handle._run = watched  # type: ignore[method-assign]


if _name := os.environ.get("LMDECK_LOOP_WATCH"):
    _watch(_name)
