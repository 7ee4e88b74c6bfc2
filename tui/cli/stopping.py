"""Ctrl+C, SIGTERM and SIGHUP stop a command; the results so far are still printed."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator

from tui.cli.output import Output

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextlib.contextmanager
def stopping_at_signals(stop: Callable[[], object], output: Output) -> Iterator[None]:
    """Call ``stop`` on a signal while the block runs; ``output`` records which one it was.

    Requires a running loop. Uses Python's own handlers: those of the loop would have to wait for a stalled
    reader of stdout.
    """
    loop = asyncio.get_running_loop()

    def on_signal(number: int, _: object) -> None:
        output.ended_by = number
        output.hurry(number)
        loop.call_soon_threadsafe(stop)

    before = {number: signal.signal(number, on_signal) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
