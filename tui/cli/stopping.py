"""Ctrl+C and SIGTERM end what runs, and what was found so far is still told."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def stopping_at_signals(stop: Callable[[], object]) -> Iterator[None]:
    """Call ``stop`` at SIGINT and SIGTERM for as long as the block runs; needs a running loop."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
