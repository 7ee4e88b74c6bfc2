"""A failure as every JSON of the program tells it."""

from __future__ import annotations

from tui.core.causes import in_full
from tui.core.failure import Failure


def failure_report(failure: Failure | None) -> dict[str, object] | None:
    """Return the object of a failure; its sentences are whole."""
    if failure is None:
        return None
    failure = in_full(failure)
    return {
        "cause": failure.cause,
        "title": failure.title,
        "advice": failure.advice,
        "status": failure.status,
        "server_message": failure.server_message,
    }
