"""The ability matrix: the stored results of all providers, and the tests that fill it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from tui.core.abilities import Ability, AbilityCost, AbilityResult, Outcome
from tui.core.ability_matrix import Cell, Column, Matrix, cost_sentence
from tui.core.diagnosis import DiagnosisReport
from tui.core.provider import Provider
from tui.runtime.known_abilities import kept_abilities
from tui.runtime.past_checks import past_checks
from tui.store.endpoint_memory import EndpointMemory
from tui.texts import ability_matrix as texts


def remembered_matrix(memory: EndpointMemory, providers: Sequence[Provider]) -> Matrix:
    """Return the stored results of some providers, whatever their age. Blocks briefly."""
    return Matrix(tuple(_remembered(memory, provider) for provider in providers))


def _remembered(memory: EndpointMemory, provider: Provider) -> Column:
    checks = past_checks(memory, provider)
    last = next((check for check in reversed(checks) if check.model), None)
    model = provider.model or (last.model if last is not None else None) or ""
    return Column(provider.name, model, cells=_kept(memory, provider, model))


def _kept(memory: EndpointMemory, provider: Provider, model: str) -> dict[Ability, Cell]:
    kept = kept_abilities(memory, provider, model)
    return {one.result.ability: Cell(one.result, one.before, one.at) for one in kept}


def column_of(memory: EndpointMemory, provider: Provider, report: DiagnosisReport) -> Column:
    """Return the results of a check with tests, which are already stored."""
    server = report.server
    column = Column(
        provider.name,
        report.model or "",
        "" if server is None else " ".join(filter(None, (server.kind, server.version))),
    )
    if not any(result.is_tried for result in report.abilities):
        verdict = report.verdict
        problem = texts.INTERRUPTED if report.was_interrupted else texts.NOT_TRIED
        return replace(column, problem=verdict.title if verdict is not None else problem)
    before = {ability: cell.before for ability, cell in _kept(memory, provider, column.model).items()}
    at = datetime.now(UTC).isoformat(timespec="seconds")
    return replace(column, cells={result.ability: _cell(result, before, at) for result in report.abilities})


def _cell(result: AbilityResult, before: Mapping[Ability, Outcome | None], at: str) -> Cell:
    is_new = result.is_tried
    return Cell(result, before.get(result.ability) if is_new else None, at)


def matrix_cost(
    providers: Sequence[Provider], abilities: Sequence[Ability], cost: Callable[..., AbilityCost]
) -> str:
    """Return the cost of testing some providers; ``cost`` is that of ``Abilities``."""
    return cost_sentence([cost(abilities, is_embedding=provider.is_embedding) for provider in providers])
