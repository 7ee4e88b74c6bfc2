"""Checks many endpoints at once, as many as are worth it, and reports each as it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from tui.core.diagnosis import DiagnosisReport
from tui.net.probe.diagnose import Diagnosis
from tui.net.probe.target import ProbeServices, ProbeTarget

AT_ONCE = 32
"""Most of a check is waiting; more than this would be felt by the timings."""


async def diagnose_all(
    targets: Mapping[str, ProbeTarget],
    services: ProbeServices,
    *,
    quick: bool = False,
    at_once: int = AT_ONCE,
    on_report: Callable[[str, DiagnosisReport], None] | None = None,
) -> dict[str, DiagnosisReport]:
    """Return the report of every target by its name, in the order of the targets.

    ``on_report`` gets each one as soon as it is there. Cancelling stops all of them.
    """
    turn = asyncio.Semaphore(at_once)

    async def check(name: str, target: ProbeTarget) -> DiagnosisReport:
        async with turn:
            report = await Diagnosis(target, services, quick=quick).run()
        if on_report is not None:
            on_report(name, report)
        return report

    async with asyncio.TaskGroup() as group:
        tasks = {name: group.create_task(check(name, target)) for name, target in targets.items()}
    return {name: task.result() for name, task in tasks.items()}
