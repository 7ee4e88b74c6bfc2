"""Context lengths known from lists and past checks, without requests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.fake_api import FakeApi, model_list
from tests.support.fault_server import FaultServer
from tests.support.real_deck import RealDeck, replying
from tui.core.check_history import CheckRecord
from tui.core.provider import Provider
from tui.runtime.builtin import DEMO_PROVIDER, ENGINE_PROVIDER
from tui.runtime.past_checks import remember
from tui.runtime.runtime import Runtime, open_runtime


@pytest.fixture
async def runtime(tmp_path: Path) -> AsyncIterator[Runtime]:
    deck = RealDeck(tmp_path)
    runtime = open_runtime(deck.environment)
    yield runtime
    await runtime.aclose()


def test_built_in_models_are_known(runtime: Runtime) -> None:
    assert runtime.context_window(DEMO_PROVIDER, "demo-reasoner") == 32_768
    assert runtime.context_window(ENGINE_PROVIDER, "any") == 4_096


async def test_the_list_of_models_tells_them_and_asking_asks_nobody(runtime: Runtime) -> None:
    with FaultServer(
        FakeApi(models=model_list("m", "other", max_model_len=8192), chat=replying("x"))
    ) as server:
        provider = Provider("main", provider_url=server.base_url, model="m")
        assert runtime.context_window(provider, "m") is None
        assert server.requests == []
        await runtime.reach(provider)
        assert runtime.context_window(provider, "m") == 8192
        assert runtime.context_window(provider, "other") is None
        await runtime.list_models(provider)
        assert runtime.context_window(provider, "other") == 8192


def test_a_past_check_tells_that_of_its_model(runtime: Runtime) -> None:
    provider = Provider("main", provider_url="http://127.0.0.1:9/v1", model="m")
    record = CheckRecord("2026-01-01T00:00:00+00:00", model="m", context_window=2048)
    remember(runtime.endpoint_memory, [(provider.provider_url, record)])
    assert runtime.context_window(provider, "m") == 2048
    assert runtime.context_window(provider, "other") is None
