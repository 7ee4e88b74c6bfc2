"""Runs the demo endpoint in the foreground: prints its address and how to use it, stops with Ctrl+C."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

from tui.core.failure import Failure, UsageError
from tui.demo.faults import UnknownFaultError, find_fault, known_faults
from tui.demo.script import REASONER
from tui.demo.server import DEFAULT_RATE, DemoServer
from tui.texts import demo as texts


def run_demo(
    host: str = "127.0.0.1",
    port: int = 0,
    rate: float = DEFAULT_RATE,
    fault: str | None = None,
    *,
    say: Callable[[str], None],
    wait: Callable[[], object] | None = None,
) -> None:
    """Serve until Ctrl+C.

    Args:
        host: the address to listen on.
        port: 0 selects a free one.
        rate: tokens per second.
        fault: a cause in the catalogue to simulate.
        say: prints one line.
        wait: returns, or raises ``KeyboardInterrupt``, to end; by default waits forever.

    Raises:
        UsageError: an unknown fault, or the address cannot be used.
    """
    server = _start(host, port, rate, fault)
    try:
        for line in _introduction(server, fault):
            say(line)
        (wait or threading.Event().wait)()
    except KeyboardInterrupt:
        say("")
    finally:
        server.stop()


def _start(host: str, port: int, rate: float, fault: str | None) -> DemoServer:
    try:
        server = DemoServer(host, port, rate=rate, fault=fault)
        server.start()
    except UnknownFaultError as error:
        names = ", ".join(known.cause for known in known_faults())
        raise UsageError(Failure("usage", str(error), texts.KNOWN_FAULTS.format(names=names))) from error
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)  # its text repeats the address
        title = texts.CANNOT_LISTEN.format(host=host, port=port, reason=reason)
        raise UsageError(Failure("usage", title, texts.OTHER_PORT)) from error
    return server


def _introduction(server: DemoServer, fault: str | None) -> list[str]:
    url = server.base_url
    summary = "" if fault is None else find_fault(fault).summary
    practice = [texts.FAULT.format(cause=fault, summary=summary)] if fault else []
    # A server without models shows if none is given: a given one would just be missing.
    check = texts.CHECK_WITHOUT_MODEL if fault == "no-model-loaded" else texts.CHECK_IT
    return [
        texts.ENDPOINT.format(url=url, model=REASONER),
        *practice,
        texts.TRY_IT,
        texts.ASK_IT.format(url=url, model=REASONER),
        check.format(url=url, model=REASONER),
        texts.STOP,
    ]
