"""Runs several checks in parallel, printing each row as it finishes, also repeatedly with ``--watch``."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from tui.cli.check_matrix import print_cost, print_matrix, tested_matrix
from tui.cli.check_output import row_text
from tui.cli.check_subject import Subject, abilities_of, options_of
from tui.cli.command import DONE, FAILED, INTERRUPTED, WRONG_USAGE
from tui.cli.output import Output
from tui.cli.stopping import stopping_at_signals
from tui.cli.wait_notes import WaitNotes
from tui.core.ability_matrix_text import changes_json
from tui.core.check_history import CheckRecord, compare_checks, record_of
from tui.core.diagnosis import CheckId, CheckResult, CheckStatus, DiagnosisReport
from tui.core.failure import Failure
from tui.core.failure_report import failure_report
from tui.core.report_text import cost_line
from tui.runtime.checks_at_once import AT_ONCE, ConcurrencyLimiter
from tui.runtime.past_checks import remember
from tui.runtime.runtime import Runtime
from tui.texts import checks
from tui.texts import cli as texts

if TYPE_CHECKING:
    from tui.net.server_wait import Waiting

Told = Callable[[Subject, DiagnosisReport], None]


def _ignore(_: object) -> None:
    """Ignore an event: each row is printed when complete."""


class Checks:
    """Runs the checks of several subjects."""

    def __init__(
        self,
        runtime: Runtime,
        subjects: Sequence[Subject],
        arguments: argparse.Namespace,
        output: Output | None = None,
    ) -> None:
        """Create the checks; ``output`` reports waits for servers that are starting or loading."""
        self._output = output
        self._runtime = runtime
        self._subjects = tuple(subjects)
        self._arguments = arguments
        self._stopped = asyncio.Event()
        self._tasks: list[asyncio.Task[DiagnosisReport]] = []
        self.records: list[tuple[str, CheckRecord] | None] = []
        """The records of the completed checks of this round, to be stored."""
        # Hosts and keys are looked up in threads, which must not wait for each other either.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(AT_ONCE))

    def stop(self) -> None:
        """Stop the running checks; the results so far are still printed."""
        self._stopped.set()
        for task in self._tasks:
            task.cancel()

    async def run(self, tell: Told) -> list[DiagnosisReport]:
        """Check every subject once, calling ``tell`` for each result; return the reports in order."""
        places = ConcurrencyLimiter()
        self.records = []
        self._tasks = [asyncio.create_task(self._check(subject, places, tell)) for subject in self._subjects]
        try:
            return list(await asyncio.gather(*self._tasks))
        except BaseException:  # if a row cannot be printed, all checks end
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            raise

    async def pause(self, seconds: float) -> bool:
        """Wait before the next round; return false if stopped."""
        try:
            await asyncio.wait_for(self._stopped.wait(), seconds)
        except TimeoutError:
            return True
        return False

    def _waiting_for(self, subject: Subject) -> Callable[[Waiting], None]:
        if self._output is None:
            return _ignore
        notes = WaitNotes(self._output, subject.provider.name)
        return lambda waiting: notes.say(waiting.sentence, waiting.waited_seconds)

    async def _check(self, subject: Subject, places: ConcurrencyLimiter, tell: Told) -> DiagnosisReport:
        check = self._runtime.check(
            subject.provider,
            subject.key_text,
            options_of(self._arguments, subject),
            on_result=_ignore,
            on_progress=_ignore,
            on_waiting=self._waiting_for(subject),
        )
        try:
            async with places.one():
                report = await check.run()
            self.records.append(check.record(report))
        except asyncio.CancelledError:
            report = check.interrupted()
        tell(subject, report)
        return report


async def check_all(
    runtime: Runtime, subjects: Sequence[Subject], arguments: argparse.Namespace, output: Output
) -> int:
    """Check all subjects, print one row each or one object, and return the worst exit code."""
    width = max(len(subject.provider.name) for subject in subjects)
    abilities = abilities_of(arguments)
    if not arguments.json:
        count = f"{len(subjects)} provider{'' if len(subjects) == 1 else 's'}"
        output.aside(texts.CHECKING_ALL.format(count=count, cost=_cost(subjects, arguments)))
        if abilities:
            print_cost(runtime, subjects, abilities, output)

    told = 0

    def tell(subject: Subject, report: DiagnosisReport) -> None:
        nonlocal told
        told += 1
        if not arguments.json:
            row = row_text(report, subject.provider.name, width, is_ascii=output.is_ascii)
            (output.aside if arguments.markdown else output.line)(row)
        output.progress(
            texts.CHECKED_OF.format(done=told, total=len(subjects)) if told < len(subjects) else ""
        )

    output.progress(texts.CHECKED_OF.format(done=0, total=len(subjects)))
    checks = Checks(runtime, subjects, arguments, output)
    with stopping_at_signals(checks.stop, output):
        reports = await checks.run(tell)
        await asyncio.to_thread(remember, runtime.endpoint_memory, checks.records)
    if output.ended_by is not None:
        reports = [replace(report, interrupted_by=output.ended_by) for report in reports]
    code = max((_code_among_many(report) for report in reports), default=DONE)
    matrix = tested_matrix(runtime, subjects, reports) if abilities else None
    if arguments.json:
        changes = [] if matrix is None else changes_json(matrix)
        output.json({**all_json(subjects, reports, code), "changes": changes})
        return code
    failed = sum(report.exit_code != DONE for report in reports)
    work = texts.ALL_WORK.format(working=len(reports) - failed, total=len(reports))
    (output.aside if arguments.markdown else output.line)(work)
    if matrix is not None:
        print_matrix(matrix, output, as_markdown=arguments.markdown)
    return code


def _cost(subjects: Sequence[Subject], arguments: argparse.Namespace) -> str:
    """Return the cost of each check, for chats and embeddings, as the end of a sentence."""
    kinds = sorted({subject.provider.is_embedding for subject in subjects})
    lines = [cost_line(is_quick=arguments.quick, is_embedding=kind) for kind in kinds]
    shown = [line[0].lower() + line[1:] for line in dict.fromkeys(lines)]
    return (
        shown[0]
        if len(shown) == 1
        else texts.COST_OF_BOTH.format(chat=shown[0].rstrip("."), vectors=shown[1])
    )


def _code_among_many(report: DiagnosisReport) -> int:
    """Return 1 instead of 2 if one provider's configuration is wrong: the others were checked."""
    return FAILED if report.exit_code == WRONG_USAGE else report.exit_code


