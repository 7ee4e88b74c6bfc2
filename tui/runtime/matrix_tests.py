"""The tests of abilities of every provider, a cell at a time, for the screen that shows them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from tui.core.abilities import Ability, AbilityResult
from tui.core.ability_matrix import Cell, Column, Matrix
from tui.core.check_options import CheckOptions
from tui.core.provider import Provider
from tui.runtime.ability_matrix import column_of, matrix_cost, remembered_matrix
from tui.runtime.checks_at_once import ConcurrencyLimiter
from tui.runtime.contract import MakesChecks
from tui.runtime.past_checks import remember

if TYPE_CHECKING:
    from tui.core.diagnosis import DiagnosisReport
    from tui.runtime.abilities import Abilities
    from tui.runtime.directory import ProviderDirectory
    from tui.store.endpoint_memory import EndpointMemory


class MatrixServices(MakesChecks, Protocol):
    """What the tests use of the runtime."""

    @property
    def directory(self) -> ProviderDirectory:
        """The provider list."""

    @property
    def endpoint_memory(self) -> EndpointMemory:
        """What past tests have shown."""

    @property
    def abilities(self) -> Abilities:
        """What tests cost."""


def _ignore(_: object) -> None:
    """A matrix shows the tests alone."""


class MatrixTests:
    """What is known about every provider, and the running tests. ``load`` it first."""

    def __init__(self, services: MatrixServices, abilities: Collection[Ability] = tuple(Ability)) -> None:
        self._services = services
        self._abilities = tuple(abilities)
        self.providers: tuple[Provider, ...] = ()
        """Those that can be tested."""
        self._columns: dict[str, Column] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self.testing: set[str] = set()
        """The providers whose tests are at work, or wait for their turn."""

    def load(self) -> None:
        """Read what is remembered, by other processes too. Blocks shortly."""
        self._services.endpoint_memory.reload()
        self.providers = self._services.directory.checkable()
        matrix = remembered_matrix(self._services.endpoint_memory, self.providers)
        self._columns = {column.provider: column for column in matrix.columns}

    @property
    def matrix(self) -> Matrix:
        """What is known so far."""
        return Matrix(tuple(self._columns.values()))

    @property
    def cost(self) -> str:
        """What it costs to test all of them, in a sentence."""
        return matrix_cost(self.providers, self._abilities, self._services.abilities.cost)

    def provider(self, name: str) -> Provider:
        """Return one of the providers."""
        return next(provider for provider in self.providers if provider.name == name)

    async def run(self, changed: Callable[[], None]) -> None:
        """Test every provider; ``changed`` is called for each cell. What ended before a ``stop`` is kept."""
        places = ConcurrencyLimiter()
        self.testing = set(self._columns)
        changed()
        self._tasks = [
            asyncio.create_task(self._test(provider, places, changed)) for provider in self.providers
        ]
        try:
            await asyncio.gather(*self._tasks)
        finally:
            self.stop()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self._tasks = []
            self.testing.clear()

    def stop(self) -> None:
        """End what runs."""
        for task in self._tasks:
            task.cancel()

    async def _test(
        self, provider: Provider, places: ConcurrencyLimiter, changed: Callable[[], None]
    ) -> None:
        services, name = self._services, provider.name
        before = self._columns[name]
        self._columns[name] = replace(before, problem="")

        def tell(result: AbilityResult) -> None:
            column = self._columns[name]
            at = datetime.now(UTC).isoformat(timespec="seconds")
            self._columns[name] = replace(column, cells={**column.cells, result.ability: Cell(result, at=at)})
            changed()

        check = services.check(
            provider,
            None,
            CheckOptions(is_one_of_many=True, abilities=self._abilities),
            on_result=_ignore,
            on_progress=_ignore,
            on_ability=tell,
        )
        try:
            async with places.one():
                report = await check.run()
            await asyncio.to_thread(remember, services.endpoint_memory, [check.record(report)])
        except asyncio.CancelledError:
            report = check.interrupted()
        self._show(provider, report, before)
        self.testing.discard(name)
        changed()

    def _show(self, provider: Provider, report: DiagnosisReport, before: Column) -> None:
        """Show what a check has shown beside what was known before."""
        column = column_of(self._services.endpoint_memory, provider, report)
        if report.was_interrupted:
            tried = {name: cell for name, cell in column.cells.items() if cell.result.is_tried}
            column = replace(column, problem="", model=column.model or before.model, cells=tried)
        self._columns[provider.name] = replace(column, cells={**before.cells, **column.cells})
