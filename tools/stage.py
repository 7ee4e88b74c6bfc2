"""The program on a stage: a demo that sends a token when it is told to, and clocks that only the stage moves.

So a picture of the running program is the same whenever it is taken. Import this before ``tui``.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import time_machine

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["TZ"] = "UTC"
time.tzset()

import textual.app  # noqa: E402, F401 - it takes the real clock of its own

PORT = 8000
_HOST_NAME = "workstation"
_TODAY = "2026-11-29T10:00:00+00:00"
_TOKENS_PER_SECOND = 62
_FIRST_TOKEN_SECONDS = 0.087
_LIMIT_SECONDS = 60.0


class Stage:
    """The clock of all measurements, in seconds, and the tokens that may be sent."""

    def __init__(self) -> None:
        self.now = 1000.0
        self._allowed = threading.Semaphore(0)

    def clock(self) -> float:
        """Stands for ``time.perf_counter``."""
        return self.now

    def allow(self) -> None:
        """Let the demo send one more token."""
        self._allowed.release()

    def before_token(self, number: int) -> None:
        """Wait until a token may be sent, and let the time pass that it takes."""
        self._allowed.acquire(timeout=_LIMIT_SECONDS)
        self.now += 1 / _TOKENS_PER_SECOND if number else _FIRST_TOKEN_SECONDS


STAGE = Stage()
time.perf_counter = STAGE.clock

from tui.demo.connection import Connection  # noqa: E402 - after the clock
from tui.demo.server import DemoServer  # noqa: E402


def _send_frames(self: Connection, frames: Sequence[bytes], rate: float) -> None:
    for number, frame in enumerate(frames):
        STAGE.before_token(number)
        self.send_chunk(frame)


@contextmanager
def staged_demo() -> Iterator[str]:
    """Run the demo on the stage, on a port that pictures can show; yield its base URL."""
    usual = Connection.send_frames
    Connection.send_frames = _send_frames  # type: ignore[method-assign]
    socket.gethostname = lambda: _HOST_NAME
    demo = DemoServer(port=PORT)
    try:
        with time_machine.travel(_TODAY, tick=False):
            yield demo.start()
    finally:
        demo.stop()
        Connection.send_frames = usual  # type: ignore[method-assign]


async def until(condition: Callable[[], object]) -> None:
    """Wait until a condition holds.

    Raises:
        TimeoutError: it never did.
    """
    async with asyncio.timeout(_LIMIT_SECONDS):
        while not condition():
            await asyncio.sleep(0.01)
