"""The stored results of ability tests: their lifetime, and what invalidates them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from tui.core.abilities import Ability, AbilityResult, Outcome
from tui.core.ability_memory import AbilityRecord

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
TOOLS = AbilityResult(Ability.TOOLS, Outcome.YES, "called")
VISION = AbilityResult(Ability.VISION, Outcome.NO, "not a multimodal model", model="m", provider="Together")


def record(
    *results: AbilityResult, days: float = 0, build: str = "vllm 0.32", model: str = "a"
) -> AbilityRecord:
    at = (NOW - timedelta(days=days)).isoformat()
    return AbilityRecord().plus(build, model, results, at)


def names(known: AbilityRecord, build: str | None = None) -> list[Ability]:
    return [one.result.ability for one in known.fresh(NOW, build)]


def test_c1_10_a_passing_fault_is_never_remembered() -> None:
    lost = AbilityResult(Ability.TOOLS, Outcome.NOT_TRIED, "HTTP 503")
    assert names(record(lost)) == []
    kept = record(TOOLS).plus("vllm 0.32", "a", [lost], NOW.isoformat())
    assert [one.result for one in kept.fresh(NOW)] == [TOOLS], "what was seen before still counts"


@pytest.mark.parametrize(("days", "is_known"), [(6.9, True), (7.1, False), (-1, False)])
def test_c1_12_it_is_kept_for_a_week_at_most(days: float, is_known: bool) -> None:
    assert bool(names(record(TOOLS, days=days))) is is_known


def test_c1_12_another_build_is_not_answered_for() -> None:
    known = record(TOOLS)
    assert names(known, "vllm 0.32") == [Ability.TOOLS]
    assert names(known, "vllm 0.33") == []


@pytest.mark.parametrize(("build", "model"), [("vllm 0.33", "a"), ("vllm 0.32", "b")])
def test_c1_12_results_of_another_build_or_model_are_forgotten(build: str, model: str) -> None:
    known = record(TOOLS).plus(build, model, [VISION], NOW.isoformat())
    assert names(known) == [Ability.VISION]


def test_a_new_result_takes_the_place_of_the_old_one() -> None:
    known = record(TOOLS, VISION, days=1).plus(
        "vllm 0.32", "a", [AbilityResult(Ability.TOOLS, Outcome.BROKEN, "text")], NOW.isoformat()
    )
    assert [one.result.outcome for one in known.fresh(NOW)] == [Outcome.BROKEN, Outcome.NO]


def test_what_it_was_before_is_known_until_a_test_shows_the_same_again() -> None:
    broken = AbilityResult(Ability.TOOLS, Outcome.BROKEN, "text")
    known = record(TOOLS, VISION, days=1)
    assert [one.before for one in known.fresh(NOW)] == [None, None]
    for build in ("vllm 0.32", "vllm 0.33"):
        changed = known.plus(build, "a", [broken, VISION], NOW.isoformat())
        assert [one.before for one in changed.fresh(NOW)] == [Outcome.YES, None]
        assert AbilityRecord.from_json(json.loads(json.dumps(changed.to_json()))) == changed
    again = changed.plus("vllm 0.33", "a", [broken], NOW.isoformat())
    assert [one.before for one in again.fresh(NOW)] == [None, None]
    strange = {
        "results": {"tools": {"result": "yes", "evidence": "", "model": "", "at": "", "before": ["no"]}}
    }
    assert AbilityRecord.from_json(strange).known[Ability.TOOLS].before is None


def test_it_is_read_as_it_was_written() -> None:
    known = record(TOOLS, VISION)
    assert AbilityRecord.from_json(json.loads(json.dumps(known.to_json()))) == known


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        {"build": 1, "results": 1},
        {"results": {"tools": 1, "x": {}, "n": {"result": "maybe"}}},
        {"results": {"tools": {"result": "yes", "evidence": 1, "model": "", "at": ""}}},
        {"results": {"tools": {"result": ["yes"], "evidence": "", "model": "", "at": "no date"}}},
    ],
)
def test_strange_files_hold_nothing(value: dict[str, object] | None) -> None:
    assert names(AbilityRecord.from_json(value)) == []
