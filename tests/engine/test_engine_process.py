"""The engine's process starts on demand, keeps its key private, and never outlives the program."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.engine.engine_client import fetch, needs_engine
from tui.core.failure import LmdeckError
from tui.demo import engine as engine_module
from tui.demo.engine import EngineProcess
from tui.demo.engine_files import EngineFiles, find_engine

pytestmark = [pytest.mark.engine, needs_engine]

PARENT = """
import asyncio, sys, time
from tui.demo.engine import EngineProcess

engine = EngineProcess(None)
address = asyncio.run(engine.start())
print(engine.process_id, address.base_url, flush=True)
time.sleep(600)
"""


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Wait for a condition, for at most 20 seconds."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)


def is_listening(base_url: str) -> bool:
    """Return whether somebody accepts connections there."""
    parts = urlsplit(base_url)
    try:
        socket.create_connection((parts.hostname or "", parts.port or 0), timeout=5).close()
    except ConnectionRefusedError:
        return False
    except ConnectionResetError:  # it ended just now
        return True
    return True


def exists(process_id: int) -> bool:
    """Return whether a process is there, dead ones that nobody has asked for aside."""
    try:
        status = Path(f"/proc/{process_id}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] not in ("Z", "X")


async def test_stopping_frees_the_port_and_starting_again_gives_another_key(engine: EngineProcess) -> None:
    first = await engine.start()
    was_running = engine.is_running
    assert await engine.start() is first
    engine.stop()
    assert (was_running, engine.is_running) == (True, False)
    assert not is_listening(first.base_url)
    engine.stop()
    second = await engine.start()
    assert second.key != first.key
    assert fetch(second, "/v1/models")[0] == 200


async def test_a_crash_is_noticed_and_mended(engine: EngineProcess) -> None:
    first = await engine.start()
    assert engine.process_id is not None
    os.kill(engine.process_id, signal.SIGKILL)
    wait_until(lambda: not engine.is_running, "the crash was not noticed")
    second = await engine.start()
    assert engine.is_running
    assert second.key != first.key
    assert fetch(second, "/v1/models")[0] == 200


async def test_the_key_is_neither_in_the_arguments_nor_in_the_environment(
    engine: EngineProcess, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-somebody-else")
    address = await engine.start()
    process = Path(f"/proc/{engine.process_id}")
    seen = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
    assert address.key.reveal().encode() not in seen
    assert b"sk-of-somebody-else" not in seen
    assert stat.S_IMODE((tmp_path / "logs" / "engine.log").stat().st_mode) == 0o600


async def test_it_has_a_session_of_its_own_so_that_ctrl_c_does_not_reach_it(engine: EngineProcess) -> None:
    await engine.start()
    assert engine.process_id is not None
    assert os.getsid(engine.process_id) == engine.process_id != os.getsid(0)


def test_killing_the_parent_leaves_nothing_behind(tmp_path: Path) -> None:
    root = Path(engine_module.__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True, cwd=tmp_path, env=environment
    ) as parent:
        try:
            assert parent.stdout is not None
            process_id, base_url = parent.stdout.readline().split()
            assert is_listening(base_url)
            assert exists(int(process_id))
        finally:
            parent.kill()
    wait_until(lambda: not exists(int(process_id)), "the engine outlived its parent")
    wait_until(lambda: not is_listening(base_url), "somebody still listens")


async def test_the_pipe_alone_ends_the_child(engine: EngineProcess) -> None:
    await engine.start()
    process = engine._process
    assert process is not None
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(20) == 0


async def test_a_start_that_is_given_up_leaves_nothing_behind(engine: EngineProcess) -> None:
    starting = asyncio.create_task(engine.start())
    while (process_id := engine.process_id) is None:
        await asyncio.sleep(0)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert engine.process_id is None
    assert not exists(process_id)
    assert not engine.is_running


async def test_an_engine_that_cannot_load_its_model_says_why(
    engine: EngineProcess, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    files = find_engine()
    assert files is not None
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"not a model")
    monkeypatch.setattr(engine_module, "find_engine", lambda: EngineFiles(files.package_directory, broken))
    with pytest.raises(LmdeckError) as caught:
        await engine.start()
    assert caught.value.failure.cause == "engine-failed"
    assert caught.value.failure.facts["reason"]
    assert engine.process_id is None


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="this system tells no affinity")
@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 1), (4, 3), (64, 8)])
def test_a_core_stays_free_for_the_rest(monkeypatch: pytest.MonkeyPatch, cores: int, threads: int) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cores)))
    assert engine_module._thread_count() == threads
