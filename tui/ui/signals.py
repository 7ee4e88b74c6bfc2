"""Signals that end the program: everything is closed, and the exit code is 128 + the signal's number."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tui.ui.textual_compat.honest_app import HonestApp
from tui.ui.textual_compat.internals import driver_of

_SIGNALS = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)


def end_at_signals(app: HonestApp) -> None:
    """Handle signals with Python's own handlers: those of the loop would wait for a stalled terminal."""
    loop = asyncio.get_running_loop()

    def on_signal(number: int, _: object) -> None:
        hurry = getattr(driver_of(app), "hurry", None)
        if hurry is not None:
            hurry()
        with suppress(RuntimeError):  # it has ended meanwhile
            loop.call_soon_threadsafe(end_for, app, number)

    for number in _SIGNALS:
        signal.signal(number, on_signal)


def end_for(app: HonestApp, number: int) -> None:
    """Quit because of a signal; SIGINT comes from a user."""
    if number != signal.SIGINT:
        app.cut_off()
    app.exit(return_code=128 + number)


@contextmanager
def own_handlers() -> Iterator[None]:
    """Restore the previous handlers afterwards."""
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
