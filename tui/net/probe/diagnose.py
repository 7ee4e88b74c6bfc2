"""Runs the checks in order and creates the report.

Modules that are only needed once the server responds (``probe.api``) are imported then: an invalid URL or a
refused connection is reported without loading the HTTP library and the chat.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from tui.core.abilities import Ability, AbilityResult
from tui.core.causes import explain
from tui.core.check_history import compare_servers, record_of
from tui.core.diagnosis import CheckId, CheckResult, CheckStatus, DiagnosisReport, failed
from tui.net.probe.connect import check_connection
from tui.net.probe.context import DiagnosisContext
from tui.net.probe.lint import check_environment, check_url
from tui.net.probe.local import begin_look, note_machine
from tui.net.probe.target import ProbeServices, ProbeTarget
from tui.net.server_wait import Waiting


class Diagnosis:
    """One diagnosis: ``run`` it, and read the ``report`` at any time, even after cancellation."""

    def __init__(
        self,
        target: ProbeTarget,
        services: ProbeServices,
        *,
        quick: bool = False,
        notes_machine: bool = True,
        on_result: Callable[[CheckResult], None] | None = None,
        on_progress: Callable[[str], None] | None = None,
        on_waiting: Callable[[Waiting], None] | None = None,
        abilities: Collection[Ability] = (),
        on_ability: Callable[[AbilityResult], None] | None = None,
    ) -> None:
        """Create a diagnosis.

        Args:
            notes_machine: whether the report lists what runs on this machine; a verdict that depends on it
                reads it anyway.
            on_result: receives each check when it ends, and again if later evidence corrects it.
            on_progress: receives a sentence while waiting, also for a server that is starting or loading,
                unless ``on_waiting`` handles that.
            abilities: tested after the checks.
            on_ability: receives the result of each ability test.
        """
        self._run = DiagnosisContext(
            target,
            services,
            quick=quick,
            on_result=on_result,
            on_progress=on_progress,
            on_waiting=on_waiting,
            abilities=abilities,
            on_ability=on_ability,
        )
        self._notes_machine = notes_machine

    async def run(self) -> DiagnosisReport:
        """Run all applicable checks. Never raises because of the network or server."""
        try:
            await self._check()
        finally:
            await self._run.aclose()
        return self.report()

    async def _check(self) -> None:
        context = self._run
        await check_url(context)
        if context.can_try(CheckId.ENVIRONMENT):
            if self._notes_machine:
                begin_look(context)
            await check_environment(context)
        if context.can_try(CheckId.DNS):
            await check_connection(context)
        if context.can_try(CheckId.TLS):
            from tui.net.probe.api import check_api

            await check_api(context)
        context.skip_rest()
        if context.abilities:
            from tui.net.probe.deep.run import test_abilities

            await test_abilities(context)
        if self._notes_machine and context.has_origin:
            await note_machine(context)
        _settle_drift(context)

    def report(self, *, interrupted: bool = False) -> DiagnosisReport:
        """Return what is known so far."""
        return self._run.report(interrupted=interrupted)


def _settle_drift(context: DiagnosisContext) -> None:
    """Report changes to the server since the last check; lower speed is not a change."""
    if context.target.last is None:
        return
    changes = compare_servers(context.target.last, record_of(context.report(), at=""))
    result = context.result(CheckId.SERVER)
    if changes and result is not None and result.status is CheckStatus.OK:
        warning = explain("server-changed", change=changes[0])
        facts = (result.title, *result.facts, *changes[1:])
        context.settle(failed(CheckId.SERVER, warning, *facts, as_warning=True))
