"""``lmdeck providers import``: imports all records in one step, and prints the result of each."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from tui.cli.confirm import confirmed
from tui.cli.output import Output
from tui.cli.runtime_action import provider_action
from tui.cli.stdin import is_piped
from tui.core.api_key_reference import ApiKeyKind
from tui.core.causes import explain_again
from tui.core.counted import Counted
from tui.core.failure import LmdeckError, UsageError
from tui.core.safe_text import safe_line
from tui.runtime.importing import Fate, ImportPlan, Outcome, plan_import
from tui.runtime.runtime import Runtime
from tui.store.casibase import Import, NamedSecret, import_records
from tui.store.import_text import import_file, import_stream, text_of
from tui.texts import cli as texts

_STDIN = "-"
_MANY = 200
"""The number of records from which progress is shown."""
_WIDTH = 8


@provider_action
def import_providers(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    """Import; return 0 if every record is used or unchanged, 1 if one was skipped."""
    imported = _read(arguments, output)
    plan = _planned(imported, arguments, runtime, output)
    total = len(imported.records) + len(imported.left_out)
    summary = texts.IMPORTED.format(count=len(plan.providers), total=Counted(total))
    _write(plan, runtime, output)
    output.changed(summary)
    return _report(imported, plan, summary, output)


def _read(arguments: argparse.Namespace, output: Output) -> Import:
    file: str = arguments.file
    try:
        data = import_stream(sys.stdin.buffer) if file == _STDIN else import_file(file)
        return import_records(
            text_of(data), allows=_asking(arguments, output), zero_is_free=arguments.zero_is_free
        )
    except UsageError as error:
        if error.failure.cause != "import-malformed" or file == _STDIN:
            raise
        path, reason = safe_line(file, 200), error.failure.facts.get("reason")
        raise UsageError(explain_again(error.failure, path=path, reason=reason)) from None


def _asking(arguments: argparse.Namespace, output: Output) -> Callable[[NamedSecret], bool]:
    """Return the decision about records with references: an option, the user for each one, or no."""

    def ask(named: NamedSecret) -> bool:
        if arguments.allow_references:
            return True
        if arguments.file == _STDIN or is_piped():
            return False
        name, url = safe_line(named.name, 60), safe_line(named.url, 200)
        question = texts.REFERENCE_QUESTION.format(name=name, source=_source(named), url=url)
        return confirmed(output, question, "--allow-references")

    return ask


def _source(named: NamedSecret) -> str:
    text = {
        ApiKeyKind.ENVIRONMENT: texts.FROM_VARIABLE,
        ApiKeyKind.COMMAND: texts.FROM_COMMAND,
        ApiKeyKind.FILE: texts.FROM_FILE,
        ApiKeyKind.STORED: texts.FROM_STORE,
    }[named.reference.kind]
    return text.format(value=safe_line(named.reference.value, 200))


def _planned(imported: Import, arguments: argparse.Namespace, runtime: Runtime, output: Output) -> ImportPlan:
    total = len(imported.records)

    def tell(count: int) -> None:
        output.aside(texts.RECORDS_CHECKED.format(count=count, total=Counted(total)))

    is_long = total >= _MANY
    return plan_import(
        imported.records,
        runtime.directory.providers(),
        replaces=arguments.replace,
        on_progress=tell if is_long else lambda count: None,
    )


def _write(plan: ImportPlan, runtime: Runtime, output: Output) -> None:
    if not plan.providers:
        return
    if len(plan.providers) >= _MANY:
        output.aside(
            texts.RECORDS_WRITTEN.format(providers=Counted(len(plan.providers)), keys=Counted(len(plan.keys)))
        )
    try:
        runtime.provider_changes.save_all(plan.providers, plan.keys)
    except LmdeckError as error:
        for note in getattr(error, "__notes__", [texts.NOTHING_WRITTEN]):
            output.aside(texts.NOTHING_IMPORTED.format(note=note))
        raise


def _report(imported: Import, plan: ImportPlan, summary: str, output: Output) -> int:
    left_out = [
        Outcome(item.number, item.name, Fate.LEFT_OUT, f"{item.reason}.") for item in imported.left_out
    ]
    for outcome in sorted((*plan.outcomes, *left_out), key=lambda item: item.number):
        is_used = outcome.fate in (Fate.IMPORTED, Fate.REPLACED)
        name = safe_line(outcome.name, 100) or texts.RECORD.format(number=outcome.number)
        line = f"{outcome.fate:<{_WIDTH}}  {name}"
        line += f"  {outcome.remark}" if outcome.remark else ""
        (output.line if is_used else output.aside)(line)
    for remark in imported.remarks:
        output.aside(texts.NOTE.format(text=remark))
    if any(item.is_refused for item in imported.left_out):
        output.aside(texts.REFERENCES)
    output.result(summary)
    has_left_out = bool(left_out) or any(item.fate is Fate.LEFT_OUT for item in plan.outcomes)
    return 1 if has_left_out else 0
