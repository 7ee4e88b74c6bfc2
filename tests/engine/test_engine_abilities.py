"""The abilities of the built-in model, with a real llama.cpp."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.engine.engine_client import needs_engine
from tests.support.check_runner import run_check
from tui.core.abilities import Ability, Outcome
from tui.core.chat import Endpoint
from tui.core.diagnosis import CheckId, CheckStatus
from tui.demo.engine import EngineAddress, EngineProcess
from tui.net.probe.target import ProbeLimits, ProbeTarget

pytestmark = [needs_engine, pytest.mark.engine]
PATIENT = ProbeLimits(answer_seconds=30, headers_seconds=60, idle_seconds=60, loading_seconds=60)
EXPECTED = {
    Ability.TOOLS: (Outcome.IGNORED, "template ignores tools"),
    Ability.JSON_SCHEMA: (Outcome.YES, "fits a schema"),
    Ability.LOGPROBS: (Outcome.YES, "5 for each token"),
    Ability.N: (Outcome.NO, "between 1 <= value <= 1"),
    Ability.MAX_TOKENS: (Outcome.YES, "ends at 5 tokens"),
    Ability.VISION: (Outcome.NO, "mmproj"),
    Ability.USAGE_DETAILS: (Outcome.YES, "prompt tokens of a repeated prompt"),
    Ability.CONTINUE: (Outcome.YES, "repeats the last message and continues it"),
    Ability.EMBEDDINGS: (Outcome.NO, "--embeddings"),
    Ability.RERANK: (Outcome.NO, "--reranking"),
    Ability.COMPLETIONS: (Outcome.YES, "continues the prompt"),
    Ability.RESPONSES: (Outcome.YES, "previous_response_id is refused"),
    Ability.ANTHROPIC: (Outcome.YES, "a message with content"),
}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineAddress]:
    process = EngineProcess(tmp_path_factory.mktemp("engine") / "engine.log")
    yield asyncio.run(process.start())
    process.stop()


async def test_what_the_built_in_model_can_do(address: EngineAddress) -> None:
    endpoint = Endpoint(address.base_url, address.key, "env:ENGINE_KEY")
    limits = replace(PATIENT, ability_seconds=120)
    report = await run_check(ProbeTarget(endpoint, ""), limits=limits, abilities=EXPECTED)
    chat = report.result(CheckId.CHAT)
    assert chat is not None
    assert chat.status is CheckStatus.OK
    assert [result.ability for result in report.abilities] == list(EXPECTED)
    for result in report.abilities:
        outcome, says = EXPECTED[result.ability]
        assert (result.outcome, says in result.evidence) == (outcome, True), result
        assert result.requests >= 1
    spent = sum(result.tokens or 0 for result in report.abilities)
    assert report.usage is not None
    assert spent < (report.usage.prompt_tokens or 0) + (report.usage.completion_tokens or 0)
