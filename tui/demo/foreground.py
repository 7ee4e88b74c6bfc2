"""The demo endpoint in the foreground: prints where it is and how to use it, ends with Ctrl+C."""

from __future__ import annotations

import threading
from typing import TextIO

from tui.demo.faults import UnknownFaultError, find_fault
from tui.demo.script import REASONER
from tui.demo.server import DEFAULT_RATE, DemoServer


def run_demo(
    host: str = "127.0.0.1",
    port: int = 0,
    rate: float = DEFAULT_RATE,
    fault: str | None = None,
    *,
    output: TextIO,
    errors: TextIO,
    key: str | None = None,
) -> int:
    """Serve until Ctrl+C; return the exit code: 0, or 2 for a fault or address that cannot be."""
    try:
        server = DemoServer(host, port, key=key, rate=rate, fault=fault)
        url = server.start()
    except UnknownFaultError as error:
        print(error, file=errors)
        return 2
    except OSError as error:
        print(f"The demo endpoint cannot listen on {host} port {port}: {error.strerror}.", file=errors)
        print("Choose another port with --port, or leave it out for a free one.", file=errors)
        return 2
    print("\n".join(_introduction(url, fault)), file=output, flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        print(file=output)
    finally:
        server.stop()
    return 0


def _introduction(url: str, fault: str | None) -> list[str]:
    lines = [f"Demo endpoint: {url}   model: {REASONER}"]
    if fault is not None:
        lines.append(f"Practising {fault}: it {find_fault(fault).summary}.")
    lines += [
        "Try it in another terminal:",
        f'  lmdeck ask --url {url} --model {REASONER} "Hello"',
        f"  lmdeck check {url}",
        "Ctrl+C ends it.",
    ]
    return lines
