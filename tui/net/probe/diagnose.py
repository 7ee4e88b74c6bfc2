"""Runs the checks in their order and makes the report.

Modules needed only once something answers (``probe.api``) are imported then: a wrong URL or a refused
connection is reported without loading the HTTP library and the chat.
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
    """One diagnosis: ``run`` it, and read the ``report`` at any moment, even after it was cancelled."""

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
        """``notes_machine`` says whether the report shows what runs on this machine; a verdict that needs
        this reads it anyway. ``on_result`` gets each check as it ends, and again where later evidence
        corrects it; ``on_progress`` a sentence while something is waited for, also while that is a server
        which is starting or loading, where nobody takes ``on_waiting``.
        ``abilities`` are tested after the checks, and ``on_ability`` gets the result of each."""
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
        """Run every check that makes sense. Never raises for what a network or a server does."""
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
    """Point out at the server what is not what it was at the last check; a slower day is no drift."""
    if context.target.last is None:
        return
    changes = compare_servers(context.target.last, record_of(context.report(), at=""))
    result = context.result(CheckId.SERVER)
    if changes and result is not None and result.status is CheckStatus.OK:
        warning = explain("server-changed", change=changes[0])
        facts = (result.title, *result.facts, *changes[1:])
        context.settle(failed(CheckId.SERVER, warning, *facts, as_warning=True))
