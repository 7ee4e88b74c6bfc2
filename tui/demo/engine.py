"""The built-in engine: llama.cpp's own server in a child process, with a small model from a package.

It listens on loopback, on a free port, with a new key each time. It exits with this program, however that
ends: the child watches a pipe that only its parent holds open.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import json
import os
import secrets
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import IO

from tui.core.causes import explain
from tui.core.failure import LmdeckError
from tui.core.lazy_dataclass import dataclass
from tui.core.secret import Secret
from tui.demo.contexts import ENGINE_CONTEXT
from tui.demo.engine_files import INSTALL_COMMAND, MODEL_ALIAS, EngineFiles, find_engine
from tui.texts import engine as texts

_CHILD = Path(__file__).with_name("engine_child.py")
_MOST_THREADS = 8
"""More threads make a model of this size slower."""
_START_SECONDS = 60.0
_STOP_SECONDS = 3.0
_INHERITED = ("PATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""The environment variables passed to the child: none is secret, and some systems need them."""


@dataclass(frozen=True, slots=True)
class EngineAddress:
    """Where a running engine listens, and the key that it requires."""

    base_url: str
    key: Secret


class EngineProcess:
    """One engine, started on demand; a crashed one is restarted by the next ``start``."""

    def __init__(self, log_path: Path | None, *, chat_template: str | None = None) -> None:
        """Prepare an engine.

        Args:
            log_path: the file for llama.cpp's messages, replaced at each start; ``None`` discards them.
            chat_template: a Jinja template instead of the model's own.
        """
        self._log_path = log_path
        self._chat_template = chat_template
        self._process: subprocess.Popen[bytes] | None = None
        self._address: EngineAddress | None = None
        self._starting = asyncio.Lock()

    @property
    def is_running(self) -> bool:
        """Whether the engine is running."""
        return self._address is not None and self._process is not None and self._process.poll() is None

    @property
    def process_id(self) -> int | None:
        """The child's process id, if there is one."""
        return None if self._process is None else self._process.pid

    async def start(self) -> EngineAddress:
        """Return the engine's address, starting it if necessary, which takes about a second.

        Call it from the main thread: on Linux the child ends with the thread that started it.

        Raises:
            LmdeckError: it is not installed (``engine-missing``) or did not start (``engine-failed``).
        """
        async with self._starting:
            if self.is_running and self._address is not None:
                return self._address
            self.stop()
            files = find_engine()
            if files is None:
                raise LmdeckError(explain("engine-missing", command=INSTALL_COMMAND))
            key = Secret(secrets.token_urlsafe(32))
            self._process = process = self._spawn()
            try:
                root_url = await asyncio.wait_for(
                    asyncio.to_thread(_introduce, process, self._settings(files, key)), _START_SECONDS
                )
            except TimeoutError as error:
                self.stop()
                reason = texts.NOT_READY.format(seconds=_START_SECONDS)
                raise LmdeckError(explain("engine-failed", reason=reason)) from error
            except BaseException:  # even a cancelled start leaves no process behind
                self.stop()
                raise
            self._address = EngineAddress(f"{root_url}/v1", key)
            return self._address

    def stop(self) -> None:
        """Stop the engine and free its port; waits until it has ended. Can be repeated."""
        process, self._process, self._address = self._process, None, None
        if process is None:
            return
        _close(process.stdin)  # the child ends when its standard input is closed
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        _close(process.stdout)  # last, since a cancelled start may still be reading it

    def _spawn(self) -> subprocess.Popen[bytes]:
        log = _open_log(self._log_path)
        try:
            return subprocess.Popen(  # noqa: S603  # our own interpreter and our own file
                # isolated: neither the current folder nor PYTHON* variables affect what is imported
                [sys.executable, "-I", str(_CHILD)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env={name: os.environ[name] for name in _INHERITED if name in os.environ},
                start_new_session=True,  # Ctrl+C in the terminal is for the program, not the engine
                bufsize=0,
            )
        except OSError as error:
            raise LmdeckError(explain("engine-failed", reason=str(error.strerror))) from error
        finally:
            if log != subprocess.DEVNULL:
                os.close(log)

    def _settings(self, files: EngineFiles, key: Secret) -> bytes:
        """Return the settings for the child, sent through a pipe that no other process can read."""
        settings = {
            "parent": os.getpid(),
            "package_directory": str(files.package_directory),
            "model_path": str(files.model_path),
            "model_alias": MODEL_ALIAS,
            "key": key.reveal(),
            "context_tokens": ENGINE_CONTEXT,
            "threads": _thread_count(),
            "chat_template": self._chat_template,
        }
        return json.dumps(settings).encode() + b"\n"


def _close(pipe: IO[bytes] | None) -> None:
    if pipe is not None:
        pipe.close()


def _introduce(process: subprocess.Popen[bytes], settings: bytes) -> str:
    """Send the settings to the child and wait for its address."""
    if process.stdin is None or process.stdout is None:
        raise ValueError("the child needs both pipes")
    try:
        with contextlib.suppress(BrokenPipeError):  # it has already ended: its message can still be read
            process.stdin.write(settings)
        answer = process.stdout.readline()
    except (OSError, ValueError):  # ``stop`` has closed the pipes meanwhile
        answer = b""
    if not answer:
        raise LmdeckError(explain("engine-failed", reason=_ending(process)))
    said = json.loads(answer)
    if "address" not in said:
        raise LmdeckError(explain("engine-failed", reason=str(said.get("error", ""))[:200]))
    return str(said["address"])


def _ending(process: subprocess.Popen[bytes]) -> str:
    """Return how a child ended that sent no message."""
    try:
        code = process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        return texts.CLOSED_ITS_PIPE
    if code == -signal.SIGILL:
        return texts.ILLEGAL_INSTRUCTION
    if code < 0:
        return texts.ENDED_BY.format(signal=signal.Signals(-code).name)
    return texts.ENDED_WITH.format(code=code)


def _open_log(path: Path | None) -> int:
    """Open the log for this user only; if that is impossible the messages are discarded."""
    if path is None:
        return subprocess.DEVNULL
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # O_NONBLOCK: a FIFO must not hang the start
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK, 0o600)
    except OSError:
        return subprocess.DEVNULL
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "It is not a regular file")
        os.fchmod(descriptor, 0o600)
        os.ftruncate(descriptor, 0)
        os.set_blocking(descriptor, True)
    except OSError:
        os.close(descriptor)
        return subprocess.DEVNULL
    return descriptor


def _thread_count() -> int:
    """Return the number of threads to compute with, leaving one core free.

    The engine's threads wait for each other by spinning: if two of them share a core with anything else, an
    answer takes twenty times as long.
    """
    has_affinity = hasattr(os, "sched_getaffinity")  # not on macOS
    cores = len(os.sched_getaffinity(0)) if has_affinity else os.cpu_count() or 1
    return max(1, min(_MOST_THREADS, cores - 1))
