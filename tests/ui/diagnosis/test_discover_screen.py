"""The servers of this machine on a screen, with keys."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.support.payloads import PAYLOADS
from tests.ui.diagnosis.diagnosis_runtime import DiagnosingRuntime, opened, text_of
from tui.core.causes import explain
from tui.net.discover import OWN_DEMO, OWN_ENGINE, Discovered, Discovery
from tui.net.machine.processes import Process
from tui.net.machine.snapshot import PortOwner, RunningServer
from tui.net.machine.sockets import Listener
from tui.ui.app import LmdeckApp
from tui.ui.diagnosis.discover_screen import DiscoverScreen
from tui.ui.providers.form_screen import ProviderFormScreen
from tui.ui.providers.screen import ProvidersScreen
from tui.ui.shell.model_choice import ModelChoice
from tui.ui.shell.offers import OfferLine
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
ONE_MODEL = replace(VLLM, models=("Qwen/Qwen3-8B",))
GUARDED = Discovered("http://127.0.0.1:8002/v1", 8002, "server", needs_key=True)
LOADING = Discovered("http://127.0.0.1:8003/v1", 8003, "llama.cpp", failure=explain("loading"))
KNOWN = Discovered("http://127.0.0.1:9000/v1", 9000, "server", models=("bge-m3",))


def found(*servers: Discovered, starting: tuple[RunningServer, ...] = ()) -> Discovery:
    return Discovery(servers, starting, 5, is_complete=True)


def row_of(pilot: Pilot[Any], port: int) -> str:
    lines = (line.strip("│ ") for line in text_of(pilot).splitlines())
    return next(line for line in lines if line.startswith(str(port)))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_every_server_has_a_row(
    runtime: DiagnosingRuntime, size: tuple[int, int], until: Until
) -> None:
    runtime.discovery = found(VLLM, GUARDED, LOADING, KNOWN)
    async with opened(runtime, DiscoverScreen(), size) as (pilot, _):
        await until(pilot, lambda: "4 servers · 5 ports scanned" in text_of(pilot))
        assert "vLLM 0.32.0" in row_of(pilot, 8001)
        assert "Qwen/Qwen3-8B" in row_of(pilot, 8001)
        assert "2: Qwen/Qwen3-8B" in row_of(pilot, 8001)
        assert ("pid 4242" in row_of(pilot, 8001)) is (size[0] == 120)
        assert "needs a key" in row_of(pilot, 8002)
        assert "loading" in row_of(pilot, 8003)
        assert "listed: old-embedder" in row_of(pilot, 9000)
        assert "context 32,768" in text_of(pilot)
        assert "Offers 2: Qwen/Qwen3-8B, adapter." in text_of(pilot)


async def test_rows_appear_while_it_looks(runtime: DiagnosingRuntime, until: Until) -> None:
    runtime.discovery, runtime.discover_gate = found(VLLM), asyncio.Event()
    async with opened(runtime, DiscoverScreen()) as (pilot, _):
        await until(pilot, lambda: "scanned 1 of 5 ports" in text_of(pilot) and "8001" in text_of(pilot))
        runtime.discover_gate.set()
        await until(pilot, lambda: "1 server · 5 ports scanned" in text_of(pilot))


async def saved_from_form(pilot: Pilot[Any], until: Until, *texts: str) -> None:
    """Look at the form that is filled in, and save it."""
    await until(pilot, lambda: isinstance(pilot.app.screen, ProviderFormScreen))
    await until(pilot, lambda: all(text in text_of(pilot) for text in texts), str(texts))
    await pilot.press("f2")


@pytest.mark.parametrize("how", ["enter", "a", "click"])
async def test_the_form_opens_filled_in_and_nothing_is_added_before(
    runtime: DiagnosingRuntime, until: Until, how: str
) -> None:
    runtime.discovery = found(ONE_MODEL)
    async with opened(runtime, DiscoverScreen(), (80, 40)) as (pilot, results):
        await until(pilot, lambda: "8001" in text_of(pilot))
        if how == "click":
            await pilot.click(OfferLine, offset=(2, 0))
        else:
            await pilot.press(how)
        await until(pilot, lambda: isinstance(pilot.app.screen, ProviderFormScreen))
        assert all(known.name != "vllm-8001" for known in runtime.directory.providers())
        await saved_from_form(pilot, until, VLLM.url, "Qwen/Qwen3-8B")
        await until(pilot, lambda: results)
    added = runtime.directory.get(results[0])
    assert (added.provider_url, added.model) == (VLLM.url, "Qwen/Qwen3-8B")
    assert added.api_key is None


async def test_of_several_models_it_is_asked_which_one(runtime: DiagnosingRuntime, until: Until) -> None:
    runtime.discovery = found(VLLM)
    async with opened(runtime, DiscoverScreen(), (80, 40)) as (pilot, results):
        await until(pilot, lambda: "8001" in text_of(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ModelChoice))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, DiscoverScreen))
        assert results == []
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ModelChoice))
        await pilot.press("down", "enter")
        await saved_from_form(pilot, until, VLLM.url, "adapter")
        await until(pilot, lambda: results)
    assert runtime.directory.get(results[0]).model == "adapter"


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


async def test_a_server_that_is_listed_is_shown_in_the_list(runtime: DiagnosingRuntime, until: Until) -> None:
    runtime.discovery = found(KNOWN)
    count = len(runtime.directory.providers())
    async with opened(runtime, DiscoverScreen()) as (pilot, results):
        await until(pilot, lambda: "9000" in text_of(pilot))
        assert "Enter show it in the list" in text_of(pilot)
        await pilot.press("a")
        await until(pilot, lambda: results == ["old-embedder"])
    assert len(runtime.directory.providers()) == count


async def test_the_engine_of_lmdeck_is_named_as_such(runtime: DiagnosingRuntime, until: Until) -> None:
    runtime.discovery = found(replace(GUARDED, label=OWN_ENGINE), replace(ONE_MODEL, label=OWN_DEMO))
    async with opened(runtime, DiscoverScreen()) as (pilot, results):
        await until(pilot, lambda: "8002" in text_of(pilot))
        assert "lmdeck demo" in row_of(pilot, 8001)
        assert "lmdeck engine" in row_of(pilot, 8002)
        assert "built in" in row_of(pilot, 8002)
        await pilot.press("end", "enter")
        await until(pilot, lambda: results == ["smollm2"])


async def test_nothing_found_says_what_to_do(runtime: DiagnosingRuntime, until: Until) -> None:
    runtime.discovery = found(starting=(RunningServer("vLLM", PROCESS, (), 8000),))
    async with opened(runtime, DiscoverScreen()) as (pilot, results):
        await until(pilot, lambda: "No model server answers" in text_of(pilot))
        assert "pid 4242" in text_of(pilot)
        runtime.discovery = found(VLLM)
        await pilot.press("R")
        await until(pilot, lambda: "8001" in text_of(pilot))
        assert "No model server" not in text_of(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: results)
        assert results == [None]


async def test_the_list_leads_here_and_shows_what_was_added(runtime: DiagnosingRuntime, until: Until) -> None:
    runtime.discovery = found(ONE_MODEL)
    app = LmdeckApp(runtime, environment={})
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, DiscoverScreen) and "8001" in text_of(pilot))
        await pilot.press("enter")
        await saved_from_form(pilot, until)
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
