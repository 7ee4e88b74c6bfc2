"""The matrix of abilities by providers: what each can do, and what has changed since the last test."""

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
    """What the test before it showed, where that was something else."""
    at: str = ""
    """When it was tested: ISO 8601 with zone."""


@dataclass(frozen=True, slots=True)
class Column:
    """One provider."""

    provider: str
    model: str = ""
    server: str = ""
    """Its server and version, as far as they are known."""
    problem: str = ""
    """Why nothing can be tested, in one sentence; empty where it can."""
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
        """The providers of which something is known."""
        return tuple(column for column in self.columns if column.cells and not column.problem)

    @property
    def abilities(self) -> tuple[Ability, ...]:
        """The abilities of which something is known, in their order."""
        return tuple(ability for ability in Ability if any(ability in each.cells for each in self.shown))

    @property
    def newest(self) -> str:
        """When the newest of the tests ended; empty where there is none."""
        return max((cell.at for column in self.shown for cell in column.cells.values()), default="")

    @property
    def changes(self) -> tuple[Change, ...]:
        """What has changed, by providers."""
        return tuple(
            Change(column.provider, ability, cell.before, cell.result.outcome)
            for column in self.shown
            for ability in self.abilities
            if (cell := column.cells.get(ability)) is not None and cell.before is not None
        )


def cost_sentence(costs: Sequence[AbilityCost]) -> str:
    """Return what the tests of several providers cost, said before anything is sent."""
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
