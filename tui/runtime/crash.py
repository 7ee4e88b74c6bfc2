"""Crash reports: the kind, a redacted message, and the location of the report. No values."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from typing import TYPE_CHECKING

from tui import __version__
from tui.core.failure import LmdeckError
from tui.core.safe_text import safe_line, safe_text
from tui.runtime.runtime import open_runtime, open_runtimes
from tui.store.crash_report import write_crash_report
from tui.store.own_files import were_replaced
from tui.texts import runtime as texts

if TYPE_CHECKING:
    from tui.runtime.contract import Reported

_LONGEST_MESSAGE = 300


def report_crash(runtime: Reported, error: BaseException) -> str:
    """Write the report and return the lines to print. Neither contains local variables."""
    _learn_keys(runtime)
    path = write_crash_report(runtime.paths.state_dir, crash_report(runtime, error))
    where = texts.REPORT_IN.format(path=path) if path else texts.NO_REPORT
    if were_replaced():
        where = f"{texts.REPLACED} {where}"
    return texts.CRASHED.format(error=crash_message(runtime, error), where=where)


def report_last_crash(environment: Mapping[str, str], error: BaseException) -> tuple[str, str]:
    """Do the same if the runtime is not available; all keys known to it are erased.

    Returns the kind of the error and its message, and the lines to print.
    """
    known = open_runtimes()
    runtime = open_runtime(environment)
    for other in known:
        runtime.redactor.learn(other.redactor)
    report = report_crash(runtime, error)
    return crash_message(runtime, error), report


def _learn_keys(runtime: Reported) -> None:
    """Add keys that were not used yet to the redactor: stored ones, and those in the environment."""
    for name, value in runtime.environment.items():
        runtime.redactor.add_header(name, value)
    try:
        stored = runtime.credentials.all()
    except LmdeckError:  # the file cannot be read, so none of its keys was
        return
    for secret in stored:
        runtime.redactor.add(secret)


def crash_message(runtime: Reported, error: BaseException) -> str:
    """Return the kind of the error and its message, redacted, on one line."""
    message = safe_line(runtime.redactor.redact(str(error)), _LONGEST_MESSAGE)
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def crash_report(runtime: Reported, error: BaseException) -> str:
    """Return the redacted stack: files, lines and functions, without values."""
    stack = "".join(traceback.format_exception(error))
    return f"lmdeck {__version__}\n{safe_text(runtime.redactor.redact(stack))}"
