"""Runs a third-party server in its own process group, and ends it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from tests.servers.recipes import Recipe

START_SECONDS = 600
"""A model server on two busy cores needs minutes."""


class Server:
    """One running server. Use it as a context manager."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.port = recipe.port
        self._process: subprocess.Popen[bytes] | None = None
        number, self._log = tempfile.mkstemp(prefix="lmdeck-server-", suffix=".log")
        os.close(number)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def wait(self) -> None:
        """Wait until the port is open."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            self.assert_runs()
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                assert time.monotonic() < deadline, self._tail()
                time.sleep(0.2)
            else:
                return

    def assert_runs(self) -> None:
        assert self._process is not None
        assert self._process.poll() is None, self._tail()

    def has_children(self) -> bool:
        return bool(Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split())

    def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End the whole group."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            os.killpg(self.pid, number)
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.pid, signal.SIGKILL)
            self._process.wait()
        except ProcessLookupError:
            self._process.wait()

    def __enter__(self) -> Self:
        with Path(self._log).open("wb") as log:
            self._process = subprocess.Popen(
                self.recipe.command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env={**os.environ, **self.recipe.environment},
                start_new_session=True,
            )
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
        Path(self._log).unlink()

    def _tail(self) -> str:
        return Path(self._log).read_text(errors="replace")[-3000:]
