"""The matrix of abilities and providers: what each supports, and what changed since the previous test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from tui.core.abilities import Ability, AbilityCost, AbilityResult, Outcome
from tui.core.counted import Counted
from tui.core.lazy_dataclass import dataclass
from tui.texts import abilities as ability_texts
from tui.texts import ability_matrix as texts


@dataclass(frozen=True, slots=True)
class Cell:
    """One ability of one provider."""

    result: AbilityResult
    before: Outcome | None = None
    """The previous outcome, if it was different."""
    at: str = ""
    """When it was tested: ISO 8601 with time zone."""


@dataclass(frozen=True, slots=True)
class Column:
    """One provider."""

    provider: str
    model: str = ""
    server: str = ""
    """The server and its version, as far as known."""
    problem: str = ""
    """Why the provider cannot be tested, in one sentence; empty if it can."""
    cells: Mapping[Ability, Cell] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """A difference between a test and the previous one."""

    provider: str
    ability: Ability
    before: Outcome
    now: Outcome


@dataclass(frozen=True, slots=True)
class Matrix:
    """Every requested provider, in the order of the list."""

    columns: tuple[Column, ...]

    @property
    def shown(self) -> tuple[Column, ...]:
        """The providers with at least one result."""
        return tuple(column for column in self.columns if column.cells and not column.problem)

    @property
    def abilities(self) -> tuple[Ability, ...]:
        """The abilities with at least one result, in their usual order."""
        return tuple(ability for ability in Ability if any(ability in each.cells for each in self.shown))

    @property
    def newest(self) -> str:
        """When the newest test ended; empty if there is none."""
        return max((cell.at for column in self.shown for cell in column.cells.values()), default="")

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes, grouped by provider."""
        return tuple(
            Change(column.provider, ability, cell.before, cell.result.outcome)
            for column in self.shown
            for ability in self.abilities
            if (cell := column.cells.get(ability)) is not None and cell.before is not None
        )


def cost_sentence(costs: Sequence[AbilityCost]) -> str:
    """Return what the tests of several providers cost; shown before anything is sent."""
    total = AbilityCost()
    for cost in costs:
        total = total.plus(cost)
    return texts.COST.format(
        providers=texts.ONE_PROVIDER if len(costs) == 1 else texts.PROVIDERS.format(count=len(costs)),
        requests=Counted(total.requests),
        output=total.output_tokens,
        more=ability_texts.COST_MORE.format(tokens=total.more_tokens) if total.more_tokens else "",
        input=total.input_tokens,
    )
