"""The diagnosis of a real llama.cpp: kind, models, wrong key or name, speed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from tests.engine.engine_client import needs_engine
from tests.support.check_runner import run_check
from tui.core.chat import Endpoint
from tui.core.diagnosis import CheckId, CheckStatus, DiagnosisReport
from tui.core.secret import Secret
from tui.demo.engine import EngineAddress, EngineProcess
from tui.net.probe.target import ProbeLimits, ProbeTarget

pytestmark = [needs_engine, pytest.mark.engine]
PATIENT = ProbeLimits(answer_seconds=30, headers_seconds=60, idle_seconds=60, loading_seconds=60)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineAddress]:
    process = EngineProcess(tmp_path_factory.mktemp("engine") / "engine.log")
    yield asyncio.run(process.start())
    process.stop()


async def check(address: EngineAddress, model: str = "", key: Secret | None = None) -> DiagnosisReport:
    endpoint = Endpoint(address.base_url, key or address.key, "env:ENGINE_KEY")
    return await run_check(ProbeTarget(endpoint, model), limits=PATIENT)


async def test_it_is_recognised_and_measured(address: EngineAddress) -> None:
    report = await check(address)
    assert report.ok
    assert report.server is not None
    assert report.server.kind == "llama.cpp"
    assert (report.server.version is None) == report.build.endswith("unknown"), report.build
    assert report.context_window is not None
    assert report.model in report.models
    speed = report.result(CheckId.SPEED)
    assert speed is not None
    assert any(fact.startswith("the server reports") for fact in speed.facts)
    assert report.usage is not None
    assert 0 < (report.usage.completion_tokens or 0) <= 20


async def test_a_wrong_key_is_refused(address: EngineAddress) -> None:
    report = await check(address, key=Secret("sk-wrong-0123456789"))
    assert report.verdict is not None
    assert report.verdict.cause == "auth"


async def test_another_name_is_answered_with_a_warning(address: EngineAddress) -> None:
    report = await check(address, model="gpt-4")
    models = report.result(CheckId.MODELS)
    assert report.ok
    assert models is not None
    assert models.status is CheckStatus.WARNING
    assert "does not list it" in models.title
    assert report.repairs[0].kind == "model"


async def test_a_missing_v1_makes_no_difference_here(address: EngineAddress) -> None:
    endpoint = Endpoint(address.base_url.removesuffix("/v1"), address.key, "env:ENGINE_KEY")
    report = await run_check(ProbeTarget(endpoint), limits=PATIENT, quick=True)
    assert report.ok
