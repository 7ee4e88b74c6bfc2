"""Servers of others, each started once: a server that is not installed here is skipped, with the reason.

``LMDECK_SERVERS`` names the folder that ``tools/servers.py`` filled; without it nothing is collected.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.servers import recipes
from tests.servers.running import Server
from tests.support.commands import Call, Done, run_command
from tests.support.fault_server import free_port
from tests.support.terminal import private_environment

FOLDER = os.environ.get("LMDECK_SERVERS", "")
collect_ignore_glob = [] if FOLDER else ["test_*.py"]


@pytest.fixture(scope="session")
def folder() -> Path:
    return Path(FOLDER)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def lmdeck(home: Path) -> Call:
    """Run lmdeck as a process of its own, with the variables that are given."""

    def run(*arguments: str, **variables: str) -> Done:
        return run_command(*arguments, environment=private_environment(home, **variables), seconds=900)

    return run


@pytest.fixture(scope="session")
def loading(lmdeck: Call, folder: Path) -> Iterator[tuple[Server, Done, Done]]:
    """vLLM, with what ``check --wait`` and ``ask --wait`` said that were begun before it was ready."""
    with _start(recipes.vllm(folder, free_port(), "--reasoning-parser", "deepseek_r1")) as server:
        while not server.has_children():  # its workers open ports of their own long before its API's
            server.assert_runs()
            time.sleep(0.2)
        asking = _begin(
            lmdeck, "ask", "What is 2+2?", "--url", server.base_url, "--temperature", "0", "--json"
        )
        checked = lmdeck("check", server.base_url, "--wait", "600", "--json")
        yield server, checked, asking()


def _begin(lmdeck: Call, *arguments: str) -> Callable[[], Done]:
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(1)
    future = pool.submit(lmdeck, *arguments, "--model", "smollm2", "--wait", "600")
    return future.result


def _start(recipe: recipes.Recipe) -> Server:
    missing = recipe.missing()
    if missing:
        pytest.skip(f"not run: {missing}")
    return Server(recipe)


def _serving(make: Callable[[Path, int], recipes.Recipe]) -> Any:
    @pytest.fixture(scope="session")
    def serve(folder: Path) -> Iterator[Server]:
        with _start(make(folder, free_port())) as server:
            server.wait()
            yield server

    return serve


@pytest.fixture(scope="session")
def vllm(loading: tuple[Server, Done, Done]) -> Server:
    return loading[0]


llama_cpp = _serving(recipes.llama_cpp)
vectors = _serving(recipes.llama_cpp_vectors)
transformers = _serving(recipes.transformers)
guidellm = _serving(recipes.guidellm)
litellm = _serving(recipes.litellm)
nginx = _serving(recipes.nginx)


@pytest.fixture(scope="session")
def guarded_vllm(folder: Path) -> Iterator[Server]:
    with _start(recipes.vllm(folder, free_port(), "--api-key", recipes.KEY)) as server:
        server.wait()
        yield server


@pytest.fixture(scope="session")
def single_vllm(folder: Path) -> Iterator[Server]:
    """vLLM that works on one request at a time, and says where the time of each went."""
    flags = ("--max-num-seqs", "1", "--enable-per-request-metrics")
    with _start(recipes.vllm(folder, free_port(), *flags)) as server:
        server.wait()
        yield server


@pytest.fixture(scope="session")
def tool_vllm(folder: Path) -> Iterator[Server]:
    """vLLM that reads tool calls."""
    flags = ("--enable-auto-tool-choice", "--tool-call-parser", "hermes")
    with _start(recipes.vllm(folder, free_port(), *flags)) as server:
        server.wait()
        yield server
