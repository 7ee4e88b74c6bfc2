"""A process that looks like a vLLM which is starting: ports of its own first, its API's when it is told to.

with StartingServer(tmp_path) as server:
    ...  # server.base_url is refused
    server.open()  # tells every request that the model is being loaded
    server.finish()  # answers as the fake API does
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

from tests.support.fault_server import free_port

_PROGRAM = """\
import socket, sys, time
from pathlib import Path

sys.path.insert(0, sys.argv[5])
from tests.support.fake_api import FakeApi, Replayed
from tests.support.fault_server import Answer, FaultServer

inner = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
folder = Path(sys.argv[0]).parent
(folder / "runs").touch()
while not (folder / "open").exists():
    time.sleep(0.01)
words = b'{"error":{"message":"Loading model","type":"unavailable_error"}}'
loading = Answer(words, "503 Service Unavailable")
api = FakeApi()

def answer(connection):
    if request := connection.read_request():
        fault = api if (folder / "finished").exists() else loading
        fault(Replayed(connection, request))

FaultServer(answer, port=int(sys.argv[4])).start()
time.sleep(300)
"""


class StartingServer:
    """Runs the process, ``vllm serve m --port N``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "server"
        self._folder.mkdir()
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def open(self) -> None:
        """Let it open its API's port and load its model."""
        (self._folder / "open").touch()

    def finish(self) -> None:
        """Let it answer."""
        (self._folder / "finished").touch()

    def kill(self) -> None:
        """Let it end as one does that the system killed for its memory."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def __enter__(self) -> Self:
        program = self._folder / "vllm"
        program.write_text(_PROGRAM)
        arguments = ["serve", "m", "--port", str(self.port), os.fspath(Path(__file__).parents[2])]
        self._process = subprocess.Popen([sys.executable, os.fspath(program), *arguments])
        deadline = time.monotonic() + 60
        while not (self._folder / "runs").exists():
            assert self._process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
