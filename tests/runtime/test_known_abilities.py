"""Whether a model accepts images, from a test and from chats."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.terminal import private_environment
from tui.core.abilities import Ability, AbilityResult, Outcome
from tui.core.diagnosis import DiagnosisReport
from tui.core.provider import Provider
from tui.runtime.known_abilities import AbilityKeeper, is_without_images, known_abilities
from tui.store.endpoint_memory import EndpointMemory
from tui.store.paths import resolve_paths

URL = "http://localhost:8000/v1"
PROVIDER = Provider("main", provider_url=URL, model="m")


@pytest.fixture
def memory(tmp_path: Path) -> EndpointMemory:
    return EndpointMemory(resolve_paths(private_environment(tmp_path)))


def report(outcome: Outcome) -> DiagnosisReport:
    result = AbilityResult(Ability.VISION, outcome, "seen")
    return DiagnosisReport(URL, "m", None, (), abilities=(result,), build="vllm 0.32")


def keep(memory: EndpointMemory, *reports: DiagnosisReport) -> None:
    """Keep what one check has shown after each of its tests."""
    keeper = AbilityKeeper(memory, PROVIDER)
    for one in reports:
        keeper.keep(one)


@pytest.mark.parametrize(
    ("outcome", "is_without"),
    [(Outcome.NO, True), (Outcome.IGNORED, True), (Outcome.YES, False), (Outcome.BROKEN, False)],
)
def test_no_and_ignored_mean_no_images(memory: EndpointMemory, outcome: Outcome, is_without: bool) -> None:
    assert not is_without_images(memory, PROVIDER, "m")
    keep(memory, report(outcome))
    assert is_without_images(memory, PROVIDER, "m") is is_without
    assert not is_without_images(memory, PROVIDER, "other")
    assert not is_without_images(memory, replace(PROVIDER, provider_url="http://other/v1"), "m")


def test_c1_12_an_answer_to_an_image_in_a_chat_outweighs_any_test(memory: EndpointMemory) -> None:
    memory.learn_json(URL, "m", {"accepts_images": True})
    keep(memory, report(Outcome.NO))
    assert not is_without_images(memory, PROVIDER, "m")
    memory.learn_json(URL, "m", {"refuses_images": True})
    assert is_without_images(memory, PROVIDER, "m")


def test_it_is_known_in_the_next_run_for_the_same_build(memory: EndpointMemory, tmp_path: Path) -> None:
    keep(memory, report(Outcome.NO))
    later = EndpointMemory(resolve_paths(private_environment(tmp_path)))
    assert [one.result.outcome for one in known_abilities(later, PROVIDER, "m", "vllm 0.32")] == [Outcome.NO]
    assert known_abilities(later, PROVIDER, "m", "vllm 0.33") == ()


def test_what_was_not_tried_leaves_what_is_known(memory: EndpointMemory) -> None:
    keep(memory, report(Outcome.NO))
    keep(memory, report(Outcome.NOT_TRIED))
    assert is_without_images(memory, PROVIDER, "m")


def growing(build: str, *outcomes: Outcome) -> list[DiagnosisReport]:
    """Return what one check has shown after each of its tests."""
    results = [
        AbilityResult(ability, outcome, "") for ability, outcome in zip(Ability, outcomes, strict=False)
    ]
    return [
        DiagnosisReport(URL, "m", None, (), abilities=tuple(results[: count + 1]), build=build)
        for count in range(len(results))
    ]


@pytest.mark.parametrize("build", ["vllm 0.32", "vllm 0.33"])
def test_what_has_changed_is_told_from_the_test_before_however_often_one_is_kept(
    memory: EndpointMemory, build: str
) -> None:
    keep(memory, *growing("vllm 0.32", Outcome.YES, Outcome.NO, Outcome.YES))
    keep(memory, *growing(build, Outcome.NO, Outcome.NO, Outcome.IGNORED))
    known = known_abilities(memory, PROVIDER, "m", build)
    assert [one.before for one in known] == [Outcome.YES, None, Outcome.YES]


def test_an_earlier_state_that_comes_late_replaces_nothing(memory: EndpointMemory) -> None:
    keep(memory, *reversed(growing("vllm 0.32", Outcome.YES, Outcome.NO)))
    assert len(known_abilities(memory, PROVIDER, "m", "vllm 0.32")) == 2
