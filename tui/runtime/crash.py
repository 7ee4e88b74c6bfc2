"""What is said of a defect of the program: the kind, a redacted message, where the report is. No values."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

from tui import __version__
from tui.core.safe_text import safe_line, safe_text

if TYPE_CHECKING:
    from tui.runtime.runtime import Runtime

_LONGEST_MESSAGE = 300


def report_crash(runtime: Runtime, error: BaseException) -> str:
    """Write the report and return the lines to print. Local variables are in neither."""
    from tui.store.crash_report import write_crash_report

    path = write_crash_report(runtime.paths.state_dir, crash_report(runtime, error))
    where = f"The report is in {path}." if path else "The report could not be written."
    return f"A defect of lmdeck: {crash_message(runtime, error)}\n{where} Saved conversations are kept."


def crash_message(runtime: Runtime, error: BaseException) -> str:
    """Return the kind of the error and its message, redacted, on one line."""
    message = safe_line(runtime.redactor.redact(str(error)), _LONGEST_MESSAGE)
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def crash_report(runtime: Runtime, error: BaseException) -> str:
    """Return the redacted stack: files, lines and functions, without the values in them."""
    stack = "".join(traceback.format_exception(error))
    return f"lmdeck {__version__}\n{safe_text(runtime.redactor.redact(stack))}"
