"""Ctrl+C, SIGTERM and SIGHUP end what runs, and what was found so far is still told."""

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

    Needs a running loop.
    """

    def on_signal(number: signal.Signals) -> None:
        output.ended_by = number
        stop()

    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, on_signal, number)
    try:
        yield
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
