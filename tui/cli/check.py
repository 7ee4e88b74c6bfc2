"""``lmdeck check``: diagnoses an endpoint."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.cli.check_all import check_all, watch
from tui.cli.check_output import CheckPrinter
from tui.cli.check_subject import Subject, abilities_of, options_of, subjects_of
from tui.cli.command import STDOUT
from tui.cli.output import Output
from tui.cli.stopping import stopping_at_signals
from tui.cli.wait_notes import WaitNotes
from tui.core.diagnosis import DiagnosisReport
from tui.runtime.runtime import Runtime, open_runtime

if TYPE_CHECKING:
    from tui.cli.check_report import Ticket
    from tui.net.server_wait import Waiting


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Run the check and return its exit code.

    0 success, 1 a check failed, 2 wrong usage, 128 + n signal n.
    """
    return asyncio.run(_check(arguments, output))


async def _check(arguments: argparse.Namespace, output: Output) -> int:
    ticket = None
    if arguments.report is not None:
        from tui.cli.check_report import Ticket

        ticket = Ticket(arguments.report, replaces=arguments.replace)
    runtime = open_runtime(os.environ)
    runtime.endpoints.takes_options = True
    try:
        subjects = subjects_of(arguments, runtime)
        if arguments.watch is None and not arguments.all:
            return await _check_one(runtime, subjects[0], arguments, output, ticket)
        checks = check_all if arguments.watch is None else watch
        return await checks(runtime, subjects, arguments, output)
    finally:
        await runtime.aclose()
        output.notes(runtime.optional.notices)


def _ignore(_: object) -> None:
    """Ignore an event: the final output contains everything."""


async def _check_one(
    runtime: Runtime, subject: Subject, arguments: argparse.Namespace, output: Output, ticket: Ticket | None
) -> int:
    printer: CheckPrinter | None = None
    if not arguments.json and arguments.report != STDOUT:
        printer = CheckPrinter(output, subject, is_verbose=arguments.verbose)

    notes = WaitNotes(output)

    def on_waiting(waiting: Waiting) -> None:
        notes.say(waiting.sentence, waiting.waited_seconds)

    if printer is not None:
        abilities, is_embedding = abilities_of(arguments), subject.provider.is_embedding
        cost = runtime.abilities.cost(abilities, is_embedding=is_embedding) if abilities else None
        printer.begin(arguments.model or "", is_quick=arguments.quick, deep_cost=cost)
    check = runtime.check(
        subject.provider,
        subject.key_text,
        options_of(arguments, subject),
        on_result=printer.result if printer is not None else _ignore,
        on_progress=printer.progress if printer is not None else _ignore,
        on_waiting=on_waiting,
        on_ability=printer.ability if printer is not None else None,
    )
    task = asyncio.ensure_future(check.run())
    with stopping_at_signals(task.cancel, output):
        try:
            report: DiagnosisReport = await task
        except asyncio.CancelledError:
            report = replace(check.interrupted(), interrupted_by=output.ended_by or signal.SIGINT)
    code = report.exit_code
    if printer is not None:
        printer.end(report)
    elif arguments.json:
        output.json(report.to_json())
    if ticket is not None:
        ticket.write(report, runtime.redactor, runtime.environment, output)
    return code
