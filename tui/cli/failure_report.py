"""A failure as JSON: as a part of what a command prints, or all of it."""

from __future__ import annotations

import argparse

from tui.cli.output import Output
from tui.core.failure import Failure


def print_refused(output: Output, failure: Failure, _arguments: argparse.Namespace, _code: int) -> None:
    """Print the object of a command with ``--json`` that could not do what it was called for."""
    output.json({"ok": False, "error": failure_report(failure)})


def failure_report(failure: Failure | None) -> dict[str, object] | None:
    """Return a failure as every JSON of the program tells it."""
    if failure is None:
        return None
    return {
        "cause": failure.cause,
        "title": failure.title,
        "advice": failure.advice,
        "status": failure.status,
        "server_message": failure.server_message,
    }
