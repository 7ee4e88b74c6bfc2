"""Tests the abilities of all providers, cell by cell, for the screen of the matrix."""

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
    """The parts of the runtime that the tests use."""

    @property
    def directory(self) -> ProviderDirectory:
        """The provider list."""

    @property
    def endpoint_memory(self) -> EndpointMemory:
        """The results of past tests."""

    @property
    def abilities(self) -> Abilities:
        """The costs of tests."""


def _ignore(_: object) -> None:
    """Ignore an event: the matrix only shows the tests."""


class MatrixTests:
    """The known results of all providers, and the running tests. Call ``load`` first."""

    def __init__(self, services: MatrixServices, abilities: Collection[Ability] = tuple(Ability)) -> None:
        self._services = services
        self._abilities = tuple(abilities)
        self.providers: tuple[Provider, ...] = ()
        """The providers that can be tested."""
        self._columns: dict[str, Column] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self.testing: set[str] = set()
        """The providers whose tests are running or queued."""

    def load(self) -> None:
        """Read the stored results, including those of other processes. Blocks briefly."""
        self._services.endpoint_memory.reload()
        self.providers = self._services.directory.checkable()
        matrix = remembered_matrix(self._services.endpoint_memory, self.providers)
        self._columns = {column.provider: column for column in matrix.columns}

    @property
    def matrix(self) -> Matrix:
        """The results so far."""
        return Matrix(tuple(self._columns.values()))

    @property
    def cost(self) -> str:
        """The cost of testing all providers, in a sentence."""
        return matrix_cost(self.providers, self._abilities, self._services.abilities.cost)

    def provider(self, name: str) -> Provider:
        """Return one of the providers."""
        return next(provider for provider in self.providers if provider.name == name)

    async def run(self, changed: Callable[[], None]) -> None:
        """Test all providers, calling ``changed`` for each cell.

        Finished results are kept after ``stop``.
        """
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
        """Stop the running tests."""
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
        """Show the results of a check next to the earlier ones."""
        column = column_of(self._services.endpoint_memory, provider, report)
        if report.was_interrupted:
            tried = {name: cell for name, cell in column.cells.items() if cell.result.is_tried}
            column = replace(column, problem="", model=column.model or before.model, cells=tried)
        self._columns[provider.name] = replace(column, cells={**before.cells, **column.cells})
