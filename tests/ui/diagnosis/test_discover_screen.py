"""The servers of this machine on a screen, by keys."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.support.payloads import PAYLOADS
from tests.ui.diagnosis.diagnosis_runtime import DiagnosingRuntime, opened, text_of, toasts
from tui.core.causes import explain
from tui.net.discover import Discovered, Discovery
from tui.net.machine.processes import Process
from tui.net.machine.snapshot import PortOwner, RunningServer
from tui.net.machine.sockets import Listener
from tui.ui.app import LmdeckApp
from tui.ui.diagnosis.discover_screen import DiscoverScreen
from tui.ui.providers.form_screen import ProviderFormScreen
from tui.ui.providers.screen import ProvidersScreen
from tui.wire import dialects
from tui.wire.servers import ServerIdentity

Until = Callable[..., Awaitable[None]]
PROCESS = Process(4242, "vllm", 1, 0, ("vllm", "serve", "Qwen/Qwen3-8B"), 60.0)
VLLM = Discovered(
    "http://127.0.0.1:8001/v1",
    8001,
    "vLLM",
    ServerIdentity(dialects.VLLM, "0.32.0", "owned_by"),
    ("Qwen/Qwen3-8B", "adapter"),
    32_768,
    owner=PortOwner(Listener("127.0.0.1", 8001), PROCESS, "vLLM"),
)
GUARDED = Discovered("http://127.0.0.1:8002/v1", 8002, "server", needs_key=True)
LOADING = Discovered("http://127.0.0.1:8003/v1", 8003, "llama.cpp", failure=explain("loading"))
KNOWN = Discovered("http://127.0.0.1:9000/v1", 9000, "server", models=("bge-m3",))


def found(*servers: Discovered, starting: tuple[RunningServer, ...] = ()) -> Discovery:
    return Discovery(servers, starting, 5, is_complete=True)


def row_of(pilot: Pilot[Any], port: int) -> str:
    return next(line for line in text_of(pilot).splitlines() if line.strip().startswith(str(port)))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_every_server_has_a_row(
    runtime: DiagnosingRuntime, size: tuple[int, int], until: Until
) -> None:
    runtime.discovery = found(VLLM, GUARDED, LOADING, KNOWN)
    async with opened(runtime, DiscoverScreen(), size) as (pilot, _):
        await until(pilot, lambda: "4 servers · 5 ports asked" in text_of(pilot))
        assert "vLLM 0.32.0" in row_of(pilot, 8001)
        assert "Qwen/Qwen3-8B" in row_of(pilot, 8001)
        assert "pid 4242" in row_of(pilot, 8001)
        assert "asks for a key" in row_of(pilot, 8002)
        assert "loading" in row_of(pilot, 8003)
        assert "is old-embedder" in row_of(pilot, 9000)
        assert "context 32,768 tokens" in text_of(pilot)


async def test_rows_appear_while_it_looks(runtime: DiagnosingRuntime, until: Until) -> None:
    runtime.discovery, runtime.discover_gate = found(VLLM), asyncio.Event()
    async with opened(runtime, DiscoverScreen()) as (pilot, _):
        await until(pilot, lambda: "looking…" in text_of(pilot) and "8001" in text_of(pilot))
        runtime.discover_gate.set()
        await until(pilot, lambda: "1 server · 5 ports asked" in text_of(pilot))


@pytest.mark.parametrize("key", ["enter", "a"])
async def test_one_key_adds_a_provider(runtime: DiagnosingRuntime, until: Until, key: str) -> None:
    runtime.discovery = found(VLLM)
    async with opened(runtime, DiscoverScreen()) as (pilot, results):
        await until(pilot, lambda: "8001" in text_of(pilot))
        await pilot.press(key)
        await until(pilot, lambda: results)
    added = runtime.directory.get(results[0])
    assert (added.provider_url, added.model) == (VLLM.url, "Qwen/Qwen3-8B")
    assert added.api_key is None


async def test_what_is_missing_is_asked_for_in_the_form(runtime: DiagnosingRuntime, until: Until) -> None:
    runtime.discovery = found(GUARDED)
    count = len(runtime.directory.providers())
    async with opened(runtime, DiscoverScreen()) as (pilot, results):
        await until(pilot, lambda: "8002" in text_of(pilot))
        await pilot.press("a")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProviderFormScreen))
        await until(pilot, lambda: GUARDED.url in text_of(pilot))
        assert "new provider" in text_of(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, DiscoverScreen))
        assert results == []
    assert len(runtime.directory.providers()) == count


async def test_a_server_that_is_there_already_is_not_added_twice(
    runtime: DiagnosingRuntime, until: Until
) -> None:
    runtime.discovery = found(KNOWN)
    async with opened(runtime, DiscoverScreen()) as (pilot, results):
        await until(pilot, lambda: "9000" in text_of(pilot))
        await pilot.press("a")
        await until(pilot, lambda: "old-embedder" in toasts(pilot))
        assert results == []


async def test_nothing_found_says_what_to_do(runtime: DiagnosingRuntime, until: Until) -> None:
    runtime.discovery = found(starting=(RunningServer("vLLM", PROCESS, (), 8000),))
    async with opened(runtime, DiscoverScreen()) as (pilot, results):
        await until(pilot, lambda: "No model server answers" in text_of(pilot))
        assert "pid 4242" in text_of(pilot)
        runtime.discovery = found(VLLM)
        await pilot.press("r")
        await until(pilot, lambda: "8001" in text_of(pilot))
        assert "No model server" not in text_of(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: results)
        assert results == [None]


async def test_the_list_leads_here_and_shows_what_was_added(runtime: DiagnosingRuntime, until: Until) -> None:
    runtime.discovery = found(VLLM)
    app = LmdeckApp(runtime, environment={})
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, DiscoverScreen) and "8001" in text_of(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ProvidersScreen))
        screen = app.screen
        assert isinstance(screen, ProvidersScreen)
        await until(pilot, lambda: screen.table.current and screen.table.current.provider.name == "vllm-8001")


@pytest.mark.parametrize("name", PAYLOADS)
async def test_text_from_outside_is_data(runtime: DiagnosingRuntime, until: Until, name: str) -> None:
    text = PAYLOADS[name]
    process = Process(1, text, 1, 0, (text,), None)
    owner = PortOwner(Listener("127.0.0.1", 8001), process, text)
    server = Discovered(VLLM.url, 8001, text, ServerIdentity(None, text), (text,), owner=owner)
    runtime.discovery = found(server)
    async with opened(runtime, DiscoverScreen()) as (pilot, _):
        await until(pilot, lambda: "1 server" in text_of(pilot))
        assert not any(ord(character) < 32 and character != "\n" for character in text_of(pilot))