def all_json(subjects: Sequence[Subject], reports: Sequence[DiagnosisReport], code: int) -> dict[str, object]:
    """Return the object of ``check --all --json``: the results of single checks, with their names."""
    results = [
        {"provider": subject.provider.name, **report.to_json()}
        for subject, report in zip(subjects, reports, strict=True)
    ]
    worst = max(reports, key=_code_among_many)
    return {"ok": code == DONE, "error": worst.error_json(), "exit_code": code, "results": results}


def nothing(arguments: argparse.Namespace, failure: Failure, code: int) -> dict[str, object]:
    """Return the object for a check that could not begin, or for several."""
    error = failure_report(failure)
    if arguments.all and arguments.watch is None:
        return {"exit_code": code, "results": [], "changes": []}
    refused = {"ok": False, "error": error, "exit_code": code, "verdict": error}
    told = {} if arguments.watch is None else _stamp(None, ())
    return {**told, **DiagnosisReport("", None, None, ()).to_json(), **refused}


async def watch(
    runtime: Runtime, subjects: Sequence[Subject], arguments: argparse.Namespace, output: Output
) -> int:
    """Repeat the checks until Ctrl+C; print the first state and every change."""
    known: dict[str, DiagnosisReport] = {}
    if not arguments.json:
        cost = _cost(subjects, arguments)
        output.aside(texts.CHECKING_AGAIN.format(seconds=arguments.watch, cost=cost))

    def tell(subject: Subject, report: DiagnosisReport) -> None:
        name = subject.provider.name if subject.is_named else report.url
        before = known.get(name)
        changes = () if before is None else changes_between(before, report)
        if report.was_interrupted or (before is not None and not changes):
            return
        known[name] = report
        _print_change(output, subject, name, report, changes, as_json=arguments.json)

    checks = Checks(runtime, subjects, arguments)
    with stopping_at_signals(checks.stop, output):
        await checks.run(tell)
        while await checks.pause(arguments.watch):
            await checks.run(tell)
    return INTERRUPTED


def _print_change(
    output: Output,
    subject: Subject,
    name: str,
    report: DiagnosisReport,
    changes: Sequence[str],
    *,
    as_json: bool,
) -> None:
    if as_json:
        output.json_line({**_stamp(subject, changes), **report.to_json()}, is_last=False)
        return
    now = datetime.now().astimezone()
    output.line(f"{now:%H:%M:%S} {row_text(report, name, 0, is_ascii=output.is_ascii)}")
    for change in changes:
        output.line(f"         {change}")


def _stamp(subject: Subject | None, changes: Sequence[str]) -> dict[str, object]:
    """Return the first fields of each line of a repeated check."""
    provider = subject.provider.name if subject is not None and subject.is_named else None
    at = datetime.now().astimezone().isoformat(timespec="seconds")
    return {"at": at, "provider": provider, "changes": list(changes)}


def changes_between(before: DiagnosisReport, now: DiagnosisReport) -> tuple[str, ...]:
    """Return the differences between two checks of one endpoint, one per line."""
    changes = [
        checks.CHANGED.format(name=check, before=_state(old), after=_state(new))
        for check in CheckId
        if _state(old := before.result(check)) != _state(new := now.result(check)) and _is_news(old, new)
    ]
    return (*changes, *compare_checks(record_of(before, at=""), record_of(now, at="")))


def _state(result: CheckResult | None) -> str:
    if result is None:
        return texts.NOT_CHECKED
    return f"{result.status} ({result.cause})" if result.cause else str(result.status)


def _is_news(old: CheckResult | None, new: CheckResult | None) -> bool:
    """Return whether a result is news; a check skipped because of another one is not."""
    return all(result is None or result.status is not CheckStatus.SKIPPED for result in (old, new))
