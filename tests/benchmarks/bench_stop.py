"""How long a stopped answer's connection stays open while the disk is blocked and eight messages wait.

``python -m tests.benchmarks.bench_stop [--runs N]``. Milliseconds from the call that stops it until the
server sees the connection closed; the disk of the journal answers no write meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import threading
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from tests.benchmarks.bench_conversations import environment_in
from tui.core.parts import parts_of
from tui.core.provider import Provider
from tui.runtime.runtime import open_runtime
from tui.session.target import ChatTarget
from tui.store import disk

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
EVENT = b'data: {"choices":[{"index":0,"delta":{"content":"word "}}]}\n\n'
QUEUED = 8


class Server:
    """Begins an answer, and notes when its connection is closed."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/v1"
        self.closed_at = 0.0
        self.closed = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            with connection:
                while b"\r\n\r\n" not in connection.recv(1 << 16):
                    pass
                connection.sendall(HEAD + b"%x\r\n%s\r\n" % (len(EVENT), EVENT))
                while self._receive(connection):
                    pass
                self.closed_at = perf_counter()
                self.closed.set()

    @staticmethod
    def _receive(connection: socket.socket) -> bytes:
        try:
            return connection.recv(1 << 16)
        except ConnectionResetError:
            return b""


async def stopped(home: Path, server: Server) -> float:
    """Stop an answer; return the milliseconds until its connection is closed."""
    runtime = open_runtime(environment_in(home))
    session = runtime.sessions.begin()
    server.closed.clear()
    free, write = threading.Event(), disk.write

    def blocked(descriptor: int, data: bytes) -> int:
        free.wait(20)
        return write(descriptor, data)

    task = session.start("Why?", ChatTarget(Provider("main", provider_url=server.url, model="m")))
    while not session.turns[0].answer:
        await asyncio.sleep(0.01)
    disk.write = blocked
    try:
        for number in range(QUEUED):
            session.queue.add(parts_of(f"message {number}"))
        begun = perf_counter()
        session.stop()
        await task
        await asyncio.to_thread(server.closed.wait, 20)
        return (server.closed_at - begun) * 1000
    finally:
        free.set()
        disk.write = write
        await runtime.aclose()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    runs = parser.parse_args().runs
    server = Server()
    with TemporaryDirectory() as home:
        times = [asyncio.run(stopped(Path(home), server)) for _ in range(runs)]
    print(f"closed after {median(times):.1f} ms, at most {max(times):.1f} ms ({runs} runs)")


if __name__ == "__main__":
    main()
