"""Every ability test with a server for each possible outcome, over a real socket."""

from __future__ import annotations

import pytest

from tests.probe.deep.cases import CASES
from tests.support.ability_server import AbilityServer, Case, limits_for
from tests.support.check_runner import run_check
from tests.support.fake_api import Embedder, FakeApi, model_list
from tests.support.fault_server import FaultServer
from tui.core.abilities import AbilityResult, Outcome
from tui.core.chat import Endpoint
from tui.net.probe.deep.ability import AbilityTest
from tui.net.probe.deep.registry import TESTS, cost_of
from tui.net.probe.target import ProbeTarget


async def outcome_of(case: Case) -> tuple[AbilityResult, AbilityServer]:
    embeddings = Embedder() if case.is_embedding else None
    script = AbilityServer(case.replies, FakeApi(models=model_list("m"), embeddings=embeddings))
    with FaultServer(script) as server:
        target = ProbeTarget(Endpoint(server.base_url), "m", is_embedding=case.is_embedding)
        report = await run_check(target, abilities=[case.ability], limits=limits_for(*case.replies))
    (result,) = report.abilities
    assert report.ok
    return result, script


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
async def test_the_outcome_of_a_server(case: Case) -> None:
    result, script = await outcome_of(case)
    assert (result.ability, result.outcome) == (case.ability, case.outcome), result.evidence
    assert case.says in result.evidence
    assert len(script.posts) == len(case.replies) == result.requests


@pytest.mark.parametrize("test", TESTS, ids=lambda test: test.ability)
def test_every_test_has_a_server_for_every_outcome(test: AbilityTest) -> None:
    ability = test.ability
    assert {case.outcome for case in CASES if case.ability is ability} == set(Outcome)


def test_all_tests_together_stay_within_the_tokens_that_are_promised() -> None:
    assert cost_of(TESTS).output_tokens <= 400
