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
    """Call ``stop`` at a signal for as long as the block runs; ``output`` keeps which one it was.

    Needs a running loop. Python's own handlers: those of the loop would wait with it for a reader of stdout
    that has stalled.
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
