"""The JSON form of a failure."""

from __future__ import annotations

from tui.core.causes import in_full
from tui.core.failure import Failure


def failure_report(failure: Failure | None) -> dict[str, object] | None:
    """Return the JSON object of a failure, its sentences in full."""
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
